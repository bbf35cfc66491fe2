"""Small networks of one hidden layer over sparse features, trained side by side.

A feature adds its row to the hidden layer, which is cut off below zero and weighs the labels.
Trained by AdaGrad (Duchi, Hazan, Singer 2011, "Adaptive Subgradient Methods") on batches of which
a part of the features is dropped (Srivastava et al. 2014, "Dropout"), so that no single word
decides. Several that begin elsewhere are averaged; each costs about a second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

_COUNT = 4
_HIDDEN = 32
_PASSES = 8
_BATCH = 128
_STEP = 0.05
_DROPPED = 0.3
_SPREAD = 0.1  # of the rows before the first pass
_EPSILON = 1e-8


@dataclass(frozen=True, slots=True)
class Networks:
    """``rows``: features × (networks · hidden). ``weights``: networks × hidden × labels."""

    rows: "NDArray[np.float32]"
    bias: "NDArray[np.float32]"
    weights: "NDArray[np.float32]"
    ends: "NDArray[np.float32]"

    def probabilities(
        self, features: Sequence[int], shares: "NDArray[np.floating]"
    ) -> "NDArray[np.floating]":
        """The mean probability of each label for one sentence."""
        import numpy as np

        hidden = np.maximum(shares @ self.rows[list(features)] + self.bias, 0.0)
        count, width, _ = self.weights.shape
        outputs = np.einsum("nh,nhk->nk", hidden.reshape(count, width), self.weights) + self.ends
        powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        mean: NDArray[np.floating] = (powers / powers.sum(axis=1, keepdims=True)).mean(axis=0)
        return mean

    def arrays(self) -> dict[str, Any]:
        """As kept in a file."""
        kept = ("rows", self.rows), ("bias", self.bias), ("weights", self.weights)
        return {f"net_{name}": value for name, value in (*kept, ("ends", self.ends))}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Networks":
        """From the arrays of a file. Raises KeyError."""
        return cls(*(kept[f"net_{name}"] for name in ("rows", "bias", "weights", "ends")))


def train(matrix: "csr_array", wanted: "NDArray[np.int64]", labels: int) -> Networks:
    """Train on samples × features and the number of each sample's label."""
    import numpy as np

    nets = [_Net(matrix.shape[1], labels, seed) for seed in range(_COUNT)]
    single = matrix.astype(np.float32)
    for net in nets:
        for _ in range(_PASSES):
            net.go_through(single, wanted)
    return Networks(
        np.concatenate([net.rows for net in nets], axis=1),
        np.concatenate([net.bias for net in nets]),
        np.stack([net.weights for net in nets]),
        np.stack([net.ends for net in nets]),
    )


class _Net:
    def __init__(self, features: int, labels: int, seed: int) -> None:
        import numpy as np

        self._random = np.random.default_rng(seed)
        self.rows = self._random.normal(0, _SPREAD, (features, _HIDDEN)).astype(np.float32)
        self.bias = np.zeros(_HIDDEN, np.float32)
        scale = 1 / np.sqrt(_HIDDEN)
        self.weights = self._random.normal(0, scale, (_HIDDEN, labels)).astype(np.float32)
        self.ends = np.zeros(labels, np.float32)
        self._moved_rows = np.full((features, 1), _EPSILON, np.float32)
        self._moved = {
            name: np.full_like(getattr(self, name), _EPSILON)
            for name in ("bias", "weights", "ends")
        }

    def go_through(self, matrix: "csr_array", wanted: "NDArray[np.int64]") -> None:
        """One pass over all samples, in an order of its own."""
        order = self._random.permutation(len(wanted))
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            self._learn(matrix[chosen], wanted[chosen])

    def _learn(self, batch: "csr_array", wanted: "NDArray[np.int64]") -> None:
        import numpy as np
        from scipy.sparse import csr_array

        kept = self._random.random(batch.nnz) >= _DROPPED
        columns, places = np.unique(batch.indices, return_inverse=True)
        data = (batch.data * kept / (1 - _DROPPED)).astype(np.float32)
        shape = (len(wanted), len(columns))
        inputs = csr_array((data, places.astype(np.int32), batch.indptr), shape=shape)
        hidden = np.maximum(inputs @ self.rows[columns] + self.bias, 0.0)
        outputs = hidden @ self.weights + self.ends
        powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        error = powers / powers.sum(axis=1, keepdims=True)
        error[np.arange(len(wanted)), wanted] -= 1.0
        error /= len(wanted)
        back = (error @ self.weights.T) * (hidden > 0)
        slopes = inputs.T @ back
        self._moved_rows[columns] += (slopes**2).mean(axis=1, keepdims=True)
        self.rows[columns] -= _STEP * slopes / np.sqrt(self._moved_rows[columns])
        self._move("weights", hidden.T @ error)
        self._move("bias", back.sum(axis=0))
        self._move("ends", error.sum(axis=0))

    def _move(self, name: str, slope: "NDArray[np.floating]") -> None:
        import numpy as np

        moved = self._moved[name]
        moved += slope**2
        setattr(self, name, getattr(self, name) - _STEP * slope / np.sqrt(moved))

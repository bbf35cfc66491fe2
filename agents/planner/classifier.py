"""A small linear classifier fitted from the language files.

Regularised least squares, one output for each label, in its dual form (Rifkin, Yeo, Poggio 2003,
"Regularized Least-Squares Classification"): a few thousand short sentences are fitted by one
linear solve, without iterations and without randomness. Outputs become probabilities by a
softmax whose temperature minimises the closed-form leave-one-out log loss.
"""

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RIDGE = 0.35
_SUBSET = 1000  # sentences for the temperature: one number needs no more
_TEMPERATURES = tuple(0.04 * 1.25**step for step in range(14))


@dataclass(slots=True)
class Classifier:
    """Maps features to label probabilities.

    ``rows`` gives the row of a feature in ``weights`` (features × labels), ``rarity`` its weight
    in a sentence. Features of a single example have no row, yet they are known.
    """

    labels: Sequence[str]
    rows: dict[str, int]
    rarity: dict[str, float]
    weights: "NDArray[np.float32]"
    unseen: float
    temperature: float

    def probabilities(self, features: Sequence[str]) -> dict[str, float]:
        """Probability of each label; flat when the features were never seen."""
        import numpy as np

        values = {f: self.rarity.get(f, self.unseen) for f in features}
        norm = math.sqrt(sum(v * v for v in values.values())) or 1.0
        known = [(self.rows[f], v / norm) for f, v in values.items() if f in self.rows]
        if not known:
            return dict.fromkeys(self.labels, 1.0 / len(self.labels))
        places, shares = zip(*known, strict=True)
        outputs = np.asarray(shares) @ self.weights[list(places)]
        return dict(zip(self.labels, _softmax(outputs / self.temperature).tolist(), strict=True))

    def knows(self, feature: str) -> bool:
        """Whether the feature stands in any language file."""
        return feature in self.rarity

    def save(self, path: Path) -> None:
        """Keep the fitted weights; written aside and moved, so that no reader sees half a file."""
        import numpy as np

        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part.npz")
        facts = {
            "labels": list(self.labels),
            "rows": list(self.rows),
            "rarity": self.rarity,
            "unseen": self.unseen,
            "temperature": self.temperature,
        }
        np.savez(draft, weights=self.weights, facts=np.frombuffer(_dump(facts), dtype=np.uint8))
        draft.replace(path)


def load(path: Path) -> Classifier | None:
    """The classifier kept at ``path``, or None if there is none that can be read."""
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as kept:
            facts = json.loads(kept["facts"].tobytes())
            weights = kept["weights"]
    except (OSError, ValueError, KeyError):
        return None
    rows = {feature: place for place, feature in enumerate(facts["rows"])}
    rarity, unseen = facts["rarity"], facts["unseen"]
    return Classifier(facts["labels"], rows, rarity, weights, unseen, facts["temperature"])


def fit(samples: Sequence[tuple[Sequence[str], str]]) -> Classifier:
    """Fit on (features, label) pairs. Equal input gives equal output."""
    import numpy as np

    labels = list(dict.fromkeys(label for _, label in samples))
    counts = Counter(f for found, _ in samples for f in set(found))
    total = len(samples)
    rarity = {f: round(1.0 + math.log(total / n), 4) for f, n in counts.items()}
    rows = {f: i for i, f in enumerate(f for f, n in counts.items() if n > 1)}
    matrix = np.zeros((total, len(rows)), dtype=np.float32)
    for number, (found, _) in enumerate(samples):
        norm = math.sqrt(sum(rarity[f] ** 2 for f in set(found))) or 1.0
        for f in set(found) & rows.keys():
            matrix[number, rows[f]] = rarity[f] / norm
    places = {label: i for i, label in enumerate(labels)}
    wanted = np.array([places[label] for _, label in samples])
    targets = np.zeros((total, len(labels)), dtype=np.float32)
    targets[np.arange(total), wanted] = 1.0
    gram = matrix @ matrix.T
    gram[np.diag_indices(total)] += _RIDGE
    dual = np.linalg.solve(gram, targets)
    temperature = _temperature(gram, targets, wanted)
    unseen = 1.0 + math.log(total)
    return Classifier(labels, rows, rarity, matrix.T @ dual, unseen, temperature)


def _temperature(
    gram: "NDArray[np.float32]", targets: "NDArray[np.float32]", wanted: "NDArray[np.int64]"
) -> float:
    """The softmax temperature of the least leave-one-out log loss, on an even subset."""
    import numpy as np

    subset = np.arange(0, len(wanted), max(1, len(wanted) // _SUBSET))
    inverse = np.linalg.inv(gram[np.ix_(subset, subset)])
    # Leave-one-out outputs without refitting: y_i - a_i / (K + λI)^-1_ii.
    outputs = targets[subset] - (inverse @ targets[subset]) / np.diag(inverse)[:, None]
    return min(_TEMPERATURES, key=lambda t: _log_loss(outputs / t, wanted[subset]))


def _dump(facts: dict[str, object]) -> bytes:
    return json.dumps(facts, ensure_ascii=False).encode()


def _softmax(outputs: "NDArray[np.floating]") -> "NDArray[np.floating]":
    import numpy as np

    powers = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
    result: NDArray[np.floating] = powers / powers.sum(axis=-1, keepdims=True)
    return result


def _log_loss(outputs: "NDArray[np.floating]", wanted: "NDArray[np.int64]") -> float:
    import numpy as np

    chosen = _softmax(outputs)[np.arange(len(wanted)), wanted]
    return float(-np.log(np.maximum(chosen, 1e-9)).mean())

"""Fits the classifier of wishes to sentences: linear solves, counts, and small networks.

* regularised least squares in its dual form (Rifkin, Yeo, Poggio 2003, "Regularized Least-Squares
  Classification"),
* complement naive Bayes (Rennie et al. 2003, "Tackling the Poor Assumptions of Naive Bayes Text
  Classifiers"),
* networks of one hidden layer (``network.py``).

Equal input gives equal output: what is random is drawn from fixed seeds.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from agents.planner.classifier import Classifier, softmax, wish_of
from agents.planner.network import Networks, train

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

_RIDGE = 0.35
_SMOOTHING = 0.3  # added to every count of a feature beside a label
_PRECISION = 1e-3  # relative residual of the solve; a finer one changes no answer
_MOST_STEPS = 400
_TINY = 1e-30  # a label that is solved already divides by this instead of by nothing
_SUBSET = 1000  # sentences for the temperature: one number needs no more
_TEMPERATURES = tuple(0.04 * 1.25**step for step in range(14))


def fit(
    samples: Sequence[tuple[Sequence[str], Sequence[str]]], words: frozenset[str] = frozenset()
) -> Classifier:
    """Fit on (features, labels) pairs; a sample's labels are variants of one wish.

    Equal input gives equal output.
    """
    import numpy as np

    labels = list(dict.fromkeys(label for _, found in samples for label in found))
    wishes = list(dict.fromkeys(map(wish_of, labels)))
    counts = Counter(f for found, _ in samples for f in set(found))
    total = len(samples)
    rarity = {f: round(1.0 + math.log(total / n), 4) for f, n in counts.items()}
    rows = {f: i for i, f in enumerate(f for f, n in counts.items() if n > 1)}
    matrix = _matrix([list(dict.fromkeys(found)) for found, _ in samples], rows, rarity)
    wanted = np.array([wishes.index(wish_of(found[0])) for _, found in samples])
    by_label = _indicators([found for _, found in samples], labels)
    by_wish = _indicators([[wish_of(found[0])] for _, found in samples], wishes)
    return Classifier(
        labels,
        rows,
        rarity,
        unseen=1.0 + math.log(total),
        temperature=_temperature(matrix, by_wish, wanted),
        variants=(matrix.T @ _dual(matrix, by_label)).astype(np.float32),
        wishes=(matrix.T @ _dual(matrix, by_wish)).astype(np.float32),
        odds=_odds(matrix, by_label).astype(np.float32),
        networks=_networks(matrix, by_label),
        words=words,
    )


def _networks(matrix: "csr_array", by_label: "NDArray[np.float64]") -> Networks:
    """Trained on labels; a sample of several labels counts once for each."""
    import numpy as np

    samples, labels = np.nonzero(by_label)
    return train(matrix[samples], labels, by_label.shape[1])


def _indicators(samples: Sequence[Sequence[str]], names: Sequence[str]) -> "NDArray[np.float64]":
    """Samples × names: one where the sample bears the name."""
    import numpy as np

    places = {name: place for place, name in enumerate(names)}
    found = np.zeros((len(samples), len(names)))
    for row, borne in enumerate(samples):
        found[row, [places[name] for name in borne]] = 1.0
    return found


def _odds(matrix: "csr_array", by_label: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Log of how much oftener a feature stands beside a label than beside all others."""
    import numpy as np

    present = matrix.copy()
    present.data[:] = 1.0
    inside = present.T @ by_label + _SMOOTHING
    outside = inside.sum(axis=1, keepdims=True) - inside
    odds: NDArray[np.float64] = np.log(inside / inside.sum(axis=0)) - np.log(
        outside / outside.sum(axis=0)
    )
    return odds


def _matrix(
    samples: Sequence[Sequence[str]], rows: dict[str, int], rarity: dict[str, float]
) -> "csr_array":
    """Samples × features, each row of length one before the features of one sample are left out."""
    from scipy.sparse import csr_array

    values: list[float] = []
    columns: list[int] = []
    ends = [0]
    for found in samples:
        norm = math.sqrt(sum(rarity[f] ** 2 for f in found)) or 1.0
        known = [f for f in found if f in rows]
        columns += [rows[f] for f in known]
        values += [rarity[f] / norm for f in known]
        ends.append(len(columns))
    return csr_array((values, columns, ends), shape=(len(samples), len(rows)))


def _dual(matrix: "csr_array", targets: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Solves (K + λI) a = y by conjugate gradients, K = M Mᵀ never written out.

    All labels step side by side: a pass over the sparse matrix costs the same for one as for
    all, which the library's solver, made for one right-hand side, cannot use.
    """
    import numpy as np

    turned = matrix.T.tocsr()
    found = np.zeros_like(targets)
    rest = targets.copy()
    step = rest.copy()
    size = (rest**2).sum(axis=0)
    enough = size * _PRECISION**2
    for _ in range(_MOST_STEPS):
        seen = matrix @ (turned @ step) + _RIDGE * step
        length = size / np.maximum((step * seen).sum(axis=0), _TINY)
        found += length * step
        rest -= length * seen
        size, before = (rest**2).sum(axis=0), size
        if (size <= enough).all():
            break
        step = rest + size / np.maximum(before, _TINY) * step
    return found


def _temperature(
    matrix: "csr_array", targets: "NDArray[np.float64]", wanted: "NDArray[np.int64]"
) -> float:
    """The softmax temperature of the least leave-one-out log loss, on an even subset."""
    import numpy as np

    subset = np.arange(0, len(wanted), max(1, len(wanted) // _SUBSET))
    part = matrix[subset]
    gram = (part @ part.T).toarray()
    gram[np.diag_indices(len(subset))] += _RIDGE
    inverse = np.linalg.inv(gram)
    # Leave-one-out outputs without refitting: y_i - a_i / (K + λI)^-1_ii.
    outputs = targets[subset] - (inverse @ targets[subset]) / np.diag(inverse)[:, None]
    return min(_TEMPERATURES, key=lambda t: _log_loss(outputs / t, wanted[subset]))


def _log_loss(outputs: "NDArray[np.floating]", wanted: "NDArray[np.int64]") -> float:
    import numpy as np

    chosen = softmax(outputs)[np.arange(len(wanted)), wanted]
    return float(-np.log(np.maximum(chosen, 1e-9)).mean())

"""A small classifier fitted from the language files: which wish, and which variant of it.

Two linear models look at a sentence, and their opinions on the wish are averaged: regularised
least squares in its dual form (Rifkin, Yeo, Poggio 2003, "Regularized Least-Squares
Classification") and complement naive Bayes (Rennie et al. 2003, "Tackling the Poor Assumptions
of Naive Bayes Text Classifiers"). They err on different sentences: for writers whom neither has
seen, the average acts wrongly less often than the first alone (docs/understanding.md). The
variant within a wish is chosen by least squares alone. A few thousand short sentences are fitted
by one linear solve, without randomness.
"""

import json
import math
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

_RIDGE = 0.35
_SMOOTHING = 0.3  # added to every count of a feature beside a wish
_OVERLAP = 6.0  # a character stands in about six features: so often is its evidence counted
_PRECISION = 1e-3  # relative residual of the solve; a finer one changes no answer
_MOST_STEPS = 400
_TINY = 1e-30  # a label that is solved already divides by this instead of by nothing
_SUBSET = 1000  # sentences for the temperature: one number needs no more
_TEMPERATURES = tuple(0.04 * 1.25**step for step in range(14))


@lru_cache(maxsize=512)
def wish_of(label: str) -> str:
    """The wish of a label ``<wish> <variant>``."""
    return label.partition(" ")[0]


@dataclass(slots=True)
class Classifier:
    """Maps features to label probabilities.

    ``rows`` gives the row of a feature in the weights (features × labels, or × wishes), ``rarity``
    its weight in a sentence. Features of a single example have no row, yet they are known.
    ``words`` are the Latin words of the sentences, for mending misspelt ones.
    """

    labels: Sequence[str]
    rows: dict[str, int]
    rarity: dict[str, float]
    unseen: float
    temperature: float
    variants: "NDArray[np.float32]"
    wishes: "NDArray[np.float32]"
    odds: "NDArray[np.float32]"
    words: frozenset[str] = frozenset()

    def probabilities(self, features: Sequence[str]) -> dict[str, float]:
        """Probability of each label; flat when the features were never seen."""
        import numpy as np

        values = {f: self.rarity.get(f, self.unseen) for f in features}
        norm = math.sqrt(sum(v * v for v in values.values())) or 1.0
        known = [(self.rows[f], v / norm) for f, v in values.items() if f in self.rows]
        if not known:
            return dict.fromkeys(self.labels, 1.0 / len(self.labels))
        places, shares = zip(*known, strict=True)
        rows, weights = list(places), np.asarray(shares)
        squares = _softmax(weights @ self.wishes[rows] / self.temperature)
        bayes = _softmax(self.odds[rows].sum(axis=0) / _OVERLAP)
        names = list(dict.fromkeys(map(wish_of, self.labels)))
        by_wish = dict(zip(names, ((squares + bayes) / 2).tolist(), strict=True))
        return self._spread(by_wish, weights @ self.variants[rows])

    def _spread(
        self, by_wish: dict[str, float], outputs: "NDArray[np.floating]"
    ) -> dict[str, float]:
        """The probability of each wish, spread over its variants."""
        import numpy as np

        powers = np.exp((outputs - outputs.max()) / self.temperature).tolist()
        totals: dict[str, float] = {}
        for label, power in zip(self.labels, powers, strict=True):
            totals[wish_of(label)] = totals.get(wish_of(label), 0.0) + power
        return {
            label: by_wish[wish_of(label)] * power / (totals[wish_of(label)] or 1.0)
            for label, power in zip(self.labels, powers, strict=True)
        }

    def knows(self, feature: str) -> bool:
        """Whether the feature stands in any language file."""
        return feature in self.rarity

    def save(self, path: Path) -> None:
        """Keep the fitted weights; written aside and moved, so that no reader sees half a file."""
        import numpy as np

        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.part.npz")
        facts = {
            "labels": list(self.labels),
            "rows": list(self.rows),
            "rarity": self.rarity,
            "unseen": self.unseen,
            "temperature": self.temperature,
            "words": sorted(self.words),
        }
        np.savez(
            draft,
            variants=self.variants,
            wishes=self.wishes,
            odds=self.odds,
            facts=np.frombuffer(_dump(facts), dtype=np.uint8),
        )
        draft.replace(path)


def load(path: Path) -> Classifier | None:
    """The classifier kept at ``path``, or None if there is none that can be read."""
    import numpy as np

    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            facts = json.loads(kept["facts"].tobytes())
            weights = [kept[name] for name in ("variants", "wishes", "odds")]
    except Exception:  # whatever is wrong with the file: it can be fitted again
        return None
    rows = {feature: place for place, feature in enumerate(facts["rows"])}
    return Classifier(
        facts["labels"],
        rows,
        facts["rarity"],
        facts["unseen"],
        facts["temperature"],
        variants=weights[0],
        wishes=weights[1],
        odds=weights[2],
        words=frozenset(facts["words"]),
    )


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
        odds=_odds(matrix, by_wish).astype(np.float32),
        words=words,
    )


def _indicators(samples: Sequence[Sequence[str]], names: Sequence[str]) -> "NDArray[np.float64]":
    """Samples × names: one where the sample bears the name."""
    import numpy as np

    places = {name: place for place, name in enumerate(names)}
    found = np.zeros((len(samples), len(names)))
    for row, borne in enumerate(samples):
        found[row, [places[name] for name in borne]] = 1.0
    return found


def _odds(matrix: "csr_array", by_wish: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Log of how much oftener a feature stands beside a wish than beside all others."""
    import numpy as np

    present = matrix.copy()
    present.data[:] = 1.0
    inside = present.T @ by_wish + _SMOOTHING
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

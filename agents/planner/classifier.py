"""A small classifier fitted from the language files: which wish, and which variant of it.

Least squares, naive Bayes and a few small networks look at a sentence (``fitting.py``), and their
opinions on the wish are averaged. They err on different sentences: for writers whom none has
seen, the average acts wrongly less often than each alone (docs/understanding.md).
"""

import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from agents.planner.network import Networks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_OVERLAP = 6.0  # a character stands in about six features: so often is its evidence counted


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
    networks: Networks
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
        return self._named(_Opinions.of(self, rows, weights))

    def _named(self, opinions: "_Opinions") -> dict[str, float]:
        """Labels with their probability: that of the wish, times its share within the wish."""
        import numpy as np

        names = list(dict.fromkeys(map(wish_of, self.labels)))
        of = np.array([names.index(wish_of(label)) for label in self.labels])
        by_label = (opinions.squares_labels, opinions.bayes, opinions.networks)
        totals = [np.bincount(of, one, len(names)).astype(np.float64) for one in by_label]
        wishes = _mean(opinions.squares_wishes, totals[1], totals[2])
        shares = _mean(*(one / total[of] for one, total in zip(by_label, totals, strict=True)))
        return dict(zip(self.labels, (wishes[of] * shares).tolist(), strict=True))

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
            **self.networks.arrays(),
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
            networks = Networks.of(kept)
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
        networks=networks,
        words=frozenset(facts["words"]),
    )


def softmax(outputs: "NDArray[np.floating]") -> "NDArray[np.floating]":
    """Outputs as probabilities, along the last axis."""
    import numpy as np

    powers = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
    result: NDArray[np.floating] = powers / powers.sum(axis=-1, keepdims=True)
    return result


def _dump(facts: dict[str, object]) -> bytes:
    return json.dumps(facts, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class _Opinions:
    """Probabilities of one sentence by each model; the squares have one of the wishes too."""

    squares_wishes: "NDArray[np.floating]"
    squares_labels: "NDArray[np.floating]"
    bayes: "NDArray[np.floating]"
    networks: "NDArray[np.floating]"

    @classmethod
    def of(
        cls, model: Classifier, rows: Sequence[int], weights: "NDArray[np.floating]"
    ) -> "_Opinions":
        at = list(rows)
        return cls(
            softmax(weights @ model.wishes[at] / model.temperature),
            softmax(weights @ model.variants[at] / model.temperature),
            softmax(model.odds[at].sum(axis=0) / _OVERLAP),
            model.networks.probabilities(at, weights),
        )


def _mean(
    squares: "NDArray[np.floating]",
    bayes: "NDArray[np.floating]",
    networks: "NDArray[np.floating]",
) -> "NDArray[np.floating]":
    """The networks, being several, count twice."""
    mean: NDArray[np.floating] = (squares + bayes + 2 * networks) / 4
    return mean

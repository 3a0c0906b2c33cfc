"""A small linear model: places in a table -> how much something resembles what the model was trained on.

A file of weights is one line of JSON (how to read it, what it was trained on, where the threshold comes from) and
one signed byte a place. `scripts/train` makes them, docs/scam-check.md shows what they are worth.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "models"
ZERO = 128
_UNSIGNED = bytes((byte + ZERO) % 256 for byte in range(256))


@dataclass(frozen=True, slots=True)
class Model:
    """`weights`, a byte each with `ZERO` for none, are to be multiplied by `scale`. `threshold`: the score from which
    something is told."""

    scale: float
    bias: float
    threshold: float
    weights: bytes = field(repr=False)
    about: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def score(self, places: Set[int]) -> float:
        """The log odds of what has these features (two of them at least, as everything has)."""
        total: int = sum(itemgetter(*places)(self.weights)) - ZERO * len(places)
        return self.bias + self.scale * total / math.sqrt(len(places))

    def tells(self, places: Set[int]) -> bool:
        """Whether the score reaches the threshold that was fixed in training."""
        return self.score(places) >= self.threshold


@cache
def load(name: str) -> Model:
    """A model that is shipped: "hosts", "texts" or "han"."""
    return loads((FOLDER / f"{name}.model").read_bytes())


def loads(data: bytes) -> Model:
    """A model of the bytes of its file."""
    head, _, body = data.partition(b"\n")
    about = json.loads(head)
    return Model(about["scale"], about["bias"], about["threshold"], body.translate(_UNSIGNED), about)

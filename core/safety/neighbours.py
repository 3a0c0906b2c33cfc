"""How Han characters come: how much likelier each is in a seed phrase than in a sentence, alone and behind another.

In Chinese a few characters are used all the time, neighbours form words, and some hardly ever begin or end one; in a
phrase all are used alike and neighbours are strangers. Weights are half bits, so those of neighbours add up: above
zero speaks for a phrase. `scripts/weigh` made them of a dictionary; `words/README.md` says which.
"""

from __future__ import annotations

import re
from array import array
from typing import Final

from core.safety.wordlists import CHARACTER_INDEX, FOLDER

FOREIGN: Final = -2
"""The weight of a character of no list, whatever stands before it."""
WIDTH: Final = len(CHARACTER_INDEX) + 1
"""A row of `BEHIND`: one place for each character and one for those of no list, whose number is -1."""


def _weights() -> tuple[list[int], array[int]]:
    """Both tables. Characters whose words end alike begin with the same row; then each gets what is its own."""
    rows = [line.split(" ") for line in (FOLDER / "commons.txt").read_text("utf-8").splitlines()]
    told = {letter: (int(alone), int(begin), int(end)) for letter, alone, begin, end in rows}
    kept = [told[letter] for letter in CHARACTER_INDEX]
    alone = [*(weight for weight, _, _ in kept), FOREIGN]
    made = {
        end: array("b", [*(weight + begin + end for weight, begin, _ in kept), FOREIGN])
        for end in {end for _, _, end in kept}
    }
    behind = array("b")
    for _, _, end in kept:
        behind += made[end]
    behind += array("b", alone)
    for line in (FOLDER / "pairs.txt").read_text("utf-8").splitlines():
        start = CHARACTER_INDEX[line[0]] * WIDTH
        for level, letters in re.findall(r"([a-z])([^a-z]+)", line):
            weight = ord(level) - ord("a") + 1
            for letter in letters:
                behind[start + CHARACTER_INDEX[letter]] -= weight
    return alone, behind


_WEIGHTS: Final = _weights()
ALONE: Final = _WEIGHTS[0]
"""By number: the weight of a character that follows nothing."""
BEHIND: Final = _WEIGHTS[1]
"""By the number of the one before times `WIDTH`, plus its own: the weight of a character behind another."""

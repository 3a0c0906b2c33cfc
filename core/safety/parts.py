"""A phrase that comes in several messages: what crosses them is a count of words, never a word.

A run of four words is masked by itself (`seeds`). Fewer are masked when the same person sent others shortly before:
whoever dictates word by word is stopped at the fourth. Who keeps the counts is the runtime's (`core/runtime/pieces.py`).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from core.safety.characters import loose_characters
from core.safety.guard import MASK, Inspected
from core.safety.plain import plain
from core.safety.seeds import loose_words

WINDOW: Final = 600.0
"""Seconds after which what somebody sent no longer counts."""
FEWEST: Final = 4
"""Words, over all messages, from which on each further one is masked."""
WHOLE: Final = 10
"""Words, over all messages, that are a phrase."""
_LONGEST: Final = 400
"""A longer text is no piece of a phrase that `seeds` does not see."""
_WORD: Final = re.compile(r"\w")


def words_of(text: str) -> int:
    """How many words of a phrase this text consists of; 0 when it says anything else."""
    if not text or len(text) > _LONGEST or not _WORD.search(text):
        return 0
    low = plain(text).text.lower()
    return loose_words(low) or loose_characters(low)


class Count(NamedTuple):
    """How many words somebody sent lately, and when the last of them."""

    words: int
    at: float

    def more(self, words: int, now: float) -> Count:
        """After so many more. `now` in seconds."""
        return Count(words + (self.words if now - self.at <= WINDOW else 0), now)


def piece_of(text: str, seen: Inspected) -> int:
    """How many words of a phrase a message brings, in which `inspect` saw `seen`; 0 for nearly all messages."""
    if seen.kinds not in ((), ("seed_part",)):
        return 0
    return words_of(text) or (FEWEST if seen.kinds else 0)


def judged(seen: Inspected, total: int) -> Inspected:
    """What `inspect` saw in a piece, where its person sent so many words in all."""
    if total < FEWEST:
        return seen
    return Inspected(seen.text if seen.kinds else MASK, ("seed_phrase" if total >= WHOLE else "seed_part",))

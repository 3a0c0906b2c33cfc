"""A phrase that comes in several messages: what crosses them is a count of words, never a word.

A run of four words is masked by itself (`seeds`). Fewer are masked when the same person sent others shortly before:
whoever dictates word by word is stopped at the fourth. The counts live in memory only.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Final

from core.safety.characters import loose_characters
from core.safety.guard import MASK, Inspected
from core.safety.plain import plain
from core.safety.seeds import loose_words

WINDOW: Final = 600.0
"""Seconds after which what somebody sent no longer counts."""
PEOPLE: Final = 20_000
"""Counts that are kept, the newest."""
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


class Parts:
    """The counts, by conversation."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def judge(self, key: str, text: str, seen: Inspected, now: float) -> Inspected:
        """What `inspect` saw in `text`, in the light of what this conversation sent before. `now` in seconds."""
        if seen.kinds not in ((), ("seed_part",)):
            return seen
        words = words_of(text) or (FEWEST if seen.kinds else 0)
        if not words:
            return seen
        before, at = self._counts.pop(key, (0, now))
        total = words + (before if now - at <= WINDOW else 0)
        self._counts[key] = (total, now)
        if len(self._counts) > PEOPLE:
            self._counts.popitem(last=False)
        if total < FEWEST:
            return seen
        return Inspected(
            seen.text if seen.kinds else MASK, ("seed_phrase" if total >= WHOLE else "seed_part",)
        )

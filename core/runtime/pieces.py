"""Who sends a phrase in pieces: the counts of `core/safety/parts.py`, kept by one process or by all that receive.

What is kept is a number and a moment for each conversation, never a word; a message in which no piece was found costs
nothing. Where many receive, each would see only some of the pieces: then a count is a row, until it says nothing more.
"""

from __future__ import annotations

from core.quick_json import dumps, loads
from core.runtime.recent import Recent
from core.safety.guard import Inspected
from core.safety.parts import WINDOW, Count, judged, piece_of
from core.store.workers import Rates

PEOPLE = 10_000
"""Counts that are kept at least, those of whoever wrote last."""
PIECES = "@pieces"
"""The name under which words are counted together; no bot is called so."""


class Pieces:
    """The counts of one process."""

    def __init__(self) -> None:
        self._counts = Recent[Count](PEOPLE)

    async def judge(self, key: str, text: str, seen: Inspected, now: float) -> Inspected:
        """What `inspect` saw in `text`, in the light of what this conversation sent before. `now` in seconds."""
        words = piece_of(text, seen)
        return judged(seen, await self._add(key, words, now)) if words else seen

    async def _add(self, key: str, words: int, now: float) -> int:
        """Count so many words more; how many there are in all."""
        count = (self._counts.get(key) or Count(0, now)).more(words, now)
        self._counts.note(key, count)
        return count.words


class SharedPieces(Pieces):
    """The same where many receive: what a person sent to the others counts, too."""

    def __init__(self, rates: Rates) -> None:
        super().__init__()
        self._rates = rates

    async def _add(self, key: str, words: int, now: float) -> int:
        """As above.

        Raises:
            StoreError: the others cannot be asked, so nothing may be stored either.
        """
        total = 0

        def change(text: str) -> tuple[str, float]:
            nonlocal total
            count = (Count(*loads(text)) if text else Count(0, now)).more(words, now)
            total = count.words
            return dumps([*count]), now + WINDOW

        await self._rates.count(PIECES, key, change)
        return total

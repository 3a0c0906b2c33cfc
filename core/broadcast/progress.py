"""How far a broadcast is, measured once for everybody who asks, and the card in the staff's chats that shows it.

The card is one message, edited in place: at most once in `EDITS` seconds and only when it says something new, so that
a run of hours fills neither the chat nor its rates. Its last edit is the report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.broadcast.papers import buttons
from core.config import Desk
from core.staff.announce import EDITS, hang, text
from core.store.broadcasts import Broadcasts, Kept, Moment
from core.store.rooms import Store

OUTCOMES = ("sent", "failed", "blocked", "uncertain")
Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Measured:
    """Deliveries that ended, by outcome, and so in each part ("channel language"). `rate` is a second, `left` in
    seconds, None while it does not run or nothing has ended."""

    counts: Mapping[str, int]
    parts: Mapping[str, Mapping[str, int]]
    moments: Sequence[Moment]
    rate: float
    left: float | None


async def measure(room: Broadcasts, kept: Kept, now: float) -> Measured:
    """As it stands."""
    counts: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))
    parts: dict[str, Counter[str]] = {}
    for one in await room.tally(kept.name, kept.version):
        counts[one.outcome] += one.people
        parts.setdefault(f"{one.channel} {one.language}", Counter())[one.outcome] += one.people
    moments = await room.moments(kept.name, kept.version)
    ended = counts.total()
    until = now if kept.state == "running" else kept.changed_at
    rate = ended / max(until - moments[0].due, 1.0) if ended and moments else 0.0
    left = max(kept.people - ended, 0) / rate if rate and kept.state == "running" else None
    return Measured(counts, dict(sorted(parts.items())), moments, rate, left)


async def told(room: Broadcasts, kept: Kept, now: float, say: Say) -> str:
    """For the staff: everything together, then by platform and language."""
    found = await measure(room, kept, now)
    lines = [
        say("broadcast.progress", name=kept.name, state=kept.state, people=kept.people, counts=_shown(found.counts, say))
    ]  # fmt: skip
    if found.left is not None:
        minutes = round(found.left / 60)
        lines.append(say("broadcast.pace", rate=round(found.rate * 60), minutes=minutes))
    if kept.reason:
        lines.append(kept.reason)
    if len(found.parts) > 1:
        lines += [f"{name}: {_shown(part, say)}" for name, part in found.parts.items()]
    return "\n".join(lines)


def _shown(counts: Mapping[str, int], say: Say) -> str:
    words = [f"{say(f'broadcast.col_{how}')} {counts[how]}" for how in OUTCOMES if counts.get(how)]
    return ", ".join(words) or "–"


@dataclass(frozen=True, slots=True)
class _Said:
    state: str
    at: float
    text: str


class Card:
    """The cards of what runs. `poke` wakes who sends."""

    def __init__(
        self, store: Store, desk: Desk, poke: Callable[[], None], say: Say, now: Callable[[], float]
    ) -> None:
        self._store = store
        self._desk = desk
        self._poke = poke
        self._say = say
        self._now = now
        self._said: dict[str, _Said] = {}

    async def look(self, live: Sequence[Kept]) -> None:
        """Show how far each one is, and once more when it is over and nothing of it is under way."""
        if not self._desk.staff:
            return
        for kept in live:
            if kept.state in ("running", "paused") or kept.name in self._said:
                await self._show(kept)
        room = self._store.broadcasts
        for name in self._said.keys() - {one.name for one in live}:
            over = await room.find(name)
            if over is not None and await room.queued(name, over.version):
                continue
            if over is not None:
                await self._show(over)
            del self._said[name]

    async def _show(self, kept: Kept) -> None:
        last, now = self._said.get(kept.name), self._now()
        if last and last.state == kept.state and now - last.at < EDITS:
            return
        said = await told(self._store.broadcasts, kept, now, self._say)
        self._said[kept.name] = _Said(kept.state, now, said)
        if last and last.text == said:
            return
        message = text(said)._replace(choices=buttons(kept, self._say))
        key = f"n:{kept.name}:{kept.version}:progress"
        await hang(self._store, self._desk, key, message, now)
        self._poke()

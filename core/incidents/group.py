"""The cases of open incidents, for the staff: one card each, edited in place, and answers that go to all of them.

Who leads runs it. An answer is cut into slices; the events of a slice, what is remembered of its tickets and the cursor
behind them are one transaction, so a crash goes on where it was, and nobody gets an answer twice.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping

from core.config import Settings
from core.conversation.model import Address
from core.conversation.tickets import Answered
from core.conversation.wire import dump_event, load_conversation
from core.incidents.cases import NEWEST, shown
from core.incidents.opening import catch_up
from core.staff.announce import EDITS, hang, text
from core.store.incidents import AnswerRow, CaseRow
from core.store.rooms import Store
from core.store.rows import EventRow, NewEvent

EVERY = 1.0
SLICE = 100


class Group:
    """Shows the cases and answers them. `take`: new events for the conversations; `poke` wakes who sends."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        take: Callable[[EventRow], None],
        poke: Callable[[], None],
        say: Callable[..., str],
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._settings = settings
        self._take = take
        self._poke = poke
        self._say = say
        self._now = now
        self._said: dict[int, tuple[float, str]] = {}

    async def run(self) -> None:
        """For ever; cancelled at shutdown."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Open what is overdue, show what changed, and take every answer to its end."""
        await catch_up(self._store, self._settings, self._say, self._now())
        for incident in await self._store.incidents.hanging():
            await self._show(incident.number, incident.name)
        for answer in await self._store.incidents.answers():
            await self._answer(answer)

    # --- the card

    async def _show(self, number: int, name: str) -> None:
        cases, now = await self._store.incidents.cases(number, NEWEST), self._now()
        at, before = self._said.get(number, (float("-inf"), ""))
        said = shown(name, cases, self._say)
        if not cases.count or said == before or now - at < EDITS:
            return
        self._said[number] = (now, said)
        await hang(self._store, self._settings.desk, card_key(number), text(said), now)
        self._poke()

    # --- an answer

    async def _answer(self, answer: AnswerRow) -> None:
        texts = json.loads(answer.texts)
        cases = await self._store.incidents.slice(answer, SLICE)
        states = await self._store.turns.load([case.conversation for case in cases])
        events = [self._event(answer, texts, case, states) for case in cases]
        ended = len(cases) < SLICE
        for row in await self._store.incidents.reach(answer, cases, events, ended, self._now()):
            self._take(row)

    def _event(
        self, answer: AnswerRow, texts: Mapping[str, str], case: CaseRow, states: Mapping[str, str]
    ) -> NewEvent:
        text_ = texts.get(case.language) or next(iter(texts.values()))
        said = Answered(str(case.ticket), answer.alias, text_)
        address = _address(case.conversation, states)
        key = f"incident:{answer.incident}:{answer.number}:{case.ticket}"
        return NewEvent(address.channel, key, case.conversation, dump_event(address, said))


def card_key(number: int) -> str:
    """The key of an incident's card; in each staff chat its place stands behind it."""
    return f"n:incident:{number}:cases"


def _address(conversation: str, states: Mapping[str, str]) -> Address:
    """Where the person is reached now."""
    if state := states.get(conversation):
        return load_conversation(state).address
    channel, chat, user = conversation.split("|", 2)
    return Address(channel, chat, user)

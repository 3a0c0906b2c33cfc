"""Turns: events of the inbox become new states and effects, in groups that commit together.

`lanes` says which: one event of a conversation at a time and in order. The conversations of a group share a
transaction: one SELECT for all, the pure engine for each, one write per table. A group that fails is repeated one event at
a time, and an event that fails three times is put aside with an apology and a ticket, so that its lane goes on.
A store that cannot write now (disk full) is waited for; one that refuses these rows for good is no different
from an engine that raised.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from core.channel import Abilities
from core.conversation.engine import Engine
from core.conversation.model import Address, Event, Finished, Incoming
from core.conversation.news import News, number_of
from core.conversation.route import Routes
from core.conversation.scene import PERSON
from core.conversation.state import Conversation, Turn
from core.conversation.texts import negotiate
from core.errors import Conflict, StoreError
from core.runtime.desk import Desk
from core.runtime.effects import effect_rows
from core.runtime.heard import event_of
from core.runtime.lanes import Lanes
from core.runtime.recent import dump_conversation, load_conversation, load_inbound
from core.runtime.staff import cause
from core.store.rooms import Fenced, Store
from core.store.rows import Affected, AuditLine, Batch, EventRow, NewEffect, Saved, Subscriber

TRIES = 3
"""Attempts before an event is put aside."""
AGAIN, LONGEST = 0.1, 5.0
"""Seconds after which a store that failed is asked again: at first, and at most."""
_HOUSE = frozenset({"blocked", "left", "unread", "moved"})
log = logging.getLogger(__name__)


class Turner:
    """The loop between inbox and outbox."""

    def __init__(
        self,
        store: Store,
        engine: Callable[[], Engine],
        routes: Routes,
        abilities: Mapping[str, Abilities],
        offer: Callable[[Sequence[NewEffect]], None],
        now: Callable[[], float],
        desk: Desk,
        lanes: Lanes,
        missed: Callable[[], None],
        news: Callable[[], Sequence[News]],
    ) -> None:
        self._store = store
        self._engine = engine
        self._routes = routes
        self._abilities = abilities
        self._offer = offer
        self._now = now
        self._desk = desk
        self._lanes = lanes
        self._missed = missed
        self._news = news
        self._written: set[int] = set()  # of a group: what has a transaction of its own, and was written

    def is_staff(self, incoming: Incoming) -> bool:
        """Whether this comes from a chat of the staff, whose words are meant for others to read."""
        return self._desk.staff.owns(incoming)

    @property
    def idle(self) -> bool:
        """Nothing waits to be turned."""
        return self._lanes.idle

    def take(self, row: EventRow) -> None:
        """Freshly committed."""
        self._lanes.take(row)

    def wake(self) -> None:
        """Look at the table."""
        self._lanes.wake()

    async def run(self) -> None:
        """For ever; cancelled at shutdown. A store that fails is tried again, nothing is lost meanwhile."""
        pause = AGAIN
        while True:
            try:
                await self._group(await self._lanes.heads())
                pause = AGAIN
            except Fenced:
                raise
            except StoreError as error:
                log.warning("turns wait for the store: %s", error)
                self._missed()  # where the answer to a commit got lost, its rows are there
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST)

    async def _group(self, rows: Sequence[EventRow]) -> None:
        try:
            await self._turn(rows)
        except Exception as error:
            if _passing(error):
                raise
            log.exception("a group of %d turns failed; repeating one by one", len(rows))
            for row in rows:
                await self._alone(row)
                self._lanes.done(row)
        else:
            for row in rows:
                self._lanes.done(row)
        self._written.clear()

    async def _alone(self, row: EventRow) -> None:
        for attempt in range(min(row.attempts + 1, TRIES), TRIES + 1):  # once, whatever was counted before
            try:
                await self._turn([row])
            except Exception as error:
                if _passing(error):
                    raise
                log.exception("event %d failed (%d of %d)", row.id, attempt, TRIES)
                if attempt < TRIES:
                    await self._store.inbox.failed(row.id, type(error).__name__, dead=False)
                else:
                    await self._give_up(row, type(error).__name__)
            else:
                return

    async def _give_up(self, row: EventRow, why: str) -> None:
        """Put aside; where even the apology fails (the state itself cannot be read), the event waits alone."""
        try:
            await self._apologise(row, why)
        except Exception as error:
            if _passing(error):
                raise
            log.exception("event %d is put aside without an apology", row.id)
            await self._store.inbox.failed(row.id, why, dead=True)

    async def _apologise(self, row: EventRow, why: str) -> None:
        """Put aside in the transaction that tells the person and asks a human: nobody is left in silence, whatever the
        engine could not bear and whenever this process dies."""
        inbound = load_inbound(row.payload)
        if isinstance(inbound, Incoming) and (inbound.kind == "overheard" or self._desk.staff.owns(inbound)):
            await self._store.inbox.failed(row.id, why, dead=True)  # nobody's conversation
            return
        address = inbound.address if isinstance(inbound, Incoming) else inbound[0]
        conversation = await self._conversation(address)
        if not isinstance(inbound, Incoming) and _answers_a_call(inbound[1], conversation):
            await self._store.inbox.failed(
                row.id, why, dead=True
            )  # or one apology would be followed by the next
            return
        turn = self._engine().apologise(conversation)
        await self._commit([(row, conversation, turn)], [], [(row.id, why)])

    async def _conversation(self, address: Address) -> Conversation:
        state = (await self._store.turns.load([address.key])).get(address.key)
        return (
            load_conversation(state) if state else Conversation(address, self._engine().library.languages[0])
        )

    async def _turn(self, rows: Sequence[EventRow]) -> None:
        inbound = [(row, load_inbound(row.payload)) for row in rows if row.id not in self._written]
        spoken = []
        for row, what in inbound:
            if isinstance(what, Incoming) and what.kind in _HOUSE:
                await self._keep_house(row, what)
            elif isinstance(what, Incoming) and self._desk.staff.owns(what):
                await self._write(await self._desk.staff.hear(row, what))
            elif isinstance(what, Incoming) and what.kind == "overheard":
                await self._write(await self._desk.community.hear(row, what))
            else:
                spoken.append((row, what))
                continue
            self._written.add(row.id)
        states = await self._store.turns.load([row.lane for row, _ in spoken])
        engine, news = self._engine(), self._news()
        turns: list[tuple[EventRow, Conversation, Turn]] = []
        people: list[Subscriber] = []
        for row, what in spoken:
            state = states.get(row.lane)
            if isinstance(what, Incoming):
                conversation, event = self._begin(what, state), event_of(what, self._routes)
                if not what.public:
                    people.append(self._subscriber(what, conversation))
            else:
                address, event = what
                conversation = load_conversation(state) if state else Conversation(address, "")
                if address.reply:  # what the effect was to answer, its result answers
                    here = conversation.address._replace(reply=address.reply)
                    conversation = conversation._replace(address=here)
            turns.append((row, conversation, engine.advance(conversation, event, news)))
        if turns:
            await self._commit(turns, people)

    async def _keep_house(self, row: EventRow, incoming: Incoming) -> None:
        """Updates that are no part of a conversation."""
        address = incoming.address
        if incoming.kind == "unread":
            await self._store.inbox.failed(row.id, "unreadable update", dead=True)
            return
        if incoming.kind == "moved":
            await self._store.people.moved(address.channel, address.chat, incoming.moved_to)
        elif incoming.kind == "blocked":  # `left` is a group that we are no longer in: nobody blocked us
            await self._store.people.blocked(address.channel, address.user, self._now())
            await self._desk.gone(row, address)
        self._desk.staff.watch(incoming)
        line = AuditLine(self._now(), "platform", incoming.kind, address.key)
        await self._store.turns.commit(Batch(turned=[row.id], audit=[line]))

    def _begin(self, incoming: Incoming, state: str | None) -> Conversation:
        if state is None:
            languages = self._engine().library.languages
            return Conversation(incoming.address, negotiate(incoming.language_hint, languages))
        conversation = load_conversation(state)
        if incoming.address.reply or conversation.address != incoming.address:  # another thread of the chat
            conversation = conversation._replace(address=incoming.address)
        return conversation

    def _subscriber(self, incoming: Incoming, conversation: Conversation) -> Subscriber:
        a = incoming.address
        return Subscriber(a.channel, a.user, a.chat, conversation.language, self._now())

    async def _commit(
        self,
        turns: Sequence[tuple[EventRow, Conversation, Turn]],
        people: Sequence[Subscriber],
        aside: Sequence[tuple[int, str]] = (),
    ) -> None:
        now = self._now()
        rows: list[NewEffect] = []
        saved: list[Saved] = []
        audit: list[AuditLine] = []
        affected: list[Affected] = []
        for row, before, turn in turns:
            after = turn.conversation
            can = self._abilities.get(after.address.channel) or Abilities()
            rows += effect_rows(cause(row), after.address, turn.effects, can, now)
            if after.revision != before.revision:
                saved.append(Saved(row.lane, dump_conversation(after), before.revision, after.revision))
            audit.append(AuditLine(now, "bot", "turn", row.lane, _place(after)))
            affected += _affected(before, after, now)
        done = [row.id for row, _, _ in turns]
        await self._write(Batch(done, saved, rows, people, audit, affected=affected, aside=aside))

    async def _write(self, batch: Batch) -> None:
        """Commit, and pass on what is new: rows to the worker, events to the lanes."""
        for event in await self._store.turns.commit(batch):
            self.take(event)
        self._offer(batch.effects)


def _passing(error: Exception) -> bool:
    """Whether the store may accept the very same thing later."""
    return isinstance(error, StoreError) and not isinstance(error, Conflict)


def _answers_a_call(event: Event, conversation: Conversation) -> bool:
    """Whether this is what became of a call for a human: the person was told already that one looks at it."""
    top = conversation.frames[-1] if conversation.frames else None
    awaited = top.waiting if top is not None and top.flow == PERSON else None
    return isinstance(event, Finished) and awaited is not None and awaited.visit == event.visit


def _affected(before: Conversation, after: Conversation, now: float) -> list[Affected]:
    """Who hears of an incident for the first time."""
    if after.told is before.told:
        return []
    address = after.address
    heard = [number_of(mark) for mark in after.told if mark not in before.told]
    return [Affected(number, address.channel, address.user, now) for number in heard]


def _place(conversation: Conversation) -> str:
    if not conversation.frames:
        return conversation.mode
    top = conversation.frames[-1]
    return f"{top.flow}.{top.step}"

"""From staff to people: a reply in the staff's chat becomes an event of the person's conversation, in one transaction
with what it means for the ticket.

What it means is decided in `core/desk/desk.py`; here is only what to load and what to write. An answer to a staff
member has the key `s<event>.<n>`. What reaches the person because of the staff's event N has the cause `dN`, so
that an edit and a failure find it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from core import config
from core.conversation.model import Address, Edit, Erase, Incoming, Send
from core.conversation.tickets import Answered, Closed
from core.conversation.wire import (
    dump_address,
    dump_effect,
    dump_event,
    dump_incoming,
    load_address,
    load_conversation,
)
from core.desk.card import letters, notice
from core.desk.desk import Case, Close, Deed, Relay, Settle, Show, Tell, Vouch, Wipe, closes, decide
from core.runtime.community import Community
from core.runtime.floor import Floor
from core.sentences import told
from core.store.rooms import Store
from core.store.rows import (
    AuditLine,
    Batch,
    EffectRow,
    EventRow,
    NewEffect,
    NewEvent,
    Posted,
    Ticket,
    TicketTurn,
)

THEIRS = 5
"""Tickets that a person is told about, the newest."""
CAUSE = "desk:"
"""How the ids of events begin that staff caused."""
log = logging.getLogger(__name__)
Vouching = Callable[[str, str, float], Awaitable[str]]
"""(what asked for it, alias, now) -> a code by which a person can check that agent once."""


def cause(row: EventRow) -> str:
    """How the keys of the effects of an event begin; what staff caused is found again by it."""
    staff = row.event_id.startswith(CAUSE)
    return f"d{row.event_id.removeprefix(CAUSE)}" if staff else f"i{row.id}"


def post(key: str, address: Address, number: int, effect: Send | Edit | Erase, now: float) -> NewEffect:
    """The row of a message to the staff's chat. Each ticket is a lane: its card comes before what hangs under it."""
    kind, payload = dump_effect(effect)
    return NewEffect(key, f"{address.key}|d{number}", 0, kind, dump_address(address), payload, now)


class Staff:
    """The chats in which staff read and answer. `official`: the hosts to which they may lead people; `say` is the desk's: (code, **holes) -> a sentence."""

    def __init__(
        self,
        store: Store,
        settings: config.Desk,
        official: frozenset[str],
        say: Callable[..., str],
        now: Callable[[], float],
        vouch: Vouching | None = None,
        floor: Floor | None = None,
        community: Community | None = None,
        show: Callable[[int], Awaitable[bool]] | None = None,
    ) -> None:
        self._floor = floor
        self._community = community
        self._show = show
        self._store = store
        self._official = official
        self._vouch = vouch
        self._names = settings.names
        self._say = say
        self._now = now
        self._chats = {(chat.channel, chat.chat) for chat in settings.staff}

    def owns(self, incoming: Incoming) -> bool:
        """Whether this belongs to the staff's side, and to no conversation."""
        place = (incoming.address.channel, incoming.address.chat)
        return incoming.kind in ("undelivered", "vouched") or place in self._chats

    def watch(self, incoming: Incoming) -> None:
        """Call the operator when a staff chat has another id now, or when we are no longer in it."""
        code = {"moved": "moved", "left": "left_chat"}.get(incoming.kind)
        if code and self.owns(incoming):
            log.error("%s", told(f"desk.{code}", chat=incoming.address.chat, to=incoming.moved_to))

    async def hear(self, row: EventRow, incoming: Incoming) -> Batch:
        """All that follows from one event of a staff chat, to be committed at once."""
        if self._floor and (batch := await self._floor.hear(row, incoming)):
            return batch
        ticket, deeds = await self._deeds(incoming)
        draft = _Draft(row, incoming, self._now())
        for deed in deeds:
            await self._do(draft, ticket, deed)
        return draft.whole()

    async def _deeds(self, incoming: Incoming) -> tuple[Ticket | None, tuple[Deed, ...]]:
        desk, at = self._store.desk, incoming.address
        if incoming.kind == "undelivered":
            return await self._undelivered(incoming)
        answers = await desk.found(at.channel, at.chat, incoming.reply_to) if incoming.reply_to else None
        number = closes(incoming) or (answers.number if answers else 0)
        ticket = await desk.ticket(number) if number else None
        if ticket is None:
            return None, decide(incoming, None)
        where = load_address(ticket.desk) if ticket.desk else None
        here = where is not None and (where.channel, where.chat) == (at.channel, at.chat)
        own = await desk.found(at.channel, at.chat, incoming.message_ref)
        copy = own.key if own and own.kind == "said" and own.number == number else ""
        return ticket, decide(incoming, Case(number, ticket.status, here), copy, self._official)

    async def _undelivered(self, incoming: Incoming) -> tuple[Ticket | None, tuple[Deed, ...]]:
        posted = await self._store.desk.posted(incoming.reply_to)
        ticket = await self._store.desk.ticket(posted.number) if posted else None
        if posted is None or ticket is None:
            return None, ()
        person = await self._person(ticket)
        known = await self._store.people.find(person.channel, person.user)
        code = "undelivered_gone" if known and known.blocked_at else f"undelivered_{incoming.text}"
        return ticket, (Tell(code, posted.ref, ticket.number),)

    async def _do(self, draft: _Draft, ticket: Ticket | None, deed: Deed) -> None:
        match deed:
            case Tell(code, ref, number, holes):
                draft.answer(Send(notice(self._say(code, **{"number": number, **holes})), ref), ticket)
            case Vouch(ref) if self._vouch:
                alias = await self._alias(draft.at)
                code = await self._vouch(f"e{draft.row.id}", alias, draft.now)
                draft.answer(Send(notice(self._say("code", once=code, alias=alias)), ref), None)
            case Settle(number, ref, erase) if self._community:
                said, rows = await self._community.settle(draft.row, number, erase=erase)
                draft.effects += rows
                draft.answer(Send(notice(self._say(said, number=number)), ref), None)
            case Show(number, ref) if self._show and not await self._show(number):
                draft.answer(Send(notice(self._say("no_case", number=number)), ref), None)
            case Wipe(ref):
                draft.answer(Erase(ref), ticket)
            case Relay(number, text, edits) if ticket:
                answer = Answered(
                    str(number), await self._alias(draft.at), text, f"@{edits}" if edits else ""
                )
                draft.tell(ticket, await self._person(ticket), answer, edits)
                draft.tickets.append(TicketTurn(number, "answered", draft.now))
            case Close(number) if ticket:
                theirs = await self._store.desk.of(ticket.conversation, THEIRS)
                others = any(one.status != "closed" and one.number != number for one in theirs)
                draft.tell(ticket, await self._person(ticket), Closed(str(number), others))
                draft.tickets.append(TicketTurn(number, "closed", draft.now))

    async def _person(self, ticket: Ticket) -> Address:
        """Where the person is reached now."""
        states = await self._store.turns.load([ticket.conversation])
        if state := states.get(ticket.conversation):
            return load_conversation(state).address
        channel, chat, user = ticket.conversation.split("|", 2)
        return Address(channel, chat, user)

    async def _alias(self, at: Address) -> str:
        """What people call this staff member: a name of the configuration, else a letter, never their handle."""
        subject = f"{at.channel}:{at.user}"
        return self._names.get(subject) or letters(await self._store.desk.alias("staff", subject))

    # --- what did not arrive -----------------------------------------------------------------

    async def lost(self, row: EffectRow, status: str) -> NewEvent | None:
        """What staff wrote will not reach the person: an event for their chat. None for any other row."""
        if not row.key.startswith("d"):
            return None
        posted = await self._store.desk.posted(f"{row.key.partition('.')[0]}.0")
        if posted is None:
            return None
        at = Address(posted.channel, posted.chat, "")
        event = Incoming(f"undelivered:{row.key}", at, "undelivered", status, reply_to=posted.key)
        return NewEvent(at.channel, event.event_id, at.key, dump_incoming(event))


class _Draft:
    """What one event of the staff's chat comes to, in the making."""

    def __init__(self, row: EventRow, incoming: Incoming, now: float) -> None:
        self.row = row
        self.at = incoming.address
        self.ref = incoming.message_ref
        self.now = now
        self.effects: list[NewEffect] = []
        self.events: list[NewEvent] = []
        self.posted: list[Posted] = []
        self.tickets: list[TicketTurn] = []

    def answer(self, effect: Send | Erase, ticket: Ticket | None) -> None:
        """Do something in the staff's chat. What is said about a ticket may be replied to."""
        key, number = f"s{self.row.id}.{len(self.effects)}", ticket.number if ticket else 0
        at = Address(self.at.channel, self.at.chat, "", self.at.thread)
        if ticket and ticket.desk:
            at = load_address(ticket.desk)
        self.effects.append(post(key, at, number, effect, self.now))
        if ticket and isinstance(effect, Send):
            self.posted.append(Posted(key, number, "notice", at.channel, at.chat))

    def tell(self, ticket: Ticket, person: Address, event: Answered | Closed, first: str = "") -> None:
        """Pass something on to the person; `first` is the row that brought its first version to them."""
        event_id, payload = f"{CAUSE}{self.row.id}", dump_event(person, event)
        self.events.append(NewEvent(person.channel, event_id, ticket.conversation, payload))
        key = f"d{self.row.id}.0"
        place = (self.at.channel, self.at.chat, self.ref)
        self.posted.append(Posted(key, ticket.number, "said", *place, first))

    def whole(self) -> Batch:
        """Frozen, with its audit line."""
        done = self.tickets[0] if self.tickets else None
        what = (done.what, str(done.number)) if done else ("ignored", "")
        line = AuditLine(self.now, "staff", what[0], self.row.lane, what[1])
        return Batch(
            turned=[self.row.id],
            effects=self.effects,
            audit=[line],
            events=self.events,
            posted=self.posted,
            tickets=self.tickets,
            at=self.now,
        )

"""From people to staff: hand-overs and notes become posts in the staff's chat, each in the transaction of its ticket.

What a post says is decided in `core/desk/card.py`; here is only what to load and what to write. The way back is
`staff.py`. The key of a post is `<effect>.post`, the same on each repetition.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from core import config
from core.channel import Abilities
from core.conversation.model import Address, Edit, HandOver, Rich, Send
from core.conversation.news import News
from core.conversation.texts import split
from core.conversation.tickets import Held, Left, Note, Recalled
from core.conversation.wire import dump_address, load_address
from core.desk.card import Style, card, under
from core.runtime.community import Community
from core.runtime.floor import Floor
from core.runtime.hours import back_at, zone_name
from core.runtime.staff import THEIRS, Staff, Vouching, post
from core.sentences import languages, sentence
from core.store.rooms import Store
from core.store.rows import EffectRow, EventRow, NewEffect, NewNote, NewTicket, Posted, Ticket

HEAD = 200
"""Units of a message that its head may take; the rest is for what the person wrote."""


class Desk:
    """The staff's side of a service. Without a staff chat in the configuration, tickets wait in the table."""

    def __init__(
        self,
        store: Store,
        settings: config.Desk,
        official: frozenset[str],
        language: str,
        abilities: Mapping[str, Abilities],
        offer: Callable[[Sequence[NewEffect]], None],
        now: Callable[[], float],
        vouch: Vouching | None = None,
        floor: Floor | None = None,
        spoken: Sequence[str] = (),
        news: Callable[[], Sequence[News]] = tuple,
    ) -> None:
        self._store = store
        self._settings = settings
        self._language = language if language in languages() else languages()[0]
        self._abilities = abilities
        self._offer = offer
        self._now = now
        self._news = news
        self.community = Community(store, settings, spoken, now)
        self.staff = Staff(store, settings, official, self.say, now, vouch, floor, self.community, self._show)

    # --- a person and their ticket -----------------------------------------------------------

    async def open(self, row: EffectRow, address: Address, hand: HandOver) -> dict[str, str]:
        """Open a ticket, with its card; what the person is told of it."""
        state = await self._store.people.find(address.channel, address.user)
        language = state.language if state else ""
        incident = self._incident(hand)
        tag = {"incident": incident.name} if incident else {}
        slots = json.dumps({**tag, **hand.slots, "attachments": list(hand.kept)}, ensure_ascii=False)
        what = (hand.skill, hand.urgency, language, hand.flow, slots)
        number = incident.number if incident else 0
        ticket = NewTicket(row.key, address.key, *what, self._now(), number)
        chat = self._chat(hand.skill, hand.urgency)
        if chat is None:
            return {"number": str(await self._store.tickets.open(ticket))}
        opened = await self._store.desk.open(ticket, dump_address(chat), partial(self._draw, row.key))
        self._offer(opened.posts)
        return {"number": str(opened.number), **await self._hours(address, language)}

    def _incident(self, hand: HandOver) -> News | None:
        """The open incident that a hand-over is about. An emergency is nobody's case among many."""
        names = frozenset({hand.flow, hand.slots.get("network", "")})
        fitting = (one for one in self._news() if one.concerns(names))
        return next(fitting, None) if hand.urgency == "normal" else None

    async def _show(self, number: int) -> bool:
        """Give a case among many a card of its own; False when it is none, or has one."""
        posts = await self._store.desk.show(number, partial(self._draw, f"case{number}"))
        self._offer(posts)
        return bool(posts)

    async def note(self, row: EffectRow, address: Address, effect: Note | Left) -> None:
        """Put what the person wrote, or that they went back to the bot, under the card of their ticket."""
        if not self._settings.staff:
            if isinstance(effect, Note):
                await self._store.tickets.note(row.key, address.key, effect.text, effect.ref, self._now())
            return
        if isinstance(effect, Left):
            await self._post(NewNote(row.key, address.key, self._now(), "left"))
            return
        for place, text in enumerate(self._pieces(effect.text)):
            key, ref = (f"{row.key}.{place}", "") if place else (row.key, effect.ref)
            await self._post(NewNote(key, address.key, self._now(), "said", text, ref))

    async def gone(self, row: EventRow, address: Address) -> None:
        """A person blocked us: whoever has their ticket is told."""
        if self._settings.staff:
            await self._post(NewNote(f"i{row.id}", address.key, self._now(), "gone"))

    async def recall(self, address: Address) -> Recalled:
        """The person's tickets, the newest first."""
        tickets = await self._store.desk.of(address.key, THEIRS)
        return Recalled(tuple(Held(str(t.number), str(t.opened_at), t.status) for t in tickets))

    async def _post(self, note: NewNote) -> None:
        self._offer(await self._store.desk.note(note, partial(self._draw, note.key)))

    def _draw(self, key: str, ticket: Ticket, note: NewNote | None, message: Posted | None) -> NewEffect:
        """The card, or what goes under it. Pure but for the clock: the store calls it inside a transaction."""
        address, style = load_address(ticket.desk), self._style()
        if note is None:
            return post(f"{key}.post", address, ticket.number, Send(card(ticket, style)), self._now())
        reference = f"@{message.key}" if message else ""
        edited = message is not None and message.kind == "relay"
        drawn = under(ticket, note, style, edited=edited)
        effect = Edit(reference, drawn) if edited else Send(drawn, reference)
        return post(f"{key}.post", address, ticket.number, effect, self._now())

    def _style(self) -> Style:
        settings = self._settings
        return Style(self.say, self._language, settings.zone, back_at(settings, self._now()))

    def say(self, code: str, **holes: object) -> str:
        """The sentence `desk.<code>` in the staff's language."""
        return sentence(f"desk.{code}", self._language, **holes)

    def _pieces(self, text: str) -> list[str]:
        """A text as several where the staff's chat cannot hold it in one message."""
        can = [self._abilities.get(chat.channel) or Abilities() for chat in self._settings.staff]
        limit = min(can, key=lambda one: one.text_limit)
        parts = split((Rich(text),), max(limit.text_limit - HEAD, 1), limit.text_unit)
        return ["".join(block.text for block in part) for part in parts]

    def _chat(self, skill: str, urgency: str) -> Address | None:
        """The chat for a ticket: of all that fit, the one that names the most."""
        fitting = [c for c in self._settings.staff if c.skill in ("", skill) and c.urgency in ("", urgency)]
        if not fitting:
            return None
        best = max(fitting, key=lambda chat: (bool(chat.urgency), bool(chat.skill)))
        return Address(best.channel, best.chat, "", best.thread)

    async def _hours(self, address: Address, language: str) -> dict[str, str]:
        """While nobody is there: when somebody is, in the person's own time if we know it."""
        back = back_at(self._settings, self._now())
        if back is None:
            return {}
        zone = await self._store.desk.zone(address.channel, address.user) or self._settings.zone
        return {"back_at": str(back), "@zone": zone, "zone_name": zone_name(zone, language or self._language)}

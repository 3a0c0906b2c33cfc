"""Broadcasts in the staff's chat: the buttons under their cards, and the gate at which codes are taken.

A button says what is wanted and of which text (by its hash), never who presses it: that is looked up in
the roster. What changes what will be sent then waits for the person's code: in a form where the platform opens one to
whoever pressed, else in their private chat with the bot. The gate takes a code out of a message or a form before
anything is stored; what came of it goes on in its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import blake2b

from core import config
from core.broadcast.house import house
from core.broadcast.office import Office
from core.broadcast.papers import Declined, fingerprint
from core.channel import Abilities
from core.conversation.forms import FORM
from core.conversation.library import Library
from core.conversation.model import Address, Form, Incoming, Send
from core.conversation.route import Routes
from core.incidents.cases import by_language
from core.incidents.duty import Incidents, said_closed
from core.incidents.group import card_key
from core.staff.announce import chats, posted, text
from core.staff.factor import CODE
from core.staff.personnel import Personnel, personnel_of
from core.store.broadcasts import Kept
from core.store.rooms import Store
from core.store.rows import AuditLine, Batch, EventRow

WAITS = 300.0
"""Seconds for which a press waits for its code."""
ANSWER = "answer"
"""What a code is waited for when a reply goes to all cases of an incident."""
BUTTON = "b."
"""How the choices under a card begin: "b.", what is wanted, the broadcast's code and its fingerprint."""
READ = frozenset({"approve", "open"})
"""What is done about exactly the text that its card showed."""
ASKED = 2**40
"""Visits from here on are of forms that ask for a code; no conversation is ever so long."""
SHOWN = 8
"""Characters of a hash that a form's title has room for."""


class Floor:
    """What staff do about broadcasts in chats. `say`: (code, **holes) -> a sentence in the staff's language."""

    def __init__(
        self,
        store: Store,
        settings: config.Settings,
        routes: Routes,
        abilities: Mapping[str, Abilities],
        library: Callable[[], Library],
        holes: Mapping[str, str],
        personnel: Personnel,
        say: Callable[..., str],
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._settings = settings
        self._routes = routes
        self._abilities = abilities
        self._library = library
        self._holes = holes
        self._personnel = personnel
        self._say = say
        self._now = now

    def office(self) -> Office:
        """The desk of broadcasts, over the flows of the moment."""
        networks = [one.name for one in self._settings.transactions.networks]
        shared = house(self._library(), self._holes, self._abilities, networks)
        parts = (self._abilities, shared, self._personnel, self._say, self._now)
        return Office(self._store, self._settings, *parts)

    def _incidents(self) -> Incidents:
        return Incidents(self._store, self._settings, self.office(), self._say, self._now)

    # --- the gate

    async def gate(self, incoming: Incoming) -> Incoming:
        """Before the inbox: where a code comes from the staff, it becomes what came of it, and so does whatever stands in
        a form that was opened for one. A form is for what it was opened for, whatever was pressed since."""
        asked = self._asked_here(incoming)
        if not (asked or CODE.fullmatch(incoming.text)):
            return incoming
        at = incoming.address
        person = (await self._personnel.in_force()).of(at.channel, at.user)
        if person is None and not asked:
            return incoming
        came = await self._with_code(person.name, incoming.text, asked) if person else self._stranger()
        return incoming._replace(kind="vouched", text=came, quoted="", form="")

    def _asked_here(self, incoming: Incoming) -> int:
        """The visit of the form that `_ask` opened for this very person; 0 when it is none."""
        route = self._routes.verify(incoming.address, incoming.form) if incoming.form else None
        return route[1] if route and route[0] == FORM and route[1] >= ASKED else 0

    def _stranger(self) -> str:
        return self._say("broadcast.not_staff", name="?", role="author/approver")

    async def _with_code(self, person: str, code: str, asked: int) -> str:
        wanted = await self._store.staff.asked(person, self._now() - WAITS)
        if not wanted:
            return self._say("broadcast.no_request")
        if asked not in (0, _visit(wanted)):
            return self._say("broadcast.replaced")
        what, of, seen = wanted.split(" ", 2)
        if what == ANSWER:
            return await self._answered(of, json.loads(seen), person, code)
        kept = await self._store.broadcasts.by_code(of)
        if kept is None:
            return self._say("broadcast.no_request")
        try:
            return await self._proven(what, kept, seen, person, code)
        except Declined as error:
            return self._say(error.code, **error.holes)

    def _state(self, kept: Kept) -> str:
        return self._say("broadcast.now", name=kept.name, state=kept.state, hash=kept.hash[:16])

    async def _proven(self, what: str, kept: Kept, seen: str, person: str, code: str) -> str:
        """What came of it."""
        office = self.office()
        incidents = self._incidents()
        if what in READ and fingerprint(kept.hash) != seen:
            raise Declined("broadcast.changed", name=kept.name, state=kept.state)
        match what:
            case "open":
                await incidents.open(kept.name, person, code, kept.hash)
                return self._say("incident.opened", name=kept.name)
            case "close":
                row, closing = await incidents.close(kept.name, person, code)
                return said_closed(row, closing, self._say)
            case "approve":
                return self._state(await office.approve(kept.name, kept.hash, person, code))
            case "submit":
                return self._state(await office.submit(kept.name, person, code))
        return self._state(await office.resume(kept.name, person, code))

    # --- one answer for all cases of an incident

    async def _to_all(self, row: EventRow, incoming: Incoming) -> Batch | None:
        """A reply to the card of an incident's cases is for all of them, in every language; None: it is no such reply."""
        at = incoming.address
        here = Address(at.channel, at.chat, "", at.thread)
        incident = await self._cases_under(here, incoming.reply_to)
        if incident is None:
            return None
        person = (await self._personnel.in_force()).of(at.channel, at.user)
        if person is None:
            return self._batch(row, here, self._stranger())
        texts = by_language(incoming.text, self._settings.languages)
        wrong = (
            ("incident.answer_secret", {"language": "–"})
            if incoming.secrets
            else self._incidents().fault(texts)
        )
        if wrong:
            return self._batch(row, here, self._say(wrong[0], **wrong[1]))
        wanted = f"{ANSWER} {incident} {json.dumps(texts, ensure_ascii=False)}"
        await self._store.staff.ask(person.name, wanted, self._now())
        said = self._say("incident.ask_code", name=incident)
        return self._batch(row, Address(at.channel, at.user, at.user), said)

    async def _cases_under(self, here: Address, ref: str) -> str | None:
        """The incident whose card this message is."""
        for row in await self._store.incidents.hanging() if ref else ():
            for place, chat in enumerate(chats(self._settings.desk)):
                sent = await self._store.desk.sent(f"{card_key(row.number)}.{place}")
                if (chat.channel, chat.chat) == (here.channel, here.chat) and sent == ref:
                    return row.name
        return None

    async def _answered(self, name: str, texts: dict[str, str], person: str, code: str) -> str:
        try:
            count = await self._incidents().answer(name, texts, person, code)
        except Declined as error:
            return self._say(error.code, **error.holes)
        return self._say("incident.answering", name=name, count=count)

    # --- the buttons

    async def hear(self, row: EventRow, incoming: Incoming) -> Batch | None:
        """What follows from a press under a card, or from a code; None for anything else."""
        at = incoming.address
        if incoming.kind == "vouched":
            return self._batch(row, at, incoming.text)
        if incoming.kind == "said":
            return await self._to_all(row, incoming)
        here = Address(at.channel, at.chat, "", at.thread)
        route = self._routes.verify(here, incoming.text) if incoming.kind == "pressed" else None
        if route is None or not route[0].startswith(BUTTON):
            return None
        what, code, seen = route[0].removeprefix(BUTTON).split(".")
        kept = await self._store.broadcasts.by_code(code)
        person = (await self._personnel.in_force()).of(at.channel, at.user)
        if kept is None or person is None:
            return self._batch(row, at if at.reply else here, self._stranger())
        return await self._pressed(row, at, what, kept, seen, person.name)

    async def _pressed(
        self, row: EventRow, at: Address, what: str, kept: Kept, seen: str, person: str
    ) -> Batch:
        """A press that can be answered by itself is: to its person alone, and even when all is said by the card."""
        here, office = at if at.reply else Address(at.channel, at.chat, "", at.thread), self.office()
        try:
            match what:
                case "pause":
                    await office.pause(kept.name, person)
                case "stop" | "discard":
                    await office.stop(kept.name, person)
                case "return":
                    await office.give_back(kept.name, person, "")
                case "status":
                    return self._batch(row, here, await office.progress(kept.name))
                case _:
                    return await self._ask(row, at, what, kept, seen, person)
        except Declined as error:
            return self._batch(row, here, self._say(error.code, **error.holes))
        if not at.reply:
            return self._batch(row, here, "")
        now = await office.find(kept.name)
        return self._batch(row, here, self._state(now))

    async def _ask(self, row: EventRow, at: Address, what: str, kept: Kept, seen: str, person: str) -> Batch:
        """Their code, in a form or in private: what is said in a group, everybody could use."""
        wanted = f"{what} {kept.code} {seen}"
        await self._store.staff.ask(person, wanted, self._now())
        holes = {"name": kept.name, "what": self._say(f"broadcast.do_{what}"), "hash": kept.hash[:SHOWN]}
        if not (at.reply and self._abilities[at.channel].forms):
            there = Address(at.channel, at.user, at.user)
            return self._batch(row, there, self._say("broadcast.ask_code", **holes))
        form = Form(self._say("broadcast.code_form", **holes), (self._say("broadcast.code_field"),))
        return self._batch(row, at, self._say("broadcast.ask_code_form", **holes), form, _visit(wanted))

    def _batch(
        self, row: EventRow, at: Address, said: str, form: Form | None = None, visit: int = 0
    ) -> Batch:
        now = self._now()
        message = text(said)._replace(form=form, visit=visit)
        effects = [posted(f"s{row.id}.0", at, Send(message), now)] if said else []
        line = AuditLine(now, "staff", "broadcast card", row.lane)
        return Batch(turned=[row.id], effects=effects, audit=[line], at=now)


def _visit(wanted: str) -> int:
    """The visit of the form in which somebody's code is asked for this."""
    return ASKED + int.from_bytes(blake2b(wanted.encode(), digest_size=4).digest())


def may_be_code(incoming: Incoming) -> bool:
    """Whether this is a private message that may hold a code of the staff, typed at once or put right by an edit: it has
    to pass the gate."""
    private = incoming.kind in ("said", "edited") and not incoming.public
    return private and bool(incoming.form or CODE.fullmatch(incoming.text))


def floor_of(
    store: Store,
    settings: config.Settings,
    routes: Routes,
    abilities: Mapping[str, Abilities],
    library: Callable[[], Library],
    holes: Mapping[str, str],
    say: Callable[..., str],
    now: Callable[[], float],
) -> Floor:
    """The floor of a service, with the people of its configuration."""
    personnel = personnel_of(store, settings, say, now)
    return Floor(store, settings, routes, abilities, library, holes, personnel, say, now)

"""The watch over the groups: what a face overheard becomes a card for staff and a warning under the message.

Staff settle it with one tap on a command in the card: `/erase_7` takes the message away, `/fine_7` clears it for
good and takes the warning back. What is open or was cleared is not told again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core import config
from core.conversation.model import Address, Erase, Incoming, Send
from core.conversation.wire import dump_address, dump_effect
from core.desk.card import notice
from core.safety.watch import NAMED, STOPPED
from core.sentences import languages, sentence
from core.store.community import Sighting
from core.store.rooms import Store
from core.store.rows import AuditLine, Batch, EventRow, NewEffect

_OURS = (NAMED, STOPPED)
EVIDENCE = 300
"""Characters of the message that the card shows."""


class Community:
    """What is seen in groups. Without a staff chat for security nobody could undo a mistake, so nothing is done."""

    def __init__(
        self, store: Store, settings: config.Desk, spoken: Sequence[str], now: Callable[[], float]
    ) -> None:
        self._store = store
        self._settings = settings
        self._spoken = [code for code in spoken if code in languages()] or list(languages()[:1])
        self._now = now

    async def hear(self, row: EventRow, incoming: Incoming) -> Batch:
        """All that follows from one sighting, to be committed at once."""
        at, now = incoming.address, self._now()
        chat = self._chat()
        what = incoming.quoted
        one = Sighting(at.channel, at.chat, at.user, incoming.message_ref, what, row.id)
        number = await self._store.community.seen(one, now) if chat else None
        rows = self._rows(row, incoming, chat, number, now) if chat and number else []
        line = AuditLine(now, "platform", "sighting" if number else "sighting again", at.key, what)
        return Batch(turned=[row.id], effects=rows, audit=[line], at=now)

    def _rows(
        self, row: EventRow, incoming: Incoming, chat: Address, number: int, now: float
    ) -> list[NewEffect]:
        at, codes = incoming.address, incoming.quoted.split()
        card = _row(f"o{row.id}.0", chat, Send(notice(self._card(incoming, number, codes))), now)
        if not incoming.message_ref:
            return [card]
        text = "\n".join(sentence("community.warning", code) for code in self._spoken)
        here = Address(at.channel, at.chat, "", at.thread)
        return [card, _row(_warning(row.id), here, Send(notice(text), incoming.message_ref), now)]

    def _card(self, incoming: Incoming, number: int, codes: Sequence[str]) -> str:
        language = self._settings.staff_language or self._spoken[0]
        at = incoming.address
        why = [
            sentence(f"{'community' if code in _OURS else 'scam'}.{code}", language, about="", detail="")
            for code in codes
        ]
        lines = [sentence("community.card", language, number=number, person=at.user, chat=at.chat)]
        lines += [f"- {reason.strip()}" for reason in why]
        if incoming.text:
            lines.append(sentence("community.said", language, text=_flat(incoming.text)))
        return "\n".join([*lines, sentence("community.how", language, number=number)])

    def _chat(self) -> Address | None:
        """Where staff hear of it: the chat for security, else one for everything."""
        skill = self._settings.emergency_skill
        fitting = [chat for chat in self._settings.staff if chat.skill in ("", skill) and not chat.urgency]
        best = max(fitting, key=lambda chat: bool(chat.skill), default=None)
        return Address(best.channel, best.chat, "", best.thread) if best else None

    async def settle(self, row: EventRow, number: int, *, erase: bool) -> tuple[str, list[NewEffect]]:
        """What staff decided: the code of the answer to them, and the rows that do it."""
        found = await self._store.community.settle(number, "erased" if erase else "fine")
        if found is None:
            return "no_sighting", []
        here, now = Address(found.channel, found.chat, ""), self._now()
        if erase:
            rows = [_row(f"o{row.id}.2", here, Erase(found.ref), now)] if found.ref else []
            return ("erased" if rows else "nothing_to_erase"), rows
        warned = Erase(f"@{_warning(found.event)}", ours=True)
        return "cleared", [_row(f"o{row.id}.2", here, warned, now)] if found.ref else []


def _warning(event: int) -> str:
    """The row that warned of what was seen with an event."""
    return f"o{event}.1"


def _row(key: str, address: Address, effect: Send | Erase, now: float) -> NewEffect:
    kind, payload = dump_effect(effect)
    return NewEffect(key, f"{address.key}|o", 0, kind, dump_address(address), payload, now)


def _flat(text: str) -> str:
    """The beginning of a message, so that no program makes links of it."""
    short = " ".join(text.split())[:EVIDENCE]
    return short.replace("://", "[:]//").replace(".", "[.]").replace("@", "[@]")

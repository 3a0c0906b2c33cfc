"""What staff see of a ticket: the card, and what comes under it. (ticket, note) -> a message in the staff's language.

Nobody is named: a person is a number that tells nothing about their account. Every value passes the guard once
more, for what an action or a platform put into a slot was never a person's text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError

from core.conversation.formats import show
from core.conversation.model import Mark, Message, Rich
from core.conversation.texts import plain
from core.safety.guard import inspect
from core.store.rows import NewNote, Ticket

SLOTS, VALUE, NOTES, NOTE = 8, 100, 5, 160
"""How many slots and notes a card shows, and how many characters of each: it must fit into any platform's message."""
LAST = 3
"""Of the slots so many are the last: what the person answered most lately."""
_NOTHING: tuple[object, ...] = ("", "—", None, [])
_SENT = re.compile(r"\[([a-z]{1,12})\]")
"""How the engine notes what a person sent and nobody here can see."""

Say = Callable[..., str]
"""(code, **holes) -> the sentence `desk.<code>` in the staff's language."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a card is written: the words, the staff's language and zone, when somebody is back (None: now)."""

    say: Say
    language: str
    zone: str
    back_at: float | None = None


def card(ticket: Ticket, style: Style) -> Message:
    """The card of a ticket: who, what about, what is known so far, and what to do with it."""
    say = style.say
    known = _slots(ticket.slots)
    files = known.pop("attachments", [])
    lines = [
        say(
            "about",
            alias=ticket.alias,
            skill=ticket.skill,
            language=_language(ticket.language, style.language),
        )
    ]
    lines += [say("flow", flow=ticket.flow)] if ticket.flow else []
    lines += _known(known, say)
    lines += [say("files", count=len(files))] if isinstance(files, list) and files else []
    lines += [say("noted", text=_short(text, NOTE)) for _, text, _ in ticket.notes[-NOTES:]]
    title = say(f"title_{ticket.urgency}", number=ticket.number)
    how = say("how", number=ticket.number)
    return Message((_bold(title), Rich("\n".join(lines)), Rich(_hours(style)), Rich(how)), private=False)


def under(ticket: Ticket, note: NewNote, style: Style, *, edited: bool = False) -> Message:
    """What the person did, as it stands under the card."""
    say, who = style.say, {"alias": ticket.alias, "number": ticket.number}
    match note.what:
        case "said":
            head = say("edited" if edited else "said", **who)
            blocks = [Rich(head + _body(note.text, say), (Mark(0, len(head.rstrip()), "bold"),))]
        case "again":
            known = _slots(note.text)
            known.pop("attachments", None)
            blocks = [Rich("\n".join([say("again", **who), *_known(known, say)]))]
        case _:
            blocks = [Rich(say(note.what, **who))]
    return Message(tuple(blocks), private=False)


def notice(text: str) -> Message:
    """An answer to a staff member."""
    return Message((Rich(text),), private=False)


def letters(number: int) -> str:
    """1 -> A, 26 -> Z, 27 -> AA: what a staff member is called who has no name in the configuration."""
    name = ""
    while number > 0:
        number, place = divmod(number - 1, 26)
        name = chr(ord("A") + place) + name
    return name


def _body(text: str, say: Say) -> str:
    sent = _SENT.fullmatch(text)
    return say("unseen") if sent else "\n".join(plain(line) for line in text.split("\n"))


def _slots(text: str) -> dict[str, object]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return dict(value) if isinstance(value, dict) else {}


def _known(slots: dict[str, object], say: Say) -> Iterator[str]:
    shown = [(name, value) for name, value in slots.items() if value not in _NOTHING]
    if len(shown) > SLOTS:
        shown = [*shown[: SLOTS - LAST], *shown[-LAST:]]
    if shown:
        yield say("known")
    for name, value in shown:
        yield f"- {_short(name, VALUE)}: {_short(str(value), VALUE)}"


def _short(text: str, most: int) -> str:
    text = plain(inspect(text).text)
    return text if len(text) <= most else text[: most - 1] + "…"


def _hours(style: Style) -> str:
    if style.back_at is None:
        return style.say("here_now")
    return style.say("back_at", at=show("datetime", str(style.back_at), style.language, style.zone))


def _language(code: str, language: str) -> str:
    try:
        return Locale.parse(code, sep="-").get_display_name(language) or code
    except (UnknownLocaleError, ValueError, TypeError):
        return code or "–"


def _bold(text: str) -> Rich:
    return Rich(text, (Mark(0, len(text), "bold"),))

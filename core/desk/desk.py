"""What a message in the staff's chat means for a ticket: (message, ticket) -> what to do. Pure and total.

Law of this file: a reply to a message of ours is for the person, and nothing else is. Whatever is not passed on is
told to whoever wrote it, with the reason; talk among the staff is none of our business and gets no answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.conversation.asks import asks_for_secret
from core.conversation.model import Incoming
from core.safety.links import MOST, find

_CLOSE = re.compile(r"[/!](?:close|关闭)(?:@\w{1,32})?(?:\s+#?([0-9]{1,9}))?\s*", re.IGNORECASE)
"""Where a platform keeps "/" for itself, "!" does."""
_LEADS = frozenset({"host", "mail", "handle", "invite", "app"})
"""What takes a person somewhere."""


_SETTLE = re.compile(r"[/!](erase|fine)_([0-9]{1,9})(?:@\w{1,32})?", re.IGNORECASE)
_CASE = re.compile(r"[/!](?:case|工单)(?:@\w{1,32})?\s+#?([0-9]{1,9})\s*", re.IGNORECASE)
_VOUCH = re.compile(r"[/!](?:code|核验码)(?:@\w{1,32})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Case:
    """What the desk knows of the ticket that a message is about. `here`: its card is in the chat of the message."""

    number: int
    state: Literal["open", "answered", "closed"]
    here: bool = True


@dataclass(frozen=True, slots=True)
class Relay:
    """Pass a text on to the person, in place of what the row `edits` brought them, if it names one."""

    number: int
    text: str
    edits: str = ""


@dataclass(frozen=True, slots=True)
class Close:
    """Close the ticket, and tell the person."""

    number: int


@dataclass(frozen=True, slots=True)
class Wipe:
    """Take the message out of the staff's chat: it holds a secret."""

    ref: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Answer in the staff's chat, under the message `under`: the sentence `desk.<code>`."""

    code: str
    under: str
    number: int = 0
    holes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vouch:
    """Give whoever wrote this a code by which a person can check them, under their message."""

    under: str


@dataclass(frozen=True, slots=True)
class Settle:
    """Settle the sighting of this number: take the message away, or clear it for good."""

    number: int
    under: str
    erase: bool


@dataclass(frozen=True, slots=True)
class Show:
    """Post the card of a ticket that is one of many and has none."""

    number: int
    under: str


Deed = Relay | Close | Wipe | Tell | Vouch | Settle | Show


def closes(incoming: Incoming) -> int | None:
    """The ticket that a command wants closed, 0 when it names none; None when it is no such command."""
    found = _CLOSE.fullmatch(incoming.text.strip()) if incoming.kind == "said" else None
    return int(found.group(1) or 0) if found else None


def decide(
    incoming: Incoming, case: Case | None, copy: str = "", official: frozenset[str] = frozenset()
) -> tuple[Deed, ...]:
    """What to do about one message in a staff's chat. Never raises.

    `case` is the ticket that it answers or names, None if there is none; `copy` is the row that brought this very
    message to the person before, "" when nothing did. `official`: the hosts to which a person may be led.
    """
    if incoming.kind not in ("said", "edited"):
        return ()
    if incoming.kind == "said" and _VOUCH.fullmatch(incoming.text.strip()):
        return (Vouch(incoming.message_ref),)
    if incoming.kind == "said" and (settles := _SETTLE.fullmatch(incoming.text.strip())):
        return (Settle(int(settles[2]), incoming.message_ref, settles[1].lower() == "erase"),)
    if incoming.kind == "said" and (shows := _CASE.fullmatch(incoming.text.strip())):
        return (Show(int(shows[1]), incoming.message_ref),)
    wanted = closes(incoming)
    if wanted is not None:
        return _close(incoming, case, wanted)
    if case is None or not case.here:
        return ()
    if case.state == "closed":
        return (Tell("already_closed", incoming.message_ref, case.number),)
    return _pass_on(incoming, case, copy, official)


def astray(text: str, official: frozenset[str]) -> str:
    """The first link, address or handle in a text that leads off the official hosts; "" when none does."""
    items = find(text).items
    for item in items:
        named = item.host is not None and item.host.name in official and not item.tricks
        if item.kind in _LEADS and not named and (item.host is None or item.host.real):
            return item.value
    return items[-1].value if len(items) >= MOST else ""  # more than are looked at


def _close(incoming: Incoming, case: Case | None, wanted: int) -> tuple[Deed, ...]:
    if case is None or not case.here:
        code = "no_ticket" if wanted else "close_how"
        return (Tell(code, incoming.message_ref, 0, {"number": str(wanted)}),)
    if case.state == "closed":
        return (Tell("already_closed", incoming.message_ref, case.number),)
    return (Close(case.number), Tell("closed", incoming.message_ref, case.number))


def _pass_on(incoming: Incoming, case: Case, copy: str, official: frozenset[str]) -> tuple[Deed, ...]:
    """A reply: relayed as it is, or refused as a whole. A text that is masked in part would only puzzle people."""
    ref, text = incoming.message_ref, incoming.text.strip()
    if incoming.kind == "said" and copy:
        return ()  # the platform delivered it twice
    if incoming.secrets:
        return (Wipe(ref), Tell("refused_secret", ref, case.number))
    if text.startswith("/"):
        return (Tell("unknown_command", ref, case.number),)
    if asked := asks_for_secret(text, strict=True):
        return (Tell("refused_asks", ref, case.number, {"found": asked}),)
    if off := astray(text, official):
        return (Tell("refused_link", ref, case.number, {"found": off[:60]}),)
    files = (Tell("text_only", ref, case.number),) if incoming.attachments else ()
    return (Relay(case.number, text, copy), *files) if text else files

"""What an office deals in: a broadcast that was looked at, what is declined and why, and the buttons of each state."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from core.broadcast.audience import Counted
from core.broadcast.content import Content, Rule, load
from core.conversation.document import Fault
from core.conversation.model import Choice
from core.errors import HelplineError
from core.sentences import told
from core.store.broadcasts import Kept
from core.store.notices import HOUSE

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that nobody mistakes for another when they are read aloud."""
CODE = 8
FINGERPRINT = 30
"""Characters of a hash that fit into a button: 180 bits, so that nobody finds two texts with the same."""
CARD: Mapping[str, tuple[str, ...]] = {
    "draft": ("submit",),
    "in_review": ("approve", "return"),
    "approved": ("stop",),
    "scheduled": ("stop",),
    "running": ("status", "pause", "stop"),
    "paused": ("status", "resume", "stop"),
}
"""State -> the buttons under its card."""
OURS = ("submit", "discard")
"""Under a draft that wrote itself."""
Role = Literal["author", "approver", "admin"]


class Declined(HelplineError):
    """Something that is not done, and why: a code of the sentences, and its values."""

    def __init__(self, code: str, /, **holes: object) -> None:
        super().__init__(told(code, **holes))
        self.code = code
        self.holes = holes


@dataclass(frozen=True, slots=True)
class Looked:
    """A broadcast with all that its file says wrongly, and whom it would reach."""

    kept: Kept
    content: Content
    counted: Counted
    faults: Sequence[Fault] = ()


def buttons(kept: Kept, say: Callable[..., str]) -> tuple[Choice, ...]:
    """What can be done about it now, in the staff's chat. Each carries the hash, so an old one does nothing new."""
    shown = OURS if kept.author == HOUSE and kept.state == "draft" else CARD.get(kept.state, ())
    if kept.state in ("approved", "scheduled") and load(kept.content).incident is not None:
        shown = ("open", *shown)
    return tuple(
        Choice(f"b.{what}.{kept.code}.{fingerprint(kept.hash)}", say(f"broadcast.do_{what}"))
        for what in shown
    )


def fingerprint(hash_of: str) -> str:
    """As much of a hash as a button carries."""
    return urlsafe_b64encode(bytes.fromhex(hash_of)).decode()[:FINGERPRINT]


def new_code() -> str:
    """A code that stands under a broadcast, for ever."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE))


def terms(content: Content, people: int, say: Callable[..., str]) -> list[str]:
    """What is approved beside the texts, in lines: whom it is for, how many they are now, when, its place in a series, and
    why at any hour."""
    plan, part = content.plan, content.part
    when = " ".join(filter(None, (plan.at, plan.cron, plan.zone or say("broadcast.own_wall"))))
    lines = [say("broadcast.terms", audience=_shown(content.rule), people=people, when=when)]
    if part is not None:
        lines.append(say("broadcast.part", series=part.series, number=part.number, every=part.every))
    return [*lines, say("broadcast.at_any_hour", reason=content.reason)] if content.loud else lines


def _shown(rule: Rule) -> str:
    """A rule as it is written, without what it leaves open."""
    words = []
    for name, value in asdict(rule).items():
        listed = (
            "=".join(value)
            if name == "attribute"
            else ", ".join(value)
            if isinstance(value, tuple)
            else value
        )
        if listed not in ("", "=", 0, False):
            words.append(name if listed is True else f"{name}: {listed}")
    return "; ".join(words)

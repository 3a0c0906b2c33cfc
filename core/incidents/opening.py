"""Opening an incident, by whoever does it: a person with a code, or the approval of a text that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.broadcast.content import load
from core.broadcast.papers import CODE, Declined
from core.config import Settings
from core.conversation.model import Choice
from core.staff.announce import announce, text
from core.store.broadcasts import Kept
from core.store.rooms import Store
from core.store.rows import AuditLine

MOST = 5
"""Incidents at a time: nobody reads more banners."""


def banners(kept: Kept) -> list[str]:
    """What people will read first, in each language."""
    incident = load(kept.content).incident
    return [f"【{language}】⚠️ {what}" for language, what in incident.banner.items()] if incident else []


async def begin(
    store: Store, settings: Settings, kept: Kept, person: str, say: Callable[..., str], now: float
) -> int:
    """Open it with its approved text; staff see what people see, and the button that ends it. Its number.

    Raises:
        Declined: it is not approved any more, it is open already, or too many are.
    """
    line = AuditLine(now, person, "incident opened", kept.name, kept.hash[:16])
    close = Choice(f"b.close.{kept.code}.{kept.hash[:CODE]}", say("broadcast.do_close"))
    shown = text(say("incident.told_opened", name=kept.name, person=person), *banners(kept))
    posts = announce(settings.desk, f"n:{kept.name}:opened:{now:.3f}", replace(shown, choices=(close,)), now)
    number = await store.incidents.begin(kept.name, person, MOST, line, posts)
    if number is None:
        raise Declined("incident.not_opened", name=kept.name, most=MOST)
    return number

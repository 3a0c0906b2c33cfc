"""Opening an incident, by whoever does it: a person with a code, or the approval of a text that says so."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from core.broadcast.content import load
from core.broadcast.papers import Declined, fingerprint
from core.config import Settings
from core.conversation.model import Choice
from core.staff.announce import announce, text
from core.store.broadcasts import Kept
from core.store.rooms import Store
from core.store.rows import AuditLine

MOST = 5
"""Incidents at a time: nobody reads more banners."""
PATIENCE = (5.0, 60.0)
"""Seconds after an approval between which it is opened for whoever approved it: by then they did not; later they know."""


def banners(kept: Kept, say: Callable[..., str]) -> list[str]:
    """What people will read first, in each language, where and when; nothing where it is no incident's text."""
    incident = load(kept.content).incident
    if incident is None:
        return []
    shown = [f"【{language}】⚠️ {what} {incident.status}" for language, what in incident.banner.items()]
    about = ", ".join(incident.about) or say("incident.everything")
    return [*shown, say("incident.at_once" if incident.at_once else "incident.lies_ready", about=about)]


async def catch_up(store: Store, settings: Settings, say: Callable[..., str], now: float) -> None:
    """Open what opens as soon as it is approved, and did not, because the process of whoever approved it died right then."""
    for kept in await store.broadcasts.live():
        incident = load(kept.content).incident if kept.state == "approved" else None
        fresh = PATIENCE[0] <= now - kept.changed_at <= PATIENCE[1]
        if not (incident and incident.at_once and fresh):
            continue
        if not await store.incidents.was_open(kept.name, kept.version):
            with suppress(Declined):  # as many are open as may be: it lies ready
                await begin(store, settings, kept, kept.approver, say, now)


def closing(kept: Kept, say: Callable[..., str]) -> Choice:
    """The button that ends an incident with this text."""
    return Choice(f"b.close.{kept.code}.{fingerprint(kept.hash)}", say("broadcast.do_close"))


async def begin(
    store: Store, settings: Settings, kept: Kept, person: str, say: Callable[..., str], now: float
) -> int:
    """Open it with its approved text; staff see what people see, and the button that ends it. Its number.

    Raises:
        Declined: it is not approved any more, it is open already, or too many are.
    """
    line = AuditLine(now, person, "incident opened", kept.name, kept.hash[:16])
    said = text(say("incident.told_opened", name=kept.name, person=person), *banners(kept, say)[:-1])
    shown = said._replace(choices=(closing(kept, say),))
    posts = announce(settings.desk, f"n:{kept.name}:opened:{now:.3f}", shown, now)
    number = await store.incidents.begin(kept.name, person, MOST, line, posts)
    if number is None:
        raise Declined("incident.not_opened", name=kept.name, most=MOST)
    return number

"""What people tell about themselves. Each action writes a value, and never a change of what is stored: where a button adds
or takes away, it begins with what the question showed. So each is safe to repeat."""

from __future__ import annotations

from typing import Literal

from core.actions import Call, Outcome, action
from core.broadcast.wishes import Wishes
from core.conversation.engine import SPEAK
from core.conversation.zones import CLOCK, zones

PLACES = zones(())
"""The names of the zone's buttons, such as "new_york", are English cities; what was typed is a zone or a time already."""
NOWHERE = "unknown"
SHOWN = (
    "my_language", "my_zone", "my_quiet", "my_topics", "my_assets", "my_week",
    "quiet_now", "week_now", "topics_now", "assets_now",
)  # fmt: skip


def _wishes(call: Call) -> Wishes:
    wishes: Wishes = call.services["wishes"]
    return wishes


@action("settings.show", gives=SHOWN)
async def show(call: Call) -> Outcome[Literal["nothing", "stored"]]:
    """All that is stored."""
    told, values = await _wishes(call).told(call.address, call.now)
    return Outcome("stored" if told else "nothing", values)


@action("settings.language")
async def language(call: Call, language: str) -> Outcome[Literal["saved"]]:
    """The conversation goes on in it."""
    await _wishes(call).language(call.address, language)
    return Outcome("saved", {SPEAK: language})


@action("settings.place", gives=SHOWN)
async def place(call: Call, place: str) -> Outcome[Literal["saved", "unclear", "unknown"]]:
    """A button, a zone, a time, or nothing that they want to say."""
    named = place if place.startswith(CLOCK) else "" if place == NOWHERE else PLACES.find(place)
    outcome = await _wishes(call).place(call.address, named, call.now)
    return Outcome(outcome, (await _wishes(call).told(call.address, call.now))[1])


@action("settings.quiet")
async def quiet(call: Call, quiet: str) -> Outcome[Literal["saved"]]:
    """When not to disturb."""
    await _wishes(call).quiet(call.address, quiet, call.now)
    return Outcome("saved")


@action("settings.week")
async def week(call: Call, week: str) -> Outcome[Literal["saved"]]:
    """How many broadcasts."""
    await _wishes(call).week(call.address, week, call.now)
    return Outcome("saved")


@action("settings.topic", gives=SHOWN)
async def topic(call: Call, topics: str, topics_now: str) -> Outcome[Literal["saved", "needs_zone"]]:
    """One more, or one less."""
    outcome = await _wishes(call).topic(call.address, topics, topics_now, call.now)
    return Outcome(outcome, (await _wishes(call).told(call.address, call.now))[1])


@action("settings.assets", gives=SHOWN)
async def assets(call: Call, assets: str, assets_now: str) -> Outcome[Literal["saved"]]:
    """One more, one less, or several at once."""
    await _wishes(call).assets(call.address, assets, assets_now)
    return Outcome("saved", (await _wishes(call).told(call.address, call.now))[1])


@action("settings.forget")
async def forget(call: Call) -> Outcome[Literal["forgotten"]]:
    """Erase all of it."""
    await _wishes(call).forget(call.address)
    return Outcome("forgotten")

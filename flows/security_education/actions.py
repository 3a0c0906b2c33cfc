"""Subscribing to the safety lessons and leaving them. Both write one row, so both are safe to repeat."""

from __future__ import annotations

from typing import Literal

from core.actions import Call, Outcome, action
from core.broadcast.education import Education
from core.conversation.zones import shown, zones

PLACES = zones(())
"""The names of the zone's buttons, such as "new_york", are English cities; what was typed is a zone already."""


@action("education.subscribe", gives=("first", "place"))
async def subscribe(
    call: Call, language: str, zone: str, topics: str
) -> Outcome[Literal["subscribed", "not_yet"]]:
    """Begin or change a subscription. `first` is the wall-clock time of the next lesson at `place`."""
    education: Education = call.services["education"]
    place = PLACES.find(zone)
    wanted = await education.subscribe(call.address, language, place, [topics], call.now)
    told = {"first": wanted.first, "place": shown(place)}
    return Outcome("subscribed" if wanted.on else "not_yet", told)


@action("education.unsubscribe")
async def unsubscribe(call: Call) -> Outcome[Literal["left", "was_not"]]:
    """End it, and take back the lessons that wait to be sent."""
    education: Education = call.services["education"]
    left = await education.unsubscribe(call.address, call.now)
    return Outcome("left" if left else "was_not")

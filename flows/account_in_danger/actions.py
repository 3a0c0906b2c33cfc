"""Asking the exchange to freeze an account. Whoever repeats a request sends the same key, so it is safe to repeat."""

from __future__ import annotations

from typing import Literal

from core.actions import Call, Outcome, action
from core.runtime.freeze import Freezes

Ends = Literal["verify_in_app", "frozen", "unavailable", "limited"]


@action("exchange.freeze", deadline=8.0, gives=("reference", "link"))
async def freeze(call: Call, harm: str) -> Outcome[Ends]:
    """For whoever writes in this chat; the exchange decides who that is."""
    return await _ask(call, harm, "")


@action("exchange.freeze_named", deadline=8.0, gives=("reference", "link"))
async def freeze_named(call: Call, harm: str, account: str) -> Outcome[Ends]:
    """The same, with what they say their account is called: a hint that nobody has checked."""
    return await _ask(call, harm, account)


async def _ask(call: Call, harm: str, account: str) -> Outcome[Ends]:
    freezes: Freezes = call.services["freezes"]
    answer = await freezes.ask(call.address, harm, account, call.key, call.now)
    return Outcome(answer.name, {"reference": answer.reference, "link": answer.link})

"""Is this genuine? The scam check's verdict as the outcome of a flow; an agent's code is used up by asking."""

from __future__ import annotations

from typing import Literal

from core.actions import Call, Outcome, action
from core.runtime.genuine import Genuine, code_in
from core.safety.verify import Verdict

Ends = Literal[
    "official", "says_more", "looks_like_ours", "listed", "hidden_link", "like_scam_link", "asks_secret",
    "asks_money", "recovery", "wallet", "remote", "like_scam_text", "name_only", "short_link", "unknown",
    "nothing", "no_list", "agent", "broadcast", "pictured", "wrong_code",
]  # fmt: skip
SUSPICIOUS: dict[str, Ends] = {
    "asks_secret": "asks_secret",
    "pay_first": "asks_money",
    "doubles": "asks_money",
    "safe_account": "asks_money",
    "recovers": "recovery",
    "validates": "wallet",
    "remote": "remote",
    "leads_away": "like_scam_text",
    "like_scam_texts": "like_scam_text",
    "like_scam_hosts": "like_scam_link",
    "free_hosting": "like_scam_link",
}
"""Reason -> outcome; every other one is a link that hides where it leads."""
UNKNOWN: dict[str, Ends] = {
    "shortener": "short_link",
    "says_more": "says_more",
    "name_proves_nothing": "name_only",
    "nothing_found": "nothing",
    "official_expired": "no_list",
}


@action("safety.verify", gives=("about", "detail", "picture"))
async def verify(call: Call, what: str) -> Outcome[Ends]:
    """The grade of what was pasted. A repetition after a crash may find a code used: then it says so."""
    genuine: Genuine = call.services["genuine"]
    if code_in(what):
        alias = await genuine.agent(what, call.now)
        if alias:
            return Outcome("agent", {"about": alias})
        begins, picture = await genuine.broadcast(what, call.address)
        end: Ends = "pictured" if picture else "broadcast" if begins else "wrong_code"
        return Outcome(end, {"about": begins, "picture": picture})
    verdict = genuine.check(what, call.now)
    if genuine.official is None and verdict.grade == "unknown":
        return Outcome("no_list", {"about": "", "detail": ""})
    reason = verdict.reasons[0]
    return Outcome(_end(verdict), {"about": defanged(reason.about), "detail": defanged(reason.detail)})


@action("safety.site", gives=("site", "code"))
async def site(call: Call) -> Outcome[Literal["site", "no_list"]]:
    """The official site as the signed list has it: its address, and the name of the picture of its QR code."""
    genuine: Genuine = call.services["genuine"]
    found = await genuine.site(call.now)
    return Outcome("site", {"site": found[0], "code": found[1]}) if found else Outcome("no_list")


def _end(verdict: Verdict) -> Ends:
    codes = [reason.code for reason in verdict.reasons]
    match verdict.grade:
        case "suspicious":
            return SUSPICIOUS.get(codes[0], "hidden_link")
        case "unknown":
            return next((UNKNOWN[code] for code in codes if code in UNKNOWN), "unknown")
    return verdict.grade


def defanged(text: str) -> str:
    """A host so that no program makes a link of it, and of a long text only its beginning."""
    return text[:80].replace(".", "[.]").replace("@", "[@]")

"""Who in a group passes for staff, and what there is a scam: names, a number and a text -> codes. Pure.

Law of this file: only the codes leave it. A display name is looked at and forgotten; our own people are known by
their number. Whoever quotes a scam to ask about it, or warns of one, is no scammer, and nothing that only a model
suspects accuses anybody in public.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.safety.lookalike import like_name
from core.safety.lures import asks_about
from core.safety.verify import Known, check

_GUESSES = frozenset({"like_scam_texts", "like_scam_hosts", "free_hosting", "ip", "punycode"})
NAMED, STOPPED = "named", "stopped"
"""Somebody is called like us or our staff; a filter of the platform's own took the message away before us."""


def seen(names: Sequence[str], number: str, text: str, known: Known, now: float) -> tuple[str, ...]:
    """The codes of what is wrong with a person or a message in a group; none for most. Never raises."""
    official = known.official
    if official is None or official.has_id(number):
        return ()
    codes = [NAMED] if any(like_name(name, official.ours) for name in names if name) else []
    if text and not asks_about(text):
        verdict = check(text, known, now)
        if verdict.grade in ("listed", "looks_like_ours", "suspicious"):
            codes += [reason.code for reason in verdict.reasons if not reason.code.startswith("official")]
    return tuple(dict.fromkeys(code for code in codes if code not in _GUESSES))

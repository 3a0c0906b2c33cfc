"""The part of a broadcast's file that says whom it is for. Pure.

A condition that says nothing, or says it wrongly, is a fault: left out, it would mean more people, and never fewer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from core.broadcast.content import Rule
from core.broadcast.words import is_zone, words_of
from core.conversation.document import Place, Table

LISTS = ("platform", "language", "assets", "zone")
ANSWERS = ("everybody", "open_cases")
"""What is true or false."""
KEYS = (*ANSWERS, *LISTS, "topic", "seen_days", "attribute")
YES, NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
DAYS = 3999
Faulty = Callable[..., None]
"""(place, code, variant, **holes)"""


def read_audience(table: Table, at: Place, known: Mapping[str, Sequence[str]], fault: Faulty) -> Rule:
    """The rule of a file. `known`: key -> the values that it may have, where those are a list."""
    for key in (one for one in table.entries if one not in KEYS):
        fault(table.keys[key], "UNKNOWN", key=key, allowed=", ".join(KEYS))
    words = {key: list(words_of(node)) for key, node in table.entries.items()}
    for key, said in words.items():
        if not said or (len(said) > 1 and key not in LISTS):
            fault(table.keys[key], "SHAPE", "text", key=key)
    allowed = {**known, **dict.fromkeys(ANSWERS, ("true", "false"))}
    for key, values in allowed.items():
        spelled = (*values, *YES, *NO) if key in ANSWERS else values
        for word in (one for one in words.get(key, ()) if one not in spelled):
            fault(at, "UNKNOWN", "value", key=f"{key}: {word}", allowed=", ".join(values) or "–")
    for zone in (one for one in words.get("zone", ()) if not is_zone(one)):
        fault(at, "WHEN", "zone", value=zone)
    return _rule(words, at, fault)


def _rule(words: Mapping[str, Sequence[str]], at: Place, fault: Faulty) -> Rule:
    one = {key: said[0] for key, said in words.items() if said}
    days = one.get("seen_days", "")
    if "seen_days" in one and not (days.isascii() and days.isdecimal() and 0 < int(days) <= DAYS):
        fault(at, "NUMBER", key="seen_days", value=days or "–", most=str(DAYS))
        days = ""
    name, _, value = (part.strip() for part in one.get("attribute", "").partition("="))
    rule = Rule(
        one.get("everybody") in YES,
        tuple(words.get("platform", ())),
        tuple(words.get("language", ())),
        one.get("topic", ""),
        int(days or 0),
        one.get("open_cases") in YES,
        (name, value) if name and value else ("", ""),
        assets=tuple(words.get("assets", ())),
        zones=tuple(words.get("zone", ())),
    )
    if rule.empty or ("attribute" in one and not rule.attribute[1]):
        fault(at, "AUDIENCE")
    return rule

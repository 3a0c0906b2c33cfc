"""`helpline check`: every fault of every flow at once. The product's linter, and a pure function.

A rule is a function from what was read of one folder to faults; this page only says which rules run when.
Each fault carries a code, a place and the values of its sentence; `core/words` holds the sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.conversation import rules_flow, rules_safety, rules_structure, rules_texts
from core.conversation.facts import ActionFacts, Facts
from core.conversation.layout import Fault
from core.conversation.load import COMMON, Draft, draft

__all__ = ["ActionFacts", "Facts", "Fault", "check"]

_BREAKS_THE_GRAPH = frozenset({"TARGET", "RESULTS", "ACTION", "FALLOFF", "OPTIONS", "READER.none"})


def check(sources: Mapping[str, Mapping[str, str]], facts: Facts) -> list[Fault]:
    """All faults of these folders (name -> file name -> text), ordered by file, line and column.

    Bytes that were no UTF-8 are expected as lone surrogates (`errors="surrogateescape"`). Never raises.
    """
    folders = sorted({*sources, COMMON} if facts.common_texts is not None else sources)
    drafts = [draft(folder, sources.get(folder, {}), facts.languages) for folder in folders]
    faults = [fault for found in drafts for fault in _faults(found, facts)]
    faults += rules_texts.collisions(drafts, facts)
    return sorted(faults, key=lambda fault: fault.order)


def _faults(found: Draft, facts: Facts) -> Iterator[Fault]:
    yield from found.faults
    graph_is_whole = found.whole and found.folder != COMMON and "flow" not in found.unread
    for rule in rules_structure.RULES if found.folder != COMMON else ():
        for fault in rule(found, facts):
            broken = {fault.code, f"{fault.code}.{fault.variant}"} & _BREAKS_THE_GRAPH
            graph_is_whole = graph_is_whole and not broken
            yield fault
    for rule in (*rules_texts.RULES, *rules_safety.RULES):
        yield from rule(found, facts)
    for rule in rules_flow.RULES if graph_is_whole else ():
        yield from rule(found, facts)

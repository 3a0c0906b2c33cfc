"""One verdict from several sources: whoever knows the transaction speaks; silence counts only if all are well.

- Nobody knows it, and one that was asked is down or behind: "source down"; that one might be the one that knows.
- Nobody knows it, all are well: "not found" where two sources of every network agree; with one it is "not seen yet".
- A negative verdict needs every source of its network well and of one opinion; otherwise it is "unsure". A source that only
  lacks a transaction has no other opinion than one of the operator's own that proves where it went.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from core.chain.meanings import is_negative
from core.chain.network import Source
from core.chain.verdict import Name, Verdict

_SILENT: Final[tuple[Name, ...]] = ("source_down", "not_seen_yet")
_ABSENT: Final[tuple[Name, ...]] = (
    "replaced",
    "replaced_final",
    "nonce_used",
    "cancelled",
    "double_spent",
    "dropped",
    "expired",
    "vanished",
)
"""What is said of a transaction that the source does not have."""
_MUTE: Final[tuple[Name, ...]] = ("vanished", "not_seen_yet")
"""What a source says that has lost a transaction, or never had it, and cannot prove why: no other opinion than one that can."""
_TWO: Final = 2
"""Sources that must agree before silence is "not found"."""

Voice = tuple[Source, Verdict]


def agree(voices: Sequence[Voice]) -> Verdict:
    """What all sources together say: at least one voice, of any networks.

    Raises:
        ValueError: there is no voice.
    """
    if not voices:
        raise ValueError("no source was asked")
    by_network: dict[str, list[Voice]] = {}
    for source, verdict in voices:
        by_network.setdefault(source.network.name, []).append((source, verdict))
    found = {name: _of_network(group) for name, group in by_network.items()}
    speaking = [verdict for verdict in found.values() if verdict.name not in (*_SILENT, "not_found")]
    if speaking:
        return min(speaking, key=lambda verdict: (_rank(verdict), -_k(verdict)))
    return _silence(found, voices)


def _of_network(group: Sequence[Voice]) -> Verdict:
    """The verdict of the sources of one network."""
    having = [voice for voice in group if voice[1].name not in (*_SILENT, *_ABSENT)]
    had = [voice for voice in group if voice[1].name in _ABSENT]
    down = [voice for voice in group if voice[1].name == "source_down"]
    if not having and not had:
        return _none_knows(group, down)
    proved = [voice for voice in had if voice[1].name != "vanished"]
    source, best = _best(having or proved or had)
    same = [voice for voice in group if voice[1].name == best.name and voice[1].next_id == best.next_id]
    mute = [voice for voice in group if voice[1].name in _MUTE] if source.own and not having else []
    evidence = tuple(fact for _, verdict in group for fact in verdict.evidence)
    best = replace(best, evidence=evidence, sources=len(same))
    if best.name == "vanished" and down:
        return replace(best, name="source_down", sources=len(group))
    if is_negative(best.name) and len(same) + len(mute) != len(group):
        return replace(best, name="unsure", sources=len(group), low=0.0, high=0.0, advice=(), next_id="")
    return best


def _none_knows(group: Sequence[Voice], down: Sequence[Voice]) -> Verdict:
    evidence = tuple(fact for _, verdict in group for fact in verdict.evidence)
    name: Name = "source_down" if down else ("not_found" if len(group) >= _TWO else "not_seen_yet")
    return replace(group[0][1], name=name, evidence=evidence, sources=len(group))


def _best(voices: Sequence[Voice]) -> Voice:
    """Of those that know it: the operator's own source first, then the one that counts furthest."""
    return min(voices, key=lambda voice: (not voice[0].own, -_k(voice[1])))


def _rank(verdict: Verdict) -> int:
    """A transaction is on one chain as a rule; where two chains know the id, the good news counts, then the sure."""
    return 2 if is_negative(verdict.name) else 1 if verdict.name in ("unsure", *_ABSENT) else 0


def _k(verdict: Verdict) -> int:
    return verdict.progress.k if verdict.progress is not None else 0


def _silence(found: Mapping[str, Verdict], voices: Sequence[Voice]) -> Verdict:
    """No network knows it. What is said holds for all that were asked."""
    verdicts = list(found.values())
    evidence = tuple(fact for verdict in verdicts for fact in verdict.evidence)
    network = verdicts[0].network if len(verdicts) == 1 else ""
    at = max(verdict.checked_at for verdict in verdicts)
    if any(verdict.name == "source_down" for verdict in verdicts):
        return Verdict("source_down", network, evidence, at, len(voices))
    fewest = min(verdict.sources for verdict in verdicts)
    name: Name = "not_found" if fewest >= _TWO else "not_seen_yet"
    return Verdict(name, network, evidence, at, len(voices) if name == "not_found" else fewest)

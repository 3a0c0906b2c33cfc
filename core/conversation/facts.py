"""What the checker has to know about the world outside the flows: handed in as data, so that checking stays pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """What a registered action takes, how it can end, and which values it gives."""

    inputs: tuple[str, ...] = ()
    outcomes: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """The world around the flows. A field that is None switches off the rules that need it.

    `holes` are the values that every text may use (the house's: hours, official_site).
    `stored` holds the hash under which each (flow, version) is already stored.
    """

    languages: Sequence[str]
    actions: Mapping[str, ActionFacts] | None = None
    readers: frozenset[str] | None = None
    skills: frozenset[str] | None = None
    official_hosts: frozenset[str] | None = None
    common_texts: frozenset[str] | None = None
    """Text keys that the engine and the readers say."""
    common_choices: frozenset[str] | None = None
    """Button labels that the engine shows."""
    common_words: frozenset[str] | None = None
    """Words that must work everywhere, such as menu and human."""
    holes: frozenset[str] = frozenset()
    stored: Mapping[tuple[str, int], str] = field(default_factory=dict)

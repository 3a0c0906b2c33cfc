"""All that the engine reads: the flows on offer, the versions that open conversations are pinned to, the house texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.conversation.flow import Flow, Words
from core.conversation.readers import Reader
from core.conversation.router import Router


@dataclass(frozen=True, slots=True)
class Library:
    """Immutable: a reload builds a new one and swaps it."""

    languages: tuple[str, ...]
    """The first is the default."""
    flows: Mapping[str, Flow]
    """Name -> the version on offer."""
    common: Mapping[str, Words]
    """Language -> the house texts (`flows/common`)."""
    readers: Mapping[str, Reader]
    router: Router
    pinned: Mapping[str, Flow] = field(default_factory=dict)
    """Content hash -> flow, the ones on offer included."""

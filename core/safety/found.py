"""What a detector hands to the guard."""

from __future__ import annotations

from typing import NamedTuple


class Found(NamedTuple):
    """A stretch [start, end) of the plain text, the kind of secret, and whether a checksum or a form of its own
    makes it certain; else the words around it or its looks make it suspected, and it is masked all the same."""

    start: int
    end: int
    kind: str
    certain: bool = False

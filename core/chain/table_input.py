"""Before any source is asked: what a recognised text means, and which networks its id belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.chain.recognise import Kind
from core.chain.verdict import Name

ROWS: Final[Mapping[Kind, tuple[str, Name]]] = {
    "address": ("I3", "is_address"),
    "address_typo": ("I4", "address_typo"),
    "short": ("I5", "not_an_id"),
    "long": ("I5", "not_an_id"),
    "not_hex": ("I5", "not_an_id"),
    "ellipsis": ("I5", "not_an_id"),
    "none": ("I5", "not_an_id"),
    "link_unknown_host": ("I2", "unknown_link"),
}
"""Kind of text -> (row, verdict). A hash goes to the chains (I7, I8), an internal id to the exchange (I6)."""

"""Somebody asks in their own words whether what they quote is a scam: then it is checked as with the command. Pure."""

from __future__ import annotations

from core.safety.links import find
from core.safety.lures import asks_about, turns

CHECK = "verify"
"""The flow that compares what is pasted, and its command."""


def asks(text: str) -> bool:
    """Whether somebody quotes words or a link that can be compared, in order to ask about them."""
    return asks_about(text) and bool(turns(text) or any(item.kind == "host" for item in find(text).items))

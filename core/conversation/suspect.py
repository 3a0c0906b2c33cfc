"""Somebody asks whether what they quote is a scam. In private it is compared with every list; in a group, where all
read the answer and nothing is looked up, only the turns of speech are judged, and nothing is called safe. Pure."""

from __future__ import annotations

from core.safety.links import find
from core.safety.lures import WEAK, asks_about, turns

CHECK = "verify"
"""The flow that compares what is pasted, and its command."""


def asks(text: str) -> bool:
    """Whether somebody quotes words or a link that can be compared, in order to ask about them."""
    return asks_about(text) and bool(turns(text) or any(item.kind == "host" for item in find(text).items))


def aloud(text: str, quoted: str) -> str:
    """The house's text that answers a group: a grade where somebody asks about a scam, else the way into private."""
    if any(code not in WEAK for code in (*turns(text), *turns(quoted))):
        return "asked_suspicious"
    if asks(text) or text.startswith(f"/{CHECK} ") or (quoted and asks_about(text)):
        return "asked_unknown"
    return "private_only"

"""Keys that can be recognised by themselves: WIF, extended private keys, bot tokens; and hex keys by their label.

A bare 64-digit hex number is a transaction id far more often than a key, and nothing tells them apart offline:
it counts as a key only where the words before it (or right behind it) say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from core import base58
from core.safety.seeds import Found

KEY, TOKEN = "private_key", "bot_token"
SHORTEST: Final = 44
"""No key or token is shorter: shorter texts need not be searched."""
_BASE58: Final = re.compile(r"(?<![0-9A-Za-z])[1-9A-HJ-NP-Za-km-z]{51,112}(?![0-9A-Za-z])")
_HEX: Final = re.compile(r"(?<![0-9A-Za-z/])(?:0[xX])?[0-9a-fA-F]{60,68}(?![0-9A-Za-z])")
_TOKENS: Final = re.compile(
    r"(?<!\d)\d{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"
    r"|(?<![A-Za-z0-9_-])[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-])"
)
_ABOUT_KEY: Final = re.compile(
    r"私[钥鑰匙]|密[钥鑰]|priv(?:ate)?[\s_-]{0,2}key|secret[\s_-]{0,2}key|privkey|prvkey|\bprv\b|\bwif\b|keystore"
)
_ABOUT_ID: Final = re.compile(r"哈希|交易|tx|hash|transaction|区块|區塊|block|订单|訂單")
_BEFORE, _AFTER = 80, 24
_WIF_VERSIONS: Final = (0x80, 0xEF)
_EXTENDED: Final = frozenset(
    bytes.fromhex(version)
    for version in (
        *("0488ade4", "049d7878", "04b2430c", "04358394", "044a4e28"),
        *("045f18bc", "0295b005", "02aa7a99", "02575048"),
    )
)


def find(text: str, low: str) -> Iterator[Found]:
    """The private keys and bot tokens in a plain text; `low` is the same text in lower case."""
    for match in _TOKENS.finditer(text):
        yield *match.span(), TOKEN
    for match in _BASE58.finditer(text):
        if _is_private(match.group()) or (
            match.end() - match.start() != 64 and _labelled(low, *match.span())
        ):
            yield *match.span(), KEY
    for match in _HEX.finditer(text):
        if _labelled(low, *match.span()):
            yield *match.span(), KEY


def _is_private(text: str) -> bool:
    """Whether a base58check text is a WIF key or an extended *private* key (never an address or an xpub)."""
    payload = base58.checked(text)
    if payload is None:
        return False
    if len(payload) == 78:
        return payload[:4] in _EXTENDED and payload[45] == 0
    return payload[0] in _WIF_VERSIONS and (len(payload) == 33 or (len(payload) == 34 and payload[33] == 1))


def _labelled(low: str, start: int, end: int) -> bool:
    """Whether the nearest word about keys or ids before it is about keys; else the words right behind it."""
    before = low[max(0, start - _BEFORE) : start]
    key, other = _last(_ABOUT_KEY, before), _last(_ABOUT_ID, before)
    if key >= 0 or other >= 0:
        return key > other
    return _ABOUT_KEY.search(low[end : end + _AFTER]) is not None


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last match begins; -1 when there is none."""
    return max((match.start() for match in pattern.finditer(text)), default=-1)

"""Private keys: those that can be recognised by themselves, and hex keys by the words around them.

A bare 64-digit hex number is a transaction id far more often than a key, and nothing tells them apart offline:
it counts as a key only where the words before it (or right behind it) say so. A signature looks like a key pair,
too, but its second half is not the public key of the first.
"""

from __future__ import annotations

import re
from base64 import b32decode
from binascii import crc_hqx
from collections.abc import Iterator
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core import base58
from core.safety.found import Found

KEY: Final = "private_key"
SHORTEST: Final = 28
"""No key is shorter: shorter texts need not be searched."""
_BASE58: Final = re.compile(r"(?<![0-9A-Za-z])[1-9A-HJ-NP-Za-km-z]{51,112}(?![0-9A-Za-z])")
_HEX: Final = re.compile(
    r"(?<![0-9A-Za-z/])(?:0[xX])?(?:[0-9a-fA-F]{126,130}|[0-9a-fA-F]{60,68})(?![0-9A-Za-z])"
)
_SPLIT_HEX: Final = re.compile(
    r"(?<![0-9A-Za-z/])(?:0[xX])?[0-9a-fA-F]{4,32}(?:[ \n\-][0-9a-fA-F]{4,32}){1,31}(?![0-9A-Za-z])"
)
_ARRAY: Final = re.compile(r"\[\s{0,4}(?:\d{1,3}\s{0,4},\s{0,8}){63}\d{1,3}\s{0,4},?\s{0,4}\]")
_STELLAR: Final = re.compile(r"(?<![0-9A-Za-z])S[A-Z2-7]{55}(?![0-9A-Za-z])")
_BY_NAME: Final = re.compile(
    r"(?<![0-9a-z])(?:nsec1[02-9ac-hj-np-z]{58}|suiprivkey1[02-9ac-hj-np-z]{50,80}|ed25519-priv-0x[0-9a-f]{64}"
    r"|pvt_[a-z0-9]{2}_[0-9a-z]{48,54}|edsk[0-9a-z]{50,94})(?![0-9a-z])"
)
_RIPPLE: Final = re.compile(r"(?<![0-9A-Za-z])s[1-9A-HJ-NP-Za-km-z]{27,30}(?![0-9A-Za-z])")
_PEM: Final = re.compile(r"-----begin [a-z ]{0,20}private key(?: block)?-----")
_PEM_END, _PEM_LONGEST = "-----end", 8192
_ABOUT_KEY: Final = re.compile(
    r"私\s?[钥鑰匙]|[密秘][钥鑰匙]|priv(?:ate)?[\s_-]{0,2}(?:(?:view|spend)[\s_-])?key|secret[\s_-]{0,2}key|privkey|prvkey|keystore"
    r"|(?<![a-z])(?:p(?:ri)?v(?:a?te?)?|wif|pk|sk|secret|seed|(?:p(?:ri)?v(?:a?te?)?|my|wallet|metamask|phantom|imtoken|tronlink|ledger|account|import(?:ed)?|eth|btc|trx|tron|sol|bnb|[钱錢]包) ?key)(?![a-z])"
    r"|(?<![a-z])key (?:of|to|for|from) (?:(?:my|the|this|that|an?|our) |\w{2,16}\s?[:=]\s?$)|(?<=[包的]) ?key(?![a-z])|(?<![a-z])(?<!public )(?<!pub )(?<!cache )(?<!idempotency )(?<!hash )(?<!primary )(?<!tx )key(?=\"?\s{0,2}[:=→是]?\s{0,2}[\"'`]?$)"
    r"|clave privada|llave privada|clé privée|clef privée|chave privada|chiave privata|privater schlüssel|приватн\w{2,3} ключ|закрыт\w{2,3} ключ|秘密鍵|プライベートキー|개인 ?키"
)
_ABOUT_ID: Final = re.compile(r"哈希|交易|tx|hash|transaction|区块|區塊|block|订单|訂單|公[钥鑰]|public")
_BEFORE, _AFTER = 80, 24
_LENGTHS: Final = frozenset((*range(50, 54), 58, 59, 111, 112))
"""Characters of what `_is_private` can be: others are not worth the decoding."""
_PRIVATE_HEADS: Final = frozenset(
    bytes.fromhex(version)
    for version in (
        *("0488ade4", "049d7878", "04b2430c", "04358394", "044a4e28"),
        *("045f18bc", "0295b005", "02aa7a99", "02575048"),
    )
)


def find(text: str, low: str) -> Iterator[Found]:
    """The private keys in a plain text; `low` is the same text in lower case."""
    for match in _BASE58.finditer(text):
        sure = _is_private(match.group())
        if sure or (match.end() - match.start() != 64 and _labelled(low, *match.span())):
            yield Found(*match.span(), KEY, sure)
    if "[" in text:
        for match in _ARRAY.finditer(text):
            if all(int(number) < 256 for number in re.findall(r"\d+", match.group())):
                yield Found(*match.span(), KEY)
    for match in _STELLAR.finditer(text):
        raw = b32decode(match.group())
        if raw[0] == 0x90 and crc_hqx(raw[:-2], 0) == int.from_bytes(raw[-2:], "little"):
            yield Found(*match.span(), KEY, True)
    for match in _BY_NAME.finditer(low):
        yield Found(*match.span(), KEY, True)
    yield from _pem(low)
    if "key" in low or _ABOUT_KEY.search(low):
        yield from _named(text, low)


def _pem(low: str) -> Iterator[Found]:
    """Keys between their lines of dashes; of one without an end everything that can be of it."""
    done = 0
    for match in _PEM.finditer(low):
        if match.start() >= done:
            last = match.end() + _PEM_LONGEST
            end = low.find(_PEM_END, match.end(), last)
            done = min(len(low), last) if end < 0 else end + len(_PEM_END)
            yield Found(match.start(), done, KEY, True)


def _named(text: str, low: str) -> Iterator[Found]:
    """What is a key only because the words around it say so."""
    for pattern in (_HEX, _RIPPLE):
        for match in pattern.finditer(text):
            if _labelled(low, *match.span()):
                yield Found(*match.span(), KEY)
    for match in _SPLIT_HEX.finditer(text):
        digits = sum(letter not in " \n-" for letter in match.group().lower().removeprefix("0x"))
        if digits in (64, 128) and _labelled(low, *match.span()):
            yield Found(*match.span(), KEY)


def _is_private(text: str) -> bool:
    """Whether a base58 text is a WIF key (of any chain), an encrypted key, an extended *private* key (never an
    address or an xpub) or a key pair."""
    if 86 <= len(text) <= 88:
        return _is_pair(base58.decode(text) or b"")
    payload = base58.checked(text) if len(text) in _LENGTHS else None
    if payload is None:
        return False
    if len(payload) == 78:
        return payload[:4] in _PRIVATE_HEADS and payload[45] == 0
    if len(payload) == 39:
        return payload[:2] in (b"\x01\x42", b"\x01\x43")
    return payload[0] >= 0x80 and (len(payload) == 33 or (len(payload) == 34 and payload[33] == 1))


def _is_pair(raw: bytes) -> bool:
    """Whether 64 bytes are a secret and its own public key."""
    if len(raw) != 64:
        return False
    return Ed25519PrivateKey.from_private_bytes(raw[:32]).public_key().public_bytes_raw() == raw[32:]


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

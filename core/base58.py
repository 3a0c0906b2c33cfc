"""Base58 with its four-byte checksum: shared by the guard (private keys) and the chain room (addresses)."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUE: Final = {letter: value for value, letter in enumerate(ALPHABET)}
LONGEST: Final = 128
"""Longer texts are refused: decoding costs the square of the length."""


def decode(text: str) -> bytes | None:
    """The bytes behind a base58 text; None when a character is foreign or the text is too long."""
    if not 0 < len(text) <= LONGEST:
        return None
    number = 0
    for letter in text:
        value = _VALUE.get(letter)
        if value is None:
            return None
        number = number * 58 + value
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def checked(text: str) -> bytes | None:
    """The payload of a base58check text without its checksum; None when the checksum does not hold."""
    raw = decode(text)
    if raw is None or len(raw) < 5:
        return None
    payload, check = raw[:-4], raw[-4:]
    return payload if sha256(sha256(payload).digest()).digest()[:4] == check else None


def encode_checked(payload: bytes) -> str:
    """The base58check text of a payload."""
    return encode(payload + sha256(sha256(payload).digest()).digest()[:4])


def encode(raw: bytes) -> str:
    """The base58 text of some bytes."""
    number, letters = int.from_bytes(raw, "big"), []
    while number:
        number, value = divmod(number, 58)
        letters.append(ALPHABET[value])
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    return "1" * zeros + "".join(reversed(letters))

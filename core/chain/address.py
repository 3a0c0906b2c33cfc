"""Is this an address? One checker a family: each says yes, no, or "an address with a typo".

A typo is only named where the shape is unmistakable. A correction is never guessed: it could be another
person's address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from core import base58
from core.chain.keccak import keccak256

_EVM: Final = re.compile(r"0[xX][0-9a-fA-F]{40}")
_TRON: Final = re.compile(r"T[0-9A-Za-z]{33}")
_BASE58: Final = re.compile(r"[13LM][0-9A-Za-z]{25,34}")
_VERSIONS: Final = (0x00, 0x05, 0x30, 0x32)
"""First byte behind a base58 address: to a key or to a script, on Bitcoin and on Litecoin."""
_BECH32: Final = re.compile(r"(bc|tb|bcrt|ltc|tltc)1([0-9a-z]{11,87})", re.IGNORECASE)
_CHARSET: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_POLYNOMIAL: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32M: Final = 0x2BC830A3


@dataclass(frozen=True, slots=True)
class Address:
    """A text that is an address of this family; `typo` when its checksum does not hold."""

    family: str
    typo: bool = False


def address(text: str) -> Address | None:
    """What kind of address a text is; None when it has the shape of none."""
    if _EVM.fullmatch(text):
        return Address("evm", typo=not evm_checksum_holds(text))
    if _TRON.fullmatch(text):
        payload = base58.checked(text)
        return Address("tron", typo=payload is None or len(payload) != 21 or payload[0] != 0x41)
    if _BECH32.fullmatch(text):
        return Address("bitcoin", typo=not segwit_checksum_holds(text))
    if _BASE58.fullmatch(text) and _is_mixed(text):
        payload = base58.checked(text)
        return Address("bitcoin", typo=payload is None or len(payload) != 21 or payload[0] not in _VERSIONS)
    return None


def _is_mixed(text: str) -> bool:
    """Whether digits, small and capital letters all occur: an order number or a word is no broken address."""
    return any(map(str.isdigit, text)) and any(map(str.islower, text)) and any(map(str.isupper, text))


def evm_checksum(text: str) -> str:
    """An EVM address with the letter case that carries its checksum (EIP-55)."""
    digits = text[2:].lower()
    weights = keccak256(digits.encode("ascii")).hex()
    return "0x" + "".join(d.upper() if int(w, 16) >= 8 else d for d, w in zip(digits, weights, strict=False))


def evm_checksum_holds(text: str) -> bool:
    """Whether the letter case is right; one case throughout carries no checksum and is accepted."""
    digits = text[2:]
    return digits in (digits.lower(), digits.upper()) or evm_checksum(text)[2:] == digits


def segwit_checksum_holds(text: str) -> bool:
    """Whether a bech32 (version 0) or bech32m (version 1 and later) address is right (BIP173, BIP350)."""
    if text not in (text.lower(), text.upper()):
        return False
    prefix, _, data = text.lower().rpartition("1")
    values = [_CHARSET.find(letter) for letter in data]
    if -1 in values or not prefix or len(values) < 8 or len(text) > 90:
        return False
    expected = 1 if values[0] == 0 else _BECH32M
    if _checksum([ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + values) != expected:
        return False
    program = _program(values[1:-6])
    if program is None or values[0] > 16:
        return False
    return len(program) in (20, 32) if values[0] == 0 else 2 <= len(program) <= 40


def _checksum(values: list[int]) -> int:
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for place, word in enumerate(_POLYNOMIAL):
            check ^= word if top >> place & 1 else 0
    return check


def _program(values: list[int]) -> bytes | None:
    """Five-bit values as bytes; None when the padding is not four zero bits at most."""
    number = 0
    for value in values:
        number = number << 5 | value
    spare = len(values) * 5 % 8
    if spare > 4 or number & ((1 << spare) - 1):
        return None
    return (number >> spare).to_bytes(len(values) * 5 // 8, "big")

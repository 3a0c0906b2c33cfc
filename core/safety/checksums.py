"""Whether words are a phrase for certain: the checksums of BIP39, Electrum, Monero, Algorand and TON.

A checksum never decides whether a run is masked (a typo breaks it), only whether we say that we are sure, and
whether a run that repeats itself is a phrase or a table.
"""

from __future__ import annotations

import hashlib
import hmac
import zlib
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from core.safety.wordlists import INDEX, SIZES

_LONGEST: Final = 26
"""Words of a run that are looked at: no phrase is longer than 25."""
_ELECTRUM: Final = ("01", "100", "101", "102")
_TON_ROUNDS: Final = 100_000 // 256


def certain(words: Sequence[str]) -> bool:
    """Whether some part of a run of list words is a right phrase of a wallet that we know."""
    words = list(words[:_LONGEST])
    for name, index in INDEX.items():
        known = [index.get(word, -1) for word in words]
        if known.count(-1) > len(words) - SIZES[0]:
            continue
        if name.startswith("monero"):
            if any(_monero(words[at : at + 25], known[at : at + 25]) for at in range(len(words) - 24)):
                return True
        elif (name == "english" and _other_english(words, known)) or any(
            _bip39(known[at : at + size]) for size in SIZES for at in range(len(words) - size + 1)
        ):
            return True
    return False


def bip39(indices: Sequence[int]) -> bool:
    """Whether so many BIP39 numbers (12, 15, 18, 21 or 24) end in the right checksum."""
    if len(indices) not in SIZES:
        return False
    bits = 0
    for index in indices:
        bits = bits << 11 | index
    check_bits = len(indices) // 3
    entropy = (bits >> check_bits).to_bytes(len(indices) * 4 // 3, "big")
    return sha256(entropy).digest()[0] >> (8 - check_bits) == bits & ((1 << check_bits) - 1)


def _bip39(known: Sequence[int]) -> bool:
    return -1 not in known and bip39(known)


def _other_english(words: Sequence[str], known: Sequence[int]) -> bool:
    """BIP39, and the wallets that take its English words with a checksum of their own."""
    size = len(words)
    if any(_bip39(known[at : at + length]) for length in SIZES for at in range(size - length + 1)):
        return True
    if any(-1 not in known[at : at + 12] and _electrum(words[at : at + 12]) for at in range(size - 11)):
        return True
    if any(-1 not in known[at : at + 25] and _algorand(known[at : at + 25]) for at in range(size - 24)):
        return True
    return size == 24 and -1 not in known and _ton(words)


def _electrum(words: Sequence[str]) -> bool:
    digest = hmac.new(b"Seed version", " ".join(words).encode(), hashlib.sha512).hexdigest()
    return digest.startswith(_ELECTRUM)


def _algorand(known: Sequence[int]) -> bool:
    """24 numbers of 11 bits hold 32 bytes, the least first; the 25th is the beginning of their hash."""
    bits = sum(index << 11 * place for place, index in enumerate(known[:24]))
    if bits >> 256:
        return False
    digest = hashlib.new("sha512_256", bits.to_bytes(32, "little")).digest()
    return int.from_bytes(digest[:2], "little") & 0x7FF == known[24]


def _ton(words: Sequence[str]) -> bool:
    entropy = hmac.new(" ".join(words).encode(), b"", hashlib.sha512).digest()
    return hashlib.pbkdf2_hmac("sha512", entropy, b"TON seed version", _TON_ROUNDS)[0] == 0


def _monero(words: Sequence[str], known: Sequence[int]) -> bool:
    """The last of 25 words repeats the one that the CRC of all beginnings (three letters) points at."""
    if -1 in known:
        return False
    for letters in (3, 4):
        starts = [word[:letters] for word in words]
        if starts[zlib.crc32("".join(starts[:24]).encode()) % 24] == starts[24]:
            return True
    return False

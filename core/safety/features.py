"""What the models look at: hashed character n-grams, and for a host its shape. A host or a text -> places in a table.

Training and scoring share this file, so a model always reads what it was taught to read.
"""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache
from typing import Final
from zlib import crc32

from core.safety.grams import Grams
from core.safety.hosts import Host
from core.safety.lures import turns
from core.safety.skeleton import skeleton

DOMAIN_BITS: Final = 18
TEXT_BITS: Final = 16
LONGEST: Final = 800
"""Characters of a text that are looked at."""
_OF_HOSTS: Final = Grams(2, 5, DOMAIN_BITS, "abcdefghijklmnopqrstuvwxyz0123456789-._^$~")
_OF_TEXTS: Final = Grams(1, 4, TEXT_BITS, "".join(map(chr, range(128))))
_LINK: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_NAME: Final = re.compile(r"@\w+")
HAN: Final = re.compile("[\u3400-\u9fff]")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_SPACE: Final = re.compile(r"[^\S\x02\x03]+")


def of_host(host: Host) -> Set[int]:
    """Of what somebody chose: the registered part, or on free hosting what stands before the host's own name."""
    chosen = host.label if host.free else host.own
    text = f"^{chosen}.~free$" if host.free else f"^{chosen}$"
    digits, hyphens = min(sum(map(str.isdigit, host.label)), 5), min(host.label.count("-"), 4)
    ending = "F" if host.free else host.own.rpartition(".")[2]
    return _OF_HOSTS.of(text) | _shape(min(len(host.label), 24), digits, hyphens, ending)


@lru_cache(maxsize=4096)
def _shape(length: int, digits: int, hyphens: int, ending: str) -> Set[int]:
    """How long (24 and more are the same), how many digits and hyphens, under which ending."""
    parts = (
        f"L{length // 3}",
        f"D{digits}",
        f"H{hyphens}",
        f"T{ending}",
        f"TL{ending}{min(length // 4, 5)}",
        f"X{min(digits, 2)}{min(hyphens, 2)}",
    )
    return frozenset(_place("\0" + part, DOMAIN_BITS) for part in parts)


def of_text(text: str) -> Set[int]:
    """Of a text as it looks: links, names and numbers are only that they are there; and the turns in it."""
    known = {_place("\0" + code, TEXT_BITS) for code in turns(text)}
    return _OF_TEXTS.of(" " + normal(text) + " ") | known


def normal(text: str) -> str:
    """The form in which texts are compared."""
    text = _LINK.sub(" \x02 ", text[:LONGEST])
    if "@" in text:
        text = _NAME.sub(" \x03 ", text)
    text = _NUMBER.sub("0", text)
    parts = (skeleton(text[at : at + 250]) for at in range(0, len(text), 250))
    return _SPACE.sub(" ", "".join(parts)).strip()


def is_han(text: str) -> bool:
    """Whether a text is written in Chinese characters for the most part that counts: one of them says as much as
    a short word."""
    return 4 * len(HAN.findall(text[:LONGEST])) > len(text[:LONGEST].strip())


def _place(text: str, bits: int) -> int:
    return crc32(text.encode("utf-8", "surrogatepass")) & ((1 << bits) - 1)

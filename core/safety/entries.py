"""Reading other people's lists: JSON, hosts files, tables and simple YAML all become a set of entries.

An entry is a host in ASCII small letters, or an address of a chain as it is written. What cannot be one is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from core.safety.hosts import host_of

_NOT_DENIED = frozenset({"allow", "allowlist", "whitelist", "fuzzylist", "tolerance", "version", "denysub"})
"""Keys of a JSON list whose values deny nobody."""
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}|(?=.*\d)[A-Za-z0-9]{26,90}")
_CONTENT = re.compile(r"Qm[1-9A-HJ-NP-Za-km-z]{44}|b[a-z2-7]{58}")


def read(text: str) -> frozenset[str]:
    """The entries of a list in any of the usual formats; empty when it is none of them."""
    if text.lstrip("\ufeff \r\n\t")[:1] in ("{", "["):
        try:
            return frozenset(filter(None, map(_entry, _strings(json.loads(text)))))
        except (ValueError, RecursionError):
            return frozenset()
    return frozenset(filter(None, map(_line, text.splitlines())))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name.lower() not in _NOT_DENIED:
                yield name
                yield from _strings(inner)


def _line(line: str) -> str:
    """ "0.0.0.0 host", "date<TAB>host", "- url: host", ".host" or the host alone; comments are nothing."""
    words = line.partition("#")[0].replace('"', " ").replace("'", " ").replace(",", " ").split()
    return _entry(words[-1]) if words else ""


def _entry(text: str) -> str:
    text = text.strip().strip(".")
    if _ADDRESS.fullmatch(text) or _CONTENT.fullmatch(text):
        return normal_address(text)
    text = text.partition("://")[2] or text
    name, _, rest = text.removeprefix("*.").partition("/")
    if rest:  # a page on somebody's host denies not the host
        return ""
    host = host_of(name) if "." in name else None
    return host.name.removeprefix("www.") if host and host.real and not host.ip else ""


def normal_address(text: str) -> str:
    """An address as it is compared: letter case means nothing where the digits are hexadecimal."""
    return text.lower() if text.lower().startswith("0x") else text

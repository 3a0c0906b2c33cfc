"""Links that lead to a person, a group or an app are checked as such: whose host it is says nothing.

The services and the shapes of their links are data, `scam/profiles.txt`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from core.safety.items import Item, Kind
from core.safety.skeleton import lines


def profile(link: str) -> Iterator[Item]:
    """What a link without "http://" and "www." leads to, if it is a profile, an invitation or an app."""
    head = link.partition("/")[0]
    patterns = _by_head().get(head.lower(), _by_head()[""]) if head.isascii() else _patterns()
    for service, kind, pattern in patterns:
        if found := pattern.match(link):
            value = found.groups()[-1]
            yield Item(kind, _shortest(service, value) if kind == "invite" else value, service=service)
            return


def invitation(link: str) -> str:
    """The one form of a link that invites, whichever of its addresses it has; any other text as it is."""
    bare = re.sub(r"^https?://(?:www\.)?", "", link.strip(), flags=re.IGNORECASE)
    return next((item.value for item in profile(bare) if item.kind == "invite"), link)


def _shortest(service: str, code: str) -> str:
    """The first form of an invitation that the data names for its service."""
    return next(
        shape.replace("*", code) for name, kind, shape in _lines() if (name, kind) == (service, "invite")
    )


_Patterns = tuple[tuple[str, Kind, re.Pattern[str]], ...]


@cache
def _by_head() -> dict[str, _Patterns]:
    """What stands before the first slash -> the patterns that can match; "": those that match behind anything."""
    heads = [shape.partition("/")[0] for _, _, shape in _lines()]
    fixed = ["" if "*" in head else head for head in heads]
    return {
        wanted: tuple(one for one, head in zip(_patterns(), fixed, strict=True) if head in ("", wanted))
        for wanted in ("", *fixed)
    }


@cache
def _patterns() -> _Patterns:
    return tuple((service, _kind(kind), _pattern(shape)) for service, kind, shape in _lines())


@cache
def _lines() -> tuple[tuple[str, str, str], ...]:
    parts = (line.split() for line in lines("profiles"))
    return tuple((service, kind, shape) for service, kind, shape in parts)


def _kind(text: str) -> Kind:
    kinds: dict[str, Kind] = {
        "handle": "handle", "invite": "invite", "id": "id", "app": "app", "phone": "phone"
    }  # fmt: skip
    return kinds[text]


def _pattern(shape: str) -> re.Pattern[str]:
    made = re.escape(shape).replace(r"\*", r"@?([\w.-]{1,64})")
    return re.compile(made + r"(?:[/?#&].{0,500})?$", re.IGNORECASE)

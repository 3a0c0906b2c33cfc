"""Texts compiled at load: a small markup with holes, filled in microseconds, where a value is never parsed.

    **bold**   `code`   [label](https://host/path)   lines that begin with "- "   \\* for a plain asterisk
    {name}   {n:number}   {at:datetime}   {at:time}   {left:duration}   {id:code}

Marks never overlap, so that every platform can draw them. A link's host is always written out: a hole may
stand in its path only, and its value is percent-encoded there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal
from urllib.parse import quote

from core.conversation import formats
from core.conversation.model import Mark, Rich
from core.conversation.pieces import join, split, utf16
from core.errors import HelplineError

__all__ = ["Template", "TextError", "join", "negotiate", "parse", "plain", "split", "utf16"]

MISSING = "…"
"""What a hole shows for which there is no value."""
CATEGORIES = ("zero", "one", "two", "few", "many", "other")
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]+"
)
_SPACES = re.compile(r"[ \t\r\n\x0b\x0c\x85\u2028\u2029]+")
_HOLE = re.compile(r"\{([a-z_][a-z0-9_]*)(?::([a-z]+))?\}")
_LINK = re.compile(r"\[((?:[^\[\]\\\n]|\\.)+)\]\(([^()\s]*)\)")
_URL = re.compile(r"https://[a-z0-9.-]+(:[0-9]+)?([/?#].*)?", re.IGNORECASE)
_BULLET = re.compile(r"^- ", re.MULTILINE)
_TOKEN = re.compile(r"\\.|\*\*|`|\{[^{}\n]*\}|\[(?:[^\[\]\\\n]|\\.)+\]\([^()\s]*\)|[{}]", re.DOTALL)
_ESCAPED = frozenset("\\*`[](){}-_")

Style = Literal["", "bold", "code", "link"]


class TextError(HelplineError):
    """Broken markup. `code` is an operator's sentence in `core/words`, `holes` are its values."""

    def __init__(self, code: str, holes: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.holes = dict(holes or {})


def plain(value: str) -> str:
    """A value on one line, without control, zero-width and direction characters; only ZWJ stays, for emoji."""
    if value.isprintable():
        return value
    return _UNSAFE.sub("", _SPACES.sub(" ", value))


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of a text: a literal or a hole, with the mark that it lies in."""

    text: str = ""
    hole: str = ""
    kind: str = ""
    style: Style = ""
    url: tuple[tuple[str, str], ...] = ()
    """A link's address in (literal, hole) pairs."""
    group: int = 0
    """Neighbouring parts of one group share one mark."""


@dataclass(frozen=True, slots=True)
class _Form:
    """One parsed text. `ready` is the finished text when nothing has to be filled in."""

    parts: tuple[_Part, ...]
    ready: Rich | None

    @property
    def holes(self) -> frozenset[str]:
        named = {part.hole for part in self.parts}
        named.update(hole for part in self.parts for _, hole in part.url)
        return frozenset(named - {""})

    def fill(self, holes: Mapping[str, str], language: str, zone: str) -> Rich:
        shown: list[str] = []
        marks: list[Mark] = []
        at = group = 0
        for part in self.parts:
            text = _value(part, holes, language, zone) if part.hole else part.text
            shown.append(text)
            if part.style and text:
                if part.group == group:
                    marks[-1] = Mark(marks[-1].start, at + len(text), marks[-1].kind, marks[-1].url)
                else:
                    marks.append(Mark(at, at + len(text), part.style, _address(part.url, holes)))
                    group = part.group
            at += len(text)
        return Rich("".join(shown), tuple(marks))


def _value(part: _Part, holes: Mapping[str, str], language: str, zone: str) -> str:
    value = holes.get(part.hole)
    if value is None:
        return MISSING
    return formats.show(part.kind, plain(value), language, zone) if part.kind else plain(value)


def _address(url: tuple[tuple[str, str], ...], holes: Mapping[str, str]) -> str:
    return "".join(text + (quote(plain(holes.get(hole, "")), safe="") if hole else "") for text, hole in url)


@dataclass(frozen=True, slots=True)
class Template:
    """A text as it was written, compiled. `holes` are the names of its values."""

    source: str
    holes: frozenset[str]
    _forms: Mapping[str, _Form] = field(repr=False)
    """Plural category -> text; a text without plurals has "other" only."""
    _count: str = field(default="", repr=False)
    _ready: Rich | None = field(default=None, repr=False)

    @property
    def links(self) -> tuple[str, ...]:
        """The addresses that this text links to, with their holes as written."""
        return tuple(
            dict.fromkeys(
                "".join(text + (f"{{{hole}}}" if hole else "") for text, hole in part.url)
                for form in self._forms.values()
                for part in form.parts
                if part.url
            )
        )

    def fill(self, holes: Mapping[str, str], language: str, zone: str = "UTC") -> Rich:
        """The text with its values as plain text; a missing value shows "…". Never raises.

        Values are strings: epoch seconds for datetime and time, seconds for duration. `zone` is a zone's name.
        """
        if self._ready is not None:
            return self._ready
        form = self._forms["other"]
        if self._count:
            form = self._forms.get(formats.plural(holes.get(self._count, ""), language), form)
        return form.ready or form.fill(holes, language, zone)


def parse(source: str | Mapping[str, str]) -> Template:
    """Compile a text, or a plural `{count: hole, one: …, other: …}`.

    Raises:
        TextError: for broken markup; its code says what is broken.
    """
    if isinstance(source, str):
        form = _form(source)
        return Template(source, form.holes, {"other": form}, "", form.ready)
    count, *categories = source.get("count", ""), *(name for name in source if name != "count")
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", count) or "other" not in categories:
        raise TextError("text.plural")
    for name in categories:
        if name not in CATEGORIES:
            raise TextError("text.plural_category", {"category": name})
    forms = {name: _form(source[name]) for name in categories}
    holes = frozenset({count}).union(*(form.holes for form in forms.values()))
    return Template("\n".join(source[name] for name in categories), holes, forms, count)


def _form(source: str) -> _Form:
    text = _BULLET.sub("• ", source.strip())
    if not text:
        raise TextError("text.empty")
    form = _Form(tuple(_parts(text)), None)
    return form if form.holes else _Form(form.parts, form.fill({}, "", ""))


def _parts(text: str) -> list[_Part]:
    """Walk the tokens once; `style` is the mark that is open, `group` its number."""
    parts: list[_Part] = []
    style: Style = ""
    group = at = 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        if match.start() > at:
            parts.append(_Part(text[at : match.start()], style=style, group=group))
        at = match.end()
        if turn := _MARKS.get(token):
            if style and style != turn:
                raise TextError("text.nested", {"mark": token})
            group += not style
            style = "" if style else turn
        elif token[0] == "[":
            group += 1
            parts.extend(_link(token, style, group))
        else:
            parts.append(_single(token, style, group))
            group += token.endswith(":code}")
    if style:
        raise TextError("text.unclosed", {"mark": "**" if style == "bold" else "`"})
    if at < len(text):
        parts.append(_Part(text[at:]))
    return parts


_MARKS: Mapping[str, Style] = {"**": "bold", "`": "code"}


def _single(token: str, style: Style, group: int) -> _Part:
    """An escaped character or a hole."""
    if token[0] == "\\":
        return _Part(token[1] if token[1] in _ESCAPED else token, style=style, group=group)
    match = _HOLE.fullmatch(token)
    if match is None:
        raise TextError("text.hole", {"hole": token})
    name, kind = match[1], match[2] or ""
    if kind == "code":
        if style:
            raise TextError("text.nested", {"mark": token})
        return _Part(hole=name, style="code", group=group + 1)
    if kind and kind not in formats.KINDS:
        raise TextError("text.hole_kind", {"hole": name, "kind": kind})
    return _Part(hole=name, kind=kind, style=style, group=group)


def _link(token: str, style: Style, group: int) -> list[_Part]:
    """A link's label may hold holes and escapes, and no other mark."""
    match = _LINK.fullmatch(token)
    label, url = (match[1], match[2]) if match else ("", "")
    host = _URL.fullmatch(url)
    if host is None:
        raise TextError("text.link_address", {"address": url})
    if style:
        raise TextError("text.nested", {"mark": token})
    address = tuple(_pairs(url))
    inner = _parts(label)
    if any(part.style for part in inner):
        raise TextError("text.nested", {"mark": token})
    return [_Part(part.text, part.hole, part.kind, "link", address, group) for part in inner]


def _pairs(url: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    at = 0
    for match in re.finditer(r"\{([^{}]*)\}", url):
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", match[1]):
            raise TextError("text.hole", {"hole": match[0]})
        pairs.append((url[at : match.start()], match[1]))
        at = match.end()
    return [*pairs, (url[at:], "")]


def negotiate(hint: str, languages: Sequence[str]) -> str:
    """The language on offer that fits a platform's hint ("zh-hans", "en-GB"); the first one when none does."""
    return _negotiated(hint[:40], tuple(languages))


@lru_cache(maxsize=512)
def _negotiated(hint: str, languages: tuple[str, ...]) -> str:
    if not hint:
        return languages[0]
    from babel import negotiate_locale

    offered = {language.replace("_", "-").casefold(): language for language in languages}
    wanted = hint.strip().replace("_", "-")
    found = negotiate_locale([wanted], list(offered), sep="-")
    return offered.get(found.casefold(), languages[0]) if found else languages[0]

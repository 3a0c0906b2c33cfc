"""A message's text as pieces that a template can draw: a stretch of plain text, its styles, and where it leads.

Two readings, one form: Telegram's entities (offsets in UTF-16 units) and the part of Discord's markdown that bots
send. Nothing here makes HTML; the templates escape every piece.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

STYLES = {
    "bold": "bold",
    "italic": "italic",
    "underline": "underline",
    "strikethrough": "struck",
    "spoiler": "spoiler",
    "code": "code",
    "pre": "code",
    "blockquote": "quote",
    "text_link": "link",
    "url": "link",
    "mention": "link",
    "bot_command": "link",
}
"""Entity type -> class of the page."""
_TOKEN = re.compile(
    r"\\(?P<escaped>[\\*_~|`>\[\]()#-])"
    r"|```(?:[a-z]*\n)?(?P<block>[^`]{1,3900})```"
    r"|`(?P<code>[^`\n]{1,1900})`"
    r"|\[(?P<label>[^\[\]\n]{1,300})\]\(<?(?P<target>https?://[^\s()<>]{1,500})>?\)"
    r"|<?(?P<url>https?://[^\s<>]{1,500})>?"
    r"|(?P<mark>\*\*|__|~~|\*|_)"
)
_MARKS = {"**": "bold", "__": "underline", "~~": "struck", "*": "italic", "_": "italic"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text in which nothing changes. `styles` are class names; `url` only where a link was sent."""

    text: str
    styles: tuple[str, ...] = ()
    url: str = ""


def from_entities(text: str, entities: Sequence[Mapping[str, Any]]) -> list[Piece]:
    """A text with the Bot API's entities, which may overlap; those that point outside are cut."""
    raw = text.encode("utf-16-le", "surrogatepass")
    spans = [_span(entity, len(raw) // 2) for entity in entities]
    edges = sorted({0, len(raw) // 2, *(edge for start, end, _ in spans for edge in (start, end))})
    pieces = []
    for start, end in pairwise(edges):
        over = [entity for first, last, entity in spans if first <= start and end <= last]
        names = dict.fromkeys(STYLES[entity["type"]] for entity in over if entity["type"] in STYLES)
        url = next((str(entity["url"]) for entity in over if "url" in entity), "")
        chunk = raw[start * 2 : end * 2].decode("utf-16-le", "replace")
        pieces.append(Piece(chunk, tuple(names), url))
    return pieces


def _span(entity: Mapping[str, Any], longest: int) -> tuple[int, int, Mapping[str, Any]]:
    start = min(max(int(entity["offset"]), 0), longest)
    return start, min(max(start + int(entity["length"]), start), longest), entity


def from_markdown(text: str) -> list[Piece]:
    """A text with Discord's markdown. A mark without its partner stays as it was written."""
    pieces: list[Piece] = []
    styles: list[str] = []
    at = 0
    for found in _TOKEN.finditer(text):
        _add(pieces, text[at : found.start()], styles)
        at = found.end()
        mark = found["mark"]
        if mark and not _toggles(mark, text, found, styles):
            _add(pieces, mark, styles)
        elif found["escaped"]:
            _add(pieces, found["escaped"], styles)
        elif code := found["block"] or found["code"]:
            pieces.append(Piece(code.strip("\n"), (*styles, "code")))
        elif found["label"]:
            pieces.append(Piece(found["label"], (*styles, "link"), found["target"]))
        elif found["url"]:
            pieces.append(Piece(found["url"], (*styles, "link"), found["url"]))
    _add(pieces, text[at:], styles)
    return pieces


def _toggles(mark: str, text: str, found: re.Match[str], styles: list[str]) -> bool:
    """Begin or end a style; False when the mark is only a character here."""
    style = _MARKS[mark]
    if style in styles:
        styles.remove(style)
        return True
    inside_a_word = mark == "_" and found.start() > 0 and text[found.start() - 1].isalnum()
    if inside_a_word or text.find(mark, found.end()) <= found.end():
        return False
    styles.append(style)
    return True


def _add(pieces: list[Piece], text: str, styles: Sequence[str]) -> None:
    if text:
        pieces.append(Piece(text, tuple(styles)))

"""Measuring, joining and cutting rich texts, so that a long answer becomes several messages that each fit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Literal

from core.conversation.model import Mark, Rich

Unit = Literal["utf16", "char"]
PARAGRAPH = "\n\n"
_SENTENCE = re.compile(r"[。！？；…!?][”’」』）)\"']?|[.;][\"')]?(?=\s)")
_LOOK_BACK = 64
"""Code points that a hard cut may step back to spare a character; longer sequences are cut anyhow."""


def utf16(text: str) -> int:
    """UTF-16 units of a text: what some platforms count."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def join(blocks: Sequence[Rich]) -> Rich:
    """One text of all blocks, an empty line between them, the marks moved along."""
    if len(blocks) == 1:
        return blocks[0]
    marks: list[Mark] = []
    at = 0
    for block in blocks:
        marks.extend(Mark(mark.start + at, mark.end + at, mark.kind, mark.url) for mark in block.marks)
        at += len(block.text) + len(PARAGRAPH)
    return Rich(PARAGRAPH.join(block.text for block in blocks), tuple(marks))


def split(message_blocks: Sequence[Rich], limit: int, unit: Unit) -> list[tuple[Rich, ...]]:
    """The blocks dealt out to messages of at most `limit` units each, at least one message.

    A block that is too long is cut at a paragraph, else a line, else a sentence, else a word, else
    between two characters. A message is longer than `limit` only when one code point is.

    Raises:
        ValueError: when the limit is not positive.
    """
    if limit < 1:
        raise ValueError("a text limit must be positive")
    messages: list[tuple[Rich, ...]] = []
    current: list[Rich] = []
    used = 0
    for block in message_blocks:
        for piece in _cut(block, limit, unit):
            size = _size(piece.text, unit)
            if current and used + len(PARAGRAPH) + size > limit:
                messages.append(tuple(current))
                current, used = [], 0
            used += size + (len(PARAGRAPH) if current else 0)
            current.append(piece)
    if current or not messages:
        messages.append(tuple(current))
    return messages


def _size(text: str, unit: Unit) -> int:
    return utf16(text) if unit == "utf16" else len(text)


def _cut(block: Rich, limit: int, unit: Unit) -> Iterator[Rich]:
    """Pieces of one block that fit; white space at the cuts is dropped, and so are empty pieces."""
    text = block.text
    if _size(text, unit) <= limit:
        if text.strip():
            yield block
        return
    start = 0
    while start < len(text):
        if text[start].isspace():
            start += 1
            continue
        end = _reach(text, start, limit, unit)
        if end < len(text):
            end = _break(text, start, end)
        stop = start + len(text[start:end].rstrip())
        yield Rich(text[start:stop], _within(block.marks, start, stop))
        start = end


def _reach(text: str, start: int, limit: int, unit: Unit) -> int:
    """The furthest end whose piece still fits, at least one code point."""
    end = min(len(text), start + limit)
    if unit == "char" or utf16(text[start:end]) <= limit:
        return end
    room, end = limit, start
    while room >= (width := 2 if text[end] > "\uffff" else 1):
        room -= width
        end += 1
    return max(end, start + 1)


def _break(text: str, start: int, end: int) -> int:
    """The best place to cut in (start, end]; a place in the first quarter would waste the message."""
    least = start + (end - start) // 4 + 1
    for mark in (PARAGRAPH, "\n"):
        found = text.rfind(mark, least, end)
        if found > 0:
            return found
    sentences = [match.end() for match in _SENTENCE.finditer(text, least, end)]
    if sentences:
        return sentences[-1]
    found = text.rfind(" ", least, end)
    return found if found > 0 else _between(text, start, end)


def _between(text: str, start: int, end: int) -> int:
    """The last place at or before `end` that does not tear a visible character apart."""
    for place in range(end, max(start, end - _LOOK_BACK), -1):
        if not _joined(text, place):
            return place
    return end


def _joined(text: str, place: int) -> bool:
    """Whether the code points before and after `place` belong to one visible character."""
    before, after = text[place - 1], text[place]
    if after == "\u200d" or before == "\u200d" or "\U0001f3fb" <= after <= "\U0001f3ff":
        return True
    if _flag(before) and _flag(after):
        run = 1
        while run < _LOOK_BACK and place - run - 1 >= 0 and _flag(text[place - run - 1]):
            run += 1
        return run % 2 == 1
    if "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff":
        return True
    return unicodedata.category(after).startswith("M") or "\U000e0020" <= after <= "\U000e007f"


def _flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _within(marks: Sequence[Mark], start: int, end: int) -> tuple[Mark, ...]:
    return tuple(
        Mark(max(mark.start, start) - start, min(mark.end, end) - start, mark.kind, mark.url)
        for mark in marks
        if mark.start < end and mark.end > start
    )

"""Pure: a rich text of ours -> Discord's markdown, in which only our own marks mean anything.

Law of this file: nothing that a person or a flow wrote can become a mention, a heading, a list, a link with
another face, a spoiler or an invitation. What has a meaning is escaped; what cannot be escaped is parted by a
character without width. Only a plain https address stays one, in "<…>", so that no preview is drawn.
"""

from __future__ import annotations

import re

from core.conversation.model import Mark, Rich

GAP = "\u200b"
"""Has no width; parts what would mean something together."""
_URL = re.compile(r"https://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d{1,5})?(?:/[A-Za-z0-9/_~.%=&?+-]*)?")
_PLACE = re.compile(r"discord(?:app)?(?=\.(?:gg|com|new|gift)\b)", re.IGNORECASE)
_TELLING = re.compile(r"[\\*_~`|\[\]()<>#]|:(?=//)|^(?P<lead>[ \t]*)(?=[-+])", re.MULTILINE)
_EVERYBODY = re.compile(r"@(?=everyone|here|[!&]?\d)", re.IGNORECASE)
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f]")


def markdown(rich: Rich) -> str:
    """The text as Discord's markdown."""
    parts: list[str] = []
    at, closed = 0, False
    for mark in sorted(rich.marks, key=lambda mark: mark.start):
        start, end = max(mark.start, at), min(mark.end, len(rich.text))
        if start >= end:
            continue
        before = escape(rich.text[at:start])
        drawn = _marked(mark, rich.text[start:end])
        parts += [before, GAP if closed and not before else "", drawn]
        at, closed = end, True
    return "".join([*parts, escape(rich.text[at:])])


def escape(text: str) -> str:
    """A text that means nothing but itself."""
    text = _TURNING.sub("", text)
    parts: list[str] = []
    at = 0
    for found in _URL.finditer(text):
        url = found.group().rstrip(".?&+")
        if _PLACE.search(url):  # an invitation is shown as one, however it is written
            continue
        parts += [_escaped(text[at : found.start()]), f"<{url}>"]
        at = found.start() + len(url)
    return "".join([*parts, _escaped(text[at:])])


def _escaped(text: str) -> str:
    text = _EVERYBODY.sub(f"@{GAP}", _PLACE.sub(rf"\g<0>{GAP}", text))
    return _TELLING.sub(
        lambda found: f"{found.group()}\\" if found["lead"] is not None else f"\\{found.group()}", text
    )


def _marked(mark: Mark, text: str) -> str:
    if not text.strip():
        return text
    if mark.kind == "code":
        inside = _PLACE.sub(rf"\g<0>{GAP}", _TURNING.sub("", text)).replace("`", "ˋ").replace("\n", " ")
        return f"`{inside}`"
    if mark.kind == "link" and (url := _address(mark.url)):
        return f"<{url}>" if text == mark.url else f"[{_escaped(_TURNING.sub('', text))}](<{url}>)"
    if mark.kind == "bold":
        return f"**{escape(text)}**"
    return escape(text)


def _address(url: str) -> str:
    """An address that cannot leave its brackets; "" for anything but https."""
    if not url.startswith("https://"):
        return ""
    return "".join(
        c if c.isprintable() and c not in '<>() "\\`' else "".join(f"%{b:02X}" for b in c.encode())
        for c in url
    )

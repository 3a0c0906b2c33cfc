"""Pure: a message of ours -> the JSON of Discord's messages: content, components, and nobody mentioned.

Few choices become buttons, many a menu to select from. A form button is added where a person has no other way
to write: what they type in a server, everybody could read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from bots.discord.markdown import markdown
from bots.discord.read import ELSEWHERE, FORM, OPEN
from bots.wellformed import wellformed
from core.channel import Sign
from core.conversation.model import Address, Choice, Message, Rich
from core.conversation.texts import join, split, utf16

LIMIT = 2000
"""UTF-16 units of a message; whether Discord counts code points is not documented, so the smaller reading."""
LABEL, OPTION, LINK, ALT = 80, 100, 512, 1024
BUTTONS, ROW, ROWS, OPTIONS = 25, 5, 5, 25
NO_EMBEDS, EPHEMERAL = 1 << 2, 1 << 6
NOBODY: dict[str, Any] = {"parse": []}
_ROW, _BUTTON, _SELECT = 1, 2, 3
_QUIET, _URGENT, _LINK = 2, 4, 5
_WIDTH = 24
"""Columns of one row on a phone; a Chinese character takes two."""

Json = dict[str, Any]


def draw(
    address: Address, message: Message, sign: Sign, form: str = "", *, elsewhere: bool = False
) -> list[Json]:
    """The bodies of one or more messages; all but the first are needed only when escaping made it too long.

    `form` is the label of a button that opens a form. `elsewhere`: this is shown in another chat than the
    conversation's own, so the buttons say to which they belong.

    Raises:
        ValueError: when a choice's name is too long for a button.
    """
    bodies = [
        body(text) for text in _texts(message.blocks, f"<@&{message.mention}>\n" if message.mention else "")
    ]
    if message.picture:
        told = cut(message.picture.alt, ALT)
        bodies[0]["attachments"] = [{"id": 0, "filename": message.picture.name, "description": told}]
        bodies[0]["content"] = bodies[0]["content"] if message.blocks else ""
    if message.mention:
        bodies[0]["allowed_mentions"] = NOBODY | {"roles": [message.mention]}
    place = f"{address.chat}{ELSEWHERE}" if elsewhere else ""
    routed = [(choice, _route(address, message.visit, choice, sign, place)) for choice in message.choices]
    bodies[-1]["components"] = components([pair for pair in routed if pair[1]], form)
    return bodies


def instead(body: Json) -> Json:
    """A body in place of an earlier one: of that one's pictures none stays."""
    return body | {"attachments": body.get("attachments", [])}


def body(content: str, rows: Sequence[Json] = ()) -> Json:
    """A message of this content, in which nobody is mentioned and no preview is drawn."""
    return {
        "content": content,
        "components": list(rows),
        "allowed_mentions": NOBODY,
        "flags": NO_EMBEDS,
    }


def _texts(blocks: Sequence[Rich], head: str = "") -> list[str]:
    """The content behind its head, in pieces that are short enough as they are drawn."""
    limit, pieces = LIMIT, [tuple(blocks)]
    while True:
        texts = [wellformed(markdown(join(piece) if piece else Rich(""))) for piece in pieces]
        texts[0] = head + texts[0]
        if limit < 16 or all(utf16(text) <= LIMIT for text in texts):
            return [_shown(text) for text in texts]
        limit //= 2
        pieces = split(blocks, limit, "utf16")


def _shown(text: str) -> str:
    """Never longer than allowed, and never empty: Discord would refuse either."""
    while utf16(text) > LIMIT:
        text = text[: LIMIT // 2]
    return text if text.strip() else "…"


def _route(address: Address, visit: int, choice: Choice, sign: Sign, place: str) -> str:
    """What a choice sends back, or the address that it opens; "" when it can do neither."""
    if choice.url.startswith(OPEN):
        return choice.url
    if choice.url:
        return choice.url if choice.url.startswith("https://") and len(choice.url) <= LINK else ""
    return place + sign(address, visit, choice.name)


def components(choices: Sequence[tuple[Choice, str]], form: str = "") -> list[Json]:
    """Rows of buttons, or menus where there are too many choices for buttons."""
    more = [button(form, FORM)] if form else []
    if len(choices) + len(more) <= BUTTONS:
        return _rows([_button(*pair) for pair in choices] + more)
    links = [_button(*pair) for pair in choices if _is_link(pair[1])]
    rest = [pair for pair in choices if not _is_link(pair[1])]
    below = _rows((links + more)[:ROW]) if links or more else []
    return (list(_menus(rest))[: ROWS - len(below)]) + below


def button(label: str, route: str, style: int = _QUIET) -> Json:
    """A button that comes back as `route`."""
    return {"type": _BUTTON, "style": style, "label": cut(label, LABEL), "custom_id": route}


def _button(choice: Choice, route: str) -> Json:
    if _is_link(route):
        return {"type": _BUTTON, "style": _LINK, "label": cut(choice.label, LABEL), "url": route}
    return button(choice.label, route, _URGENT if choice.name == "@emergency" else _QUIET)


def _is_link(route: str) -> bool:
    return route.startswith("https://")


def _menus(choices: Sequence[tuple[Choice, str]]) -> Iterator[Json]:
    for start in range(0, len(choices), OPTIONS):
        options = [
            {"label": cut(choice.label, OPTION), "value": route}
            for choice, route in choices[start : start + OPTIONS]
        ]
        select = {"type": _SELECT, "custom_id": f"select{start // OPTIONS}", "options": options}
        yield {"type": _ROW, "components": [select]}


def _rows(buttons: Sequence[Json]) -> list[Json]:
    """Short buttons side by side, long ones alone, in their order, in as many rows as there may be."""
    width = _WIDTH
    while len(rows := list(_packed(buttons, width))) > ROWS:
        width *= 2
    return [{"type": _ROW, "components": row} for row in rows]


def _packed(buttons: Sequence[Json], width: int) -> Iterator[list[Json]]:
    row: list[Json] = []
    used = 0
    for one in buttons:
        needs = columns(one["label"]) + 4
        if row and (len(row) == ROW or used + needs > width):
            yield row
            row, used = [], 0
        row.append(one)
        used += needs
    if row:
        yield row


@lru_cache(maxsize=4096)
def columns(label: str) -> int:
    """How wide a label is drawn: wide characters count two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in label)


@lru_cache(maxsize=4096)
def cut(label: str, most: int) -> str:
    """A label of at most so many UTF-16 units, never empty."""
    label = wellformed(label).strip() or "…"
    if utf16(label) <= most:
        return label
    while utf16(label) >= most:
        label = label[:-1]
    return f"{label}…"

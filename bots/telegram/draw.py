"""Pure: a message of ours -> the parameters of sendMessage or sendPhoto. Text and entities, never a parse mode.

Telegram counts offsets in UTF-16 units. Whatever a person wrote arrives as it is: with entities there is
nothing to escape, so no text can break its own message.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from bots.wellformed import wellformed
from core.channel import Sign
from core.conversation.model import Address, Choice, Mark, Message
from core.conversation.texts import join, utf16

SHORT = 14
"""Display columns up to which two buttons fit side by side on a phone; a Chinese character takes two."""
PHOTO = "photo"
"""The parameter that holds the name of a message's picture until `photos` knows what Telegram calls it."""
MOST_ENTITIES = 100
MOST_BUTTONS = 100
_KINDS = {"bold": "bold", "code": "code", "link": "text_link"}

Params = dict[str, Any]


def draw(address: Address, message: Message, sign: Sign) -> Params:
    """The parameters of this message to this address; `sign` makes the routes of its buttons. With a picture they
    are those of sendPhoto, and its text is a caption: nothing tells Telegram what a picture shows.

    Raises:
        ValueError: when a choice's name is too long for a button.
    """
    rich = join(message.blocks)
    text, entities = wellformed(rich.text), _entities(rich.text, rich.marks) if rich.marks else []
    params: Params = {"chat_id": chat_id(address.chat)}
    if message.picture is None:
        params |= {"text": text, "link_preview_options": {"is_disabled": True}}
    else:
        params |= {PHOTO: message.picture.name, "caption": text}
    if entities:
        params["caption_entities" if message.picture else "entities"] = entities
    if address.thread:
        params["message_thread_id"] = int(address.thread)
    if message.choices:
        buttons = [_button(address, message.visit, choice, sign) for choice in message.choices]
        params["reply_markup"] = {"inline_keyboard": _rows(buttons)}
    return params


def chat_id(chat: str) -> int | str:
    """Telegram's ids are numbers; a public name ("@channel") stays a name."""
    return int(chat) if chat.removeprefix("-").isdecimal() else chat


@lru_cache(maxsize=1024)
def columns(label: str) -> int:
    """How wide a label is drawn: wide characters count two, combining ones nothing."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in label
    )


def _entities(text: str, marks: Sequence[Mark]) -> list[dict[str, Any]]:
    entities = []
    for mark in marks[:MOST_ENTITIES]:
        start, end = max(mark.start, 0), min(mark.end, len(text))
        if start >= end:
            continue
        entity: dict[str, Any] = {
            "type": _KINDS[mark.kind],
            "offset": utf16(text[:start]),
            "length": utf16(text[start:end]),
        }
        if mark.kind == "link":
            entity["url"] = mark.url
        entities.append(entity)
    return entities


def _button(address: Address, visit: int, choice: Choice, sign: Sign) -> dict[str, str]:
    label = wellformed(choice.label)
    if choice.url:
        return {"text": label, "url": choice.url}
    return {"text": label, "callback_data": sign(address, visit, choice.name)}


def _rows(buttons: Sequence[dict[str, str]]) -> list[list[dict[str, str]]]:
    """Two short buttons to a row, a long one alone, in their order."""
    rows: list[list[dict[str, str]]] = []
    room = False
    for button in buttons[:MOST_BUTTONS]:
        short = columns(button["text"]) <= SHORT
        if short and room:
            rows[-1].append(button)
            room = False
        else:
            rows.append([button])
            room = short
    return rows

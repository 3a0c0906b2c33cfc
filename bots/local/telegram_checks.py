"""What the Bot API refuses in a text, its entities and its keyboards, and what it finds in a person's text.

Lengths and offsets count UTF-16 code units. Texts of refusals marked "wording unverified" are ours.
"""

from __future__ import annotations

import re
from typing import Any

from bots.local.telegram_wire import Json, Params, bad_request

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
CALLBACK_BYTES = 64
MOST_BUTTONS = 100

ENTITY_TYPES = frozenset(
    [
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    ]
)
BUTTON_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_ENTITY_FIELDS = ("type", "offset", "length", "url", "user", "language", "custom_emoji_id")
_FOUND = re.compile(
    r"(?<!\S)(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)"
    r"|(?P<url>https?://[^\s]+)"
    r"|(?<![\w@])(?P<mention>@[A-Za-z]\w{3,31})",
    re.ASCII,
)


def units(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text) + sum(char > "\uffff" for char in text) if not text.isascii() else len(text)


def found_entities(text: str) -> list[Json]:
    """The commands, links and mentions that a client marks in a person's text."""
    return [
        {"type": hit.lastgroup, "offset": units(text[: hit.start()]), "length": units(hit.group())}
        for hit in _FOUND.finditer(text)
    ]


def checked_text(params: Params, name: str = "text") -> str:
    """The text of a message.

    Raises:
        ApiError: 400, it is empty, too long, or asks for a parse mode, which this stand-in does not read.
    """
    text = params.text(name)
    _refuse_parse_mode(params)
    if not text.strip():
        raise bad_request("message text is empty")
    if units(text) > TEXT_UNITS:
        raise bad_request("message is too long")  # wording unverified
    return text


def checked_caption(params: Params) -> str:
    """The caption of a file, "" when there is none.

    Raises:
        ApiError: 400, it is too long or asks for a parse mode.
    """
    text = params.text("caption")
    _refuse_parse_mode(params)
    if units(text) > CAPTION_UNITS:
        raise bad_request("message caption is too long")  # wording unverified
    return text


def _refuse_parse_mode(params: Params) -> None:
    # To accept markup without reading it would show people the wrong text: better to say so.
    if params.text("parse_mode"):
        raise bad_request("unsupported parse_mode")


def checked_entities(params: Params, text: str, name: str = "entities") -> list[Json]:
    """The entities of a text, in order of their offset.

    Raises:
        ApiError: 400, one lies outside the text, cuts a surrogate pair or has no such type.
    """
    given = params.data(name)
    if not given:
        return []
    if not isinstance(given, list):
        raise bad_request("can't parse entities: expected an Array")  # wording unverified
    cuts = _surrogate_cuts(text)
    total = units(text)
    return sorted(
        (_entity(one, total, cuts) for one in given), key=lambda one: (one["offset"], -one["length"])
    )


def _surrogate_cuts(text: str) -> set[int]:
    """The UTF-16 offsets that lie inside a character."""
    cuts: set[int] = set()
    if not text.isascii():
        at = 0
        for char in text:
            at += 1
            if char > "\uffff":
                cuts.add(at)
                at += 1
    return cuts


def _entity(one: Any, total: int, cuts: set[int]) -> Json:
    if not isinstance(one, dict):
        raise bad_request("can't parse MessageEntity: expected an Object")
    if one.get("type") not in ENTITY_TYPES:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    start, length = one.get("offset"), one.get("length")
    if not isinstance(start, int) or not isinstance(length, int) or start < 0 or length <= 0:
        raise bad_request(
            "can't parse MessageEntity: offset and length must be positive"
        )  # wording unverified
    if start + length > total:
        raise bad_request(
            f"entity beginning at UTF-16 offset {start} ends after the end of the text "
            f"at UTF-16 offset {start + length}"
        )
    if start in cuts or start + length in cuts:
        raise bad_request(f"entity beginning at UTF-16 offset {start} ends in a middle of a UTF-16 symbol")
    if one["type"] == "text_link" and not str(one.get("url", "")).strip():
        raise bad_request("can't parse MessageEntity: URL must be non-empty")  # wording unverified
    return {key: one[key] for key in _ENTITY_FIELDS if key in one}


def checked_markup(params: Params, *, inline_only: bool = False) -> Json | None:
    """The inline keyboard to show, None when there is none (or only a reply keyboard, which no message shows).

    Raises:
        ApiError: 400, a button or the keyboard is not allowed.
    """
    markup = params.data("reply_markup")
    if not markup:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup:
        if inline_only or not markup.keys() & {"keyboard", "remove_keyboard", "force_reply"}:
            raise bad_request("inline keyboard expected")
        return None
    rows = [[_button(button) for button in row] for row in _rows(markup["inline_keyboard"])]
    rows = [row for row in rows if row]
    if sum(map(len, rows)) > MOST_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")  # wording unverified
    return {"inline_keyboard": rows} if rows else None


def _rows(rows: Any) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be of type Array')
    return rows


def _button(button: Any) -> Json:
    broken = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad_request(broken + "expected an Object")
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad_request(broken + 'field "text" must be of type String')
    actions = [name for name in BUTTON_ACTIONS if name in button]
    if len(actions) != 1:
        # The first wording is the server's; that of two actions in one button is unverified.
        tail = "Text buttons are unallowed in the inline keyboard" if not actions else "exactly one action"
        raise bad_request(broken + tail)
    if button.get("style", "primary") not in ("primary", "success", "danger"):
        raise bad_request(broken + "unsupported style")  # wording unverified
    _check_action(actions[0], button[actions[0]])
    return dict(button)


def _check_action(action: str, value: Any) -> None:
    if action == "callback_data" and not (
        isinstance(value, str) and 1 <= len(value.encode(errors="surrogatepass")) <= CALLBACK_BYTES
    ):
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "url" and not re.match(r"(https?|tg)://\S", str(value)):
        raise bad_request("BUTTON_URL_INVALID")  # wording unverified
    if action == "copy_text" and not (
        isinstance(value, dict) and 1 <= len(str(value.get("text", ""))) <= 256
    ):
        raise bad_request("BUTTON_COPY_TEXT_INVALID")  # wording unverified

"""What really happened, for each error of the library: the one table between telegram.error and core.errors.

An error is classed by its cause and, for a 400, by its description; never by its type alone, since the library
makes both a lost answer and a refused text a NetworkError. A test fails when the library gains an error that
is not in `TABLE`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import cast

from telegram import error as library

from bots.telegram.request import NothingSent
from core.errors import (
    Blocked,
    DeliveryError,
    Displaced,
    Halted,
    Malformed,
    Moved,
    NotSent,
    Refused,
    SlowDown,
    Unsure,
)


class Already(DeliveryError):
    """What was asked for is so already: an unchanged edit, a message that is gone before its erasure."""


class Late(Refused):
    """The press is too old to be answered. Nothing is lost: the answer itself is a message of its own."""


class Uneditable(Refused):
    """The message cannot be edited any more: say it in a new one."""


class Pictured(Uneditable):
    """What is to be edited as a text is a picture with a caption."""


class Forgotten(Refused):
    """Telegram does not know a file by this name (any more): it has to be uploaded."""


DESCRIPTIONS: tuple[tuple[str, type[DeliveryError]], ...] = (
    ("message is not modified", Already),
    ("message to delete not found", Already),
    ("query is too old", Late),
    ("query id is invalid", Late),
    ("query_id_invalid", Late),
    ("message to edit not found", Uneditable),
    ("message can't be edited", Uneditable),
    ("message_id_invalid", Uneditable),
    ("no text in the message to edit", Pictured),
    ("wrong file identifier", Forgotten),
    ("wrong remote file identifier", Forgotten),
    ("file_reference_", Forgotten),
    ("photo_", Malformed),
    ("image_process_failed", Malformed),
    ("caption is too long", Malformed),
    ("caption_too_long", Malformed),
    ("not enough rights to send photos", Malformed),
    ("chat_send_photos_forbidden", Malformed),
    ("can't parse", Malformed),
    ("entity", Malformed),
    ("entities", Malformed),
    ("button_", Malformed),
    ("reply_markup", Malformed),
    ("reply markup", Malformed),
    ("chat not found", Blocked),
    ("user not found", Blocked),
    ("peer_id_invalid", Blocked),
    ("user_is_blocked", Blocked),
    ("input_user_deactivated", Blocked),
    ("user is deactivated", Blocked),
    ("group chat was deleted", Blocked),
)
"""Part of a 400's description, in lower case (the library capitalises some) -> what it means. The first wins."""

_TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{3,}")
FLOOD_WAIT = 30.0
"""Seconds to wait after a 429 that does not say how long: a gateway's, not Telegram's own."""


def describe(error: BaseException) -> str:
    """An error's text for a person: at most 200 characters, without the raw answer or anything like a token."""
    text = error.message if isinstance(error, library.TelegramError) else str(error)
    text = text.partition(". Parsing the server response")[0]
    return _TOKEN.sub("[token]", text[:400])[:200] or type(error).__name__


def _bad_request(error: library.TelegramError) -> DeliveryError:
    text = error.message.lower()
    kind = next((kind for part, kind in DESCRIPTIONS if part in text), Refused)
    return kind(describe(error))


def _broken(error: library.TelegramError) -> DeliveryError:
    """A time-out, a broken connection, or a status that is not Telegram's own."""
    text = error.message.lower()
    if isinstance(error.__cause__, NothingSent):
        return NotSent(describe(error))
    if text.startswith("too many requests"):
        return SlowDown(FLOOD_WAIT, everywhere=True)
    if text.startswith("request entity too large"):
        return Refused(describe(error))
    return Unsure(describe(error))


def _flood(error: library.TelegramError) -> DeliveryError:
    wait = cast(library.RetryAfter, error).retry_after
    return SlowDown(wait.total_seconds() if isinstance(wait, timedelta) else float(wait))


def _moved(error: library.TelegramError) -> DeliveryError:
    return Moved(str(cast(library.ChatMigrated, error).new_chat_id))


def _as(kind: type[DeliveryError]) -> Callable[[library.TelegramError], DeliveryError]:
    return lambda error: kind(describe(error))


TABLE: Mapping[type[library.TelegramError], Callable[[library.TelegramError], DeliveryError]] = {
    library.TelegramError: _as(Unsure),  # the answer was not JSON: the message may be there
    library.Forbidden: _as(Blocked),
    library.InvalidToken: _as(Halted),
    library.EndPointNotFound: _as(Refused),
    library.NetworkError: _broken,
    library.TimedOut: _broken,
    library.BadRequest: _bad_request,
    library.ChatMigrated: _moved,
    library.RetryAfter: _flood,
    library.Conflict: _as(Displaced),
    library.PassportDecryptionError: _as(Refused),
}


def translate(error: library.TelegramError) -> DeliveryError:
    """The error of ours that says what really happened. Raise it `from None`: nothing of the library is needed."""
    rule = next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), _as(Unsure))
    return rule(error)

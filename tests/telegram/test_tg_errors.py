"""Each error of the library has one meaning, and the table is complete."""

from __future__ import annotations

import inspect

import pytest
from telegram import error as library

from bots.telegram.errors import TABLE, Already, Late, Uneditable, describe, translate
from bots.telegram.request import Interrupted, NothingSent
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


def caused(error: library.TelegramError, cause: Exception) -> library.TelegramError:
    error.__cause__ = cause
    return error


def test_every_error_of_the_library_is_in_the_table() -> None:
    theirs = {
        kind
        for _, kind in inspect.getmembers(library, inspect.isclass)
        if issubclass(kind, library.TelegramError)
    }
    assert theirs == set(TABLE)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (library.TelegramError("Invalid server response"), Unsure),
        (library.Forbidden("Forbidden: bot was blocked by the user"), Blocked),
        (library.Forbidden("Forbidden: user is deactivated"), Blocked),
        (library.InvalidToken("Unauthorized"), Halted),
        (library.EndPointNotFound("Not Found"), Refused),
        (library.Conflict("Conflict: terminated by other getUpdates request"), Displaced),
        (library.PassportDecryptionError("x"), Refused),
        (library.NetworkError("Bad Gateway"), Unsure),
        (library.NetworkError("Internal Server Error: restart"), Unsure),
        (
            library.NetworkError("Too Many Requests (429). Parsing the server response b'<html>' failed"),
            SlowDown,
        ),
        (library.NetworkError("Request Entity Too Large (413)"), Refused),
        (library.TimedOut(), Unsure),
        (caused(library.TimedOut(), NothingSent("x")), NotSent),
        (caused(library.NetworkError("x"), NothingSent("x")), NotSent),
        (caused(library.TimedOut(), Interrupted("x")), Unsure),
        (caused(library.NetworkError("x"), Interrupted("x")), Unsure),
    ],
)
def test_the_class_of_each_failure(error: library.TelegramError, kind: type[DeliveryError]) -> None:
    assert type(translate(error)) is kind


@pytest.mark.parametrize(
    ("description", "kind"),
    [
        (
            "message is not modified: specified new message content and reply markup are exactly the same",
            Already,
        ),
        ("message to delete not found", Already),
        ("query is too old and response timeout expired or query ID is invalid", Late),
        ("message to edit not found", Uneditable),
        ("message can't be edited", Uneditable),
        ("can't parse entities: unsupported start tag", Malformed),
        ("BUTTON_DATA_INVALID", Malformed),
        ("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard", Malformed),
        ("chat not found", Blocked),
        ("message is too long", Refused),
        ("message text is empty", Refused),
        ("message can't be deleted", Refused),
        ("not enough rights to send text messages to the chat", Refused),
        ("something that nobody has seen yet", Refused),
    ],
)
def test_a_400_means_what_its_description_says(description: str, kind: type[DeliveryError]) -> None:
    for text in (f"Bad Request: {description}", description.capitalize(), description.upper()):
        assert type(translate(library.BadRequest(text))) is kind


def test_waiting_and_moving_carry_their_numbers() -> None:
    slow = translate(library.RetryAfter(7))
    assert isinstance(slow, SlowDown)
    assert (slow.after, slow.everywhere) == (7.0, False)
    moved = translate(library.ChatMigrated(-10042))
    assert isinstance(moved, Moved)
    assert moved.chat == "-10042"


def test_a_future_error_of_the_library_is_classed_by_its_parent() -> None:
    class Novel(library.Forbidden):
        pass

    assert type(translate(Novel("x"))) is Blocked


def test_no_description_shows_a_token_or_goes_on_for_ever() -> None:
    text = describe(
        library.NetworkError("https://api.telegram.org/bot123456:AAbb-cc_dd/sendMessage " + "x" * 900)
    )
    assert "AAbb" not in text
    assert len(text) <= 200


def test_no_description_shows_a_raw_answer() -> None:
    error = library.NetworkError("Bad Gateway (502). Parsing the server response b'<html>words' failed")
    assert str(translate(error)) == "Bad Gateway (502)"

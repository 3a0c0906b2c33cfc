"""The judge itself: it finds what does not fit the published tables, and is content with what does."""

from __future__ import annotations

from typing import Any

import pytest

from bots.local.telegram_wire import Upload
from tests.local.bot_api_spec import BotApiSpec, needs_tables

pytestmark = needs_tables

GOOD: dict[str, Any] = {"message_id": 1, "date": 2, "chat": {"id": 3, "type": "private"}}


def judged(method: str, params: dict[str, Any], result: Any) -> BotApiSpec:
    spec = BotApiSpec.load()
    spec.check(method, params, {"ok": True, "result": result})
    return spec


def test_what_fits_is_clean() -> None:
    keyboard = '{"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]}'
    judged("SENDMESSAGE", {"chat_id": "3", "text": "5", "reply_markup": keyboard}, GOOD).assert_clean()
    judged("sendDocument", {"chat_id": 3, "document": Upload("a", "", b"")}, GOOD).assert_clean()
    judged("getUpdates", {"timeout": "5", "allowed_updates": '["message"]'}, []).assert_clean()


@pytest.mark.parametrize(
    ("method", "params", "result", "said"),
    [
        ("sendNothing", {}, True, "no such method"),
        ("sendMessage", {"chat_id": "3"}, GOOD, "sendMessage: text is missing"),
        (
            "sendMessage",
            {"chat_id": "3", "text": "x", "entities": '[{"type": "bold"}]'},
            GOOD,
            "offset is missing",
        ),
        ("sendMessage", {"chat_id": "3", "text": "x", "disable_notification": "1"}, GOOD, "is no Boolean"),
        (
            "sendMessage",
            {"chat_id": "3", "text": "x"},
            GOOD | {"date": "2"},
            "answer.date: '2' is no Integer",
        ),
        ("sendMessage", {"chat_id": "3", "text": "x"}, {"message_id": 1}, "chat is missing"),
        ("getUpdates", {}, {}, "not an array"),
        ("getMe", {}, {"id": 1, "first_name": "x"}, "is_bot is missing"),
    ],
)
def test_what_does_not_fit_is_told(method: str, params: dict[str, Any], result: Any, said: str) -> None:
    assert said in "\n".join(judged(method, params, result).violations)


def test_unknown_fields_are_recorded() -> None:
    spec = judged("sendMessage", {"chat_id": "3", "text": "x", "colour": "red"}, GOOD | {"mood": 1})
    assert spec.unknown == ["sendMessage: colour", "sendMessage answer: mood"]


def test_a_refusal_says_its_code_and_why() -> None:
    spec = BotApiSpec.load()
    spec.check("sendMessage", {}, {"ok": False, "error_code": 400, "description": "Bad Request: x"})
    assert spec.violations == []
    spec.check("sendMessage", {}, {"ok": False})
    assert len(spec.violations) == 1

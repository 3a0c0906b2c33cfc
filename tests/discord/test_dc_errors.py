"""Each error of the library has one meaning, and the table is complete."""

from __future__ import annotations

import inspect
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest

from bots.discord.errors import (
    BANNED,
    CAUGHT,
    CODES,
    TABLE,
    Already,
    Late,
    Uneditable,
    Unprivileged,
    describe,
    slowed,
    translate,
)
from core.errors import Blocked, DeliveryError, Halted, Malformed, NotSent, Refused, SlowDown, Unsure

OURS = {"Via": "1.1 google", "Content-Type": "application/json"}


def failure(status: int, code: int = 0, text: str = "", headers: Any = None) -> discord.HTTPException:
    response = SimpleNamespace(status=status, reason="", headers=OURS if headers is None else headers)
    kinds = {403: discord.Forbidden, 404: discord.NotFound}
    kind = kinds.get(status, discord.DiscordServerError if status >= 500 else discord.HTTPException)
    return kind(cast(Any, response), {"code": code, "message": text})


def test_every_error_of_the_library_is_in_the_table() -> None:
    theirs = {
        kind
        for _, kind in inspect.getmembers(discord.errors, inspect.isclass)
        if issubclass(kind, discord.DiscordException)
    }
    assert theirs <= set(TABLE)
    assert {kind for kind in TABLE if issubclass(kind, discord.DiscordException)} == theirs


def test_every_connection_error_is_caught_and_classed() -> None:
    theirs = [
        kind
        for _, kind in inspect.getmembers(aiohttp, inspect.isclass)
        if issubclass(kind, aiohttp.ClientError | aiohttp.InvalidURL | OSError)
    ]
    for kind in theirs:
        assert issubclass(kind, CAUGHT), kind
        assert any(base in TABLE for base in kind.__mro__), kind


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, 0, Halted),
        (403, 50007, Blocked),
        (403, 50278, Blocked),
        (404, 10003, Blocked),
        (404, 10013, Blocked),
        (403, 40003, SlowDown),
        (403, 50001, Refused),
        (403, 50013, Refused),
        (403, 50005, Uneditable),
        (404, 10008, Uneditable),
        (404, 10062, Late),
        (404, 10015, Late),
        (401, 50027, Late),
        (400, 40060, Already),
        (400, 50006, Malformed),
        (400, 50035, Malformed),
        (400, 0, Refused),
        (404, 0, Refused),
        (403, 0, Refused),
        (500, 0, Unsure),
        (502, 0, Unsure),
        (503, 0, Unsure),
        (503, 130000, SlowDown),
        (429, 0, SlowDown),
    ],
)
def test_the_class_of_each_answer(status: int, code: int, kind: type[DeliveryError]) -> None:
    assert type(translate(failure(status, code))) is kind


def test_cloudflare_stops_every_call_for_minutes() -> None:
    banned = translate(failure(429, headers={"Content-Type": "text/html"}))
    assert isinstance(banned, SlowDown)
    assert banned.everywhere
    assert banned.after == BANNED
    mild = translate(failure(429))
    assert isinstance(mild, SlowDown)
    assert not mild.everywhere


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (discord.LoginFailure("x"), Halted),
        (discord.PrivilegedIntentsRequired(None), Unprivileged),
        (cast(Any, discord.GatewayNotFound)(), NotSent),
        (discord.RateLimited(31.0), SlowDown),
        (discord.InteractionResponded(cast(Any, None)), Already),
        (aiohttp.ClientOSError(104, "reset"), Unsure),
        (ConnectionResetError(104, "reset"), Unsure),
        (aiohttp.ServerDisconnectedError(), Unsure),
        (aiohttp.ServerTimeoutError(), Unsure),
        (aiohttp.ConnectionTimeoutError(), NotSent),
        (aiohttp.ClientPayloadError(), Unsure),
        (TimeoutError(), Unsure),
        (RuntimeError("Session is closed"), NotSent),
        (KeyError("id"), Unsure),
    ],
)
def test_the_class_of_each_failure(error: Exception, kind: type[DeliveryError]) -> None:
    assert type(translate(error)) is kind


@pytest.mark.parametrize(
    ("code", "kind"), [(4004, Halted), (4014, Unprivileged), (4000, NotSent), (1000, NotSent)]
)
def test_a_closed_gateway(code: int, kind: type[DeliveryError]) -> None:
    socket = cast(Any, SimpleNamespace(close_code=code))
    assert type(translate(discord.ConnectionClosed(socket, shard_id=None, code=code))) is kind


def test_every_code_makes_an_error() -> None:
    for code, kind in CODES.items():
        assert isinstance(kind("x"), DeliveryError), code


def test_how_long_an_interaction_has_to_wait() -> None:
    assert slowed({"retry_after": 0.7, "global": False}).after == 0.7
    assert slowed({"retry_after": 2, "global": True}).everywhere
    assert slowed(None).after == BANNED


def test_no_text_shows_an_address_or_a_token() -> None:
    token = "A" * 26 + "." + "b" * 6 + "." + "c" * 38
    assert token not in describe(failure(400, 1, f"bad {token}"))
    assert "webhooks" not in describe(aiohttp.ClientOSError(104, "https://discord.com/webhooks/1/secret"))

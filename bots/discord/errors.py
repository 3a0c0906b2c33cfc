"""What really happened, for each error of the library and of its connection: the one table into core.errors.

An error is classed by Discord's own code first, then by its status, then by its type. aiohttp's errors come through
the library unchanged: on Linux a reset connection (errno 104) is raised, not repeated, so it is classed here, too.
A test fails when the library gains an error that is not in `TABLE`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

import aiohttp
import discord

from bots.sentences import Say
from core.errors import Blocked, DeliveryError, Halted, Malformed, NotSent, Refused, SlowDown, Unsure


class Already(DeliveryError):
    """What was asked for is so already: the interaction has its answer."""


class Late(Refused):
    """The interaction cannot be answered any more, or the answer that is meant does not exist."""


class Unprivileged(Halted):
    """A privileged intent is asked for that the developer portal does not grant."""


class Uneditable(Refused):
    """The message is gone or not ours: say it in a new one."""


BANNED = 600.0
"""Seconds without any call after Cloudflare shut us out: calling on makes a ban of minutes one of hours."""
FLOOD_WAIT = 30.0
OPENING = 60.0
"""Seconds to wait after opening direct channels too fast."""

CODES: Mapping[int, Callable[[str], DeliveryError]] = {
    10003: Blocked,  # unknown channel
    10008: Uneditable,  # unknown message
    10013: Blocked,  # unknown user
    10015: Late,  # unknown webhook: an interaction that was never answered
    10062: Late,  # unknown interaction: after 3 s, or a wrong token
    40005: Malformed,  # a file that is too large: the words alone pass
    40003: lambda _: SlowDown(OPENING),
    40060: Already,
    40333: lambda _: SlowDown(BANNED, everywhere=True),
    50001: Refused,  # missing access
    50005: Uneditable,  # somebody else's message
    50006: Malformed,  # empty
    50007: Blocked,  # takes no direct messages
    50013: Refused,  # missing permission
    50027: Late,  # an interaction's token after 15 minutes
    50033: Blocked,  # invalid recipient
    50035: Malformed,  # invalid body
    50278: Blocked,  # no server in common
    130000: lambda _: SlowDown(FLOOD_WAIT, everywhere=True),
}
"""Discord's code -> what it means. The rest goes by the status."""
_FATAL_CLOSES = (4004, 4010, 4011, 4012, 4013)
_DISALLOWED_INTENTS = 4014
_TOKEN = re.compile(r"[\w-]{20,}\.[\w-]{5,}\.[\w-]{20,}|[\w=-]{60,}")


def describe(error: BaseException) -> str:
    """An error's text for a person: at most 200 characters, without an address or anything like a token."""
    if isinstance(error, discord.HTTPException):
        text = f"{error.status} {error.code} {error.text}"
    elif isinstance(error, aiohttp.ClientError | OSError):
        return type(error).__name__  # their texts hold addresses
    else:
        text = str(error)
    return _TOKEN.sub("[token]", text[:600])[:200].strip() or type(error).__name__


def _http(error: BaseException) -> DeliveryError:
    failure = cast(discord.HTTPException, error)
    said, status = describe(error), failure.status
    if failure.code in CODES:
        return CODES[failure.code](said)
    if status == 429:
        headers = getattr(failure.response, "headers", {})
        ours = "Via" in headers and "json" in headers.get("Content-Type", "")
        return SlowDown(FLOOD_WAIT) if ours else SlowDown(BANNED, everywhere=True)
    if status == 401:
        return Halted(said)
    return Unsure(said) if status >= 500 else Refused(said)


def _rate_limited(error: BaseException) -> DeliveryError:
    return SlowDown(cast(discord.RateLimited, error).retry_after)


def _closed(error: BaseException) -> DeliveryError:
    """The gateway closed the connection: some codes are about us, not about the connection."""
    code = cast(discord.ConnectionClosed, error).code
    if code == _DISALLOWED_INTENTS:
        return Unprivileged(f"gateway close code {code}")
    return (
        Halted(f"gateway close code {code}")
        if code in _FATAL_CLOSES
        else NotSent(f"gateway close code {code}")
    )


def refused(failure: Halted, name: str, say: Say) -> Halted:
    """Why Discord does not accept us, in the operator's words."""
    key = "unprivileged" if isinstance(failure, Unprivileged) else "bad_token"
    return Halted(say(key, name=name, reason=str(failure)))


def _as(kind: type[DeliveryError]) -> Callable[[BaseException], DeliveryError]:
    return lambda error: kind(describe(error))


TABLE: Mapping[type[BaseException], Callable[[BaseException], DeliveryError]] = {
    discord.DiscordException: _as(Unsure),
    discord.ClientException: _as(Unsure),
    discord.GatewayNotFound: _as(NotSent),
    discord.HTTPException: _http,
    discord.Forbidden: _http,
    discord.NotFound: _http,
    discord.DiscordServerError: _http,
    discord.RateLimited: _rate_limited,
    discord.InvalidData: _as(Unsure),
    discord.LoginFailure: _as(Halted),
    discord.ConnectionClosed: _closed,
    discord.PrivilegedIntentsRequired: _as(Unprivileged),
    discord.InteractionResponded: _as(Already),
    discord.MissingApplicationID: _as(NotSent),
    discord.errors.FFmpegProcessError: _as(Refused),
    aiohttp.ClientConnectorError: _as(NotSent),
    aiohttp.ConnectionTimeoutError: _as(NotSent),
    aiohttp.ClientHttpProxyError: _as(NotSent),
    aiohttp.InvalidURL: _as(NotSent),
    aiohttp.ClientError: _as(Unsure),  # ClientOSError (a reset), ServerDisconnectedError, a broken body
    TimeoutError: _as(Unsure),
    OSError: _as(Unsure),
    RuntimeError: _as(NotSent),  # "Session is closed"
    LookupError: _as(Unsure),  # the library takes the shape of an answer for granted
    TypeError: _as(Unsure),
    ValueError: _as(Unsure),
    AttributeError: _as(Unsure),
}

CAUGHT: tuple[type[Exception], ...] = (
    discord.DiscordException,
    aiohttp.ClientError,
    OSError,
    RuntimeError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
)
"""What a call through the library may raise."""


def translate(error: BaseException) -> DeliveryError:
    """The error of ours that says what really happened."""
    rule = next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), _as(Unsure))
    return rule(error)


def slowed(data: Any) -> SlowDown:
    """A 429 of an interaction's route, by its body; without one it is Cloudflare's."""
    try:
        return SlowDown(max(0.05, float(data["retry_after"])), everywhere=bool(data.get("global")))
    except (LookupError, TypeError, ValueError, AttributeError):
        return SlowDown(BANNED, everywhere=True)

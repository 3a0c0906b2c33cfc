"""Discord's envelope: how a request is read, how an answer or a refusal is written, and what ids look like.

An answer's type is exactly `application/json` and every answer carries `Via`: the client library reads no body
of another type, and takes a 429 without `Via` for a ban.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bots.local.faults import Spoil

Json = dict[str, Any]

DISCORD_EPOCH_MS = 1_420_070_400_000
VIA = "1.1 google"
LARGEST_REQUEST = 25 * 1024 * 1024

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


@dataclass
class ApiError(Exception):
    """A refusal: HTTP status, JSON error code, its message, and the tree of field errors where there is one."""

    status: int
    code: int
    message: str
    errors: Json = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} ({self.code}) {self.message}"

    def data(self) -> Json:
        """The JSON answer."""
        answer: Json = {"message": self.message, "code": self.code}
        if self.errors:
            answer["errors"] = self.errors
        return answer


# What ApiError is made of, not errors: one error raised twice would keep the tracebacks of both.
UNAUTHORIZED = (401, 0, "401: Unauthorized")
NOT_FOUND = (404, 0, "404: Not Found")
NOT_ALLOWED = (405, 0, "405: Method Not Allowed")
UNKNOWN_APPLICATION = (404, 10002, "Unknown Application")
UNKNOWN_CHANNEL = (404, 10003, "Unknown Channel")
UNKNOWN_GUILD = (404, 10004, "Unknown Guild")
UNKNOWN_MEMBER = (404, 10007, "Unknown Member")
UNKNOWN_MESSAGE = (404, 10008, "Unknown Message")
UNKNOWN_USER = (404, 10013, "Unknown User")
UNKNOWN_WEBHOOK = (404, 10015, "Unknown Webhook")
UNKNOWN_INTERACTION = (404, 10062, "Unknown interaction")
UNKNOWN_COMMAND = (404, 10063, "Unknown application command")
UNKNOWN_AUTOMOD_RULE = (404, 10066, "Unknown Auto Moderation Rule")
ALREADY_CROSSPOSTED = (400, 40033, "This message has already been crossposted.")
ALREADY_ACKNOWLEDGED = (400, 40060, "Interaction has already been acknowledged.")
OPENING_TOO_FAST = (403, 40003, "You are opening direct messages too fast.")
NO_USER_AGENT = (403, 40333, "internal network error")
MISSING_ACCESS = (403, 50001, "Missing Access")
NOT_IN_DM = (403, 50003, "Cannot execute action on a DM channel")
NOT_YOUR_MESSAGE = (403, 50005, "Cannot edit a message authored by another user")
EMPTY_MESSAGE = (400, 50006, "Cannot send an empty message")
CLOSED_DM = (403, 50007, "Cannot send messages to this user")
MISSING_PERMISSIONS = (403, 50013, "Missing Permissions")
WRONG_CHANNEL_TYPE = (400, 50024, "Cannot execute action on this channel type")
TOKEN_EXPIRED = (401, 50027, "Invalid Webhook Token")
INVALID_RECIPIENT = (400, 50033, "Invalid Recipient(s)")
INVALID_JSON = (400, 50109, "The request body contains invalid JSON.")
NO_MUTUAL_GUILD = (403, 50278, "Cannot send messages to this user due to having no mutual guilds.")
NO_REPLY_WITHOUT_HISTORY = (400, 160002, "Cannot reply without permission to read message history")


@dataclass
class FormErrors:
    """Gathers what is wrong with a body, each at its path, so that one refusal names all of it."""

    tree: Json = field(default_factory=dict)

    def add(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        """Write down one fault, e.g. at ("components", 0, "components", 1, "label")."""
        node = self.tree
        for part in path:
            node = node.setdefault(str(part), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def refuse(self) -> None:
        """Raise what was gathered.

        Raises:
            ApiError: 400 with code 50035, there was something.
        """
        if self.tree:
            raise ApiError(400, 50035, "Invalid Form Body", self.tree)


def invalid(path: tuple[str | int, ...], code: str, message: str) -> ApiError:
    """The refusal of one field."""
    errors = FormErrors()
    errors.add(path, code, message)
    return ApiError(400, 50035, "Invalid Form Body", errors.tree)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    name: str
    mime: str
    data: bytes


@dataclass(slots=True)
class Call:
    """One request: its operation and route as the official document names them, path parameters, query, body and
    files. `spoil` is what will happen to its answer, if anything.
    """

    operation: str
    route: str
    params: dict[str, str]
    query: dict[str, str]
    body: Any = None
    files: dict[str, Upload] = field(default_factory=dict)
    spoil: Spoil | None = None

    def id(self, name: str) -> int:
        """A path parameter as an id.

        Raises:
            ApiError: 400, it is no snowflake.
        """
        return snowflake(self.params[name], (name,))

    def form(self) -> Json:
        """The body, which has to be an object.

        Raises:
            ApiError: 400, it is something else.
        """
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise invalid((), "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return self.body

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A number of the query.

        Raises:
            ApiError: 400, it is none or out of bounds.
        """
        text = self.query.get(name, str(default))
        if not text.isascii() or not text.isdigit():
            raise invalid((name,), "NUMBER_TYPE_COERCE", f'Value "{text}" is not int.')
        if not low <= int(text) <= high:
            code, words = (
                ("NUMBER_TYPE_MIN", f"greater than or equal to {low}")
                if int(text) < low
                else ("NUMBER_TYPE_MAX", f"less than or equal to {high}")
            )
            raise invalid((name,), code, f"int value should be {words}.")
        return int(text)


def snowflake(value: Any, path: tuple[str | int, ...]) -> int:
    """An id from text or number (clients send both).

    Raises:
        ApiError: 400, it is none.
    """
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 20):
        raise invalid(path, "NUMBER_TYPE_COERCE", f'Value "{text[:100]}" is not snowflake.')
    return int(text)


class Ids:
    """Makes snowflakes: the time of `now` (epoch seconds) in their upper bits, rising without gaps of order."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._last = 0

    def new(self) -> int:
        """The next id, above every one before it."""
        self._last = max(self._last + 1, (int(self._now() * 1000) - DISCORD_EPOCH_MS) << 22)
        return self._last


def timestamp(seconds: float) -> str:
    """Epoch seconds as the API writes a time."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def encode(value: Any) -> str:
    """JSON text without spaces."""
    return _encode(value)


def answer(status: int, value: Any = None, headers: dict[str, str] | None = None) -> web.Response:
    """An answer; `value` None has no body (204)."""
    given = {"Via": VIA} | (headers or {})
    if value is None:
        return web.Response(status=status, headers=given)
    return web.Response(
        status=status, body=_encode(value).encode(), content_type="application/json", headers=given
    )


async def read_body(request: web.BaseRequest, call: Call) -> None:
    """Read the body into `call`: JSON, or multipart with the JSON in `payload_json`.

    Raises:
        ApiError: 400, it is not what its type says; 413, it is too large.
    """
    try:
        await _read(request, call)
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(413, 40005, "Request entity too large") from None


async def _read(request: web.BaseRequest, call: Call) -> None:
    if not request.body_exists:
        return
    if request.content_type == "multipart/form-data":
        for name, part in (await request.post()).items():
            if isinstance(part, web.FileField):
                call.files[name] = Upload(part.filename, part.content_type, part.file.read())
            elif name == "payload_json":
                call.body = _parsed(part if isinstance(part, str) else bytes(part))
        return
    raw = await request.read()
    if not raw:
        return
    if request.content_type != "application/json":
        raise invalid(
            (), "CONTENT_TYPE_INVALID", "Expected \"Content-Type\" header to be one of {'application/json'}."
        )
    call.body = _parsed(raw)


def _parsed(raw: str | bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise ApiError(*INVALID_JSON) from None

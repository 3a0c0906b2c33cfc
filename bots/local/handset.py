"""The person's side of a stand-in over HTTP, on the stand-in's own port: who may ask, and how a request is read.

A request is `/phone/{user}/{what}`: GET reads, POST (JSON) changes. Answers only a Host of this machine, and no
page of another origin.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

LONGEST_WAIT = 50.0
_HOSTS = ("127.0.0.1", "localhost")

Json = dict[str, Any]
Post = Callable[[str, Json], Json]
"""(user, body) -> answer. A LookupError becomes 404, a ValueError 400, both with their words."""
Get = Callable[[str, Mapping[str, str]], Awaitable[Json]]
"""(user, query) -> answer."""


class PhoneError(Exception):
    """A request of the phone that cannot be done: HTTP status and why."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Handset:
    """Answers for what the two tables hold. `port` tells where the server listens."""

    def __init__(self, port: Callable[[], int], posts: Mapping[str, Post], gets: Mapping[str, Get]) -> None:
        self._port = port
        self._posts = posts
        self._gets = gets

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """Answer one request under /phone/."""
        try:
            self._check_caller(request)
            return _json(200, await self._do(request))
        except PhoneError as error:
            return _json(error.status, {"error": str(error)})

    async def _do(self, request: web.BaseRequest) -> Json:
        parts = request.path.split("/")[2:]
        if len(parts) != 2 or not 1 <= len(parts[0]) <= 64:
            raise PhoneError(404, "not found")
        user, what = parts
        try:
            if what in self._gets and request.method == "GET":
                return await self._gets[what](user, request.query)
            if what not in self._posts:
                raise PhoneError(404, "not found")
            if request.method != "POST":
                raise PhoneError(405, "only POST changes something")
            return self._posts[what](user, await _body(request))
        except LookupError as error:
            raise PhoneError(404, str(error)) from None
        except ValueError as error:
            raise PhoneError(400, str(error)) from None

    def _check_caller(self, request: web.BaseRequest) -> None:
        allowed = {f"{host}:{self._port()}" for host in _HOSTS}
        origin = request.headers.get("Origin")
        if request.headers.get("Host") not in allowed:
            raise PhoneError(403, "wrong Host")
        if origin is not None and (
            urlsplit(origin).scheme != "http" or urlsplit(origin).netloc not in allowed
        ):
            raise PhoneError(403, "wrong Origin")


def since_and_wait(query: Mapping[str, str]) -> tuple[int, float]:
    """The two numbers with which a screen is asked for: a version, and seconds to wait for a newer one.

    Raises:
        ValueError: one is no number.
    """
    try:
        return int(query.get("since", 0)), min(float(query.get("wait", 0)), LONGEST_WAIT)
    except ValueError:
        raise ValueError("since and wait are numbers") from None


async def _body(request: web.BaseRequest) -> Json:
    # A page of another origin cannot send this type without asking first, and we never answer that question.
    if request.content_type != "application/json":
        raise PhoneError(415, "send application/json")
    try:
        body: Any = json.loads(await request.read() or b"{}")
    except ValueError:
        raise PhoneError(400, "not JSON") from None
    if not isinstance(body, dict):
        raise PhoneError(400, "an object is needed")
    return body


def _json(status: int, value: Json) -> web.Response:
    return web.Response(status=status, body=json.dumps(value).encode(), content_type="application/json")

"""One HTTP session for everything that goes to the Bot API: the library's request class over aiohttp, and a raw call.

Law of this file: an error says what really happened, and never where. Its `__cause__` is `NothingSent` or
`Interrupted` (see errors.py); the errors of aiohttp, whose texts hold the URL and so the token, end here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, cast

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bots.connector import Connector
from bots.small_files import bounded
from core.errors import DeliveryError, NotSent
from core.quick_json import dumps, encoded, loads

OFFICIAL_API = "https://api.telegram.org"
ODV = Any
"""A time-out in seconds, None for no limit, or the library's mark for "not given"."""


class NothingSent(Exception):
    """The cause of a failure before the first byte of the request left: repeating is safe."""


class Interrupted(Exception):
    """The cause of a failure after the request may have arrived: repeating may double it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one session: seconds, and connections at once. `proxy` is an http:// or https:// URL."""

    connect: float = 5.0
    read: float = 10.0
    pool_wait: float = 5.0
    pool: int = 64
    proxy: str = ""


class _Refusal(NamedTuple):
    """An answer that is none of what was asked for."""

    status: int
    payload: bytes


Files = Mapping[str, tuple[str, bytes, str]]
"""Field -> (the file's name, its bytes, its kind)."""


@lru_cache(maxsize=64)
def _timeout(pool_wait: float | None, connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    """`total` bounds a server that dribbles one byte at a time, which no single read time-out would."""
    parts = (pool_wait, connect, read)
    total = None if None in parts else sum(part for part in parts if part is not None) + 5
    waiting = None if pool_wait is None or connect is None else pool_wait + connect
    return aiohttp.ClientTimeout(total=total, connect=waiting, sock_connect=connect, sock_read=read)


def _translate(error: BaseException) -> TelegramError:
    """What happened, by the place where it happened, in words of our own."""
    if isinstance(error, DeliveryError):
        failure: TelegramError = NetworkError(str(error))
        failure.__cause__ = (NothingSent if isinstance(error, NotSent) else Interrupted)(str(error))
    elif isinstance(error, aiohttp.ConnectionTimeoutError):
        failure = TimedOut("no connection in time")
        failure.__cause__ = NothingSent("no connection in time")
    elif isinstance(error, aiohttp.ClientConnectorError | aiohttp.ClientHttpProxyError | aiohttp.InvalidURL):
        failure = NetworkError("no connection")
        failure.__cause__ = NothingSent(type(error).__name__)
    elif isinstance(error, TimeoutError):
        failure = TimedOut("no answer in time")
        failure.__cause__ = Interrupted("no answer in time")
    else:
        failure = NetworkError("the connection broke")
        failure.__cause__ = Interrupted(type(error).__name__)
    return failure


_FAILURES = (DeliveryError, aiohttp.ClientError, OSError, RuntimeError, ValueError)
"""What a request that did not come to its end may raise."""
_PATH = re.compile(r"[A-Za-z0-9_./-]{1,256}")
"""What a server calls its files; anything else would lead elsewhere."""


class AiohttpRequest(BaseRequest):
    """The library's request class over one aiohttp session, made when it is first used.

    `base` is the URL of the API with the token, for `raw`; neither is ever shown.
    """

    __slots__ = ("_base", "_limits", "_session", "_urls")

    def __init__(self, base: str, limits: Limits | None = None) -> None:
        self._base = base.rstrip("/")
        self._limits = limits or Limits()
        self._session: aiohttp.ClientSession | None = None
        self._urls: dict[str, URL] = {}

    def __repr__(self) -> str:
        return "AiohttpRequest(...)"

    @property
    def read_timeout(self) -> float | None:
        """Seconds, where a call names none."""
        return self._limits.read

    async def initialize(self) -> None:
        """Open the session. Calling it again changes nothing."""
        if self._session is None or self._session.closed:
            self._session = self._open()

    async def shutdown(self) -> None:
        """Close the session and its connections; a later call opens a new one."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=Connector(limit=self._limits.pool, keepalive_timeout=30),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "helpline"},
            proxy=self._limits.proxy or None,
        )

    async def raw(
        self,
        method: str,
        params: Mapping[str, Any],
        files: Files | None = None,
        *,
        read_timeout: float | None = None,
    ) -> Any:
        """Call a method of the Bot API with plain values (and files, as a form) and get its plain `result`.

        Raises:
            telegram.error.TelegramError: as the library maps every answer.
        """
        limits = self._limits
        wait = limits.read if read_timeout is None else read_timeout
        timeout = _timeout(limits.pool_wait, limits.connect, wait)
        body, headers = (_form(_fields(params), files), None) if files else (encoded(params), _JSON)
        options = {"data": body, "headers": headers, "timeout": timeout, "allow_redirects": False}
        try:
            status, payload = await self._exchange("POST", f"{self._base}/{method}", options)
        except _FAILURES as error:
            failure = _translate(error)
        else:
            if status == 200 and "result" in (answer := self.parse_json_payload(payload)):
                return answer["result"]
            return await self._explained(_Refusal(status, payload))
        raise failure  # outside the handler, as below

    async def _explained(self, refusal: _Refusal) -> Any:
        """The library knows what each refusal means: it gets this one as the answer to a request of its own."""
        try:
            return await self.post("", cast(RequestData, refusal))
        except (LookupError, AttributeError, TypeError, ValueError) as error:
            # It takes the shape of an answer for granted; an odd one says nothing about what happened.
            kind = type(error).__name__
        raise TelegramError(f"Invalid server response ({kind})")

    async def file(self, file_id: str, largest: int) -> bytes:
        """A file that is kept by the API's own server; at most `largest` bytes of it.

        Raises:
            telegram.error.TelegramError: the server does not know it, or it cannot be had.
        """
        known = await self.raw("getFile", {"file_id": file_id})
        path = known.get("file_path") if isinstance(known, dict) else None
        if not isinstance(path, str) or not _PATH.fullmatch(path) or ".." in path:
            raise TelegramError("Invalid server response")
        head, _, token = self._base.rpartition("/bot")
        failure: TelegramError
        try:
            return await self._download(f"{head}/file/bot{token}/{path}", largest)
        except _FAILURES as error:
            failure = _translate(error)
        raise failure  # outside the handler, as below

    async def _download(self, url: str, largest: int) -> bytes:
        if self._session is None or self._session.closed:
            self._session = self._open()
        limits = self._limits
        timeout = _timeout(limits.pool_wait, limits.connect, limits.read)
        async with self._session.get(
            URL(url, encoded=True), timeout=timeout, allow_redirects=False
        ) as answer:
            if answer.status != 200:
                raise TelegramError("no such file")
            return await bounded(answer.content, largest)

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODV = BaseRequest.DEFAULT_NONE,
        write_timeout: ODV = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODV = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODV = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request and its whole answer: (status, body). Redirects are not followed: they would get the token."""
        if isinstance(request_data, _Refusal):
            return request_data
        limits = self._limits
        timeout = _timeout(
            _given(pool_timeout, limits.pool_wait),
            _given(connect_timeout, limits.connect),
            _given(read_timeout, limits.read),
        )
        body, headers = _encode(request_data)
        options = {"data": body, "headers": headers, "timeout": timeout, "allow_redirects": False}
        failure: TelegramError
        try:
            return await self._exchange(method, url, options)
        except _FAILURES as error:
            failure = _translate(error)
        # Raised outside the handler: else the error of aiohttp, URL and all, would hang on as its context.
        raise failure

    async def _exchange(self, method: str, url: str, options: Mapping[str, Any]) -> tuple[int, bytes]:
        if self._session is None or self._session.closed:
            self._session = self._open()
        async with self._session.request(method, self._url(url), **options) as response:
            return response.status, await response.read()

    def _url(self, text: str) -> URL:
        """Parsed once for each method: parsing is a fifth of a call's cost. Downloads are not kept."""
        url = self._urls.get(text)
        if url is None:
            url = URL(text, encoded=True)
            if len(self._urls) < 200:
                self._urls[text] = url
        return url

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """The answer as JSON. Unlike the library's, a broken answer is not logged: it may hold people's messages."""
        try:
            answer = loads(payload)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or (answer.get("ok") is True and "result" not in answer):
            raise TelegramError("Invalid server response")
        return answer


def _given(value: Any, default: float) -> float | None:
    return default if value is BaseRequest.DEFAULT_NONE else cast("float | None", value)


_JSON = {"Content-Type": "application/json"}


def _encode(data: RequestData | None) -> tuple[Any, Mapping[str, str] | None]:
    """JSON, or a multipart form where files go along."""
    if data is None:
        return None, None
    if not data.contains_files:
        return encoded(data.parameters), _JSON
    return _form(data.json_parameters, data.multipart_data), None


def _fields(params: Mapping[str, Any]) -> dict[str, str]:
    """The parameters as the fields of a form."""
    return {name: value if isinstance(value, str) else dumps(value) for name, value in params.items()}


def _form(fields: Mapping[str, str], files: Mapping[str, Any]) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in fields.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in files.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form

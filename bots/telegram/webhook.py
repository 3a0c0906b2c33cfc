"""The webhook: Telegram calls us, and its call is answered 200 when what it brought is durable, never before.

Who calls is known by a secret in a header, compared in constant time before the body is read; the path is made
from the same secret, so it cannot be guessed and a new secret is a new address. Telegram repeats whatever was not
answered with 200, chat by chat, so one update that cannot be stored now holds up one chat. One that can never be
read is kept aside and answered 200: repeating it would help nobody.

Calls that come side by side are stored in one transaction: whoever comes while one is on its way waits for the next.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

from aiohttp import web

from bots.api_url import is_loopback
from bots.telegram.errors import describe
from bots.telegram.read import ALLOWED_UPDATES
from bots.telegram.sentences import Say
from core.errors import ConfigError, HelplineError

LARGEST = 1024 * 1024
"""Bytes of a body. Telegram's own are some kilobytes."""
SLOWEST = 10.0
"""Seconds in which a body has to arrive."""
FEWEST = 32
"""Characters of a secret: fewer can be guessed."""
LOOK = 60.0
"""Seconds between two looks at what Telegram says about its deliveries."""
AGAIN = 2
"""Seconds after which Telegram is asked to bring again what could not be stored."""
HEADER = "X-Telegram-Bot-Api-Secret-Token"
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d+)?")
Update = Any
Handle = Callable[[Sequence[Update]], Awaitable[None]]
Answer = TypeVar("Answer")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hook:
    """`url` is the public address that leads here, mostly through a proxy with TLS; without one updates are polled.
    `bind` and `port`: where we listen. `connections`: updates that Telegram may bring at once, at most 100.
    """

    url: str = ""
    secret: str = ""
    bind: str = "127.0.0.1"
    port: int = 8081
    connections: int = 40


class Calls(Protocol):
    """What the webhook needs of the connection to Telegram."""

    async def raw(self, method: str, params: Mapping[str, Any]) -> Any:
        """One call of the Bot API."""

    async def patiently(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Repeat a call until it succeeds."""


class Webhook:
    """The receiver of one token.

    Raises:
        ConfigError: the address or the secret is unusable; without a secret anybody could speak as Telegram.
    """

    def __init__(
        self, name: str, hook: Hook, calls: Calls, say: Say, now: Callable[[], float] = time.time
    ) -> None:
        if not _SECRET.fullmatch(hook.secret) or len(hook.secret) < FEWEST:
            raise ConfigError(say("hook_secret", fewest=FEWEST))
        scheme, _, rest = hook.url.partition("://")
        host = rest.partition("/")[0]
        plain = scheme == "http" and is_loopback(host.partition(":")[0])
        if not _HOST.fullmatch(host) or not (scheme == "https" or plain) or "?" in rest or "#" in rest:
            raise ConfigError(say("hook_url", host=host.rpartition("@")[2]))
        self._name = name
        self._hook = hook
        self._calls = calls
        self._say = say
        self._now = now
        self._place = hmac.new(hook.secret.encode(), b"webhook path", hashlib.sha256).hexdigest()[:40]
        self._host = host
        self._gathered: list[tuple[Update, asyncio.Future[None]]] = []
        self._storing: asyncio.Task[None] | None = None
        self._told = 0
        self.trouble = "not registered"
        """Why updates do not arrive; empty while they do."""

    async def run(self, handle: Handle) -> None:
        """Receive for ever. `handle` returns when the updates are durable.

        Raises:
            ConfigError: the port cannot be listened on.
            Halted: Telegram does not accept the token.
        """
        app = web.Application(client_max_size=LARGEST)
        app.router.add_route("*", "/{path:.*}", partial(self._answer, handle))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=5.0, handle_signals=False)
        await runner.setup()
        try:
            await self._listen(runner)
            await self._calls.patiently(self._register)
            while True:
                await asyncio.sleep(LOOK)
                await self._calls.patiently(self._look)
        finally:
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner) -> None:
        hook = self._hook
        try:
            await web.TCPSite(runner, hook.bind, hook.port).start()
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise ConfigError(self._say("hook_port", bind=hook.bind, port=hook.port, reason=why)) from None

    # --- what Telegram knows of us

    @property
    def _address(self) -> str:
        return f"{self._hook.url.rstrip('/')}/{self._place}"

    async def _register(self) -> None:
        """Tell Telegram where we are, unless it knows: setting it breaks off what is on its way."""
        wanted = {
            "url": self._address,
            "max_connections": self._hook.connections,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        known = await self._info()
        same = sorted(known.get("allowed_updates") or ()) == sorted(ALLOWED_UPDATES)
        if not same or any(known.get(key) != wanted[key] for key in ("url", "max_connections")):
            await self._calls.raw("setWebhook", {**wanted, "secret_token": self._hook.secret})
            log.info(self._say("hook_set", name=self._name, host=self._host))
        self.trouble = ""

    async def _look(self) -> None:
        """Somebody else's address where ours should be is a stolen token; a failure of a delivery is said once."""
        known = await self._info()
        url = str(known.get("url", ""))
        if url != self._address:
            log.critical(
                self._say("hook_changed", name=self._name, host=url.partition("://")[2].partition("/")[0])
            )
            await self._register()
            return
        failed = known.get("last_error_date", 0)
        recent = isinstance(failed, int) and self._now() - failed < 2 * LOOK
        waits = known.get("pending_update_count", 0)
        self.trouble = f"{waits} updates wait" if recent and waits else ""
        if recent and failed != self._told:
            self._told = failed
            log.warning(
                self._say(
                    "hook_failed",
                    name=self._name,
                    count=waits,
                    reason=str(known.get("last_error_message"))[:200],
                )
            )

    async def _info(self) -> dict[str, Any]:
        info = await self._calls.raw("getWebhookInfo", {})
        return info if isinstance(info, dict) else {}

    # --- what Telegram brings

    async def _answer(self, handle: Handle, request: web.Request) -> web.Response:
        """Nothing of a stranger's call is read, and it is told nothing."""
        place = request.path.rpartition("/")[2].encode("utf-8", "replace")
        known = request.headers.get(HEADER, "").encode("utf-8", "replace")
        ours = hmac.compare_digest(place, self._place.encode())
        if not hmac.compare_digest(known, self._hook.secret.encode()) or not ours or request.method != "POST":
            return web.Response(status=403 if ours else 404)
        try:
            async with asyncio.timeout(SLOWEST):
                body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413, text=self._say("hook_large", most=LARGEST))
        except (TimeoutError, OSError):
            return web.Response(status=408)
        return await self._stored(_parsed(body), handle)

    async def _stored(self, update: Update, handle: Handle) -> web.Response:
        try:
            await self._gather(update, handle)
        except Exception as error:  # whatever it was, the update is not durable
            reason = describe(error) if isinstance(error, HelplineError) else type(error).__name__
            log.error(self._say("not_stored", name=self._name, reason=reason))
            return web.Response(status=503, headers={"Retry-After": str(AGAIN)})
        return web.Response()

    async def _gather(self, update: Update, handle: Handle) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._gathered.append((update, done))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store(handle))
        await done

    async def _store(self, handle: Handle) -> None:
        while self._gathered:
            group, self._gathered = self._gathered, []
            try:
                await handle([update for update, _ in group])
            except Exception as error:
                for _, done in group:
                    if not done.done():
                        done.set_exception(error)
            else:
                for _, done in group:
                    if not done.done():
                        done.set_result(None)


def _parsed(body: bytes) -> Update:
    """What is no JSON is kept as its hash: an update that Telegram would never send holds nothing to read."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return f"no JSON, {len(body)} bytes, sha256 {hashlib.sha256(body).hexdigest()}"

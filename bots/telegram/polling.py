"""The poll: fetch updates, hand them over, and only then ask for the next ones.

The offset of a request is the only acknowledgement that Telegram knows: what it passes by is forgotten for ever.
So it moves when `receive` has returned, never before. The first request, and the first after six quiet days,
carries none: Telegram then numbers at random, and an old high offset would throw new updates away.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

from telegram.error import TelegramError, TimedOut

from bots.shapes import ReadError, nameless
from bots.telegram.errors import describe, translate
from bots.telegram.read import ALLOWED_UPDATES, read
from bots.telegram.request import AiohttpRequest
from bots.telegram.sentences import Say
from bots.wellformed import wellformed
from core.conversation.model import Address, Incoming
from core.errors import DeliveryError, Displaced, Halted, HelplineError, NotSent, SlowDown, Wedged

STOLEN = 15.0
"""Seconds of conflicts after which no earlier process of ours can be the other one: its lease is over long ago."""
QUIET = 6 * 86_400.0
"""Seconds without an update after which the offset is forgotten; Telegram speaks of a week."""
Update = Mapping[str, Any]
Answer = TypeVar("Answer")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: how long Telegram may hold a poll and how much later its answer may come; the first wait
    after a failure, and the longest.
    """

    hold: int = 25
    grace: float = 10.0
    first: float = 1.0
    most: float = 30.0

    @property
    def silence(self) -> float:
        """How long polls may fail before the session is thought to be broken."""
        return 3.0 * max(self.hold, 1)

    def after(self, failures: int) -> float:
        """The wait after so many failures in a row: doubled each time."""
        return min(self.most, self.first * 2.0 ** min(failures - 1, 16))


def translate_batch(updates: Sequence[Any], channel: str, me: str, say: Say) -> list[Incoming]:
    """All events of a batch in their order. An update that cannot be read becomes `unread` and holds up nothing."""
    events: list[Incoming] = []
    for update in updates:
        try:
            events += read(update, channel, me)
        except ReadError as error:
            events.append(unread(update, channel, error))
            log.warning(say("unread", event=events[-1].event_id, reason=error))
    return events


def unread(update: Any, channel: str, error: Exception) -> Incoming:
    """The whole update as text: core masks every secret in it before it is stored."""
    number = _number(update)
    text = wellformed(f"{error}\n{nameless(update)}")
    # What has no number is known by what it holds: it may come again, and another one may come.
    event_id = str(number) if number else f"odd:{sha256(text.encode()).hexdigest()[:24]}"
    return Incoming(event_id, Address(channel, "", ""), "unread", text=text)


def _number(update: Any) -> int:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if type(number) is int else 0


class Polling:
    """The loop of one token. `now` and the numbers in `patience` are in seconds."""

    def __init__(
        self,
        name: str,
        request: AiohttpRequest,
        say: Say,
        patience: Patience | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._request = request
        self._say = say
        self._patience = patience or Patience()
        self._now = now
        self._next = 0
        self._refusals = 0
        self._down = ""
        self._displaced = self._stolen = 0.0
        self._polls = self._answered = self._mute = False
        self._last_update = self._renewed = now()
        self.last_success = now()
        """When Telegram last answered, by `now`: the readiness of this channel is read off it."""

    async def run(self, handle: Callable[[Sequence[Update]], Awaitable[None]]) -> None:
        """Fetch and hand over, for ever. `handle` returns when the updates are durable; if it raises, they come again.

        Raises:
            Halted: Telegram does not accept the token.
            Wedged: Telegram is reached and answers no poll, not even over a new connection.
        """
        self._polls = True
        while True:
            if updates := await self.until_answered(self._fetch):
                await self._hand_over(updates, handle)

    async def until_answered(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Repeat a call until it succeeds, however long the network is away; said once, and again when it is back.

        Raises:
            Halted: Telegram does not accept the token.
        """
        failures = 0
        while True:
            try:
                answer = await call()
            except (TelegramError, DeliveryError, TimeoutError) as error:
                failures += 1
                failure = translate(error) if isinstance(error, TelegramError) else error
                self._mute = isinstance(error, TimedOut | TimeoutError) and not isinstance(failure, NotSent)
                await self._recover(failure, failures)
            else:
                self._recovered()
                return answer

    async def _hand_over(
        self, updates: Sequence[Update], handle: Callable[[Sequence[Update]], Awaitable[None]]
    ) -> None:
        before = self._next
        try:
            await handle(updates)
        except Exception as error:  # whatever it was, the updates are not durable
            reason = describe(error) if isinstance(error, HelplineError) else type(error).__name__
            log.log(logging.ERROR, self._say("not_stored", name=self._name, reason=reason))
        else:
            self._next = max(map(_number, updates)) + 1
            self._last_update = self._now()
        self._refusals = self._refusals + 1 if self._next == before else 0
        if self._refusals:
            await asyncio.sleep(self._patience.after(self._refusals))

    async def _fetch(self) -> list[Update]:
        if self._now() - self._last_update > QUIET:
            self._next = 0
        params: dict[str, Any] = {"timeout": self._patience.hold, "allowed_updates": ALLOWED_UPDATES}
        if self._next > 1:
            params["offset"] = self._next
        wait = self._patience.hold + self._patience.grace
        # The session has time-outs of its own; this one holds even if they fail.
        async with asyncio.timeout(wait + 20.0):
            updates = await self._request.raw("getUpdates", params, read_timeout=wait)
        if not isinstance(updates, list):
            raise DeliveryError("Invalid server response")
        return updates

    # --- when it fails -----------------------------------------------------------------------

    async def _recover(self, failure: Exception, failures: int) -> None:
        if isinstance(failure, Halted):
            raise Halted(self._say("bad_token", name=self._name)) from None
        wait = self._patience.after(failures)
        if isinstance(failure, SlowDown):
            wait = failure.after
            log.warning(self._say("slow", name=self._name, seconds=f"{wait:g}"))
        else:
            self._report("displaced" if isinstance(failure, Displaced) else "unreachable", failure)
        self._suspect(failure)
        await self._watch()
        await asyncio.sleep(wait)

    def _report(self, key: str, failure: Exception) -> None:
        """Say it once, not at each repetition."""
        if self._down != key:
            level = logging.ERROR if key == "displaced" else logging.WARNING
            log.log(level, self._say(key, name=self._name, reason=describe(failure)))
        self._down = key

    def _suspect(self, failure: Exception) -> None:
        """Whoever polls here does it under the lease. So who still takes our updates is nobody of ours."""
        if not isinstance(failure, Displaced):
            return
        self._displaced = self._displaced or self._now()
        if not self._stolen and self._now() - self._displaced >= STOLEN:
            self._stolen = self._now()
            log.critical(self._say("stolen", name=self._name, seconds=f"{STOLEN:.0f}"))

    def trouble(self) -> str:
        """Why no updates come; empty while polls are answered."""
        silent = self._now() - self.last_success
        if self._answered and silent <= self._patience.silence + self._patience.grace:
            return ""
        return f"no answer for {silent:.0f} s" if self._answered else "not connected"

    def _recovered(self) -> None:
        self.last_success = self._now()
        self._answered = True
        self._displaced = self._stolen = 0.0
        if self._down:
            log.warning(self._say("alone" if self._down == "displaced" else "back", name=self._name))
        self._down = ""

    async def _watch(self) -> None:
        """The watchdog: a session that has brought nothing for too long is thrown away, and if the next one is as
        mute, the process. Not where the network is away or Telegram answers with an error: a new process would find
        it no sooner, and the other platform would lose its session again and again."""
        silent = self._now() - max(self.last_success, self._renewed)
        if silent > self._patience.silence:
            if self._polls and self._mute and self._renewed > self.last_success:
                silent = self._now() - self.last_success
                raise Wedged(self._say("wedged", name=self._name, seconds=f"{silent:.0f}"))
            log.error(self._say("renewed", name=self._name, seconds=f"{silent:.0f}"))
            self._renewed = self._now()
            await self._request.shutdown()

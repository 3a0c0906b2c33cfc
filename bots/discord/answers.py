"""Answering interactions: within three seconds, then for fifteen minutes, and across a restart.

Each interaction gets one first answer and any number of follow-ups. If no first answer is ready in time, it is
deferred, and the first answer then fills the deferred one: PATCH @original, harmless to repeat. After a restart
nothing is remembered, so the present answer is looked at: one that still waits is filled, one that says the same
is done, and beside any other a follow-up is made. The same holds in a process that did not hear of the interaction:
while it is so young that nobody has deferred it yet, the first answer is simply tried.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from bots.discord.draw import EPHEMERAL, instead
from bots.discord.errors import Already, Late, describe
from bots.discord.rest import Rest
from core.errors import DeliveryError, Unsure

EPOCH = 1_420_070_400.0
"""Where Discord's ids begin to count, in epoch seconds."""
ACK = 3.0
"""Seconds in which an interaction must be answered or deferred."""
LIFE = 14.5 * 60
"""Seconds for which we use an interaction's token; Discord allows 15 minutes."""
MESSAGE, DEFER, UPDATE, MODAL = 4, 5, 7, 9
LOADING = 1 << 7
_MOST = 20_000
log = logging.getLogger(__name__)
State = Literal["fresh", "deferred", "answered", "unknown", "late"]


@dataclass(frozen=True, slots=True)
class Handle:
    """What answers one interaction: a bearer secret. `press`: it was a button, whose message can be changed."""

    id: str
    press: bool
    token: str = field(repr=False)

    @property
    def born(self) -> float:
        """When it happened, in epoch seconds: every id of Discord's says so."""
        return EPOCH + (int(self.id) >> 22) / 1000

    @property
    def text(self) -> str:
        """To be sealed."""
        return f"{self.id}:{'p' if self.press else 'c'}:{self.token}"

    @staticmethod
    def of(text: str) -> Handle:
        """From its text.

        Raises:
            ValueError: it is none.
        """
        number, kind, token = text.split(":", 2)
        if not number.isdecimal():
            raise ValueError("no handle")
        return Handle(number, kind == "p", token)


@dataclass(eq=False, slots=True)
class _Reply:
    """What is known of an interaction's answer. `first` is the key of the effect that made it."""

    state: State
    ephemeral: bool
    first: str = ""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    timer: asyncio.TimerHandle | None = None


class Answers:
    """The interactions of one bot. `app` gives its id; `patience` is in seconds, until an answer is deferred."""

    def __init__(
        self, rest: Rest, app: Callable[[], str], now: Callable[[], float], patience: float = 1.5
    ) -> None:
        self._rest = rest
        self._app = app
        self._now = now
        self._patience = patience
        self._replies: OrderedDict[str, _Reply] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def opened(self, handle: Handle, *, ephemeral: bool) -> None:
        """An interaction arrived: unless it is answered soon, it will be deferred."""
        if handle.id in self._replies:
            return
        reply = self._known(handle, ephemeral=ephemeral)
        reply.state = "fresh"
        reply.timer = asyncio.get_running_loop().call_later(self._patience, self._late, handle, reply)

    def _known(self, handle: Handle, *, ephemeral: bool) -> _Reply:
        """What is known of an answer; of an interaction that another process heard of, what is likely."""
        if handle.id not in self._replies:
            while self._replies and (len(self._replies) >= _MOST or self._expired(next(iter(self._replies)))):
                self._replies.popitem(last=False)
            young = self._now() - handle.born < self._patience
            self._replies[handle.id] = _Reply("fresh" if young else "unknown", ephemeral)
        return self._replies[handle.id]

    def _expired(self, number: str) -> bool:
        return not self.lives(Handle(number, press=False, token=""))

    def lives(self, handle: Handle) -> bool:
        """Whether its token can still be used."""
        return self._now() - handle.born < LIFE

    def close(self) -> None:
        """Defer nothing any more."""
        for reply in self._replies.values():
            if reply.timer is not None:
                reply.timer.cancel()
        for task in self._tasks:
            task.cancel()

    # --- the first answer

    def _late(self, handle: Handle, reply: _Reply) -> None:
        task = asyncio.create_task(self._defer(handle, reply))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _defer(self, handle: Handle, reply: _Reply) -> None:
        """Show "thinking": from here on there are fifteen minutes."""
        async with reply.lock:
            if reply.state != "fresh":
                return
            data = {"flags": EPHEMERAL} if reply.ephemeral else {}
            try:
                await self.respond(handle, DEFER, data)
            except Late:
                reply.state = "late"
            except Already:  # another process did
                reply.state = "unknown"
            except DeliveryError as error:
                log.warning("an interaction could not be deferred: %s", describe(error))
                reply.state = "unknown"
            else:
                reply.state = "deferred"

    async def respond(self, handle: Handle, kind: int, data: Mapping[str, Any]) -> Any:
        """The callback itself; once for each interaction.

        Raises:
            DeliveryError: Late after three seconds, Already when there was one.
        """
        path = f"/interactions/{handle.id}/{handle.token}/callback?with_response=true"
        return await self._rest.answer("POST", path, {"type": kind, "data": dict(data)})

    async def give(
        self, handle: Handle, body: Mapping[str, Any], key: str, *, ephemeral: bool, update: bool = False
    ) -> str | None:
        """Answer with this message; the reference of it, or None when the first answer was given before and
        this one has to be said otherwise. `update`: in place of the message whose button was pressed.

        Raises:
            DeliveryError: Late when the interaction cannot be answered any more.
        """
        reply = self._known(handle, ephemeral=ephemeral)
        if not self.lives(handle):
            raise Late("the interaction is over")
        async with reply.lock:
            if reply.timer is not None:
                reply.timer.cancel()
            if reply.state == "fresh":
                with suppress(Already):  # another process has deferred it, or an earlier one has answered
                    return await self._first(handle, reply, body, key, update=update)
            if reply.state == "late":
                raise Late("the interaction was not answered in time")
            if reply.state == "unknown" and not await self._look(handle, reply, body, key):
                try:
                    return await self._first(handle, reply, body, key, update=update)
                except Already:
                    raise Unsure("the interaction has an answer already") from None
            if reply.state == "deferred" or reply.first == key:
                ref = await self._fill(handle, body)
                reply.state, reply.first = "answered", key
                return ref
            return None

    async def open(self, handle: Handle, form: Mapping[str, Any], *, ephemeral: bool) -> bool:
        """Show a form, which only a first answer can. False when something else was answered, or nothing in time.

        Raises:
            DeliveryError: it is not known whether it is shown.
        """
        reply = self._known(handle, ephemeral=ephemeral)
        async with reply.lock:
            if reply.state != "fresh":
                return False
            if reply.timer is not None:
                reply.timer.cancel()
            reply.state = "unknown"
            try:
                await self.respond(handle, MODAL, form)
            except Late:
                reply.state = "late"
                return False
            except Already:
                return False
            reply.state = "answered"
            return True

    async def _first(
        self, handle: Handle, reply: _Reply, body: Mapping[str, Any], key: str, *, update: bool
    ) -> str | None:
        kind = UPDATE if update and handle.press else MESSAGE
        flags = body.get("flags", 0) | (EPHEMERAL if reply.ephemeral and kind == MESSAGE else 0)
        reply.first = key
        try:
            answer = {**body, "flags": flags}
            made = await self.respond(handle, kind, instead(answer) if kind == UPDATE else answer)
        except Late:
            reply.state = "late"
            raise
        except DeliveryError:
            reply.state = "unknown"
            raise
        reply.state = "answered"
        return _made(made)

    async def _look(self, handle: Handle, reply: _Reply, body: Mapping[str, Any], key: str) -> bool:
        """Find out what a lost answer or an earlier process came to. False: there is no answer yet, and time."""
        try:
            present = await self._rest.answer("GET", self._original(handle))
        except Late:
            if self._now() - handle.born < ACK:
                return False
            reply.state = "late"
            raise
        if int(present.get("flags") or 0) & LOADING:
            reply.state = "deferred"
        else:
            same = str(present.get("content", "")).strip() == str(body.get("content", "")).strip()
            reply.state, reply.first = "answered", key if same else ""
        reply.ephemeral = bool(int(present.get("flags") or 0) & EPHEMERAL)
        return True

    async def _fill(self, handle: Handle, body: Mapping[str, Any]) -> str:
        made = await self._rest.answer("PATCH", self._original(handle), _editable(body))
        return str(made.get("id", "")) if isinstance(made, dict) else ""

    def _original(self, handle: Handle) -> str:
        return f"/webhooks/{self._app()}/{handle.token}/messages/@original"

    # --- more

    async def follow(self, handle: Handle, body: Mapping[str, Any]) -> str:
        """One more message that only this person sees. There is no nonce: a repetition is a second message.

        Raises:
            DeliveryError: by what really happened.
        """
        flags = body.get("flags", 0) | EPHEMERAL
        path = f"/webhooks/{self._app()}/{handle.token}?wait=true"
        made = await self._rest.answer("POST", path, {**body, "flags": flags})
        return str(made.get("id", "")) if isinstance(made, dict) else ""


def _editable(body: Mapping[str, Any]) -> dict[str, Any]:
    names = ("content", "components", "allowed_mentions", "flags", "attachments")
    return instead({name: body[name] for name in names if name in body})


def _made(answer: Any) -> str:
    """The reference of the message that a callback made or changed."""
    try:
        return str(answer["resource"]["message"]["id"])
    except (LookupError, TypeError):
        return ""

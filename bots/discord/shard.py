"""One shard's connection to the gateway: kept alive, resumed where it can be, begun anew where it cannot.

It is what the library's own sharded client does for each shard, but that one shard's failure ends no other, and that a
session can be taken over from another process. What is closed with 4000 can be resumed by whoever knows the session.
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import yarl
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from bots.discord.breaker import Breaker
from bots.discord.errors import CAUGHT, refused, translate
from bots.discord.gateway import Client, Login, Patience
from bots.discord.starts import Starts
from bots.sentences import Say
from core.channel import Part
from core.errors import DeliveryError, Halted, NotSent
from core.runtime.loops import first

OPENING, CLOSING = 20.0, 2.0
"""Seconds for opening a connection, and for closing one."""
ENDED, LEFT = 1000, 4000
"""Close codes: the session is not needed any more; somebody will resume it."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Session:
    """What can be resumed: everything up to `seq` was heard."""

    id: str
    seq: int
    url: str

    @property
    def text(self) -> str:
        """To be sealed: whoever could change the address would get our token."""
        return json.dumps([self.id, self.seq, self.url])

    @staticmethod
    def of(text: str | None) -> Session | None:
        """From its text; None when there is none, or an odd one."""
        with suppress(ValueError, TypeError):
            id, seq, url = json.loads(text or "")
            return Session(str(id), int(seq), str(url))
        return None


class Shard:
    """One shard. `session` is what somebody before us left."""

    def __init__(
        self,
        name: str,
        part: Part,
        login: Login,
        starts: Starts,
        breaker: Breaker,
        session: Session | None,
        say: Say,
        patience: Patience,
    ) -> None:
        self._name = name
        self._part = part
        self._login = login
        self._starts = starts
        self._breaker = breaker
        self._session = session
        self._say = say
        self._patience = patience
        self._ws: DiscordWebSocket | None = None
        self.live = False
        """Whether a session has begun or was resumed over the connection that stands."""
        self.kept = session
        """What a successor would find."""

    @property
    def session(self) -> Session | None:
        """What could be resumed now."""
        ws = self._ws
        if ws is None or ws.session_id is None or ws.sequence is None:
            return self._session
        return Session(ws.session_id, ws.sequence, str(ws.gateway))

    async def run(self) -> None:
        """Stay connected for ever; cancelled to end it, and then it is ended.

        Raises:
            Halted: Discord does not accept us.
        """
        failures = 0
        while True:
            client = await self._login.client()
            await self._breaker.passed()
            began = asyncio.get_running_loop().time()
            failure = await self._once(client)
            if isinstance(failure, Halted):
                raise refused(failure, self._name, self._say)
            lasted = asyncio.get_running_loop().time() - began
            failures = 1 if lasted > self._patience.most else failures + 1
            log.warning(self._say("unreachable", name=self._name, reason=str(failure)))
            await asyncio.sleep(self._patience.after(failures))

    async def _once(self, client: Client) -> DeliveryError:
        """Connected until something ends it that is no everyday thing, and what that was."""
        try:
            await first([self._stay(client), self._watch()])
        except DeliveryError as error:
            return error
        except CAUGHT as error:
            return translate(error)
        return NotSent(self._say("silent"))

    async def _stay(self, client: Client) -> None:
        while True:
            try:
                self._ws = await self._opened(client)
                while True:
                    await self._ws.poll_event()
            except ReconnectWebSocket as end:
                lived = self.live
                if not end.resume:
                    self._session = self._ws = None
                elif not lived:
                    raise NotSent(self._say("silent")) from None  # not again and again without a pause
            finally:
                await self._put_down()

    async def _opened(self, client: Client) -> DiscordWebSocket:
        """A connection on which a session is asked for. Whoever ends us meanwhile waits until it is closed again: it
        must not stand when another process opens its own."""
        session, how = self._session, dict[str, Any]()
        if session is None:
            how["gateway"] = (await self._starts.passed(self._part.number)).url
        else:
            how = {"session": session.id, "sequence": session.seq, "gateway": yarl.URL(session.url)}
        client.shard_count = client._connection.shard_count = self._part.count
        made = DiscordWebSocket.from_client(
            client, shard_id=self._part.number, resume=session is not None, **how
        )
        opening = asyncio.ensure_future(asyncio.wait_for(made, OPENING))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            with suppress(ReconnectWebSocket, *CAUGHT):
                self._ws = await asyncio.wait_for(opening, CLOSING)
            raise

    async def _put_down(self) -> None:
        """Nothing is connected any more; what can be resumed is remembered."""
        self._session, ws, self._ws = self.session, self._ws, None
        self.live = False
        if ws is not None:
            with suppress(*CAUGHT):
                async with asyncio.timeout(CLOSING):
                    await ws.close(LEFT if self._part.lasts else ENDED)

    async def _watch(self) -> None:
        """The library's own watch is on heartbeats; this one ends a connection that never comes to a session."""
        dead = 0
        while dead < 2:
            await asyncio.sleep(self._patience.silence / 2)
            ws = self._ws
            dead = dead + 1 if ws is not None and (ws.latency == float("inf") or not self.live) else 0
        log.warning(self._say("renewed", name=self._name))
        if self._ws is not None:
            self._ws.session_id = None
        self._session = None

"""Discord as a channel: what the gateway tells comes in (here), effects go out (`outgoing`).

An interaction is answered or deferred within three seconds, whatever the store does; what answers it travels with
the event, sealed, so that the answer can still be given after a restart.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from bots.api_url import check_api_url
from bots.discord.answers import Answers, Handle
from bots.discord.breaker import Breaker
from bots.discord.card import Cards
from bots.discord.catch_up import CatchUp
from bots.discord.errors import describe
from bots.discord.forms import Forms
from bots.discord.gateway import Client, Login
from bots.discord.inbound import Inbound, translate
from bots.discord.outgoing import Outgoing
from bots.discord.overhear import overheard
from bots.discord.rest import Rest
from bots.discord.sessions import Sessions
from bots.discord.settings import OFFICIAL, WORDS, Settings
from bots.discord.shards import Shards
from bots.discord.starts import Starts
from bots.sentences import to_operator
from bots.small_files import LARGEST
from core.channel import Album, Receipt, Receive, Share, Sign
from core.conversation.model import Address, Edit, Erase, Incoming, Send
from core.errors import ConfigError, DeliveryError
from core.runtime.seal import Seal

log = logging.getLogger(__name__)
Json = Mapping[str, Any]


class DiscordChannel:
    """One bot of one token. It holds connections: `close` it when nothing is to be sent any more.

    Raises:
        ConfigError: the token's shape or the API's address is unusable.
    """

    def __init__(
        self,
        name: str,
        token: str,
        sign: Sign,
        seal: Seal,
        settings: Settings | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        settings = settings or Settings()
        self.name = name
        self.abilities = settings.abilities
        self._settings = settings
        self._say = say = to_operator(WORDS)
        if token.count(".") != 2 or not token.isascii() or token != token.strip():
            raise ConfigError(say("bad_shape"))
        self._seal = seal
        self._me = ""
        base = check_api_url(settings.api_url, OFFICIAL, say)
        self._rest = rest = Rest(base, Breaker(name, say), settings.proxy)
        self._answers = Answers(rest, lambda: self._me, now, settings.defer_after)
        self._inbound = Inbound(name, say, lambda url: rest.file(url, LARGEST))
        self._login = Login(name, base, token, self._client, rest, self._arrive, say, settings.patience)
        self._cards = Cards(name, rest, self._share, settings.card, settings.data, say)
        self._catch_up = CatchUp(name, rest, now, settings.catch_up_every, self._read)
        self._sessions = self._made_sessions()
        self._shards = self._made_shards()
        self._forms = Forms(settings.house, settings.languages)
        please = settings.house.get("press_again", {})
        self._outgoing = Outgoing(
            name,
            rest,
            self._answers,
            seal,
            sign,
            self._forms,
            please,
            self._share,
            [chat for chat, _ in self.abilities.boards],
        )

    def _made_sessions(self) -> Sessions:
        return Sessions(
            self.name,
            self._rest,
            lambda: self._me,
            lambda: self._shards,
            self._cards,
            self._catch_up,
            self._settings.supports,
            self._settings.commands,
            self._say,
        )

    def _made_shards(self) -> Shards:
        every = self._settings.identify_every
        return Shards(
            self.name,
            self._login,
            Starts(self.name, self._rest, self._share, every, self._say),
            self._rest.breaker,
            self._seal,
            self._sessions,
            self._inbound.stored,
            self._say,
            self._settings.patience,
        )

    def _share(self) -> Share:
        return self._shards.share

    def share(self, share: Share) -> None:
        """Hold the shards that `share` gives us."""
        self._shards.share = share

    def held(self) -> Mapping[int, bool]:
        """Our shards, and whether each is connected."""
        return self._shards.held()

    # --- coming in ---------------------------------------------------------------------------

    async def run(self, receive: Receive) -> None:
        """Receive for ever, whatever happens to the network; cancelled at shutdown.

        Raises:
            Halted: Discord does not accept the token.
        """
        self._sessions.receive = receive
        storing = asyncio.create_task(self._inbound.run(receive))
        try:
            await self._shards.run(self._settings.shards)
        finally:
            self._answers.close()
            await self._sessions.close()
            storing.cancel()
            await asyncio.gather(storing, return_exceptions=True)

    async def meet(self) -> None:
        """Learn who we are where we only send."""
        await self._login.client()

    def _client(self) -> Client:
        servers = bool(self._settings.supports) or self._settings.servers
        trace = self._rest.breaker.trace()
        return Client(
            self._heard,
            self._sessions.begun,
            self._sessions.resumed,
            servers=servers,
            members=self._settings.members,
            content=self._settings.content,
            proxy=self._settings.proxy,
            trace=trace,
        )

    def stopped(self) -> float:
        """Seconds for which nothing is called: behind Discord's wall, or to keep from it."""
        return self._rest.breaker.left

    def stop(self, seconds: float) -> None:
        """Another process is behind it."""
        self._rest.breaker.stop(seconds)

    def refused(self) -> int:
        """How many calls Discord refused, since this process began."""
        return self._rest.breaker.refused

    def too_many(self, refused: int) -> bool:
        """Stop, if so many refusals are half of those that end in a ban."""
        return self._rest.breaker.too_many(refused)

    def trouble(self) -> str:
        """Why nothing comes in or goes out now; empty while all is well."""
        left = self._rest.breaker.left
        return f"stopped for {left:.0f} s" if left > 0 else self._shards.trouble()

    async def _arrive(self, client: Client) -> None:
        """Who are we?"""
        assert client.user is not None
        self._me = str(client.user.id)
        log.info(self._say("started", name=self.name, username=client.user.name))

    def _heard(self, event: str, data: Json) -> None:
        """One event of the gateway."""
        if event.startswith("MESSAGE_DELETE"):
            gone = data.get("ids") or [data.get("id")]
            if self._cards.mourns(gone):
                self._sessions.torn(str(data["channel_id"]))
            return
        if event == "INTERACTION_CREATE" and (answer := self._forms.answer(data)):
            self._sessions.spawn(self._at_once(data, *answer))
            return
        if event == "INTERACTION_CREATE" or not self._catch_up.holds(event, data):
            self._read(event, data)

    def _read(self, event: str, data: Json) -> None:
        """One event of the gateway whose turn has come, or one message that was read later."""
        events = translate(event, data, self.name, self._me, self._say)
        if self._settings.look:
            self._inbound.put(overheard(event, data, self.name, self._settings.look))
        if event == "MESSAGE_CREATE" and events and not events[0].public:
            self._outgoing.met(events[0].address.user, str(data["channel_id"]))
        self._inbound.put([self._with_reply(one) for one in events])

    def _with_reply(self, event: Incoming) -> Incoming:
        """What answers the event travels with it, sealed."""
        if not event.reply_handle:
            return event
        handle, address = Handle.of(event.reply_handle), event.address
        self._answers.opened(handle, ephemeral=address.chat != address.user)
        self._outgoing.lent(address.key, handle)
        sealed = self._seal.seal(handle.text, address.key)
        if address.chat != address.user:
            self._sessions.spawn(self._outgoing.lend(address.key, sealed))
        return event._replace(address=address._replace(reply=sealed), reply_handle="")

    async def _at_once(self, data: Json, kind: int, what: dict[str, Any]) -> None:
        """What must be the first answer and needs nobody's leave: a form, or a word of thanks for the press."""
        with suppress(LookupError, TypeError, ValueError):
            handle = Handle(str(int(data["id"])), press=True, token=str(data["token"]))
            if what.get("custom_id") is None and "member" in data:
                user = str(data["member"]["user"]["id"])
                where = Address(self.name, str(data["channel_id"]), user).key
                self._outgoing.lent(where, handle)
                await self._outgoing.lend(where, self._seal.seal(handle.text, where))
            await self._quietly(self._answers.respond(handle, kind, what))

    async def _quietly(self, call: Awaitable[Any]) -> None:
        try:
            await call
        except DeliveryError as error:
            log.debug("a call that may fail: %s", describe(error))

    # --- going out ---------------------------------------------------------------------------

    def show_from(self, album: Album) -> None:
        """The pictures are found here."""
        self._rest.album = album

    async def perform(self, address: Address, effect: Send | Edit | Erase, key: str) -> Receipt:
        """Perform one effect. In a channel `key` becomes the nonce: a repetition within minutes is no second message.

        Raises:
            DeliveryError: by what really happened.
        """
        return await self._outgoing.perform(address, effect, key)

    async def busy(self, address: Address) -> None:
        """Show "typing" in a direct channel; an interaction shows it by itself. Raises nothing."""
        if address.chat == address.user and not address.reply:
            place = self._outgoing.direct(address.user)
            if place:
                await self._quietly(
                    self._rest.call("POST", "/channels/{channel_id}/typing", channel_id=place)
                )

    async def close(self) -> None:
        """Close all connections."""
        self._answers.close()
        await self._login.close()
        await self._rest.close()

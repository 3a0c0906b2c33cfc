"""The service: store, engine, loops and channels, put together and kept running."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.actions import Action, load_actions
from core.broadcast.drip import Drips
from core.broadcast.education import Education
from core.broadcast.sender import Sender
from core.broadcast.wishes import Wishes
from core.channel import AbilitiesOf, Channel, Meets, Shows, Sign
from core.config import Secrets, Settings
from core.conversation.engine import Engine
from core.conversation.library import Library
from core.errors import ConfigError, DeliveryError, StoreError
from core.incidents.board import Board
from core.incidents.group import Group
from core.notices.herald import Herald
from core.notices.sights import Sights
from core.runtime import shelf
from core.runtime.alarm import Alarm
from core.runtime.album import StoredAlbum
from core.runtime.crew import Together, crew_of
from core.runtime.desk import Desk
from core.runtime.floor import floor_of
from core.runtime.follow import Follow
from core.runtime.freeze import Freezes
from core.runtime.genuine import Genuine
from core.runtime.health import Health
from core.runtime.house import house_holes, store_url
from core.runtime.keys import audit_key, marks, routes
from core.runtime.loops import Loop, first, steady, together
from core.runtime.perform import Performer
from core.runtime.receive import Receiver
from core.runtime.sealing import Sealing
from core.runtime.turns import Turner
from core.runtime.upkeep import Upkeep
from core.runtime.vault import Vault
from core.runtime.watch import Watch
from core.safety.guard import inspect
from core.sentences import teller
from core.store.open import open_store
from core.store.rooms import Store
from core.store.rows import AuditLine, NewEffect

log = logging.getLogger(__name__)
Faces = Callable[[Sign, Library], Sequence[Channel]]
"""Makes the configured channels, given what signs their buttons and the flows that they announce."""


class Service:
    """One running Helpline. `open` it, `run` it; cancelling `run` stops it cleanly."""

    def __init__(
        self,
        settings: Settings,
        secrets: Secrets,
        store: Store,
        faces: Faces,
        services: Mapping[str, Any],
        now: Callable[[], float],
        actions: Mapping[str, Action] | None = None,
    ) -> None:
        self.settings = settings
        self.store = store
        self.now = now
        self._own_actions = actions
        self.actions: Mapping[str, Action] = actions or {}
        self.crew = crew_of(store, settings.runtime, now, marks(secrets, settings.data))
        self._routes = routes(secrets, settings.data)
        self._audit_key = audit_key(secrets, settings.data)
        self._faces = faces
        self.channels: dict[str, Channel] = {}
        self._here: dict[str, Channel] = {}  # those that this very process listens to
        self._services = services
        self._failed: asyncio.Future[None] | None = None
        self.engine: Engine | None = None
        self.genuine = Genuine(store, settings)
        self.board = Board(store)

    # --- flows

    async def load(self) -> Library:
        """Read, check and store the flows on disk, and use them from the next turn on.

        Raises:
            FlowFaults: nothing was changed.
        """
        settings = self.settings
        actions = self._own_actions or load_actions(settings.flows)
        stored = await self.store.flows.all()
        built = shelf.build(settings, shelf.read_sources(settings.flows), actions, stored, self.now())
        await self.store.flows.put(built.stored)
        self.actions = actions
        self.engine = Engine(built.library, AbilitiesOf(self.channels), house_holes(settings))
        return built.library

    async def reload(self) -> None:
        """Swap to the flows on disk; a bad folder keeps the old ones and says so."""
        try:
            await self.load()
        except shelf.FlowFaults as error:
            log.error("%s; the flows of before stay in use", error)
            await self._audit("reload refused", str(len(error.found)))
        except ConfigError as error:
            log.error("%s; the flows of before stay in use", error)
            await self._audit("reload refused", "")
        else:
            self._offer(await self.genuine.load(self.now()))
            log.info("the flows were reloaded")
            await self._audit("reload", "")

    async def _audit(self, action: str, detail: str) -> None:
        await self.store.audit.append(AuditLine(self.now(), "operator", action, "flows", detail))

    def _engine(self) -> Engine:
        assert self.engine is not None
        return self.engine

    # --- running

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Load the flows, then do what the roles say until cancelled.

        Raises:
            StoreError: another process works here, or took over.
            ConfigError: the flows have faults, or others work here with other keys.
            Halted: a platform refuses the bot itself.
        """
        await self.crew.enter()
        try:
            library = await self.load()
            await self.genuine.load(self.now())
            await self.board.refresh()
            self.channels |= {c.name: c for c in self._faces(self._routes.sign, library)}
            album = StoredAlbum(self.store.pictures)
            for channel in self.channels.values():
                self.crew.share(channel)
                if isinstance(channel, Shows):
                    channel.show_from(album)
            await self.crew.join()
            await self._run(ready)
        finally:
            await asyncio.shield(self._leave())

    async def _leave(self) -> None:
        try:
            await self.crew.leave()
        except StoreError as error:
            log.warning("the lease runs out by itself: %s", error)

    async def _run(self, ready: Callable[[], None]) -> None:
        self._failed = asyncio.get_running_loop().create_future()
        receive = self._assemble()
        running = asyncio.ensure_future(first(self._loops(receive)))
        ready()
        try:
            await asyncio.wait({running, self._failed}, return_when=asyncio.FIRST_COMPLETED)
            for task in (self._failed, running):
                if task.done():
                    task.result()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            closing = (channel.close() for channel in self.channels.values())
            await asyncio.gather(*closing, return_exceptions=True)
            self._failed.cancel()

    def _loops(self, receive: Receiver) -> list[Loop]:
        """What this process does for ever, by its roles."""
        roles, channels = self.crew.roles, self.channels.values()
        loops = [*self.crew.loops(self._woken), self.watch.run(), self.alarm.run(), self.health.run()]
        loops.append(steady(self.board.run))
        if "work" in roles:
            loops.append(self.turner.run())
            loops.append(self.worker.run())
        anywhere = [channel for channel in channels if not channel.abilities.alone]
        here = anywhere if "receive" in roles else []
        if here:
            loops.append(together([self._listen(channel, receive) for channel in here]))
        if isinstance(self.crew, Together):
            loops.append(_meet([channel for channel in channels if channel not in here]))
        if "lead" in roles:
            loops.append(self.crew.lead(lambda: self._leading(receive)))
        return loops

    async def _listen(self, channel: Channel, receive: Receiver) -> None:
        self._here[channel.name] = channel
        try:
            await channel.run(receive)
        finally:
            del self._here[channel.name]

    def _leading(self, receive: Receiver) -> list[Loop]:
        """What only one process does."""
        alone = [channel for channel in self.channels.values() if channel.abilities.alone]
        upkeep = Upkeep(self.store, self.settings.store, self.now)
        faces = [together([self._listen(channel, receive) for channel in alone])] if alone else []
        lessons, told = (self.education, self.drips), (self.sender, self.herald, self.group, self.follow)
        return [steady(one.run) for one in (*lessons, *told, self.sealing, upkeep)] + faces

    def _assemble(self) -> Receiver:
        """The parts, each with what it asks for; what takes the updates is given to the channels."""
        settings, store, now, can = self.settings, self.store, self.now, AbilitiesOf(self.channels)
        staff = settings.desk.staff_language or settings.languages[0]
        self.paces = {name: self.crew.pace(channel) for name, channel in self.channels.items()}
        hosts = frozenset(settings.security.official_hosts)
        say, flows = teller(staff), lambda: self._engine().library
        floor = floor_of(store, settings, self._routes, can, flows, house_holes(settings), say, now)
        vouch, spoken = self.genuine.vouch, settings.languages
        self.desk = Desk(
            store, settings.desk, hosts, staff, can, self._offer, now, vouch, floor, spoken, lambda: self.board.news
        )  # fmt: skip
        self.turner = Turner(
            store, self._engine, self._routes, can, self._offer, now, self.desk, self.crew.lanes(), self._poke,
            lambda: self.board.news,
        )  # fmt: skip
        self.education = Education(store, settings.education, self._engine, can, self._offer, now)
        self.sealing = Sealing(store, self._audit_key, settings, staff, self._offer, now)
        self.drips = Drips(store, settings, can, self._offer, now)
        self.sender = Sender(store, settings, can, self._offer, self._poke, say, now)
        vault = Vault(settings.transactions.explorers, now)
        tx, chain = settings.transactions, self._services.get("chain")
        self.follow = Follow(store, chain, tx.watch_days, tx.watches_each, self.turner.take, now)
        freezes = Freezes(store.freezes, self._services.get("ledger"), self._audit_key)
        services = {**self._services, "education": self.education, "vault": vault, "watches": self.follow}
        wishes = Wishes(store.preferences, self.education, self._engine, settings.preferences.assets)
        services |= {"freezes": freezes, "genuine": self.genuine, "wishes": wishes}
        performer = Performer(
            store, self.channels, self.paces, lambda: self.actions, services, self._halt, now, self.desk
        )
        self.worker = self.crew.worker(performer, self.turner.take, self.channels)
        self.watch = Watch(store, self._here, settings.health.queue_seconds, now)
        asked = (chain.clients if chain else (), self._services.get("ledger"), self._services.get("prices"))
        sights = Sights(*asked, store.notices, self.watch.trouble, now)
        self.herald = Herald(store, settings, sights, floor.office, self._offer, say, now)
        self.group = Group(store, settings, self.turner.take, self._poke, say, now)
        self.alarm = Alarm(store, settings.desk, self._offer, now)
        self.health = Health(settings.health, self.watch)
        buckets, pieces = self.crew.buckets(), self.crew.pieces()
        return Receiver(store, inspect, vault, self.turner, now, buckets, pieces, self._routes, floor)

    def _offer(self, rows: Sequence[NewEffect]) -> None:
        self.worker.offer(rows)
        self.crew.tell(rows)

    def _woken(self) -> None:
        """Others left something to do."""
        self.turner.wake()
        self.worker.poke()

    def _poke(self) -> None:
        self.worker.poke()

    async def settled(self) -> None:
        """Return when every event is turned and every due effect performed."""
        quiet = 0
        while quiet < 3:
            await asyncio.sleep(0.001)
            quiet = quiet + 1 if self.turner.idle and self.worker.idle else 0

    def _halt(self, channel: Channel, error: DeliveryError) -> None:
        """A platform refuses the bot itself: stop with that sentence, so that a human looks."""
        if self._failed is not None and not self._failed.done():
            self._failed.set_exception(error)


async def _meet(channels: Sequence[Channel]) -> None:
    """Learn who we are where we only send."""
    await asyncio.gather(*(channel.meet() for channel in channels if isinstance(channel, Meets)))
    await asyncio.get_running_loop().create_future()


async def open_service(
    settings: Settings,
    secrets: Secrets,
    faces: Faces,
    services: Mapping[str, Any],
    now: Callable[[], float],
    actions: Mapping[str, Action] | None = None,
) -> Service:
    """A service on the configured store. Where many work, all of them go by the store's clock instead of `now`.

    Raises:
        StoreError: the database is newer than this program, foreign, or cannot be opened.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    store = await open_store(store_url(settings))
    return Service(settings, secrets, store, faces, services, store.clock or now, actions)

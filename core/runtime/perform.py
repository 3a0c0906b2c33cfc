"""Performing one effect, and what each class of error means for its row.

SAFE       NotSent    repeat at once, then with growing pauses, for a day
AMBIGUOUS  Unsure     repeat, counted in maybe_sent; after five it is `uncertain` and a human looks
WAIT       SlowDown   the chat (or everything) pauses as long as the platform says
PERMANENT  Refused    dead; Blocked also retires the subscriber
FIX        Malformed  once as plain text, then dead
REWRITE    Moved      the chat's new id is written everywhere, then the lane is read anew
STOP       Halted     the row stays queued, the channel stops and calls a human
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from core.actions import Action, Call
from core.broadcast.boards import public
from core.broadcast.content import load as load_content
from core.channel import Channel, Receipt
from core.conversation.delivery import Deliver
from core.conversation.engine import FAILED
from core.conversation.model import (
    Act,
    Address,
    Edit,
    Erase,
    Finished,
    HandOver,
    Message,
    Remind,
    Rich,
    Send,
    Unsubscribe,
    Woke,
)
from core.conversation.tickets import Left, Note, Recall, Recalled
from core.conversation.wire import dump_event, load_address
from core.errors import (
    Blocked,
    Conflict,
    DeliveryError,
    Displaced,
    Halted,
    Malformed,
    Moved,
    NotSent,
    SlowDown,
    StoreError,
    Unsure,
)
from core.runtime import metrics
from core.runtime.calls import alarm, broken
from core.runtime.desk import Desk
from core.runtime.ends import Done, Later, dead, later, pause
from core.runtime.pace import Pace
from core.runtime.permit import permit
from core.runtime.recent import load_effect
from core.runtime.references import referred, refers
from core.store.broadcasts import BLOCKED, LOST
from core.store.rooms import Store
from core.store.rows import EffectRow, NewEvent, Settled

BUSY = 0.4
"""Seconds after which a person is shown that an answer is being prepared."""
BUSY_AGAIN = 4.5
GIVE_UP = 24 * 3600.0
"""An effect that could not be sent for a day is dead: the platforms forget after a day, too."""
UNSURE = 5
"""Ambiguous attempts before a human has to look."""
ACT_TRIES = 2
HELD = 90.0
"""Seconds for which a delivery is in hand: longer than any call to a platform takes."""
PACED = frozenset({"send", "edit", "erase", "deliver"})
"""Kinds that are a message on a platform."""
_NOWHERE = Erase("", ours=True)
"""What was to be erased was never sent."""
log = logging.getLogger(__name__)


class Performer:
    """Performs rows: messages through channels, actions, reminders, tickets."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        paces: Mapping[str, Pace],
        actions: Callable[[], Mapping[str, Action]],
        services: Mapping[str, Any],
        halted: Callable[[Channel, Halted | Displaced], None],
        now: Callable[[], float],
        desk: Desk,
    ) -> None:
        self._store = store
        self._desk = desk
        self._channels = channels
        self._paces = paces
        self._actions = actions
        self._services = services
        self._halted = halted
        self._now = now

    async def perform(self, row: EffectRow) -> Done | Later:
        """Perform one row. Never raises but for a store that fails."""
        try:
            done = await self._perform(row)
        except Exception as error:  # a lane must not end with it, and a person has to see it
            if isinstance(error, StoreError) and not isinstance(error, Conflict):
                raise
            log.exception("%s %s failed", row.kind, row.key)
            done = broken(row, type(error).__name__, self._now())
        outcome = "later" if isinstance(done, Later) else done.settled.status if done.settled else "moved"
        metrics.series(metrics.EFFECTS, row.kind, outcome).inc()
        if isinstance(done, Done) and done.settled and done.settled.status != "done":
            alarm(row)
            event = await self._desk.staff.lost(row, done.settled.status)
            done = done._replace(event=event or done.event)
        return done

    async def _perform(self, row: EffectRow) -> Done | Later:
        try:
            address, effect = load_address(row.address), load_effect(row.kind, row.payload)
        except (LookupError, TypeError, ValueError):
            log.exception("%s %s cannot be read", row.kind, row.key)
            return dead(row, "unreadable row")
        match effect:
            case Send() | Edit() | Erase():
                return await self._deliver(row, address, effect)
            case Deliver():
                return await self._broadcast(row, address, effect)
            case Act():
                return await self._act(row, address, effect)
            case Remind():
                return self._back(row, address, Woke(effect.visit))
            case HandOver():
                return await self._hand_over(row, address, effect)
            case Note() | Left():
                await self._desk.note(row, address, effect)
                return Done(Settled(row.key, "done"))
            case Recall():
                return self._back(row, address, await self._desk.recall(address))
            case Unsubscribe():
                await self._store.lessons.unsubscribe(address.channel, address.user, row.due)
                await self._store.broadcasts.opt_out(address.channel, address.user, row.due)
                return Done(Settled(row.key, "done"))

    async def admit(self, row: EffectRow) -> None:
        """Wait until the platform's rates let this row leave."""
        if row.kind in PACED:
            try:
                address = load_address(row.address)
            except (TypeError, ValueError):
                return  # whoever performs it will say so
            pace = self._paces.get(address.channel)
            if pace is not None:
                await pace.admit(address.chat, group=address.chat != address.user, rank=row.rank)

    # --- messages

    async def _deliver(self, row: EffectRow, address: Address, effect: Send | Edit | Erase) -> Done | Later:
        channel = self._channels.get(address.channel)
        if channel is None:
            return dead(row, f"the channel {address.channel} is not configured any more")
        if refers(effect):
            effect = await referred(effect, self._store.desk)
        if effect == _NOWHERE:
            return Done(Settled(row.key, "done"))
        if (pace := self._paces.get(address.channel)) is not None:
            pace.leaves(address.chat)
        try:
            receipt = await channel.perform(address, effect, row.key)
        except DeliveryError as error:
            return await self._failed(row, address, effect, channel, error)
        kept = not address.user  # a chat without a person is the staff's: they may reply to it in a month
        return Done(Settled(row.key, "done", receipt.ref, "", row.attempts + 1, row.maybe_sent, kept))

    async def _broadcast(self, row: EffectRow, address: Address, effect: Deliver) -> Done | Later:
        """One delivery: taken in hand in the table first, so that a crash leaves it uncertain instead of doubled."""
        with permit(self._store.broadcasts, row.key):
            got = await self._store.broadcasts.claim(row.key, self._now(), self._now() + HELD)
            if got == "wait":
                return Done(None)
            if got == "lost":
                return Done(Settled(row.key, "uncertain", "", LOST, row.attempts + 1, 1))
            if got == "no":
                return dead(row, "not to be sent")
            content = load_content(got[0])
            person, board = address.user, (address.channel, address.chat)
            message = content.messages[got[1]] if person else public(content, *board)
            sent = Edit(effect.instead, message) if effect.instead else Send(message)
            return await self._deliver(row, address, sent)

    async def _failed(
        self,
        row: EffectRow,
        address: Address,
        effect: Send | Edit | Erase,
        channel: Channel,
        error: DeliveryError,
    ) -> Done | Later:
        match error:
            case SlowDown(after=after, everywhere=everywhere):
                self._paces[address.channel].hold(after, "" if everywhere else address.chat)
                return self._later(row, after, error)
            case Unsure():
                row = row._replace(maybe_sent=row.maybe_sent + 1)
                if row.maybe_sent >= (1 if row.kind == "deliver" else UNSURE):
                    return Done(
                        Settled(row.key, "uncertain", "", str(error), row.attempts + 1, row.maybe_sent)
                    )
                return self._later(row, pause(row.attempts), error)
            case Blocked():
                if address.chat == address.user:  # a group that threw us out says nothing about its members
                    await self._store.people.blocked(address.channel, address.user, self._now())
                return dead(row, f"{BLOCKED}: {error}")
            case Moved(chat=chat):
                await self._store.people.moved(address.channel, address.chat, chat)
                return Done(None)
            case Malformed():
                return await self._plainly(row, address, effect, channel)
            case Halted() | Displaced():
                self._halted(channel, error)
                return self._later(row, 30.0, error)
            case NotSent() if self._now() - row.due < GIVE_UP:
                return self._later(row, pause(row.attempts), error)
            case _:
                return dead(row, str(error))

    async def _plainly(
        self, row: EffectRow, address: Address, effect: Send | Edit | Erase, channel: Channel
    ) -> Done | Later:
        """Once more without marks, links and picture; the person gets the words, and the log gets the bug."""
        log.error("the platform refused the rich form of %s", row.key)
        if isinstance(effect, Erase):
            return dead(row, "refused")
        bare = effect._replace(message=in_words(effect.message))
        try:
            receipt: Receipt = await channel.perform(address, bare, row.key)
        except Malformed as error:
            return dead(row, str(error))
        except DeliveryError as error:
            return await self._failed(row, address, bare, channel, error)
        attempts, why = row.attempts + 1, "sent as plain text"
        kept = not address.user
        return Done(Settled(row.key, "done", receipt.ref, why, attempts, row.maybe_sent, kept))

    def _later(self, row: EffectRow, after: float, error: DeliveryError) -> Later:
        return later(row, after, str(error), self._now())

    # --- actions, reminders, people

    async def _act(self, row: EffectRow, address: Address, act: Act) -> Done | Later:
        action = self._actions().get(act.action)
        channel = self._channels.get(address.channel)
        if action is None:
            return self._back(row, address, Finished(act.visit, FAILED))
        showing = asyncio.create_task(_show_busy(channel, address)) if channel else None
        try:
            async with asyncio.timeout(action.deadline):
                outcome = await action.run(Call(row.key, self._services, self._now(), address), **act.inputs)
        except Exception as error:
            log.warning("the action %s failed: %s", act.action, type(error).__name__)
            if row.attempts + 1 < ACT_TRIES and not isinstance(error, TimeoutError):
                return self._later(row, pause(row.attempts), NotSent(type(error).__name__))
            return self._back(row, address, Finished(act.visit, FAILED))
        finally:
            if showing:
                showing.cancel()
        return self._back(row, address, Finished(act.visit, outcome.name, outcome.values))

    async def _hand_over(self, row: EffectRow, address: Address, hand: HandOver) -> Done:
        values = await self._desk.open(row, address, hand)
        return self._back(row, address, Finished(hand.visit, "opened", values))

    def _back(self, row: EffectRow, address: Address, event: Finished | Woke | Recalled) -> Done:
        """The effect ended, and the conversation is told so through the inbox, once."""
        inbound = NewEvent(address.channel, f"effect:{row.key}", address.key, dump_event(address, event))
        return Done(Settled(row.key, "done", "", "", row.attempts + 1), inbound)


def in_words(message: Message) -> Message:
    """A message as nothing but its words, those of its picture included, and the buttons that answer."""
    told = (Rich(message.picture.alt),) if message.picture else ()
    blocks = (*(Rich(block.text) for block in message.blocks), *told)
    choices = tuple(choice for choice in message.choices if not choice.url)
    return message._replace(blocks=blocks, choices=choices, picture=None)


async def _show_busy(channel: Channel, address: Address) -> None:
    with suppress(Exception):  # best effort: the answer itself is what counts
        await asyncio.sleep(BUSY)
        while True:
            await channel.busy(address)
            await asyncio.sleep(BUSY_AGAIN)

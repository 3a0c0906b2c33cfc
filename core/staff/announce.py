"""What staff are told: the same message in each of their chats, as rows of the outbox."""

from __future__ import annotations

from core import config
from core.conversation.model import Address, Edit, Message, Rich, Send
from core.conversation.wire import dump_address, dump_effect
from core.store.rooms import Store
from core.store.rows import NewEffect

EDITS = 10.0
"""Seconds between two edits of a card that hangs: a third of what a platform allows in a group."""


def chats(desk: config.Desk) -> list[Address]:
    """The chats of the staff, each once."""
    return list(dict.fromkeys(Address(one.channel, one.chat, "", one.thread) for one in desk.staff))


def announce(desk: config.Desk, key: str, message: Message, now: float) -> list[NewEffect]:
    """A message to all of them; `key` makes it one that is sent once."""
    return [posted(f"{key}.{place}", chat, Send(message), now) for place, chat in enumerate(chats(desk))]


async def hang(store: Store, desk: config.Desk, key: str, message: Message, now: float) -> None:
    """One message in each of their chats that is edited in place from then on: the first time it is posted, and one
    that stands or waits there is not posted twice."""
    edits = []
    for place, chat in enumerate(chats(desk)):
        if ref := await store.desk.sent(f"{key}.{place}"):
            edits.append(posted(f"{key}.{place}:{now:.3f}", chat, Edit(ref, message), now))
    await store.broadcasts.queue_once([*announce(desk, key, message, now), *edits])


def posted(key: str, chat: Address, effect: Send | Edit, now: float) -> NewEffect:
    """One message to one of their chats."""
    kind, payload = dump_effect(effect)
    return NewEffect(key, f"{chat.key}|n", 0, kind, dump_address(chat), payload, now)


def text(*lines: str) -> Message:
    """Plain lines."""
    return Message((Rich("\n".join(lines)),))

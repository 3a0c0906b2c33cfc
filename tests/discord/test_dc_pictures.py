"""Pictures through the real discord.py: attachments with their words, in direct channels, servers and boards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bots.local.discord import DiscordStandIn
from bots.local.discord_people import CROSSPOSTED, NEWS, Shown
from bots.local.faults import RESET
from core.conversation.model import Address, Choice, Edit, Erase, Message, Rich, Send
from core.errors import Malformed, Unsure
from core.runtime.album import StoredAlbum
from core.store.rooms import Store
from tests.discord.conftest import Inbox, Start, Until, direct, heard
from tests.local.discord_openapi import OpenApiJudge
from tests.pictures import jpeg, picture, qr
from tests.stores import kept

pytestmark = pytest.mark.usefixtures("alice")
QR, OTHER = qr(), jpeg(64, 48)
TEXT = Message((Rich("文字"),))


def shown(data: bytes = QR, text: str = "官网只有一个") -> Message:
    return Message((Rich(text),), (Choice("a", "好"),), 1, picture(data, "二维码"))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with kept(tmp_path, QR, OTHER) as one:
        yield one


@pytest.fixture
async def channel(start: Start, store: Store, stand_in: DiscordStandIn) -> AsyncIterator[Any]:
    one = await start()
    one.show_from(StoredAlbum(store.pictures))
    judge = OpenApiJudge()
    stand_in.on_exchange = judge.check
    yield one
    judge.assert_clean()


def seen(stand_in: DiscordStandIn, message: Shown) -> list[tuple[bytes, str]]:
    """(bytes, words) of each picture of a message."""
    return [
        (stand_in.world.files[urlsplit(one["url"]).path], one.get("description", ""))
        for one in message.message["attachments"]
    ]


async def test_a_picture_with_its_words_and_buttons_and_a_repetition_is_none(
    channel: Any, stand_in: DiscordStandIn
) -> None:
    stand_in.faults.queue("create_message", RESET)
    with pytest.raises(Unsure):
        await channel.perform(direct(stand_in), Send(shown()), "i1.0")
    receipt = await channel.perform(direct(stand_in), Send(shown()), "i1.0")
    (message,) = stand_in.world.dm("alice").messages(by_bot=True)
    assert (str(message.id), message.text, message.labels) == (receipt.ref, "官网只有一个", ["好"])
    assert seen(stand_in, message) == [(QR, "二维码")]


async def test_edits_change_keep_or_take_the_picture(channel: Any, stand_in: DiscordStandIn) -> None:
    at, dm = direct(stand_in), stand_in.world.dm("alice")
    ref = (await channel.perform(at, Send(TEXT), "i1.0")).ref
    for number, data in enumerate([QR, OTHER, OTHER]):
        assert (await channel.perform(at, Edit(ref, shown(data)), f"i2.{number}")).ref == ref
        assert seen(stand_in, dm.last()) == [(data, "二维码")]
    assert (await channel.perform(at, Edit(ref, TEXT), "i3.0")).ref == ref
    assert (dm.last().text, seen(stand_in, dm.last())) == ("文字", [])
    await channel.perform(at, Erase(ref, ours=True), "i4.0")
    assert not dm.messages(by_bot=True)


@pytest.mark.parametrize("late", [False, True])
async def test_an_interaction_is_answered_with_a_picture(
    channel: Any, stand_in: DiscordStandIn, inbox: Inbox, until: Until, late: bool
) -> None:
    world = stand_in.world
    if late:
        channel._answers._patience = 0.0
    click = world.slash("alice", "tx", channel=world.support)
    at = await heard(inbox, until)
    if late:
        await until(lambda: click.original is not None)
    await channel.perform(at, Send(shown()), "i1.0")
    await channel.perform(at, Send(shown(OTHER, "还有一张")), "i2.0")
    mine = world.support.messages(by_bot=True, viewer=world.person("alice"))
    assert [one.text for one in mine] == ["官网只有一个", "还有一张"]
    assert [seen(stand_in, one) for one in mine] == [[(QR, "二维码")], [(OTHER, "二维码")]]
    assert all(one.ephemeral for one in mine)


async def test_a_press_changes_the_message_and_its_picture(
    channel: Any, stand_in: DiscordStandIn, inbox: Inbox, until: Until
) -> None:
    ref = (await channel.perform(direct(stand_in), Send(shown()), "i1.0")).ref
    stand_in.world.press("alice", int(ref), "好")
    at = await heard(inbox, until)
    await channel.perform(at, Edit(ref, TEXT), "i2.0")
    (message,) = stand_in.world.dm("alice").messages(by_bot=True)
    assert (message.text, seen(stand_in, message)) == ("文字", [])


async def test_a_post_with_a_picture_is_published(
    start: Start, stand_in: DiscordStandIn, store: Store
) -> None:
    board = stand_in.world.add_channel("公告", kind=NEWS)
    at = Address("dc", str(board.id), "")
    channel = await start(boards=[at.chat])
    channel.show_from(StoredAlbum(store.pictures))
    first = await channel.perform(at, Send(shown()), "b:1")
    assert await channel.perform(at, Send(shown()), "b:1") == first
    (post,) = board.messages(by_bot=True)
    assert seen(stand_in, post) == [(QR, "二维码")]
    assert post.message["flags"] & CROSSPOSTED
    await channel.perform(at, Edit(first.ref, shown(OTHER, "更正")), "b:2")
    assert (post.text, seen(stand_in, post)) == ("更正", [(OTHER, "二维码")])


async def test_a_picture_that_is_nowhere_is_malformed_and_nothing_is_sent(
    channel: Any, stand_in: DiscordStandIn
) -> None:
    with pytest.raises(Malformed):
        await channel.perform(direct(stand_in), Send(shown(jpeg(9, 9))), "i1.0")
    assert not stand_in.ledger.sent()
    await channel.perform(direct(stand_in), Send(TEXT), "i2.0")

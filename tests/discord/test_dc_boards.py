"""Posts in announcement channels: once, published to whoever follows, calling one role and never everybody."""

from __future__ import annotations

import pytest

from bots.discord.channel import DiscordChannel
from bots.local.discord import DiscordStandIn
from bots.local.discord_people import CROSSPOSTED, NEWS, TEXT
from core.conversation.model import Address, Edit, Erase, Message, Rich, Send
from core.errors import Refused
from tests.discord.conftest import Start

ROLE = "223456789012345678"
POST = Message((Rich("@everyone 升级 <@&323456789012345678>"),), mention=ROLE)


@pytest.mark.parametrize(("kind", "published"), [(NEWS, True), (TEXT, False)])
async def test_a_post_is_one_and_goes_on_to_those_who_follow(
    stand_in: DiscordStandIn, start: Start, kind: int, published: bool
) -> None:
    board = stand_in.world.add_channel("公告", kind=kind)
    at = Address("dc", str(board.id), "")
    channel = await start(boards=[at.chat])
    first = await channel.perform(at, Send(POST), "b:1")
    assert await channel.perform(at, Send(POST), "b:1") == first, "a repetition finds the first one"
    (post,) = board.messages(by_bot=True)
    assert bool(post.message["flags"] & CROSSPOSTED) == published
    assert post.text.startswith(f"<@&{ROLE}>\n")
    assert post.message["mention_roles"] == [ROLE], "no other role that the text might name"
    assert not post.message["mention_everyone"]

    assert await channel.perform(at, Edit(first.ref, Message((Rich("更正"),))), "b:2") == first
    assert post.text == "更正"
    await channel.perform(at, Erase(first.ref, True), "r:1")
    assert not board.messages(by_bot=True)


async def test_everybody_is_never_called_and_a_role_only_in_a_board(
    stand_in: DiscordStandIn, start: Start
) -> None:
    board, other = (stand_in.world.add_channel(name, kind=NEWS) for name in ("公告", "闲聊"))
    channel: DiscordChannel = await start(boards=[str(board.id)])
    everybody = Message(POST.blocks, mention=str(stand_in.world.guild.id))
    with pytest.raises(Refused):
        await channel.perform(Address("dc", str(board.id), ""), Send(everybody), "b:1")
    with pytest.raises(Refused):
        await channel.perform(Address("dc", str(other.id), ""), Send(POST), "b:1")
    assert not board.messages(by_bot=True)
    assert not other.messages(by_bot=True)


async def test_a_post_that_cannot_be_published_stands_and_is_not_sent_again(
    stand_in: DiscordStandIn, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    board = stand_in.world.add_channel("公告", kind=NEWS)
    channel = await start(boards=[str(board.id)])
    board.kind = TEXT  # somebody turns it into a plain channel after we looked
    at = Address("dc", str(board.id), "")
    channel._outgoing._boards._known[at.chat] = (NEWS, "1")
    await channel.perform(at, Send(POST), "b:1")
    assert len(board.messages(by_bot=True)) == 1
    assert "was not published" in caplog.text

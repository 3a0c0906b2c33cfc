"""The stand-in of Discord through the unmodified discord.py: login, messages, servers, permissions."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import discord
import pytest

from bots.local.discord import DiscordStandIn
from bots.local.discord_people import NEWS, Permission
from bots.local.discord_sessions import MESSAGE_CONTENT
from tests.local.discord_clients import INTENTS, PATIENCE, HeldClock, Probe, refused, running
from tests.local.discord_openapi import OpenApiJudge

pytestmark = pytest.mark.usefixtures("judge")


def channel_of(probe: Probe, number: int) -> discord.TextChannel:
    channel = probe.get_channel(number)
    assert isinstance(channel, discord.TextChannel)
    return channel


async def test_login_and_ready(platform: DiscordStandIn, probe: Probe) -> None:
    assert probe.user is not None
    assert str(probe.user.id) == platform.world.bot["id"]
    guild = probe.get_guild(platform.world.guild.id)
    assert guild is not None
    assert [one.name for one in guild.text_channels] == ["support"]
    assert guild.me.guild_permissions.send_messages
    info = await probe.application_info()
    assert info.id == probe.application_id
    assert (await probe.fetch_guild(guild.id)).name == "Helpline"
    assert [one.id async for one in probe.fetch_guilds()] == [guild.id]
    alice = platform.world.person("alice")
    assert (await guild.fetch_member(alice.id)).global_name == "小明"
    assert (await probe.fetch_user(alice.id)).name == "alice"
    assert [one.name for one in await guild.fetch_channels()] == ["support"]


async def test_a_wrong_token_is_refused_at_login(platform: DiscordStandIn) -> None:
    platform.token = "1.another.token"
    with pytest.raises(discord.LoginFailure):
        async with running(platform, token="not this one"):
            pass


async def test_a_direct_message_and_its_answer(platform: DiscordStandIn, probe: Probe) -> None:
    world = platform.world
    world.say("alice", "你好")
    heard = await probe.message()
    assert (heard.content, heard.author.name, heard.guild) == ("你好", "alice", None)
    async with heard.channel.typing():
        sent = await heard.channel.send("**您好**", embed=discord.Embed(title="标题", description="正文"))
    shown = world.dm("alice").last()
    assert (shown.id, shown.text) == (sent.id, "**您好**\n标题\n正文")
    assert len(world.dm("alice").typed) == 1
    await sent.edit(content="改了", embed=None)
    assert world.dm("alice").last().text == "改了"
    assert world.dm("alice").last().message["edited_timestamp"]
    await sent.delete()
    assert world.dm("alice").messages(by_bot=True) == []
    assert [row.operation for row in platform.ledger] == [
        "create_message",
        "update_message",
        "delete_message",
    ]
    assert len(platform.ledger.sent()) == 1


async def test_what_people_change_and_delete_is_told(platform: DiscordStandIn, probe: Probe) -> None:
    first = platform.world.say("alice", "一")
    platform.world.edit(first, "二")
    platform.world.delete(first)
    async with asyncio.timeout(PATIENCE):
        while "MESSAGE_DELETE" not in probe.happened:
            await asyncio.sleep(0.005)
    told = [name for name in probe.happened if name.startswith("MESSAGE")]
    assert told == ["MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"]


async def test_a_first_message_to_somebody(platform: DiscordStandIn, probe: Probe) -> None:
    alice = platform.world.person("alice")
    user = await probe.fetch_user(alice.id)
    sent = await user.send("您好", nonce="a" * 25)
    assert platform.world.dm(alice).last().id == sent.id
    with refused(50033, 400):
        await probe.http.start_private_message(1)


async def test_closed_direct_messages(platform: DiscordStandIn, probe: Probe) -> None:
    world = platform.world
    bob = world.add_person("Bob", username="bob", dms_open=False)
    stranger = world.add_person("Eve", username="eve", member=False)
    for person, code in ((bob, 50007), (stranger, 50278)):
        user = await probe.fetch_user(person.id)
        with refused(code, 403):
            await user.send("x")
    assert len(platform.ledger) == 0
    # The answer to an interaction needs no open door.
    command: Any = {"name": "tx", "description": "x"}
    assert probe.application_id is not None
    await probe.http.bulk_upsert_global_commands(probe.application_id, [command])
    world.slash(bob, "tx")
    await (await probe.interaction()).response.send_message("hi")
    assert world.dm(bob).last().text == "hi"


async def test_content_in_a_server_needs_a_mention(platform: DiscordStandIn, probe: Probe) -> None:
    world = platform.world
    card = await channel_of(probe, world.support.id).send("工单 7")
    world.say("alice", "secret", world.support, attachments=[world.attachment("a.png")])
    blank = await probe.message()
    assert (blank.content, blank.attachments, blank.author.name) == ("", [], "alice")
    world.mention("alice", world.support, "help")
    seen = await probe.message()
    assert seen.content.endswith(" help")
    assert [one.id for one in seen.mentions] == [probe.application_id]
    world.say("alice", "answer", world.support, reply_to=card.id)
    answered = await probe.message()
    assert answered.content == "answer"
    assert answered.reference is not None
    assert answered.reference.message_id == card.id
    assert isinstance(answered.reference.resolved, discord.Message)
    assert answered.reference.resolved.content == "工单 7"
    world.say("alice", "quiet answer", world.support, reply_to=card.id, ping=False)
    assert (await probe.message()).content == ""
    history = [one.content async for one in channel_of(probe, world.support.id).history(limit=10)]
    assert history[0] == history[3] == ""
    assert history[1] == "answer"


async def test_with_the_content_intent_everything_is_seen(platform: DiscordStandIn) -> None:
    platform.world.privileged = MESSAGE_CONTENT
    intents = INTENTS | discord.Intents(message_content=True)
    async with running(platform, intents=intents) as probe:
        platform.world.say("alice", "open", platform.world.support)
        assert (await probe.message()).content == "open"
        assert [one.content async for one in channel_of(probe, platform.world.support.id).history()] == [
            "open"
        ]


async def test_without_the_server_intent_no_message_of_a_server_arrives(platform: DiscordStandIn) -> None:
    async with running(platform, intents=discord.Intents(guilds=True, dm_messages=True)) as probe:
        platform.world.mention("alice", platform.world.support, "help")
        platform.world.say("alice", "private")
        assert (await probe.message()).content == "private"


async def test_history_in_both_directions(platform: DiscordStandIn, probe: Probe) -> None:
    ids = [platform.world.say("alice", str(number)).id for number in range(7)]
    channel = (await probe.message()).channel
    assert [one.content async for one in channel.history(limit=3)] == ["6", "5", "4"]
    after: Any = channel.history(after=discord.Object(ids[1]), limit=2, oldest_first=True)
    assert [one.content async for one in after] == ["2", "3"]
    before: Any = channel.history(before=discord.Object(ids[2]))
    assert [one.content async for one in before] == ["1", "0"]
    assert (await channel.fetch_message(ids[4])).content == "4"
    with refused(10008, 404):
        await channel.fetch_message(ids[4] - 1000)
    with refused(50035, 400):
        await probe.http.logs_from(channel.id, 101)


async def test_a_nonce_sends_once(platform: DiscordStandIn, probe: Probe) -> None:
    platform.world.say("alice", "x")
    channel = (await probe.message()).channel
    first = await channel.send("一", nonce="outbox:12.1")
    again = await channel.send("一", nonce="outbox:12.1")
    other = await channel.send("一", nonce="outbox:12.2")
    assert first.id == again.id != other.id
    assert len(platform.ledger.sent()) == 2
    with refused(50035, 400):
        await channel.send("一", nonce="a" * 26)


async def test_a_nonce_is_forgotten_after_some_minutes(
    platform: DiscordStandIn, probe: Probe, held_clock: HeldClock
) -> None:
    platform.world.say("alice", "x")
    channel = (await probe.message()).channel
    first = await channel.send("一", nonce="n")
    held_clock.advance(301)
    assert (await channel.send("一", nonce="n")).id != first.id


async def test_permissions(platform: DiscordStandIn, probe: Probe) -> None:
    world = platform.world
    channel = channel_of(probe, world.support.id)
    said = world.say("alice", "x", world.support)
    with refused(50013, 403):
        await channel.get_partial_message(said.id).delete()
    with refused(50005, 403):
        await channel.get_partial_message(said.id).edit(content="y")
    world.deny(world.support, Permission.EMBED_LINKS)
    with refused(50013, 403):
        await channel.send(embed=discord.Embed(title="x"))
    world.deny(world.support, Permission.READ_MESSAGE_HISTORY)
    assert [one async for one in channel.history()] == []
    with refused(160002, 400):
        await channel.send("x", reference=channel.get_partial_message(said.id))
    world.deny(world.support, Permission.SEND_MESSAGES)
    with refused(50013, 403):
        await channel.send("x")
    world.deny(world.support, Permission.VIEW_CHANNEL)
    with refused(50001, 403):
        await channel.send("x")
    world.allow(
        world.support, Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES | Permission.MANAGE_MESSAGES
    )
    await channel.get_partial_message(said.id).delete()
    assert world.support.messages() == []
    world.remove_channel(world.support)
    with refused(10003, 404):
        await channel.send("x")


async def test_the_library_computes_the_same_permissions(platform: DiscordStandIn, probe: Probe) -> None:
    world = platform.world
    world.deny(world.support, Permission.SEND_MESSAGES)
    world.allow(world.support, Permission.PIN_MESSAGES)
    fetched = await probe.fetch_channel(world.support.id)
    assert isinstance(fetched, discord.TextChannel)
    held = world.permissions(world.support, int(world.bot["id"]))
    assert fetched.permissions_for(fetched.guild.me).value == int(held)


async def test_a_removed_bot(platform: DiscordStandIn, probe: Probe) -> None:
    world = platform.world
    channel = channel_of(probe, world.support.id)
    world.remove_bot()
    with refused(50001, 403):
        await channel.send("x")
    with refused(50001, 403):
        await probe.fetch_guild(world.guild.id)


async def test_replies_pings_and_files(platform: DiscordStandIn, probe: Probe) -> None:
    world = platform.world
    alice = world.person("alice")
    said = world.say("alice", "x", world.support)
    channel = channel_of(probe, world.support.id)
    sent = await channel.send(f"<@{alice.id}>", reference=channel.get_partial_message(said.id))
    assert world.find(sent.id).message["mentions"] == []
    await channel.send(
        f"<@{alice.id}>", allowed_mentions=discord.AllowedMentions(users=[discord.Object(alice.id)])
    )
    assert [one["username"] for one in world.support.last().message["mentions"]] == ["alice"]
    await channel.send(file=discord.File(io.BytesIO(b"png"), "qr.png"))
    assert world.support.last().message["attachments"][0]["filename"] == "qr.png"
    world.delete(said)
    with refused(50035, 400):
        await channel.send("x", reference=channel.get_partial_message(said.id))


async def test_pins_and_news(platform: DiscordStandIn, probe: Probe) -> None:
    world = platform.world
    channel = channel_of(probe, world.support.id)
    sent = await channel.send("card")
    with refused(50013, 403):
        await sent.pin()
    world.allow(world.support, Permission.PIN_MESSAGES)
    await sent.pin()
    assert [one.id async for one in channel.pins()] == [sent.id]
    await sent.unpin()
    assert [one.id async for one in channel.pins()] == []
    with refused(50024, 400):
        await sent.publish()
    news = world.add_channel("news", kind=NEWS)
    fetched = await probe.fetch_channel(news.id)
    assert isinstance(fetched, discord.TextChannel)
    told = await fetched.send("warning")
    await told.publish()
    with refused(40033, 400):
        await told.publish()


async def test_the_judge_saw_it(platform: DiscordStandIn, probe: Probe, judge: OpenApiJudge) -> None:
    platform.world.say("alice", "x")
    await (await probe.message()).channel.send("y")
    assert [one.operation for one in judge.seen][-1] == "create_message"

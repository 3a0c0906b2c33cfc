"""The channel through the real discord.py in direct chats, and what the operator sees of it."""

from __future__ import annotations

import logging

import pytest

from bots.discord.channel import DiscordChannel
from bots.discord.settings import Settings
from bots.local.discord import DiscordStandIn
from bots.local.faults import RESET
from core.conversation.model import Choice, Edit, Erase, Send
from core.errors import Blocked, ConfigError, NotSent, Refused, Unsure
from tests.discord.conftest import SEAL, Inbox, Start, Until, direct, heard, message, sign

pytestmark = pytest.mark.usefixtures("alice")


async def test_what_is_said_comes_in_and_is_answered(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    channel = await start()
    stand_in.world.say("alice", "你好")
    await until(lambda: inbox.stored)
    assert inbox.texts == ["你好"]
    assert inbox.stored[0].address == direct(stand_in)
    receipt = await channel.perform(inbox.stored[0].address, Send(message("您好", Choice("a", "是"))), "i1.0")
    shown = stand_in.world.dm("alice").last()
    assert (str(shown.id), shown.text, shown.labels) == (receipt.ref, "您好", ["是"])


async def test_the_same_effect_twice_is_one_message(stand_in: DiscordStandIn, start: Start) -> None:
    for _ in range(2):
        channel = await start()  # a restart between the two
        await channel.perform(direct(stand_in), Send(message()), "i1.0")
    await channel.perform(direct(stand_in), Send(message()), "i2.0")
    assert [row.text for row in stand_in.ledger.sent(stand_in.world.dm("alice").id)] == ["您好", "您好"]


async def test_a_reset_after_the_send_is_unsure_and_its_repetition_no_second_message(
    stand_in: DiscordStandIn, start: Start
) -> None:
    channel = await start()
    stand_in.faults.queue("create_message", RESET)
    with pytest.raises(Unsure):
        await channel.perform(direct(stand_in), Send(message()), "i1.0")
    await channel.perform(direct(stand_in), Send(message()), "i1.0")
    assert len(stand_in.ledger.sent()) == 1


async def test_an_earlier_message_is_changed_in_place_or_said_anew(
    stand_in: DiscordStandIn, start: Start
) -> None:
    channel = await start()
    dm = stand_in.world.dm("alice")
    first = await channel.perform(direct(stand_in), Send(message("一")), "i1.0")
    assert await channel.perform(direct(stand_in), Edit(first.ref, message("二")), "i2.0") == first
    assert [one.text for one in dm.messages(by_bot=True)] == ["二"]
    stand_in.world.remove(stand_in.world.find(int(first.ref)))
    await channel.perform(direct(stand_in), Edit(first.ref, message("三")), "i3.0")
    assert dm.last().text == "三"


async def test_who_takes_no_direct_messages_is_blocked(stand_in: DiscordStandIn, start: Start) -> None:
    channel = await start()
    stand_in.world.person("alice").dms_open = False
    with pytest.raises(Blocked):
        await channel.perform(direct(stand_in), Send(message()), "i1.0")


async def test_a_bot_cannot_delete_what_a_person_wrote_to_it(stand_in: DiscordStandIn, start: Start) -> None:
    channel = await start()
    said = stand_in.world.say("alice", "x")
    with pytest.raises(Refused):
        await channel.perform(direct(stand_in), Erase(str(said.id)), "i1.0")
    assert not channel.abilities.erase


async def test_before_the_login_nothing_is_sent(stand_in: DiscordStandIn) -> None:
    channel = DiscordChannel("dc", stand_in.token, sign, SEAL, Settings(api_url=stand_in.url))
    with pytest.raises(NotSent):
        await channel.perform(direct(stand_in), Send(message()), "i1.0")
    await channel.close()


# --- what the operator sees ------------------------------------------------------------------


async def test_no_log_holds_the_token_or_a_text(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = await start()
    click = stand_in.world.slash("alice", "tx")
    stand_in.world.say("alice", "my secret words")
    address = await heard(inbox, until, 2)
    await channel.perform(address, Send(message("ours")), "i1.0")
    ours = "\n".join(caplog.handler.format(r) for r in caplog.records if r.name != "aiohttp.access")
    assert stand_in.token not in ours
    assert click.token not in ours
    assert "secret words" not in ours


@pytest.mark.parametrize("token", ["", "123:abc", "a.b", " a.b.c"])
def test_a_token_of_another_shape_is_refused(token: str) -> None:
    with pytest.raises(ConfigError):
        DiscordChannel("dc", token, sign, SEAL)


@pytest.mark.parametrize("url", ["http://discord.example/api/v10", "ftp://x", "", "https://u:p@discord.com"])
def test_the_token_goes_nowhere_in_clear(url: str) -> None:
    with pytest.raises(ConfigError):
        DiscordChannel("dc", "a.b.c", sign, SEAL, Settings(api_url=url))


def test_another_host_is_said_loudly(caplog: pytest.LogCaptureFixture) -> None:
    DiscordChannel("dc", "a.b.c", sign, SEAL, Settings(api_url="https://mirror.example/api"))
    assert "mirror.example" in caplog.text

"""Two processes of one bot: one is connected, the other one sends. What answers an interaction is in its row."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from bots.discord.channel import DiscordChannel
from bots.discord.gateway import Patience
from bots.discord.settings import ABILITIES, Settings
from bots.local.discord import DiscordStandIn
from core.conversation.model import Choice, Edit, Form, Send
from core.errors import NotSent
from core.runtime.clock import OurOwn
from core.runtime.member import Member
from core.runtime.parts import Shared
from core.store.sqlite import open_sqlite
from tests.discord.conftest import HOUSE, PATIENT, SEAL, Inbox, Until, direct, heard, message, sign

pytestmark = pytest.mark.usefixtures("alice")


async def nothing() -> None: ...


class Pair:
    """`ear` is connected; `hand` only knows who we are, and makes its own mind up about what it did not hear."""

    def __init__(self, ear: DiscordChannel, hand: DiscordChannel) -> None:
        self.ear = ear
        self.hand = hand


@pytest.fixture
def defer_after() -> float:
    return PATIENT


@pytest.fixture
async def pair(
    stand_in: DiscordStandIn, inbox: Inbox, tmp_path: Path, defer_after: float
) -> AsyncIterator[Pair]:
    store = await open_sqlite(tmp_path / "helpline.db")
    member = Member(store.workers, PATIENT, OurOwn(time.time), lambda: None, nothing)
    await member.join()

    def channel() -> DiscordChannel:
        settings = Settings(
            api_url=stand_in.url,
            languages=("zh", "en"),
            house=HOUSE,
            data=tmp_path,
            patience=Patience(first=0.05, most=0.2),
            defer_after=defer_after,
            identify_every=0.0,
            abilities=replace(ABILITIES, per_second=0),
        )
        one = DiscordChannel("dc", stand_in.token, sign, SEAL, settings)
        one.share(Shared("dc", store, member, time.time))
        return one

    ear, hand = channel(), channel()
    running = asyncio.create_task(ear.run(inbox))
    await hand.meet()
    await stand_in.gateway.until_listening(PATIENT)
    yield Pair(ear, hand)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await ear.close()
    await hand.close()
    await store.close()


async def test_a_fresh_interaction_is_answered_by_who_did_not_hear_of_it(
    pair: Pair, stand_in: DiscordStandIn, inbox: Inbox, until: Until
) -> None:
    click = stand_in.world.slash("alice", "tx", channel=stand_in.world.support)
    address = await heard(inbox, until)
    for _ in range(2):  # safe to repeat
        await pair.hand.perform(address, Send(message("第一句")), "i1.0")
    await pair.ear.perform(address, Send(message("第二句")), "i1.1")
    assert [one.text for one in stand_in.world.shown("alice")] == ["第一句", "第二句"]
    assert (click.answer, len(stand_in.faults.applied)) == (4, 0)


@pytest.mark.parametrize("defer_after", [0.01])
async def test_a_deferred_interaction_is_filled_by_who_did_not_hear_of_it(
    pair: Pair, stand_in: DiscordStandIn, inbox: Inbox, until: Until
) -> None:
    click = stand_in.world.slash("alice", "tx", channel=stand_in.world.support)
    address = await heard(inbox, until)
    await until(lambda: click.answer == 5)
    await pair.hand.perform(address, Send(message("填上")), "i1.0")
    await pair.hand.perform(address, Send(message("再说")), "i1.1")
    assert [one.text for one in stand_in.world.shown("alice")] == ["填上", "再说"]


async def test_who_heard_of_it_defers_nothing_that_was_answered_elsewhere(
    pair: Pair, stand_in: DiscordStandIn, inbox: Inbox, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[tuple[str, int]] = []
    click = stand_in.world.slash("alice", "tx")
    await pair.hand.perform(await heard(inbox, until), Send(message("答")), "i1.0")
    stand_in.on_exchange = lambda exchange: asked.append((exchange.operation, exchange.status))
    (late,) = [one.timer for one in pair.ear._answers._replies.values()]
    assert late is not None
    late._run()  # its time has come
    await until(lambda: ("create_interaction_response", 400) in asked)
    assert (click.answer, [one.text for one in stand_in.world.shown("alice")]) == (4, ["答"])
    assert "deferred" not in caplog.text


async def test_a_pressed_message_is_changed_and_a_form_is_opened_from_elsewhere(
    pair: Pair, stand_in: DiscordStandIn, inbox: Inbox, until: Until
) -> None:
    world, good = stand_in.world, Choice("yes", "好")
    asked = message("问")._replace(form=Form("标题", ("甲", "乙")))
    await pair.hand.perform(direct(stand_in), Send(message("问", good)), "i1.0")
    shown = world.dm("alice").last()
    world.press("alice", shown, "好")
    address = await heard(inbox, until)
    await pair.hand.perform(address, Edit(str(shown.id), message("改了", good)), "i2.0")
    assert [one.text for one in world.dm("alice").messages(by_bot=True)] == ["改了"]
    world.press("alice", world.dm("alice").last(), "好")
    await pair.hand.perform(await heard(inbox, until, 2), Send(asked), "i3.0")
    modal = world.person("alice").modal
    assert modal is not None
    assert modal.title == "标题"


async def test_a_lent_press_is_used_by_the_process_that_needs_it(
    pair: Pair, stand_in: DiscordStandIn, inbox: Inbox, until: Until
) -> None:
    """Her direct channel is closed and her interaction is over: she is asked once, by whoever tries, to press."""
    world = stand_in.world
    world.person("alice").dms_open = False
    world.slash("alice", "tx", channel=world.support)
    address = (await heard(inbox, until))._replace(reply="")
    pair.ear._outgoing._newest.clear()
    await pair.ear._outgoing._share().lend(f"reply {address.key}", "", 0.0)
    for channel in (pair.hand, pair.ear, pair.hand):
        with pytest.raises(NotSent):
            await channel.perform(address, Send(message("提醒")), "i1.0")
    (please,) = world.support.messages(by_bot=True)
    world.press("alice", please, please.labels[0])
    await until(lambda: len(world.shown("alice")) == 1)  # the thanks, and with it the press is known to all
    async with asyncio.timeout(PATIENT):
        while True:
            with suppress(NotSent):
                await pair.hand.perform(address, Send(message("提醒")), "i1.0")
                break
            await asyncio.sleep(0.01)
    assert world.shown("alice")[-1].text == "提醒"

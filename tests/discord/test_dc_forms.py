"""Forms through the real discord.py: the one in which people write, and the one that several questions share."""

from __future__ import annotations

import pytest

from bots.discord.read import FORM
from bots.local.discord import DiscordStandIn
from core.conversation.model import Address, Choice, Form, Send
from tests.discord.conftest import FORM_LABEL, Inbox, Start, Until, direct, heard, message

pytestmark = pytest.mark.usefixtures("alice")


ASKED = message("问一", Choice("+form", "一次填完"))._replace(form=Form("标题", ("甲", "乙")))


async def test_a_form_takes_what_nobody_else_should_read(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    channel = await start()
    world = stand_in.world
    world.slash("alice", "tx", channel=world.support)
    await channel.perform(await heard(inbox, until), Send(message("交易哈希？")), "i1.0")
    world.press("alice", world.shown("alice")[0], FORM_LABEL)
    await until(lambda: world.person("alice").modal)
    world.submit("alice", {"said": "0xabc"})
    address = await heard(inbox, until, 2)
    assert inbox.stored[1].text == "0xabc"
    assert inbox.stored[1].address.key == inbox.stored[0].address.key
    await channel.perform(address, Send(message("查到了")), "i2.0")
    assert [one.text for one in world.shown("alice")] == ["交易哈希？", "查到了"]
    assert FORM == "form"


async def opened(stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until, **how: float) -> Address:
    """Somebody has pressed the button that opens the form."""
    channel = await start(**how)
    await channel.perform(direct(stand_in), Send(ASKED._replace(form=None)), "i1.0")
    stand_in.world.press("alice", stand_in.world.dm("alice").last(), "一次填完")
    return await heard(inbox, until)


async def test_questions_that_stand_together_are_one_form(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    address = await opened(stand_in, start, inbox, until)
    world = stand_in.world
    channel = await start(
        defer_after=0.0
    )  # who did not hear of it, and finds it old: the question stands there
    await channel.perform(address, Send(ASKED), "i2.0")
    assert world.person("alice").modal is None
    assert [one.text for one in world.dm("alice").messages(by_bot=True)] == ["问一", "问一"]
    await start()
    world.press("alice", world.dm("alice").last(), "一次填完")
    address = await heard(inbox, until, 2)
    channel = await start()  # who did not hear of it either, but finds it young
    receipt = await channel.perform(address, Send(ASKED), "i3.0")
    modal = world.person("alice").modal
    assert modal is not None
    assert (modal.title, modal.labels, receipt.ref) == ("标题", ["甲", "乙"], "")
    world.submit("alice", {"甲": "1", "乙": "2 \n 3"})
    await heard(inbox, until, 3)
    filled = inbox.stored[-1]
    assert (filled.kind, filled.text, filled.form) == ("said", "1\n2 3", "v1.1.+form")


async def test_a_form_that_comes_too_late_is_the_question_itself(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    channel = await start(defer_after=0.01)
    await channel.perform(direct(stand_in), Send(ASKED._replace(form=None)), "i1.0")
    click = stand_in.world.press("alice", stand_in.world.dm("alice").last(), "一次填完")
    address = await heard(inbox, until)
    await until(lambda: click.answer == 5)
    await channel.perform(address, Send(ASKED), "i2.0")
    assert stand_in.world.person("alice").modal is None
    last = stand_in.world.dm("alice").last()
    assert (last.text, last.labels, last.loading) == ("问一", ["一次填完"], False)


async def test_the_same_form_again_is_no_second_form(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    channel = await start()
    await channel.perform(direct(stand_in), Send(ASKED._replace(form=None)), "i1.0")
    stand_in.world.press("alice", stand_in.world.dm("alice").last(), "一次填完")
    address = await heard(inbox, until)
    for _ in range(2):
        await channel.perform(address, Send(ASKED), "i2.0")
    assert len(stand_in.ledger.acknowledged()) == 1
    assert stand_in.world.dm("alice").last().text == "问一"

"""A sighting from end to end on Telegram: seen, warned of, and settled by staff with one tap."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.local.people import Chat, Person
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from tests.app.harness import CHANNEL, in_process, settled
from tests.app.streets import ASKED, GRADE, SCAM, house, nothing_failed


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(limits=UNLIMITED, seed=7) as stand_in:
        yield stand_in


def groups(stand_in: TelegramStandIn) -> tuple[Person, Chat, Person, Chat]:
    """A crook in a public group of which the bot is administrator, and an agent in the staff's."""
    crook, agent = stand_in.world.add_person("老王"), stand_in.world.add_person("李雷")
    street = stand_in.world.group("交流群", crook, supergroup=True, administrator=True)
    return crook, street, agent, stand_in.world.group("客服", agent, supergroup=True)


async def test_staff_take_a_scam_away_and_take_a_wrong_warning_back(
    telegram: TelegramStandIn, tmp_path: Path
) -> None:
    crook, street, agent, staff = groups(telegram)
    world = telegram.world
    async with in_process(telegram, tmp_path, settings=house(CHANNEL, staff.id)) as service:
        bad = world.say(crook, SCAM, street)
        await settled(telegram, service)
        assert "/erase_1" in staff.last().text
        warning = street.messages(by_bot=True)[-1]
        world.say(agent, "/erase_1", staff)
        await settled(telegram, service)
        assert bad.deleted
        assert not warning.deleted

        again = world.say(crook, SCAM, street)
        await settled(telegram, service)
        second = street.messages(by_bot=True)[-1]
        assert second.id != warning.id
        for _ in range(2):  # the second tap changes nothing
            world.say(agent, "/fine_1", staff)
            await settled(telegram, service)
            assert second.deleted
            assert not again.deleted
        world.say(crook, SCAM, street)
        await settled(telegram, service)
        assert street.messages(by_bot=True)[-1].id == warning.id, "cleared for good"
    nothing_failed(tmp_path)


async def test_who_asks_about_a_scam_gets_a_grade_and_no_warning(
    telegram: TelegramStandIn, tmp_path: Path
) -> None:
    crook, street, _, staff = groups(telegram)
    world = telegram.world
    asker = world.add_person("小明", language="zh")
    world.join(asker, street)
    async with in_process(telegram, tmp_path, settings=house(CHANNEL, staff.id)) as service:
        await settled(telegram, service)
        talk = len(street.messages(by_bot=True))
        world.say(asker, ASKED, street)
        await settled(telegram, service)
        assert len(street.messages(by_bot=True)) == talk
        for text in (f"@helpline_bot {ASKED}", f"/verify@helpline_bot {SCAM}"):
            world.say(asker, text, street)
            await settled(telegram, service)
            answer = street.messages(by_bot=True)[-1]
            assert GRADE in answer.text
            assert "verify" in answer.message["reply_markup"]["inline_keyboard"][0][0]["url"]
        assert not staff.messages(by_bot=True)
        bad = world.say(crook, SCAM, street)
        await settled(telegram, service)
        cards = len(staff.messages(by_bot=True))
        world.say(asker, "@helpline_bot 这是真的吗？", street, reply_to_message=bad.message)
        for text in (ASKED, f"/verify {SCAM}"):
            await settled(telegram, service)
            assert GRADE in street.messages(by_bot=True)[-1].text
            world.say(asker, text)
            await settled(telegram, service)
            assert GRADE in world.private(asker).last().text
        assert len(staff.messages(by_bot=True)) == cards
    nothing_failed(tmp_path)


async def test_a_joining_that_no_line_tells_of_is_seen_and_the_name_stays_nowhere(
    telegram: TelegramStandIn, tmp_path: Path
) -> None:
    _, street, agent, staff = groups(telegram)
    world = telegram.world
    name = "Helpline Support"
    async with in_process(telegram, tmp_path, settings=house(CHANNEL, staff.id)) as service:
        world.join(world.add_person("小明"), street, quiet=True)
        await settled(telegram, service)
        before, greeting = len(staff.messages(by_bot=True)), len(street.messages(by_bot=True))
        fake = world.add_person(name, username="helpline_support_9")
        world.join(fake, street, quiet=True)
        await settled(telegram, service)
        card = staff.last().text
        assert len(staff.messages(by_bot=True)) == before + 1
        assert str(fake.id) in card
        assert name not in card
        assert len(street.messages(by_bot=True)) == greeting, "no message to warn under"
        world.join(fake, street)  # the line and the administrator's update: told already
        world.say(agent, "/fine_1", staff)
        await settled(telegram, service)
        assert len(staff.messages(by_bot=True)) == before + 2
    nothing_failed(tmp_path)
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert name.encode() not in held
    assert b"helpline_support_9" not in held


async def test_a_plain_member_hears_of_no_joining(telegram: TelegramStandIn) -> None:
    world = telegram.world
    world.updates.allowed = frozenset({"chat_member", "message"})
    group = world.group("交流群", world.add_person("老王"), supergroup=True)
    world.join(world.add_person("小明"), group, quiet=True)
    assert len(world.updates) == 0

"""A sighting from end to end on both platforms: seen, warned of, and settled by staff with one tap."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.local.discord import DiscordStandIn
from bots.local.discord_limits import UNLIMITED as FREE
from bots.local.discord_people import Channel, Permission, Shown
from bots.local.people import Chat, Person
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Discord, Secrets, Settings
from core.config import Desk, StaffChat
from core.runtime.hours import DAYS
from tests.app.discord_driver import OPEN
from tests.app.harness import CHANNEL, ROOT, in_process, settled
from tests.app.processes import PATIENT
from tests.app.stage import Stage, running

SCAM = "专业追款团队，不成功不收费，私聊我"


def house(channel: str, chat: object) -> Settings:
    """Staff in one chat, at any hour."""
    staff = (StaffChat(channel=channel, chat=str(chat)),)
    return Settings(flows=ROOT / "flows", desk=Desk(days=DAYS, opens="00:00", closes="00:00", staff=staff))


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


class Server:
    """A support channel and the staff's on Discord."""

    def __init__(self, stand_in: DiscordStandIn) -> None:
        world = stand_in.world
        self.world, self.street = world, world.support
        self.staff = world.add_channel("staff")
        self.crook = world.add_person("Helpline Support", username="helpline_support_9")
        self.agent = world.add_person("李雷", username="lilei")
        for person in (self.crook, self.agent):
            world.join(person, world.guild)
        world.allow(self.street, Permission.MANAGE_MESSAGES)

    def bots(self, channel: Channel) -> list[Shown]:
        return [shown for shown in channel.messages(by_bot=True) if not shown.deleted]


async def test_the_same_on_discord(tmp_path: Path) -> None:
    async with DiscordStandIn(limits=FREE) as stand_in:
        stand_in.interactions.ack_window = PATIENT
        place = Server(stand_in)
        own = Discord(api_url=stand_in.url, support_channels=(str(place.street.id),), rates=OPEN)
        settings = house(own.name, place.staff.id).model_copy(update={"data": tmp_path, "discord": own})
        secrets = Secrets().model_copy(update={"discord_token": SecretStr(stand_in.token)})
        async with running(stage := Stage(lambda: True), settings, secrets, {}):
            await stand_in.gateway.until_listening()
            before = place.street.version
            bad = place.world.say(place.crook, "hello everybody", place.street)
            await place.staff.until(lambda _: bool(place.bots(place.staff)), PATIENT)
            await place.street.until(lambda one: one.messages(by_bot=True, since=before), PATIENT)
            await stage.settled()
            card = place.bots(place.staff)[-1]
            assert "Helpline Support" not in card.text
            warning = place.bots(place.street)[-1]
            assert warning.message["message_reference"]["message_id"] == str(bad.id)

            place.world.say(place.agent, "/fine_1", place.staff, reply_to=card)
            await place.street.until(lambda _: warning.deleted, PATIENT)
            assert not bad.deleted
            place.world.say(place.agent, "!erase_1", place.staff, reply_to=card)
            await place.street.until(lambda _: bad.deleted, PATIENT)
            await stage.settled()
    nothing_failed(tmp_path)


def nothing_failed(folder: Path) -> None:
    """Every row was performed."""
    (path,) = folder.glob("helpline.db")
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM effect").fetchone() > (2,)
        assert db.execute("SELECT key, error FROM effect WHERE status <> 'done'").fetchall() == []

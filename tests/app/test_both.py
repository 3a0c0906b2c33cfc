"""One bot on both platforms at once, through both real libraries: forms, forged routes, other people's presses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.local.discord import DiscordStandIn
from bots.local.discord_limits import UNLIMITED as DISCORD_UNLIMITED
from bots.local.discord_people import Person
from bots.local.people import Chat, Shown
from bots.local.people import Person as TelegramPerson
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Discord, Rates, Secrets, Settings, Telegram
from core.actions import Action
from core.config import Desk, StaffChat
from core.conversation.library import Library
from core.conversation.texts import join
from core.runtime.hours import DAYS
from tests.app.discord_driver import FORM, OPEN, DiscordDriver, listen
from tests.app.processes import PATIENT
from tests.app.stage import Stage, running
from tests.app.telegram_driver import TelegramDriver

UNPACED = Rates(per_second=0, chat_burst=0, chat_every=0, group_per_minute=0)
ANSWERS = ("上个月中旬", "一部安卓手机", "这个月 5 号")


@dataclass
class Both:
    """The two platforms, and what the bot before them is made of."""

    telegram: TelegramStandIn
    discord: DiscordStandIn
    agent: TelegramPerson
    group: Chat
    stage: Stage
    settings: Settings
    secrets: Secrets
    numbered: int = 0

    def on_telegram(self) -> TelegramDriver:
        """A new person on their phone."""
        self.numbered += 1
        person = self.telegram.world.add_person(f"t{self.numbered}", language="zh")
        return TelegramDriver(self.stage, self.telegram, person)

    def on_discord(self, *, server: bool = False) -> DiscordDriver:
        """A new person before Discord."""
        self.numbered += 1
        person = self.discord.world.add_person(f"d{self.numbered}", locale="zh-CN")
        self.discord.world.join(person, self.discord.world.guild)
        place = self.discord.world.support if server else None
        return DiscordDriver(self.stage, self.discord, person, place)

    def seen(self, person: Person) -> list[str]:
        """What a person on Discord is shown, buttons left aside."""
        return [shown.text for shown in self.discord.world.shown(person) if shown.by_bot]

    def posts(self) -> list[Shown]:
        """What the bot shows to the staff."""
        return self.group.messages(by_bot=True)


def made(telegram: TelegramStandIn, discord: DiscordStandIn, settings: Settings, folder: Path) -> Both:
    """The world of one test, without a bot."""
    discord.interactions.ack_window = PATIENT
    agent = telegram.world.add_person("李雷")
    group = telegram.world.group("客服", agent, supergroup=True)
    stage = Stage(lambda: not len(telegram.world.updates))
    listen(discord, stage)
    staff = (StaffChat(channel="telegram-main", chat=str(group.id)),)
    own = settings.model_copy(
        update={
            "data": folder,
            "telegram": Telegram(api_url=telegram.url, rates=UNPACED),
            "discord": Discord(
                api_url=discord.url, rates=OPEN, support_channels=(str(discord.world.support.id),)
            ),
            "desk": Desk(days=DAYS, opens="00:00", closes="00:00", staff=staff),
        }
    )
    tokens = {"telegram_token": SecretStr(telegram.token), "discord_token": SecretStr(discord.token)}
    return Both(telegram, discord, agent, group, stage, own, Secrets().model_copy(update=tokens))


@pytest.fixture
async def both(tmp_path: Path, settings: Settings, actions: dict[str, Action]) -> AsyncIterator[Both]:
    """A bot that runs."""
    async with (
        TelegramStandIn(limits=UNLIMITED) as telegram,
        DiscordStandIn(limits=DISCORD_UNLIMITED) as discord,
    ):
        world = made(telegram, discord, settings, tmp_path)
        async with running(world.stage, world.settings, world.secrets, actions):
            await discord.gateway.until_listening(PATIENT)
            yield world


async def lose(driver: TelegramDriver | DiscordDriver) -> None:
    """Neither address nor number can be used: three questions stand together now."""
    await driver.say("/reset")
    for label in ("忘记密码", "都用不了"):
        await driver.press(label)


async def fill(both: Both, driver: DiscordDriver, *answers: str) -> None:
    """Open the form and send it."""
    await driver.press(FORM[0])
    modal = driver.person.modal
    assert modal is not None
    await driver.submit(dict(zip(modal.labels, answers, strict=True)))


def known(card: Shown) -> list[str]:
    """What a card says about what is known."""
    return [line for line in card.text.split("\n") if line.startswith("- ")]


@pytest.mark.parametrize("server", [False, True], ids=["direct", "server"])
async def test_a_form_here_and_three_questions_there_come_to_the_same(both: Both, server: bool) -> None:
    there = both.on_telegram()
    await lose(there)
    for answer in ANSWERS:
        await there.say(answer)
    here = both.on_discord(server=server)
    await here.use("start")
    await lose(here)
    await fill(both, here, *ANSWERS)
    first, second = both.posts()
    assert len(known(first)) == 3
    assert known(first) == known(second)
    assert "已转给人工客服" in both.seen(here.person)[-1]


async def test_a_field_that_is_not_accepted_is_asked_by_itself(both: Both) -> None:
    driver = both.on_discord()
    await lose(driver)
    await fill(both, driver, ANSWERS[0], " ", ANSWERS[2])
    assert "什么设备" in both.seen(driver.person)[-1]
    await driver.say(ANSWERS[1])
    await driver.say(ANSWERS[2])
    assert len(known(both.posts()[-1])) == 3


async def test_a_route_that_nobody_signed_is_answered_and_changes_nothing(
    both: Both, library: Library
) -> None:
    driver, world = both.on_discord(), both.discord.world
    await lose(driver)
    newest = world.dm(driver.person).last()
    await driver.answered(world.press(driver.person, newest, "v1.2.unsure.AAAAAAAA", stale=True))
    assert both.seen(driver.person)[-1] == _house(library, "not_yours")
    await driver.press(FORM[0])
    assert driver.person.modal is not None
    driver.person.modal.custom_id = "fill:v1.2.+form.AAAAAAAA"
    await driver.submit(dict(zip(driver.person.modal.labels, ANSWERS, strict=True)))
    assert both.seen(driver.person)[-1] == _house(library, "not_yours")
    await driver.say(ANSWERS[0])  # the question is still open
    assert "什么设备" in both.seen(driver.person)[-1]
    assert both.posts() == []


async def test_the_route_of_somebody_else_is_answered_to_who_used_it(both: Both, library: Library) -> None:
    mine, theirs, world = both.on_discord(server=True), both.on_discord(server=True), both.discord.world
    for driver in (mine, theirs):
        await driver.use("start")
    await lose(mine)
    [stolen] = [b["custom_id"] for b in world.shown(mine.person)[-1].buttons if b["label"] == "不记得了"]
    before = both.seen(mine.person)
    card = world.support.messages(by_bot=True)[0]
    await theirs.answered(world.press(theirs.person, card, stolen, stale=True))
    assert both.seen(theirs.person)[-1] == _house(library, "not_yours")
    assert both.seen(mine.person) == before
    with pytest.raises(LookupError):  # the platform itself hides the message, too
        world.press(theirs.person, world.shown(mine.person)[-1], "不记得了")


async def test_staff_on_telegram_help_somebody_on_discord_across_a_restart(
    tmp_path: Path, settings: Settings, actions: dict[str, Action]
) -> None:
    async with (
        TelegramStandIn(limits=UNLIMITED) as telegram,
        DiscordStandIn(limits=DISCORD_UNLIMITED) as discord,
    ):
        both = made(telegram, discord, settings, tmp_path)
        driver = both.on_discord()
        async with running(both.stage, both.settings, both.secrets, actions):
            await discord.gateway.until_listening(PATIENT)
            await driver.say("人工")
            [card] = both.posts()
        await discord.gateway.until_alone(PATIENT)
        said = telegram.world.say(both.agent, "您好，我来看", both.group, reply_to_message=card.message)
        async with running(both.stage, both.settings, both.secrets, actions):
            await discord.gateway.until_listening(PATIENT)
            await both.stage.settled()
            assert both.seen(driver.person)[-1].endswith("您好，我来看")
            await driver.say("谢谢，助记词要发给您吗")
            assert both.posts()[-1].text.endswith("谢谢，助记词要发给您吗")
            assert both.posts()[-1].message["reply_to_message"]["message_id"] == card.id
            telegram.world.edit(both.agent, said.id, "您好，我来处理", both.group)
            await both.stage.settled()
            assert any(text.endswith("您好，我来处理") for text in both.seen(driver.person))


def _house(library: Library, key: str) -> str:
    return join((library.common["zh"].texts[key].fill({}, "zh"),)).text

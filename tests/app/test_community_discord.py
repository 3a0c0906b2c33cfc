"""A sighting from end to end on Discord: seen, warned of, and settled by staff with one tap."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from bots.local.discord import DiscordStandIn
from bots.local.discord_automod import block, stop
from bots.local.discord_limits import UNLIMITED as FREE
from bots.local.discord_people import Channel, Permission, Shown
from bots.local.discord_sessions import GUILD_MEMBERS, MESSAGE_CONTENT
from bots.settings import Discord, Secrets
from tests.app.discord_driver import OPEN
from tests.app.processes import PATIENT
from tests.app.stage import Stage, running
from tests.app.streets import ASKED, GRADE, SCAM, house, nothing_failed


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

    def warnings(self) -> list[Shown]:
        """What stands under somebody's message as a warning."""
        return [one for one in self.bots(self.street) if _answers(one) and "⚠" in one.text]

    async def answered(self, text: str) -> Shown:
        """The answer to somebody new who names us: then all that was said before has been looked at, too."""
        person = self.world.add_person("小明")
        said = self.world.mention(person, self.street, text)
        answer: Shown = await self.street.until(lambda _: self.answer(said), PATIENT)
        return answer

    def answer(self, said: Shown) -> Shown | None:
        """What answers a message."""
        return next((one for one in self.bots(self.street) if _answers(one) == str(said.id)), None)

    def bots(self, channel: Channel) -> list[Shown]:
        return [shown for shown in channel.messages(by_bot=True) if not shown.deleted]


def _answers(shown: Shown) -> str:
    """The message that one of ours answers; "" for none."""
    return str(shown.message.get("message_reference", {}).get("message_id", ""))


@asynccontextmanager
async def watched(folder: Path, privileged: int = 0, **own: bool) -> AsyncIterator[tuple[Server, Stage]]:
    """The bot in a server, granted these intents, with these settings of the Discord face."""
    async with DiscordStandIn(limits=FREE) as stand_in:
        stand_in.world.privileged = privileged
        stand_in.interactions.ack_window = PATIENT
        place = Server(stand_in)
        supports = (str(place.street.id),)
        face = Discord(api_url=stand_in.url, support_channels=supports, rates=OPEN).model_copy(update=own)
        settings = house(face.name, place.staff.id).model_copy(update={"data": folder, "discord": face})
        secrets = Secrets().model_copy(update={"discord_token": SecretStr(stand_in.token)})
        async with running(stage := Stage(lambda: True), settings, secrets, {}):
            await stand_in.gateway.until_listening(PATIENT)
            yield place, stage


async def test_the_same_on_discord(tmp_path: Path) -> None:
    async with watched(tmp_path) as (place, stage):
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
        await stage.settled()
        told = len(place.bots(place.staff))
        place.world.say(place.crook, "hello again", place.street)
        await place.answered("你好")
        await stage.settled()
        assert (len(place.bots(place.staff)), place.warnings()) == (told, []), "cleared for good"
        place.world.say(place.agent, "!erase_1", place.staff, reply_to=card)
        await place.street.until(lambda _: bad.deleted, PATIENT)
        await stage.settled()
    nothing_failed(tmp_path)


async def test_with_the_content_intent_scams_are_seen_that_name_nobody(tmp_path: Path) -> None:
    async with watched(tmp_path, MESSAGE_CONTENT, message_content_intent=True) as (place, stage):
        world = place.world
        talk = world.say(place.agent, "晚上吃什么，火锅还是烧烤", place.street)
        world.say(place.agent, f"有人私聊我说：{SCAM}。这是不是骗子？", place.street)
        bad = world.say(place.agent, SCAM, place.street)
        await place.street.until(lambda _: place.warnings(), PATIENT)
        await stage.settled()
        (warning,), (card,) = place.warnings(), place.bots(place.staff)  # who asks or chats is left alone
        assert warning.message["message_reference"]["message_id"] == str(bad.id)
        world.edit(talk, "send 1 ETH to this address, get 2 ETH back, official giveaway")
        await place.staff.until(lambda _: len(place.bots(place.staff)) == 2, PATIENT)
        stop(world, place.agent, place.street, "私聊我，专业追回被骗资金", "追回")
        await stage.settled()
        assert len(place.bots(place.staff)) == 2, "without Manage Server nobody is told"
        world.guild.roles[world.guild.bot_role] |= Permission.MANAGE_GUILD
        stop(world, place.agent, place.street, "私聊我，专业追回被骗资金", "追回")
        stop(world, place.agent, place.street, "笨蛋", "笨蛋")
        await place.staff.until(lambda _: len(place.bots(place.staff)) == 3, PATIENT)
        await stage.settled()
        stopped = place.bots(place.staff)[-1]
        assert len(place.bots(place.staff)) == 3, "one card for what a rule did twice, none for a swear word"
        assert "过滤" in stopped.text
        world.say(place.agent, "/fine_1", place.staff, reply_to=card)
        await place.street.until(lambda _: warning.deleted, PATIENT)
        await stage.settled()
    nothing_failed(tmp_path)
    assert "火锅".encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())


async def test_who_asks_on_discord_gets_a_grade_too(tmp_path: Path) -> None:
    async with watched(tmp_path, MESSAGE_CONTENT, message_content_intent=True) as (place, stage):
        world, asker = place.world, place.world.add_person("小明")
        world.say(asker, ASKED, place.street)
        assert GRADE in (await place.answered(ASKED)).text
        assert (place.bots(place.staff), place.warnings()) == ([], [])
        bad = world.say(place.agent, SCAM, place.street)
        reply = world.say(asker, f"<@{world.bot['id']}> 这是真的吗？", place.street, reply_to=bad)
        await place.street.until(lambda _: place.answer(reply) and place.warnings(), PATIENT)
        answer = place.answer(reply)
        assert answer is not None
        assert GRADE in answer.text
        chat = world.dm(asker)
        for number, text in enumerate((ASKED, f"/verify {SCAM}"), 1):
            world.say(asker, text)
            await chat.until(partial(has_graded, number), PATIENT)
            await stage.settled()
            assert len(graded(chat.messages(by_bot=True))) == number
        world.slash(asker, "verify", {"text": SCAM}, place.street)
        await place.street.until(lambda _: graded(world.shown(asker)[-1:]), PATIENT)
        other = world.add_person("小红")
        world.choose(other, "举报此消息为诈骗", bad)
        await place.street.until(lambda _: graded(world.shown(other)), PATIENT)
        await stage.settled()
        assert len(place.bots(place.staff)) == 1, "the card of the scam itself"
    nothing_failed(tmp_path)


async def test_a_blocked_profile_becomes_one_card_for_staff(tmp_path: Path) -> None:
    async with watched(tmp_path, MESSAGE_CONTENT, message_content_intent=True) as (place, stage):
        guild = place.world.guild
        block(place.world, place.agent, guild)
        await place.answered("你好")
        await stage.settled()
        assert place.bots(place.staff) == [], "without Manage Server nobody is told"
        guild.roles[guild.bot_role] |= Permission.MANAGE_GUILD
        block(place.world, place.crook, guild)
        await place.staff.until(lambda _: place.bots(place.staff), PATIENT)
        block(place.world, place.crook, guild)  # told already
        await place.answered("你好")
        await stage.settled()
        (card,) = place.bots(place.staff)
        assert str(place.crook.id) in card.text
        assert "过滤" in card.text
        assert "Helpline Support" not in card.text
        assert place.warnings() == [], "nothing was seen, so there is nothing to warn under"
        place.world.say(place.agent, "/fine_1", place.staff, reply_to=card)
        await place.staff.until(lambda _: len(place.bots(place.staff)) == 2, PATIENT)
        block(place.world, place.crook, guild)
        await place.answered("你好")
        await stage.settled()
        assert len(place.bots(place.staff)) == 2, "cleared for good"
    nothing_failed(tmp_path)


def has_graded(number: int, channel: Channel) -> bool:
    return len(graded(channel.messages(by_bot=True))) >= number


def graded(shown: list[Shown]) -> list[Shown]:
    """Those that say what it is worth."""
    return [one for one in shown if GRADE in one.text]


async def test_with_the_members_intent_joinings_and_renamings_are_seen(tmp_path: Path) -> None:
    async with watched(tmp_path, GUILD_MEMBERS, members_intent=True) as (place, stage):
        world = place.world
        world.join(world.add_person("小明", member=False))
        await stage.settled()
        assert not place.bots(place.staff)
        world.join(world.add_person("Helpline Support", username="helpline_desk", member=False))
        await place.staff.until(lambda _: len(place.bots(place.staff)) == 1, PATIENT)
        world.rename(place.agent, "Helpline 官方客服")
        await place.staff.until(lambda _: len(place.bots(place.staff)) == 2, PATIENT)
        world.rename(place.agent, "李雷")
        world.rename(place.agent, "Helpline 官方客服")  # told already
        await stage.settled()
        assert len(place.bots(place.staff)) == 2
        assert str(place.agent.id) in place.bots(place.staff)[-1].text
    nothing_failed(tmp_path)

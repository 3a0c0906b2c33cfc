"""People who answer, from end to end: a person, the real adapter, the staff's group, and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bots.local.people import Chat, Json, Person, Shown
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Settings
from core.config import Desk, StaffChat
from core.runtime.hours import DAYS
from core.runtime.service import Service
from tests.app.harness import CHANNEL, ROOT, in_process, settled

SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@dataclass
class Scene:
    """A person, a staff member, their group, and the bot between them."""

    stand_in: TelegramStandIn
    folder: Path
    person: Person
    agent: Person
    group: Chat
    settings: Settings

    @property
    def chat(self) -> Chat:
        """The person's own chat with the bot."""
        return self.stand_in.world.private(self.person)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Service]:
        async with in_process(self.stand_in, self.folder, settings=self.settings) as service:
            yield service

    async def says(self, service: Service, text: str) -> Shown:
        """The person writes, and everything that follows happens."""
        said = self.stand_in.world.say(self.person, text)
        await settled(self.stand_in, service)
        return said

    async def replies(self, service: Service, to: Shown | None, text: str) -> Shown:
        """The staff member writes in the group, as a reply unless `to` is None."""
        more: Json = {"reply_to_message": to.message} if to else {}
        said = self.stand_in.world.say(self.agent, text, self.group, **more)
        await settled(self.stand_in, service)
        return said

    def posts(self) -> list[str]:
        """What the bot shows in the group."""
        return [shown.text for shown in self.group.messages(by_bot=True)]

    def heard(self) -> list[str]:
        """What the bot shows to the person."""
        return [shown.text for shown in self.chat.messages(by_bot=True)]

    def card(self) -> Shown:
        return self.group.messages(by_bot=True)[0]


def under(shown: Shown) -> int:
    """The message that a message answers, 0 for none."""
    return int(shown.message.get("reply_to_message", {}).get("message_id", 0))


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with TelegramStandIn(limits=UNLIMITED, seed=7) as stand_in:
        person = stand_in.world.add_person("王小姐", username="miss_wang")
        agent = stand_in.world.add_person("李雷", username="li_lei")
        group = stand_in.world.group("客服", agent, supergroup=True)
        desk = Desk(
            days=DAYS,
            opens="00:00",
            closes="00:00",
            staff=(StaffChat(channel=CHANNEL, chat=str(group.id)),),
        )
        settings = Settings(flows=ROOT / "flows", desk=desk)
        yield Scene(stand_in, tmp_path, person, agent, group, settings)


async def test_a_conversation_through_the_staff_group(scene: Scene) -> None:
    async with scene.running() as service:
        await scene.says(service, "人工")
        card = scene.card()
        assert card.text.startswith("工单 1001\n\n用户 1 · 技能组 account · 中文")
        assert "miss_wang" not in card.text
        assert "王小姐" not in card.text
        assert str(scene.person.id) not in card.text

        first = await scene.replies(service, card, "您好，请说一下是什么时候转的？\n大概时间就行")
        assert scene.heard()[-1] == "客服 A（工单 1001）：您好，请说一下是什么时候转的？\n大概时间就行"
        assert "李雷" not in scene.heard()[-1]
        assert "li_lei" not in scene.heard()[-1]

        mine = await scene.says(service, "昨天下午三点")
        note = scene.group.last()
        assert (note.text, under(note)) == ("用户 1（工单 1001）：昨天下午三点", card.id)

        scene.stand_in.world.edit(scene.person, mine.id, "昨天下午四点")
        await settled(scene.stand_in, service)
        assert note.text == "用户 1（工单 1001，已修改）：昨天下午四点"
        assert len(scene.posts()) == 2

        scene.stand_in.world.edit(scene.agent, first.id, "您好，请说一下哪一天转的？", scene.group)
        await settled(scene.stand_in, service)
        answers = [text for text in scene.heard() if text.startswith("客服 A")]
        assert answers == ["客服 A（工单 1001）：您好，请说一下哪一天转的？"]

        await scene.replies(service, note, "查到了，已经到账。")
        assert scene.heard()[-1] == "客服 A（工单 1001）：查到了，已经到账。"

        await scene.says(service, "/ticket")
        assert "1001" in scene.heard()[-1]
        assert "等您的消息" in scene.heard()[-1]
        await scene.replies(service, None, "/close 1001")
        assert scene.posts()[-1] == "工单 1001 已关闭，正在通知对方。"
        assert scene.heard()[-1].startswith("工单 1001 已经处理完")
        await scene.says(service, "忘记密码")
        assert len(scene.group.messages(by_bot=True)) == 3, "back at the bot: nothing goes to the group"
        await scene.replies(service, card, "还有问题吗？")
        assert scene.posts()[-1] == "工单 1001 早已关闭，这条没有转给对方。"


async def test_what_is_no_reply_is_nobodys_business(scene: Scene) -> None:
    async with scene.running() as service:
        await scene.says(service, "人工")
        before = len(scene.heard()), len(scene.posts())
        scene.stand_in.world.reads_groups = True
        talk = await scene.replies(service, None, "中午吃什么？")
        await scene.replies(service, talk, "面条")
        await scene.replies(service, None, "@helpline_bot 你好")
        await scene.replies(service, None, "/menu")
        assert (len(scene.heard()), len(scene.posts())) == before


async def test_restarts_in_the_middle_lose_and_double_nothing(scene: Scene) -> None:
    async with scene.running() as service:
        await scene.says(service, "人工")
    card = scene.card()
    scene.stand_in.world.say(scene.agent, "请稍等", scene.group, reply_to_message=card.message)
    async with scene.running() as service:
        await settled(scene.stand_in, service)
    mine = scene.stand_in.world.say(scene.person, "好的")
    async with scene.running() as service:
        await settled(scene.stand_in, service)
        assert under(scene.group.last()) == card.id
        scene.stand_in.world.edit(scene.person, mine.id, "好的，谢谢")
        await settled(scene.stand_in, service)
    assert scene.posts()[1:] == ["用户 1（工单 1001，已修改）：好的，谢谢"]
    assert [text for text in scene.heard() if "请稍等" in text] == ["客服 A（工单 1001）：请稍等"]


async def test_a_person_who_blocked_the_bot_shows_in_the_group(scene: Scene) -> None:
    async with scene.running() as service:
        await scene.says(service, "人工")
        scene.stand_in.world.block(scene.person)
        await settled(scene.stand_in, service)
        gone = scene.group.last()
        assert (gone.text[:10], under(gone)) == ("用户 1 屏蔽了机器人"[:10], scene.card().id)
        said = await scene.replies(service, scene.card(), "您好")
        lost = scene.group.last()
        assert lost.text == "没有送到：对方屏蔽了机器人，或者注销了账号。"
        assert under(lost) == said.id


async def test_no_secret_passes_in_either_direction(scene: Scene) -> None:
    async with scene.running() as service:
        await scene.says(service, "人工")
        await scene.says(service, f"我的助记词是 {SEED}")
        await scene.says(service, "我的密码是 hunter2!abcX")
        assert all("sausage" not in text and "hunter2" not in text for text in scene.posts())
        before = len(scene.heard())
        await scene.replies(service, scene.card(), "请把您的助记词发给我核对一下")
        assert scene.posts()[-1].startswith("没有转给对方：“请把您的助记词发给我核对一下”像是在索要机密信息")
        await scene.replies(service, scene.card(), SEED)
        assert scene.posts()[-1].startswith("没有转给对方：这条消息里像是有机密信息")
        assert len(scene.heard()) == before


async def test_back_to_the_bot_and_back_to_the_human(scene: Scene) -> None:
    async with scene.running() as service:
        await scene.says(service, "人工")
        await scene.says(service, "菜单")
        assert scene.posts()[-1].startswith("用户 1 回到了机器人菜单")
        await scene.says(service, "忘记密码")
        posts = len(scene.posts())
        await scene.replies(service, scene.card(), "我来了")
        assert scene.heard()[-1] == "客服 A（工单 1001）：我来了"
        assert "回复客服" in scene.chat.last().labels
        scene.stand_in.world.press(scene.person, scene.chat.last().id, "回复客服")
        await settled(scene.stand_in, service)
        assert scene.posts()[posts:] == ["用户 1 又来找人工，接着用工单 1001。"]
        await scene.says(service, "我想问转账")
        assert scene.posts()[-1] == "用户 1（工单 1001）：我想问转账"
        await scene.says(service, "菜单")
        await scene.replies(service, scene.card(), "还在吗？")
        assert "直接交给这位同事" in scene.heard()[-1], "in no flow, the answer opens the way to the human"
        await scene.says(service, "在的")
        assert scene.posts()[-1] == "用户 1（工单 1001）：在的"


async def test_without_a_staff_chat_tickets_wait_in_the_table(tmp_path: Path) -> None:
    async with TelegramStandIn(limits=UNLIMITED, seed=7) as stand_in:
        person = stand_in.world.add_person("小明")
        async with in_process(stand_in, tmp_path) as service:
            for text in ("人工", "在吗", "菜单"):
                stand_in.world.say(person, text)
                await settled(stand_in, service)
            [ticket] = await service.store.tickets.listing(9)
            assert (ticket.number, ticket.status, [note[1] for note in ticket.notes]) == (
                1001,
                "open",
                ["在吗"],
            )


async def test_a_person_checks_an_agent_by_a_code_that_works_once(scene: Scene) -> None:
    async with scene.running() as service:
        await scene.replies(service, None, "/code")
        told = scene.posts()[-1]
        code = next(word.rstrip("。") for word in told.split("：")[1].split("。") if "-" in word)
        await scene.says(service, f"/verify 客服给的 {code}")
        assert "核验通过。 给您这个码的是我们的客服 A。" in scene.heard()[-1]
        await scene.says(service, f"/verify {code}")
        assert "这个核验码对不上" in scene.heard()[-1]
        await scene.says(service, "/verify @HelplineExampleBot")
        assert "HelplineExampleBot 在我们签过名的官方清单上" in scene.heard()[-1]
        await scene.says(service, "/verify https://helpline-login.com")
        assert "helpline-login[.]com 看着像我们的 Helpline" in scene.heard()[-1]


async def test_a_scam_in_a_group_is_warned_of_and_staff_settle_it_with_one_tap(scene: Scene) -> None:
    world = scene.stand_in.world
    crook, asker = world.add_person("Helpline Support"), world.add_person("小明")
    street = world.group("交流群", crook, asker, supergroup=True, administrator=True)
    async with scene.running() as service:
        bad = world.say(crook, "专业追款团队，不成功不收费，私聊我", street)
        await settled(scene.stand_in, service)
        card = scene.posts()[-1]
        assert "声称能追回被骗的钱" in card
        assert "名字或用户名很像我们的人" in card
        assert str(crook.id) in card
        assert "Helpline Support" not in card
        warnings = len(street.messages(by_bot=True))
        warning = street.messages(by_bot=True)[-1]
        assert "请小心" in warning.text
        assert "Careful" in warning.text
        assert under(warning) == bad.id

        world.say(asker, "有人说能追回被骗的钱，专业追款团队，能信吗", street)
        world.say(crook, "专业追款团队，不成功不收费，私聊我", street)
        await settled(scene.stand_in, service)
        assert len(street.messages(by_bot=True)) == warnings, (
            "who asks is no scammer, and nothing is told twice"
        )

        tap = next(word for word in card.replace("：", " ").split() if word.startswith("/fine_"))
        await scene.replies(service, None, tap)
        assert "不会再为它提醒" in scene.posts()[-1]
        await scene.replies(service, None, "/erase_99")
        assert "没有编号为 99" in scene.posts()[-1]

"""The cases of an incident on the real adapter: one card for all, one answer for all, and a card for whom that did not help."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bots.local.people import Person
from bots.settings import Settings
from core.broadcast.papers import Declined
from core.conversation.library import Library
from core.store.broadcasts import Kept
from tests.app.harness import settled
from tests.app.newsroom import Newsroom, newsroom
from tests.app.test_incidents import TEXT, closed, duty, hang_out, say
from tests.staff.house import code_of

ANSWER = "zh: 充值已恢复。\n请再查一次。\nen: Deposits are back. Please look again."


async def opened(room: Newsroom) -> None:
    kept = await room.office.draft("f.yaml", TEXT, "ada")
    assert isinstance(kept, Kept)
    await room.office.submit("slow", "ada", room.staff.code("ada"))
    await room.office.approve("slow", kept.hash[:16], "bob", room.staff.code("bob"))
    await duty(room).open("slow", "ada", room.staff.code("ada"))
    await hang_out(room)


async def called(room: Newsroom, person: Person) -> None:
    """A human is asked for in the middle of the flow that the incident is about."""
    await say(room, person, "/tx")
    await say(room, person, "人工")


async def looked(room: Newsroom) -> list[str]:
    """What stands in the staff's chat after the leader has looked."""
    room.service.group._said.clear()
    await room.service.group.look()
    room.service.worker.poke()
    await settled(room.stand_in, room.service)
    return [one.text for one in room.group.messages(by_bot=True)]


def cards(texts: list[str]) -> list[str]:
    """The tickets' own cards."""
    return [text for text in texts if text.startswith(("工单 1", "🚨"))]


async def test_many_cases_are_one_card_and_get_one_answer_each(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=5) as room:
        world, bob, (ann, ben, cat, dan, eve) = room.stand_in.world, room.agent, room.people
        await say(room, bob, "/start")
        await opened(room)
        await called(room, ann)
        await called(room, ben)
        assert "工单号 1002" in world.private(ben).last().text, "as honest as ever"
        assert not cards(await looked(room)), "nobody drowns in them"
        await say(room, cat, "人工")
        await say(room, dan, "/tx")
        await say(room, dan, "紧急")
        texts = await looked(room)
        assert len(cards(texts)) == 2, "another matter, and an emergency, stand alone"
        (group,) = [one for one in room.group.messages(by_bot=True) if "事故 slow：有" in one.text]
        assert "有 2 人为此找人工，其中 2 人在等。最近的工单：1002, 1001" in group.text

        personnel = room.service.turner._desk.staff._floor._personnel  # type: ignore[union-attr]
        app = (await personnel.enroll("bob", "ada")).secret
        assert await personnel.confirm("bob", code_of(app, time.time() - 30), "ada") == "ok"
        for wrong, why in (
            ("已恢复", "缺少“zh”"),
            (ANSWER.replace("再查一次", "把验证码发来"), "索要机密"),
            (ANSWER + " https://evil-helpline.com", "官方清单"),
            (ANSWER + " my password is hunter2hunter2", "机密"),
        ):
            world.say(bob, wrong, room.group, reply_to_message=group.message)
            await settled(room.stand_in, room.service)
            assert why in room.group.messages(by_bot=True)[-1].text
        world.say(room.stranger, ANSWER, room.group, reply_to_message=group.message)
        await settled(room.stand_in, room.service)
        assert await room.service.store.incidents.answers() == []
        world.say(bob, ANSWER, room.group, reply_to_message=group.message)
        await settled(room.stand_in, room.service)
        assert "验证器" in world.private(bob).last().text
        assert await room.service.store.incidents.answers() == []
        assert "正在发给 slow 的 2 人" in await say(room, bob, code_of(app, time.time()))
        texts = await looked(room)
        await looked(room)
        for person in (ann, ben):
            got = [
                one.text for one in world.private(person).messages(by_bot=True) if "充值已恢复" in one.text
            ]
            assert len(got) == 1
            assert "请再查一次" in got[0]
        assert not any("充值已恢复" in one.text for one in world.private(cat).messages(by_bot=True))
        assert any("其中 0 人在等" in text for text in await looked(room))

        assert len(cards(await looked(room))) == 2
        await say(room, ann, "还是没有到账")
        (own,) = [text for text in cards(await looked(room)) if "1001" in text]
        assert "incident: slow" in own
        assert "还是没有到账" in own
        world.say(bob, "/case 1002", room.group)
        await settled(room.stand_in, room.service)
        assert any("1002" in text for text in cards(await looked(room)))
        world.say(bob, "/case 1002", room.group)
        await settled(room.stand_in, room.service)
        assert "已经有卡片" in room.group.messages(by_bot=True)[-1].text

        await called(room, eve)
        await closed(room, "slow", "ada")
        texts = await looked(room)
        assert any("已结束" in text and "人在等" in text for text in texts), (
            "who still waits is not forgotten"
        )
        room.service.sender._awake.set()
        await room.until("scheduled", name="slow")
        await hang_out(room)
        await say(room, eve, "有人吗")
        assert len([text for text in cards(await looked(room)) if "1005" in text]) == 1


async def test_an_answer_at_the_command_line(tmp_path: Path, settings: Settings, library: Library) -> None:
    async with newsroom(tmp_path, settings, library, people=2) as room:
        texts = {"zh": "已恢复。", "en": "It is back."}
        with pytest.raises(Declined):
            await duty(room).answer("slow", texts, "ada", room.staff.code("ada"))
        await opened(room)
        with pytest.raises(Declined):
            await duty(room).answer("slow", texts, "ada", room.staff.code("ada"))
        await called(room, room.people[0])
        with pytest.raises(Declined):
            await duty(room).answer("slow", {"zh": "已恢复。"}, "ada", room.staff.code("ada"))
        with pytest.raises(Declined):
            await duty(room).answer("slow", texts, "ada", "000000")
        await closed(room, "slow")
        assert await duty(room).answer("slow", texts, "ada", room.staff.code("ada")) == 1
        await looked(room)
        assert "已恢复。" in room.stand_in.world.private(room.people[0]).last().text

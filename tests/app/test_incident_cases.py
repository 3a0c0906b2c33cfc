"""The cases of an incident on the real adapter: one card for all, one answer for all, and a card for whom that did not help."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from pathlib import Path

import pytest

from bots.local.people import Person, Shown
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Settings
from core.broadcast.papers import Declined
from core.conversation.library import Library
from core.incidents.cases import by_language
from core.store.rows import AuditLine
from tests.app.harness import settled
from tests.app.newsroom import Newsroom, newsroom
from tests.app.processes import PATIENT, Nursery, environment, looked_up
from tests.app.test_incidents import TEXT, app_of_bob, closed, duty, hang_out, say
from tests.staff.house import code_of
from tests.stores import opened as store_of

ANSWER = "zh: 充值已恢复。\n请再查一次。\nen: Deposits are back. Please look again."


async def opened(room: Newsroom) -> None:
    await room.approved(TEXT, "slow")
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


async def wrote(room: Newsroom, text: str, to: Shown | None = None, by: Person | None = None) -> str:
    """Bob, or somebody else, writes in the staff's chat: what stands last there then."""
    reply = {"reply_to_message": to.message} if to else {}
    room.stand_in.world.say(by or room.agent, text, room.group, **reply)
    await settled(room.stand_in, room.service)
    return room.group.messages(by_bot=True)[-1].text


async def gathered(room: Newsroom) -> Shown:
    """Two people wait for the same thing, one for another and one in an emergency: the card of the two."""
    ann, ben, cat, dan, _ = room.people
    await called(room, ann)
    await called(room, ben)
    assert "工单号 1002" in room.stand_in.world.private(ben).last().text, "as honest as ever"
    assert not cards(await looked(room)), "nobody drowns in them"
    await say(room, cat, "人工")
    await say(room, dan, "/tx")
    await say(room, dan, "紧急")
    assert len(cards(await looked(room))) == 2, "another matter, and an emergency, stand alone"
    (group,) = [one for one in room.group.messages(by_bot=True) if "事故 slow：有" in one.text]
    assert "有 2 人为此找人工，其中 2 人在等。最近的工单：1002, 1001" in group.text
    return group


async def answered(room: Newsroom, group: Shown) -> None:
    """Nothing with a fault, of a stranger or without a code is taken for the answer; what is, reaches the two."""
    app, answers = await app_of_bob(room), room.service.store.incidents.answers
    for wrong, why in (
        ("已恢复", "缺少“zh”"),
        (ANSWER.replace("再查一次", "把验证码发来"), "索要机密"),
        (ANSWER + " https://evil-helpline.com", "官方清单"),
        (ANSWER + " my password is hunter2hunter2", "机密"),
    ):
        assert why in await wrote(room, wrong, group)
    await wrote(room, ANSWER, group, room.stranger)
    assert await answers() == []
    await wrote(room, ANSWER, group)
    assert "验证器" in room.stand_in.world.private(room.agent).last().text
    assert await answers() == []
    assert "正在发给 slow 的 2 人" in await say(room, room.agent, code_of(app, time.time()))
    await looked(room)
    await looked(room)


def answers_to(room: Newsroom, person: Person) -> list[str]:
    said = room.stand_in.world.private(person).messages(by_bot=True)
    return [one.text for one in said if "充值已恢复" in one.text]


async def test_many_cases_are_one_card_and_get_one_answer_each(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=5) as room:
        ann, ben, cat, _, eve = room.people
        await say(room, room.agent, "/start")
        await opened(room)
        await answered(room, await gathered(room))
        for person in (ann, ben):
            (got,) = answers_to(room, person)
            assert "请再查一次" in got
        assert not answers_to(room, cat)
        assert any("其中 0 人在等" in text for text in await looked(room))

        assert len(cards(await looked(room))) == 2
        await say(room, ann, "还是没有到账")
        (own,) = [text for text in cards(await looked(room)) if "1001" in text]
        assert "incident: slow" in own
        assert "还是没有到账" in own
        await wrote(room, "/case 1002")
        assert any("1002" in text for text in cards(await looked(room)))
        assert "已经有卡片" in await wrote(room, "/case 1002")

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


async def test_kill_9_around_an_answer_to_all_doubles_nothing_and_leaves_nobody_out(
    tmp_path: Path, settings: Settings, library: Library, nursery: Nursery
) -> None:
    database = tmp_path / "helpline.db"
    async with TelegramStandIn(limits=UNLIMITED, seed=3) as stand_in:
        async with newsroom(tmp_path, settings, library, 6, before=stand_in) as room:
            await opened(room)
            for person in room.people:
                await called(room, person)
        store = await store_of(database)
        (incident,) = await store.incidents.open()
        texts, line = json.dumps(by_language(ANSWER, settings.languages)), AuditLine(1.0, "ada", "t", "slow")
        assert await store.incidents.answer(incident.number, "ada", "A", texts, line)
        await store.close()
        stand_in.world.updates.conflict_delay = 0.0
        env = environment(stand_in, tmp_path)
        for moment in ("answer 2", "commit 1"):
            one = await nursery.start(env, tmp_path, "run", die=moment)
            assert await one.ended() == -signal.SIGKILL, one.said
        one = await nursery.start(env, tmp_path, "run")
        async with asyncio.timeout(PATIENT):
            while not all(answers_to(room, person) for person in room.people):
                await asyncio.sleep(0.02)
        await one.kill()
        assert [len(answers_to(room, person)) for person in room.people] == [1] * len(room.people)
    assert looked_up(database, "SELECT made, ended FROM incident_answer") == [(len(room.people), 1)]

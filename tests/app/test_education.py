"""Lessons through the real library: subscribed, sent when they are due, answered in the middle of a flow, stopped."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bots.local.people import Person, Shown
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Settings
from core.broadcast.schedule import upcoming
from core.config import Education
from core.conversation.library import Library
from core.runtime.service import Service
from tests.app.harness import in_process, settled
from tests.conversation.chat import flow_text, house_text

FLOW = "security_education"
ZONE = "Asia/Shanghai"


@dataclass
class School:
    """A running bot with its course, people before it, and a time that the test moves."""

    stand_in: TelegramStandIn
    service: Service
    ahead: list[float]

    async def say(self, person: Person, text: str) -> str:
        self.stand_in.world.say(person, text)
        await settled(self.stand_in, self.service)
        return self.last(person).text

    async def press(self, person: Person, label: str, under: Shown | None = None) -> str:
        self.stand_in.world.press(person, (under or self.last(person)).id, label)
        await settled(self.stand_in, self.service)
        return self.last(person).text

    async def subscribe(self, person: Person) -> str:
        await self.say(person, "/subscribe")
        for label in ("订阅或修改", "中文", "北京、台北、新加坡"):
            await self.press(person, label)
        return await self.press(person, "全部都要")

    async def next_lesson(self) -> None:
        """The next moment of the schedule comes, and whatever it brings has arrived."""
        now = time.time() + self.ahead[0]
        due = upcoming(self.service.settings.education.schedule, ZONE, now, 1)[0].due
        self.ahead[0] += due + 1 - now
        await self.service.education.tick()
        await self.service.education.work()
        await settled(self.stand_in, self.service)

    def last(self, person: Person) -> Shown:
        return self.stand_in.world.private(person).last()

    def heard(self, person: Person) -> list[str]:
        return [row.text for row in self.stand_in.ledger.sent(person.id)]


@asynccontextmanager
async def school(folder: Path, settings: Settings, trial: bool = True) -> AsyncIterator[School]:
    own = settings.model_copy(update={"education": Education(trial=trial)})
    ahead = [0.0]
    async with (
        TelegramStandIn(limits=UNLIMITED) as stand_in,
        in_process(stand_in, folder, settings=own, now=lambda: time.time() + ahead[0]) as service,
    ):
        yield School(stand_in, service, ahead)


async def test_a_lesson_comes_is_answered_in_the_middle_of_a_flow_and_stops(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with school(tmp_path, settings) as one:
        person = one.stand_in.world.add_person("小明")
        assert "订好了" in await one.subscribe(person)
        await one.say(person, "/tx")
        question = one.last(person)

        await one.next_lesson()
        lesson = one.last(person)
        assert lesson.text.startswith(flow_text(library, FLOW, "lesson.seed_phrase.title"))
        words = library.flows[FLOW].words["zh"].choices
        assert lesson.labels == [*(words[f"lesson.seed_phrase.{c}"] for c in "abc"), "退订"]

        explained = await one.press(person, words["lesson.seed_phrase.b"], lesson)
        assert explained == flow_text(library, FLOW, "lesson.seed_phrase.explain.b")
        assert await one.press(person, "没有交易哈希", question) != explained, "the open flow goes on"
        assert one.last(person).labels == ["还是找不到"]

        await one.next_lesson()
        assert one.last(person).text.startswith(flow_text(library, FLOW, "lesson.fake_support.title"))
        assert await one.press(person, "退订") == house_text(library, "unsubscribed")
        count = len(one.heard(person))
        await one.next_lesson()
        assert len(one.heard(person)) == count


async def test_who_blocks_the_bot_is_left_alone_and_comes_back_with_start(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with school(tmp_path, settings) as one:
        gone, stays = (one.stand_in.world.add_person(name) for name in ("甲", "乙"))
        for person in (gone, stays):
            await one.subscribe(person)
        one.stand_in.world.block(gone)
        await settled(one.stand_in, one.service)
        await one.next_lesson()
        title = flow_text(library, FLOW, "lesson.seed_phrase.title")
        assert [any(text.startswith(title) for text in one.heard(p)) for p in (gone, stays)] == [False, True]
        one.stand_in.world.unblock(gone)
        await one.say(gone, "/start")
        await one.next_lesson()
        assert one.last(gone).text.startswith(title), "their course goes on where it stood"


async def test_while_nobody_approved_the_lessons_people_are_told_so_and_nothing_is_sent(
    tmp_path: Path, settings: Settings
) -> None:
    async with school(tmp_path, settings, trial=False) as one:
        person = one.stand_in.world.add_person("小明")
        assert "审阅" in await one.subscribe(person)
        assert not one.service.education.on

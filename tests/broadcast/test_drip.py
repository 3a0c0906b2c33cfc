"""Series: from everybody's own start on, one lesson every so many days, approved once, and never twice to anybody."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.broadcast.content import Content, Part, Plan, Rule, dump, load
from core.broadcast.curriculum import Curriculum
from core.broadcast.drip import Drips, Lesson, Series, following, gathered, moments
from core.broadcast.folder import hash_of, lessons_of
from core.broadcast.house import house
from core.broadcast.office import Office
from core.broadcast.papers import Declined
from core.channel import Abilities
from core.config import Broadcast, Settings
from core.config import Desk as DeskSettings
from core.conversation.document import Fault
from core.conversation.library import Library
from core.conversation.model import Message, Rich
from core.runtime.house import house_holes
from core.store.broadcasts import Kept, Reached
from core.store.drips import Member
from core.store.postgres import open_postgres
from core.store.rooms import Store
from core.store.rows import Batch, NewEffect, Subscriber
from core.store.sqlite import open_sqlite
from tests.broadcast.course import CHANNEL, TEN, Clock, settle_all
from tests.staff.house import House

DAY = 86_400.0
RHYTHM = 'class: education\naudience: {everybody: true}\nevery: 2\nat: "10:00"\nhours: 6\n'
FILES = {
    "series.yaml": RHYTHM,
    "01_hello.yaml": "texts:\n  zh: 第一课\n  en: lesson one\n",
    "02_fees.yaml": "texts:\n  zh: 第二课\n  en: lesson two\n",
}


class Room:
    """A store with people, its office and one who sends, on a clock that the test moves."""

    def __init__(self, store: Store, library: Library, settings: Settings) -> None:
        self.store = store
        self.clock = Clock(TEN - DAY)
        quiet = Broadcast(quiet_from="00:00", quiet_to="00:00", week=0)
        self.settings = settings.model_copy(update={"broadcast": quiet, "desk": DeskSettings(zone="UTC")})
        self.can = {CHANNEL: Abilities()}
        self.shared = house(library, house_holes(self.settings), self.can)
        self.staff = House(store)
        self.rows: list[NewEffect] = []
        self.drips = self.another()
        self.office: Office
        self.lessons: Curriculum

    def another(self) -> Drips:
        return Drips(self.store, self.settings, self.can, self.rows.extend, self.clock)

    async def begin(self) -> None:
        people = await self.staff.begun()
        say = lambda code, **_: code  # noqa: E731
        self.office = Office(self.store, self.settings, self.can, self.shared, people, say, self.clock)
        self.lessons = Curriculum(self.office)

    async def join(self, *users: str) -> None:
        people = [Subscriber(CHANNEL, user, user, "zh", 1.0) for user in users]
        await self.store.turns.commit(Batch(people=people))

    async def hand_in(self, files: Mapping[str, str]) -> list[str]:
        got = await self.lessons.submit("first_steps", files, "ada", self.staff.code("ada"))
        return [one.name for one in got if isinstance(one, Kept)]

    async def approve(self) -> None:
        waiting = [one for one in await self.lessons.lessons("first_steps") if one.state == "in_review"]
        await self.lessons.approve("first_steps", hash_of(waiting), "bob", self.staff.code("bob"))

    async def day(self, number: int) -> list[str]:
        """Ten o'clock on this day; who got which lesson."""
        self.clock.now = TEN + number * DAY + 60
        self.rows.clear()
        await self.drips.look()
        await self.drips.look()
        got = [f"{row.key.rpartition('|')[2]}:{row.key.split(':')[1][-5:]}" for row in self.rows]
        await settle_all(self.store)
        return sorted(got)


@pytest.fixture
async def room(library: Library, settings: Settings, request: pytest.FixtureRequest) -> Room:
    """On a file, or where a test asks for it on a server."""
    server = getattr(request, "param", "")
    store = await (
        open_postgres(request.getfixturevalue("postgres").fresh()) if server else open_sqlite(":memory:")
    )
    one = Room(store, library, settings)
    await one.begin()
    await one.join("1", "2")
    assert await one.hand_in(FILES) == ["first_steps-01_hello", "first_steps-02_fees"]
    return one


async def test_everybody_has_their_own_start_and_their_own_days(room: Room) -> None:
    assert await room.day(0) == [], "nobody stands behind it yet"
    await room.approve()
    assert await room.day(1) == ["1:hello", "2:hello"]
    await room.join("3")
    assert await room.day(2) == ["3:hello"]
    assert await room.day(3) == ["1:_fees", "2:_fees"]
    await room.store.broadcasts.opt_out(CHANNEL, "3", room.clock.now)
    assert await room.day(4) == [], "who left gets no more"
    await room.store.broadcasts.opt_in(CHANNEL, "3")
    assert await room.day(5) == ["3:_fees"], "and goes on where they were"
    assert await room.day(9) == []
    assert await room.store.drips.progress("first_steps") == {2: 3}
    await room.store.close()


async def test_the_walls_of_a_million_people_are_looked_up_once_a_minute(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.approve()
    looked, real = [], room.store.broadcasts.walls

    async def walls() -> list[str]:
        looked.append(room.clock.now)
        return await real()

    monkeypatch.setattr(room.drips._room, "walls", walls)
    assert await room.day(1) == ["1:hello", "2:hello"]
    for _ in range(11):
        room.clock.now += 5
        await room.drips.look()
    assert len(looked) == 1, "ten o'clock is no sooner again"
    room.clock.now += 5
    await room.drips.look()
    assert len(looked) == 2
    await room.store.close()


async def test_a_lesson_that_is_new_or_changed_waits_alone(room: Room) -> None:
    await room.approve()
    assert await room.day(1) == ["1:hello", "2:hello"]
    more = FILES | {"03_safe.yaml": "texts:\n  zh: 第三课\n  en: lesson three\n"}
    assert await room.hand_in(more) == ["first_steps-03_safe"]
    assert await room.hand_in(more) == []
    assert await room.day(3) == ["1:_fees", "2:_fees"], "the others stand"
    assert await room.day(6) == []
    await room.approve()
    assert await room.day(7) == ["1:_safe", "2:_safe"]
    changed = more | {"02_fees.yaml": more["02_fees.yaml"].replace("第二课", "改过的第二课")}
    assert await room.hand_in(changed) == ["first_steps-02_fees"]
    await room.join("4")
    assert await room.day(8) == ["4:hello"]
    assert await room.day(10) == ["4:_safe"]
    await room.approve()
    assert await room.day(12) == ["4:_fees"], (
        "whoever passed its place gets it when it stands; nobody gets it twice"
    )
    slower = changed | {"series.yaml": RHYTHM.replace("every: 2", "every: 5")}
    assert len(await room.hand_in(slower)) == 3, "another rhythm is another thing for everybody"
    await room.store.close()


async def test_what_is_stopped_or_returned_leaves_no_more(room: Room) -> None:
    await room.approve()
    room.clock.now = TEN + DAY + 60
    await room.drips.look()
    first, second = (row.key for row in room.rows)
    claimed = await room.store.broadcasts.claim(first, room.clock.now, room.clock.now + 90)
    assert isinstance(claimed, tuple)
    assert "第一课" in claimed[0]
    assert await room.store.broadcasts.stands(first)
    await room.office.give_back("first_steps-01_hello", "bob", "typo")
    assert not await room.store.broadcasts.stands(first)
    assert await room.store.broadcasts.claim(second, room.clock.now, room.clock.now + 90) == "no"
    await room.store.close()


@pytest.mark.parametrize("room", ["", "postgres"], indirect=True)
async def test_two_schedulers_and_a_late_one_send_each_lesson_once(room: Room) -> None:
    await room.approve()
    other = room.another()
    room.clock.now = TEN + DAY + 60
    await asyncio.gather(room.drips.look(), other.look(), other.look(), room.drips.look())
    assert len(room.rows) == len({row.key for row in room.rows}) == 2
    await settle_all(room.store)
    room.rows.clear()
    room.clock.now = TEN + 3 * DAY + 7 * 3600  # the bot was down at ten, for longer than `hours`
    await room.another().look()
    assert room.rows == []
    assert await room.day(4) == ["1:_fees", "2:_fees"], "the next day, and none was skipped"
    await room.store.close()


async def test_who_wrote_it_cannot_approve_it_and_the_hash_is_of_all_that_waits(room: Room) -> None:
    waiting = await room.lessons.lessons("first_steps")
    seen = hash_of(waiting)
    with pytest.raises(Declined, match="yourself"):
        await room.lessons.approve("first_steps", seen, "ada", room.staff.code("ada"))
    await room.hand_in(FILES | {"01_hello.yaml": "texts:\n  zh: 另一课\n  en: another\n"})
    with pytest.raises(Declined, match="not what you have seen"):
        await room.lessons.approve("first_steps", seen, "bob", room.staff.code("bob"))
    await room.store.close()


async def test_faults_are_told_in_the_file_that_has_them_and_keep_all_out(room: Room) -> None:
    bad = FILES | {"series.yaml": RHYTHM.replace("every: 2", "every: 0").replace('"10:00"', '"25:00"')}
    bad |= {"02_fees.yaml": "texts:\n  zh: 请发送您的助记词\n  en: two\nwhen: now\n"}
    found = await room.lessons.submit("first_steps", bad, "ada", "000000")
    told = {(one.file, one.line, one.code) for one in found if isinstance(one, Fault)}
    assert ("series.yaml", 3, "NUMBER") in told
    assert ("series.yaml", 4, "WHEN") in told
    assert ("02_fees.yaml", 2, "SECRET") in told
    assert ("02_fees.yaml", 4, "UNKNOWN") in told
    (none,) = await room.lessons.submit("empty", {"series.yaml": RHYTHM}, "ada", "000000")
    assert isinstance(none, Fault)
    await room.store.close()


def _series(count: int, every: int) -> Series:
    lessons = []
    for n in range(1, count + 1):
        part = Part("s", n, every)
        content = Content(
            f"s-{n}", "education", {"zh": Message((Rich("课"),))}, Rule(True), Plan("series"), part=part
        )
        kept = Kept(content.name, "C", 1, "approved", "", 1.0, 0, 0.0, "a", "h", "", "")
        lessons.append(Lesson(kept, content, part))
    return Series("s", tuple(lessons))


@given(st.integers(1, 6), st.integers(1, 9), st.lists(st.sets(st.integers(1, 6)), min_size=1, max_size=40))
def test_whatever_stands_on_which_day_nobody_gets_two_too_soon_or_one_twice(
    count: int, every: int, days: list[set[int]]
) -> None:
    series, member, got = _series(count, every), Member(Reached(CHANNEL, "1", "1", "zh", "")), []
    for number, standing in enumerate(days):
        day = (date(2026, 1, 1) + timedelta(days=number)).isoformat()
        if lesson := following(series, member, day, {f"s-{n}" for n in standing}):
            got.append(number)
            assert lesson.part.number in standing
            assert lesson.kept.name not in member.given
            member = Member(member.to, (*member.given, lesson.kept.name), day)
    assert len(member.given) <= count
    assert all(after - before >= every for before, after in pairwise(got))


def test_the_next_times_are_of_somebody_who_begins_now() -> None:
    shown = moments("0 10 * * *", 3, "Europe/Berlin", TEN, 5)
    assert [round((one - shown[0]) / DAY) for one in shown] == [0, 3, 6, 9, 12]


def test_a_folder_is_read_in_the_order_of_its_numbers() -> None:
    sources = lessons_of(
        "s", {"10_b.yaml": "x", "02_a.yaml": "y\n", "readme.txt": "", "series.yaml": "every: 1"}
    )
    assert [one.name for one in sources] == ["s-02_a", "s-10_b"]
    assert sources[0].own == 1
    assert gathered([]) == []


def test_what_is_approved_names_its_place() -> None:
    one = _series(2, 3).lessons[1].content
    assert load(dump(one)) == one

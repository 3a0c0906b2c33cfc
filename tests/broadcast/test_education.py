"""Runs over a real store: each person the next lesson, no slot twice, no person twice, whatever happens between."""

from __future__ import annotations

from core.channel import Abilities
from core.conversation.model import Send
from core.conversation.wire import load_effect
from core.runtime.effects import LOW
from core.store.rooms import Store
from core.store.rows import Batch, Subscriber
from tests.broadcast.course import CHANNEL, TEN, Clock, School, person, queued, settle_all, taught

DAY = 86_400.0
HOUR = 3600.0


# --- who gets what ---------------------------------------------------------------------------


async def test_everybody_begins_at_the_first_lesson_and_the_course_ends(school: School) -> None:
    await school.join("early")
    heard: dict[str, list[str]] = {"early": [], "late": []}
    for day in range(5):
        if day == 2:
            await school.join("late", language="en")
        await school.day()
        for row in await queued(school.store):
            heard[person(row)].append(taught(row))
        await settle_all(school.store)
        school.clock.now += DAY
    assert heard["early"] == ["zh keys", "zh calls", "zh codes"]
    assert heard["late"] == ["en keys", "en calls", "en codes"]


async def test_a_topic_leaves_out_the_others_and_a_wider_one_brings_back_what_is_missing(
    school: School,
) -> None:
    await school.join("7", topics="account")
    heard = []
    for day in range(4):
        if day == 2:
            await school.join("7", topics="all")
        await school.day()
        heard += [taught(row) for row in await queued(school.store)]
        await settle_all(school.store)
        school.clock.now += DAY
    assert heard == ["zh keys", "zh codes", "zh calls"]


async def test_a_lesson_is_a_message_of_low_rank_in_a_lane_of_its_own(school: School) -> None:
    await school.join("7")
    await school.day()
    (row,) = await queued(school.store)
    assert [row.key for row in school.offered] == [row.key]
    assert row.rank == LOW
    assert row.lane == f"{CHANNEL}|7|7|e"
    effect = load_effect(row.kind, row.payload)
    assert isinstance(effect, Send)
    names = [choice.name for choice in effect.message.choices]
    assert names == ["@lesson.keys.a", "@lesson.keys.b", "@lesson.keys.c", "@unsubscribe"]
    assert all(choice.label and choice.label != choice.name for choice in effect.message.choices)
    assert effect.message.visit == 0, "no button of it belongs to a question of the conversation"


async def test_each_zone_has_its_own_ten_o_clock(school: School) -> None:
    school.clock.now = TEN - 9 * HOUR
    await school.join("utc")
    await school.join("berlin", zone="Europe/Berlin")
    await school.join("shanghai", zone="Asia/Shanghai")
    due: dict[int, list[str]] = {}
    for hour in range(1, 12):
        await school.day()
        due[hour] = [person(row) for row in await queued(school.store)]
        await settle_all(school.store)
        school.clock.now += HOUR
    assert {hour: people for hour, people in due.items() if people} == {
        2: ["shanghai"],
        9: ["berlin"],
        10: ["utc"],
    }


async def test_who_came_after_the_moment_waits_for_the_next(school: School) -> None:
    await school.join("before")
    school.clock.now += 2 * HOUR
    await school.join("after")
    await school.day()
    assert [person(row) for row in await queued(school.store)] == ["before"]


async def test_a_channel_that_is_gone_costs_nobody_a_lesson(store: Store, clock: Clock) -> None:
    school = School(store, clock, {})
    await school.join("7")
    await school.day()
    assert await queued(store) == []
    assert [group.given for group in await store.lessons.census()] == [0]


async def test_a_message_longer_than_the_platform_takes_comes_in_parts(store: Store, clock: Clock) -> None:
    school = School(store, clock, {CHANNEL: Abilities(text_limit=20)})
    await school.join("7")
    await school.day()
    rows = await queued(store)
    assert len(rows) > 1
    assert len({row.key for row in rows}) == len(rows)
    assert {row.lane for row in rows} == {f"{CHANNEL}|7|7|e"}


# --- leaving ---------------------------------------------------------------------------------


async def test_blocked_people_are_left_out_until_they_come_back(school: School) -> None:
    await school.join("here", "gone")
    await school.store.people.blocked(CHANNEL, "gone", school.clock.now)
    await school.day()
    assert [person(row) for row in await queued(school.store)] == ["here"]
    await settle_all(school.store)
    back = Subscriber(CHANNEL, "gone", "gone", "zh", school.clock.now)
    await school.store.turns.commit(Batch(people=[back]))
    school.clock.now += DAY
    await school.day()
    assert {person(row): taught(row) for row in await queued(school.store)} == {
        "here": "zh calls",
        "gone": "zh keys",
    }


async def test_who_leaves_gets_nothing_not_even_what_is_queued(school: School) -> None:
    await school.join("stays", "leaves")
    await school.day()
    assert len(await queued(school.store)) == 2
    assert await school.store.lessons.unsubscribe(CHANNEL, "leaves", school.clock.now)
    assert [person(row) for row in await queued(school.store)] == ["stays"]
    assert not await school.store.lessons.unsubscribe(CHANNEL, "leaves", school.clock.now)
    school.clock.now += DAY
    await school.day()
    assert {person(row) for row in await queued(school.store)} == {"stays"}


async def test_an_old_wish_to_leave_does_not_end_a_new_subscription(school: School) -> None:
    await school.join("7")
    begun = school.clock.now - HOUR
    assert not await school.store.lessons.unsubscribe(CHANNEL, "7", begun - 1)
    assert await school.store.lessons.zones() == {"UTC": begun}


async def test_subscribing_twice_is_subscribing_once_and_keeps_the_place(school: School) -> None:
    await school.join("7")
    before = await school.store.lessons.zones()
    school.clock.now += 60
    await school.join("7", language="en")
    assert await school.store.lessons.zones() == before
    await school.join("7", zone="Asia/Shanghai")
    assert await school.store.lessons.zones() == {"Asia/Shanghai": school.clock.now - HOUR}

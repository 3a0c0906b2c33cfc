"""When lessons are due: on the wall of each zone, also in the nights when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import given
from hypothesis import strategies as st

from core.broadcast.schedule import Slot, latest, upcoming
from core.config import Education

HOUR = 3600.0
ZONES = (
    "Asia/Shanghai", "UTC", "Etc/GMT-8", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe",
    "Asia/Kathmandu", "America/St_Johns", "Africa/Casablanca", "Pacific/Apia", "America/Sao_Paulo",
)  # fmt: skip
"""Lord Howe moves by half an hour, Casablanca back before Ramadan, Apia once left out a whole day."""
CRONS = (
    "0 10 * * *",
    "30 2 * * *",
    "30 1 * * *",
    "0 0 * * *",
    "0 10 * * mon,thu",
    "*/30 * * * *",
    "15 3 1 * *",
)
MOMENTS = st.integers(
    int(datetime(2010, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2037, 1, 1, tzinfo=UTC).timestamp())
)


def moment(zone: str, *wall: int, fold: int = 0) -> float:
    return datetime(*wall, tzinfo=ZoneInfo(zone), fold=fold).timestamp()  # type: ignore[arg-type, misc]


def shown(slot: Slot) -> str:
    """What the clock there shows when a slot is due."""
    return datetime.fromtimestamp(slot.due, ZoneInfo(slot.zone)).isoformat()


def test_a_time_that_is_left_out_is_due_at_the_jump_once() -> None:
    eve = moment("America/New_York", 2027, 3, 13, 12)
    assert [shown(slot) for slot in upcoming("30 2 * * *", "America/New_York", eve, 2)] == [
        "2027-03-14T03:00:00-04:00",
        "2027-03-15T02:30:00-04:00",
    ]


def test_a_time_that_is_there_twice_is_due_the_first_time_only() -> None:
    eve = moment("Europe/Berlin", 2027, 10, 30, 12)
    assert [shown(slot) for slot in upcoming("30 2 * * *", "Europe/Berlin", eve, 2)] == [
        "2027-10-31T02:30:00+02:00",
        "2027-11-01T02:30:00+01:00",
    ]
    between = moment("Europe/Berlin", 2027, 10, 31, 2, 15, fold=1)
    newest = latest("30 2 * * *", "Europe/Berlin", between)
    assert newest is not None
    assert newest.name == "Europe/Berlin 2027-10-31T02:30"


def test_a_day_that_was_left_out_is_made_up_for_at_its_end() -> None:
    eve = moment("Pacific/Apia", 2011, 12, 29, 12)
    slots = upcoming("0 10 * * *", "Pacific/Apia", eve, 2)
    assert [shown(slot) for slot in slots] == ["2011-12-31T00:00:00+14:00", "2011-12-31T10:00:00+14:00"]


def test_people_in_different_zones_get_it_at_the_same_time_on_the_wall() -> None:
    now = moment("UTC", 2026, 11, 22, 12)
    for zone in ZONES:
        slot = upcoming("0 10 * * mon,thu", zone, now, 1)[0]
        assert "2026-11-23T10:00:00" in shown(slot)


@given(zone=st.sampled_from(ZONES), cron=st.sampled_from(CRONS), now=MOMENTS)
def test_what_comes_next_is_what_was_newest_then(zone: str, cron: str, now: int) -> None:
    slots = upcoming(cron, zone, now, 4)
    assert len({slot.name for slot in slots}) == 4
    before = now
    for slot in slots:
        assert slot.due > before, "in order, and after now"
        assert latest(cron, zone, slot.due) == slot
        assert latest(cron, zone, slot.due - 1) != slot
        before = int(slot.due)


@given(zone=st.sampled_from(ZONES), cron=st.sampled_from(CRONS), now=MOMENTS)
def test_a_slot_is_due_when_the_clock_first_shows_it_or_jumps_over_it(zone: str, cron: str, now: int) -> None:
    slot = upcoming(cron, zone, now, 1)[0]
    assert slot.due == int(slot.due)
    here = ZoneInfo(zone)
    assert datetime.fromtimestamp(slot.due, here).replace(tzinfo=None) >= slot.wall
    before = datetime.fromtimestamp(slot.due - 1, here).replace(tzinfo=None)
    assert before < slot.wall


@given(
    zone=st.sampled_from(ZONES),
    cron=st.sampled_from(CRONS),
    now=MOMENTS,
    steps=st.lists(st.integers(1, 7 * 3600), min_size=1, max_size=60),
)
def test_whoever_looks_now_and_then_uses_every_name_once(
    zone: str, cron: str, now: int, steps: list[int]
) -> None:
    """Looking is what the timer does; a name that was used is in the table. No moment goes backwards."""
    used: list[Slot] = []
    at = float(now)
    first = latest(cron, zone, at)
    for step in steps:
        at += step
        slot = latest(cron, zone, at)
        if slot is not None and slot != first and slot.name not in [one.name for one in used]:
            used.append(slot)
    assert [slot.due for slot in used] == sorted(slot.due for slot in used)
    walls = [slot.wall for slot in used]
    assert walls == sorted(set(walls))
    expected = {slot.name for slot in upcoming(cron, zone, now, 200) if slot.due <= at}
    assert {slot.name for slot in used} <= expected
    if max(steps) < HOUR / 2:
        assert {slot.name for slot in used} == expected, "nothing is left out by one who looks often"


def test_no_two_walls_of_a_minute_have_one_name() -> None:
    night = moment("America/New_York", 2027, 11, 6, 23)
    slots = upcoming("*/30 * * * *", "America/New_York", night, 12)
    walls = [slot.wall for slot in slots]
    assert walls == sorted(set(walls))
    assert slots[5].due - slots[4].due == 1.5 * HOUR, "the hour that is there twice has its lessons once"


@pytest.mark.parametrize("cron", ["", "10", "* * * * * *", "0 25 * * *", "0 10 * * foo", "0 10 31 2 *"])
def test_what_is_no_cron_text_is_refused(cron: str) -> None:
    with pytest.raises(ValueError, match="cron"):
        Education(schedule=cron)


def test_days_are_named_as_cron_names_them() -> None:
    """APScheduler's own crontab would read 0 as Monday."""
    monday = next(CronSim(Education().schedule, datetime(2026, 11, 22)))
    assert monday - datetime(2026, 11, 22) == timedelta(days=1, hours=10)

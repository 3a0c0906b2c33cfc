"""When a broadcast is due: on whose wall, in which night, and on the nights when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.broadcast.content import Content, Plan, Rule
from core.broadcast.times import awake, following, upcoming

QUIET = ("22:00", "08:00")


def content(kind: str = "notice", reason: str = "") -> Content:
    return Content("n", kind, {}, Rule(everybody=True), Plan(), reason)  # type: ignore[arg-type]


def moment(text: str, zone: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%MZ")


@pytest.mark.parametrize(
    ("zone", "at", "due"),
    [
        ("Asia/Shanghai", "2027-01-15T21:59", "2027-01-15T13:59Z"),
        ("Asia/Shanghai", "2027-01-15T22:00", "2027-01-16T00:00Z"),
        ("Asia/Shanghai", "2027-01-16T03:00", "2027-01-16T00:00Z"),
        ("Asia/Shanghai", "2027-01-16T08:00", "2027-01-16T00:00Z"),
        ("America/New_York", "2027-03-14T01:30", "2027-03-14T12:00Z"),  # the night that lacks an hour
        ("America/New_York", "2027-11-07T01:30", "2027-11-07T13:00Z"),  # the night that has one more
        ("Europe/Berlin", "2027-03-28T01:30", "2027-03-28T06:00Z"),
        ("Europe/Berlin", "2027-10-31T02:30", "2027-10-31T07:00Z"),
    ],
)
def test_nobody_is_written_to_at_night_on_their_own_wall(zone: str, at: str, due: str) -> None:
    assert utc(awake(content(), zone, QUIET, moment(at, zone))) == due


def test_security_may_come_at_night_with_a_reason_and_nothing_else_may() -> None:
    night = moment("2027-01-16T03:00", "UTC")
    assert awake(content("security", "keys leaked"), "UTC", QUIET, night) == night
    assert awake(content("security"), "UTC", QUIET, night) > night
    assert awake(content("market", "hurry"), "UTC", QUIET, night) > night
    assert awake(content(), "UTC", ("00:00", "00:00"), night) == night
    assert utc(awake(content(), "UTC", ("01:00", "05:00"), night)) == "2027-01-16T05:00Z"


@pytest.mark.parametrize(
    ("plan", "zone", "due"),
    [
        (Plan(at="2027-03-14 02:30"), "America/New_York", "2027-03-14T07:00Z"),  # left out: due at the jump
        (
            Plan(at="2027-11-07 01:30"),
            "America/New_York",
            "2027-11-07T05:30Z",
        ),  # there twice: due the first time
        (Plan(at="2027-03-28 02:30"), "Europe/Berlin", "2027-03-28T01:00Z"),
        (Plan(at="2027-10-31 02:30"), "Europe/Berlin", "2027-10-31T00:30Z"),
        (Plan(at="2027-01-15 10:00", zone="Asia/Tokyo"), "Europe/Berlin", "2027-01-15T01:00Z"),
        (Plan(at="2027-01-15 10:00"), "", "2027-01-15T02:00Z"),  # told no zone: the house's wall
    ],
)
def test_a_time_is_on_the_wall_that_it_names_or_else_on_the_persons_own(
    plan: Plan, zone: str, due: str
) -> None:
    found = following(plan, zone, "Asia/Shanghai", 0.0)
    assert found
    assert utc(found[1]) == due


def test_what_comes_again_shows_its_next_times() -> None:
    start = moment("2027-03-12T00:00", "America/New_York")
    times = upcoming(Plan(at="", cron="30 2 * * *"), "America/New_York", "UTC", start, 4)
    assert [utc(one) for one in times] == [
        "2027-03-12T07:30Z",
        "2027-03-13T07:30Z",
        "2027-03-14T07:00Z",
        "2027-03-15T06:30Z",
    ]
    assert upcoming(Plan(), "", "UTC", 5.0, 5) == [5.0]

"""The zone that a person means, however they name it; nothing else is taken for one."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conversation.readers import build
from core.conversation.zones import by_clock, clock, zones

LANGUAGES = ("zh", "en")


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("柏林", "Europe/Berlin"),
        ("berlin ", "Europe/Berlin"),
        ("北京", "Asia/Shanghai"),
        ("臺北", "Asia/Taipei"),
        ("ＮＥＷ　ＹＯＲＫ", "America/New_York"),
        ("new_york", "America/New_York"),
        ("Asia/Ho_Chi_Minh", "Asia/Ho_Chi_Minh"),
        ("旧金山", "America/Los_Angeles"),
        ("UTC+8", "Etc/GMT-8"),
        ("utc −5", "Etc/GMT+5"),
        ("GMT+5:30", "Asia/Kolkata"),
        ("+0", "UTC"),
        ("东八区", "Etc/GMT-8"),
        ("西5区", "Etc/GMT+5"),
    ],
)
def test_a_place_is_found_by_its_name_or_its_distance(text: str, zone: str) -> None:
    assert zones(LANGUAGES).find(text) == zone


@pytest.mark.parametrize(
    "text", ["", " ", "火星", "UTC+15", "UTC-13", "+5:31", "東京都庁前の駅", "a" * 5000, "../etc/passwd", "8"]
)
def test_what_is_no_place_is_not_taken_for_one(text: str) -> None:
    assert zones(LANGUAGES).find(text) == ""
    assert build(languages=LANGUAGES)["zone"](text).complaint == "reader.zone"


@given(st.text(max_size=70) | st.from_regex(r"(utc|gmt)?[+-][0-9]{1,3}(:[0-9]{2})?", fullmatch=True))
def test_whatever_is_found_is_a_zone(text: str) -> None:
    found = zones(LANGUAGES).find(text)
    assert found == "" or ZoneInfo(found).key == found


def test_east_is_ahead() -> None:
    assert datetime(2026, 1, 1, tzinfo=ZoneInfo(zones(()).find("UTC+8"))).utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("14:30", "at 14:30"),
        ("１４：３０", "at 14:30"),
        ("2:30 pm", "at 14:30"),
        ("11pm", "at 23:00"),
        ("12am", "at 0:00"),
        ("下午2点半", "at 14:30"),
        ("晚上11点05分", "at 23:05"),
        ("9点", "at 9:00"),
        ("晚上12点", "at 0:00"),
        ("凌晨12点半", "at 0:30"),
        ("晚上2点", "at 2:00"),
        ("凌晨3点", "at 3:00"),
        ("中午12点", "at 12:00"),
        ("中午1点", "at 13:00"),
        ("中午11点半", "at 11:30"),
        ("上午11点", "at 11:00"),
        ("12pm", "at 12:00"),
        ("24:00", ""),
        ("9:75", ""),
        ("9", ""),
        ("柏林 9:00", ""),
    ],
)
def test_what_a_clock_shows_is_read(text: str, shown: str) -> None:
    assert clock(text) == shown


@given(st.integers(-9, 11), st.integers(-7, 7), st.integers(0, 2**32))
def test_a_clock_tells_the_zone_however_it_was_read(hours: int, wrong: int, now: int) -> None:
    there = (now // 60 + hours * 60 + wrong) % (24 * 60)
    zone = by_clock(f"at {there // 60}:{there % 60:02}", now)
    assert datetime.fromtimestamp(now, ZoneInfo(zone)).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize("hours", [12, 13, 14, -10, -11, -12])
def test_a_clock_that_two_places_a_day_apart_show_tells_nothing(hours: int) -> None:
    assert by_clock(f"at {hours % 24}:00", 0.0) == ""
    assert by_clock("at 4:30", 0.0) == "Asia/Kabul"
    assert by_clock("at 5:38", 0.0) == "", "between two zones"


@given(st.text(max_size=80))
def test_any_text_is_a_clock_or_none(text: str) -> None:
    shown = clock(text)
    assert shown == "" or clock(shown.removeprefix("at ")) == shown

"""The zone that a person means, however they name it; nothing else is taken for one."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conversation.readers import build
from core.conversation.zones import zones

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

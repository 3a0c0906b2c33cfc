"""Time zones as people name them: a city in their language, "UTC+8", "东八区", or the zone's own name.

The table of cities is made once, from Babel's names in the configured languages; reading is one look-up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from zoneinfo import available_timezones

from babel import Locale

from core.conversation.fold import fold

LIMIT = 60
"""Code points; no place has a longer name."""
ALSO: Mapping[str, str] = {
    "北京": "Asia/Shanghai", "beijing": "Asia/Shanghai", "北京时间": "Asia/Shanghai", "中国": "Asia/Shanghai",
    "china": "Asia/Shanghai", "深圳": "Asia/Shanghai", "shenzhen": "Asia/Shanghai", "广州": "Asia/Shanghai",
    "guangzhou": "Asia/Shanghai", "杭州": "Asia/Shanghai", "成都": "Asia/Shanghai", "台湾": "Asia/Taipei",
    "日本": "Asia/Tokyo", "japan": "Asia/Tokyo", "大阪": "Asia/Tokyo", "韩国": "Asia/Seoul", "korea": "Asia/Seoul",
    "印度": "Asia/Kolkata", "india": "Asia/Kolkata", "mumbai": "Asia/Kolkata", "孟买": "Asia/Kolkata",
    "delhi": "Asia/Kolkata", "胡志明市": "Asia/Ho_Chi_Minh", "越南": "Asia/Ho_Chi_Minh", "泰国": "Asia/Bangkok",
    "河内": "Asia/Ho_Chi_Minh", "hanoi": "Asia/Ho_Chi_Minh", "阿布扎比": "Asia/Dubai", "abu dhabi": "Asia/Dubai",
    "英国": "Europe/London", "uk": "Europe/London", "德国": "Europe/Berlin", "germany": "Europe/Berlin",
    "法国": "Europe/Paris", "france": "Europe/Paris", "法兰克福": "Europe/Berlin", "frankfurt": "Europe/Berlin",
    "日内瓦": "Europe/Zurich", "geneva": "Europe/Zurich", "旧金山": "America/Los_Angeles",
    "san francisco": "America/Los_Angeles", "硅谷": "America/Los_Angeles", "seattle": "America/Los_Angeles",
    "西雅图": "America/Los_Angeles", "boston": "America/New_York", "波士顿": "America/New_York",
    "washington": "America/New_York", "华盛顿": "America/New_York", "miami": "America/New_York",
    "new york city": "America/New_York", "nyc": "America/New_York", "墨尔本": "Australia/Melbourne",
    "utc": "UTC", "gmt": "UTC", "世界时": "UTC",
}  # fmt: skip
"""Names that the table of cities does not have; a country only where it has one time."""
_OFFSET = re.compile(r"(?:utc|gmt)? ?([+-])([0-9]{1,2})(?::?([0-9]{2}))?")
_BELT = re.compile(r"([东西])([0-9]{1,2}|十[一二]?|[一二三四五六七八九])区")
_NUMBERS = {number: place for place, number in enumerate("一二三四五六七八九", 1)} | {
    "十": 10,
    "十一": 11,
    "十二": 12,
}
_ODD = {
    "+3:30": "Asia/Tehran", "+4:30": "Asia/Kabul", "+5:30": "Asia/Kolkata", "+5:45": "Asia/Kathmandu",
    "+6:30": "Asia/Yangon", "+9:30": "Australia/Darwin", "-3:30": "America/St_Johns",
}  # fmt: skip
EAST, WEST = 14, 12
"""Hours ahead of UTC and behind it; nowhere is it later or earlier."""


class Zones:
    """Finds the zone that a person means."""

    def __init__(self, languages: Sequence[str]) -> None:
        self._known = {fold(name.replace("_", " ")): name for name in available_timezones() if "/" in name}
        cities = {fold(name.rpartition("/")[2].replace("_", " ")): name for name in self._proper()}
        for language in languages:
            named = Locale.parse(language, sep="-").time_zones
            cities |= {fold(named[zone]["city"]): zone for zone in self._proper() if _city(named, zone)}
        self._known = cities | self._known | {fold(place): zone for place, zone in ALSO.items()}

    def _proper(self) -> list[str]:
        """Zones of a place, and not of an offset or of an old program."""
        old = ("Etc/", "SystemV/", "US/", "posix/", "right/")
        return sorted(name for name in self._known.values() if not name.startswith(old))

    def find(self, text: str) -> str:
        """The IANA name of the zone; "" when no place of this name is known. Linear in a bounded length."""
        if len(text) > LIMIT:
            return ""
        text = unicodedata.normalize("NFKC", text).strip().lower().replace("−", "-")
        return _by_offset(text) or self._known.get(fold(text.replace("_", " ")), "")


CLOCK = "at "
"""How a value begins that is no zone yet but what somebody's clock shows: it takes a clock of ours to read it."""
_CLOCK = re.compile(
    r"(?P<part>凌晨|早上|上午|中午|下午|晚上|半夜)?\s*(?P<hour>[0-9]{1,2})"
    r"(?:[:.](?P<minute>[0-9]{2})|点(?:(?P<past>[0-9]{1,2})分?|(?P<thirty>半))?)? ?(?P<half>am|pm)?"
)
_LATE = {"pm": range(12), "下午": range(12), "中午": range(1, 4), "晚上": range(5, 12)}
"""Which hours are after noon by what stands beside them: "晚上2点" is after midnight, "中午11点" is before noon."""
_NIGHT = ("am", "晚上", "半夜", "凌晨")
"""With these twelve is midnight."""
_WRONG = 8
"""Minutes by which a clock, and the reading of it, may be wrong."""
_DAY = 24 * 60


def clock(text: str) -> str:
    """ "14:30", "2:30 pm", "11pm", "下午2点半" as "at 14:30"; "" for anything else. Linear in a bounded length."""
    if len(text) > LIMIT:
        return ""
    bare = unicodedata.normalize("NFKC", text).strip().lower()
    found = _CLOCK.fullmatch(bare)
    if found is None or bare.isdecimal():
        return ""
    part, hour = found["part"] or found["half"], int(found["hour"])
    minute = 30 if found["thirty"] else int(found["minute"] or found["past"] or 0)
    if hour in _LATE.get(part, ()):
        hour += 12
    elif part in _NIGHT and hour == 12:
        hour = 0
    return f"{CLOCK}{hour}:{minute:02}" if hour < 24 and minute < 60 else ""


def by_clock(shown: str, now: float) -> str:
    """The zone in which clocks show this ("at 14:30") at the moment `now` (epoch seconds); "" when none does, or when
    two a day apart do."""
    hour, _, minute = shown.removeprefix(CLOCK).partition(":")
    ahead = int(hour) * 60 + int(minute) - int(now // 60) % _DAY
    near = {
        zone
        for minutes, zone in _offsets().items()
        if min((ahead - minutes) % _DAY, (minutes - ahead) % _DAY) <= _WRONG
    }
    return near.pop() if len(near) == 1 else ""


@cache
def _offsets() -> Mapping[int, str]:
    """Minutes ahead of UTC -> the zone that is always so, or a place where it is so."""
    whole = {hours * 60: _by_offset(f"utc{hours:+}") for hours in range(-WEST, EAST + 1)}
    odd = {}
    for text, zone in _ODD.items():
        hours, _, minutes = text[1:].partition(":")
        odd[(int(hours) * 60 + int(minutes)) * (1 if text[0] == "+" else -1)] = zone
    return whole | odd


def shown(zone: str) -> str:
    """How people write it: the zone "Etc/GMT-8" is UTC+8, for its sign counts the other way round."""
    sign, hours = zone.removeprefix("Etc/GMT")[:1], zone.removeprefix("Etc/GMT")[1:]
    return f"UTC{'+' if sign == '-' else '-'}{hours}" if zone.startswith("Etc/GMT") else zone


def _city(named: Mapping[str, Mapping[str, str]], zone: str) -> bool:
    return zone in named and "city" in named[zone]


def _by_offset(text: str) -> str:
    """ "utc+8" and "东八区" as a zone without summer time."""
    if belt := _BELT.fullmatch(text):
        sign, hours, minutes = "+" if belt[1] == "东" else "-", belt[2], 0
        number = int(hours) if hours.isdecimal() else _NUMBERS[hours]
    elif offset := _OFFSET.fullmatch(text):
        sign, number, minutes = offset[1], int(offset[2]), int(offset[3] or 0)
    else:
        return ""
    if minutes:
        return _ODD.get(f"{sign}{number}:{minutes:02}", "")
    if number > (EAST if sign == "+" else WEST):
        return ""
    return "UTC" if number == 0 else f"Etc/GMT{'-' if sign == '+' else '+'}{number}"


@cache
def zones(languages: tuple[str, ...]) -> Zones:
    """The table for these languages, made once."""
    return Zones(languages)

"""When the humans are there, said in the person's language."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import get_day_names, get_timezone_location

from core.config import Desk

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AHEAD = 400
"""Days that are looked ahead for somebody to come back."""


def hours(desk: Desk, language: str) -> str:
    """For example "周一至周五 09:00–18:00（中国时间）", by Babel's names of days and zones."""
    locale = _locale(language)
    names = get_day_names("abbreviated", "stand-alone", locale)
    runs = [names[a] if a == b else f"{names[a]}–{names[b]}" for a, b in _runs(desk)]
    return f"{', '.join(runs)} {desk.opens}–{desk.closes} ({zone_name(desk.zone, language)})"


def back_at(desk: Desk, now: float) -> float | None:
    """When somebody is there again, in epoch seconds; None while somebody is, and where nobody ever is.

    A shift that closes at or before the hour at which it opens ends on the next day.
    """
    zone = ZoneInfo(desk.zone)
    opens, closes = time.fromisoformat(desk.opens), time.fromisoformat(desk.closes)
    today = datetime.fromtimestamp(now, zone).date()
    for ahead in range(-1, AHEAD):
        day = today + timedelta(days=ahead)
        if DAYS[day.weekday()] not in desk.days or day in desk.closed:
            continue
        end = datetime.combine(day + timedelta(days=closes <= opens), closes, zone).timestamp()
        start = datetime.combine(day, opens, zone).timestamp()
        if now < end:
            return None if start <= now else start
    return None


def zone_name(zone: str, language: str) -> str:
    """What people call a time zone, for example "中国（上海）时间"."""
    return get_timezone_location(zone, locale=_locale(language))


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def _runs(desk: Desk) -> list[tuple[int, int]]:
    """Working days as runs: Monday to Friday is one."""
    runs: list[tuple[int, int]] = []
    for day in sorted(DAYS.index(day) for day in desk.days):
        if runs and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs

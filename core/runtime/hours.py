"""When the humans are there, said in the person's language."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError
from babel.dates import get_day_names, get_timezone_location

from core.config import Desk

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def hours(desk: Desk, language: str) -> str:
    """For example "周一至周五 09:00–18:00（中国时间）", by Babel's names of days and zones."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en")
    names = get_day_names("abbreviated", "stand-alone", locale)
    runs = [names[a] if a == b else f"{names[a]}–{names[b]}" for a, b in _runs(desk)]
    zone = get_timezone_location(desk.zone, locale=locale)
    return f"{', '.join(runs)} {desk.opens}–{desk.closes} ({zone})"


def _runs(desk: Desk) -> list[tuple[int, int]]:
    """Working days as runs: Monday to Friday is one."""
    runs: list[tuple[int, int]] = []
    for day in sorted(DAYS.index(day) for day in desk.days):
        if runs and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs

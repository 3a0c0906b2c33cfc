"""Numbers, moments and durations as a language writes them (Babel), from the strings that slots hold.

A value that is not numeric is shown as it came: a text must never fail because of a value. Everything
is cached, because Babel parses patterns anew on each call, and Babel is imported on first use only.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from babel import Locale

KINDS = ("number", "datetime", "time", "duration")
"""What may stand behind the colon of a hole, beside `code`."""
_NUMERIC = re.compile(r"(?=[0-9.+-]{1,24}$)[+-]?[0-9]+(\.[0-9]+)?")
"""No exponents, for "1e999999999" would be a gigabyte of zeros; 24 digits leave room in the 28 that a Decimal computes with."""
_UNITS: tuple[tuple[Literal["day", "hour", "minute", "second"], int], ...] = (
    ("day", 86400),
    ("hour", 3600),
    ("minute", 60),
    ("second", 1),
)

_LONGEST = 10**6 * 86400
"""Seconds: longer durations are shown as this one, for a timedelta takes no more."""


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language, sep="-" if "-" in language else "_")
    except (UnknownLocaleError, ValueError):
        return Locale("root")


@lru_cache(maxsize=256)
def _zone(zone: str) -> tzinfo:
    from babel.dates import get_timezone

    try:
        return get_timezone(zone)
    except LookupError:
        return UTC


@lru_cache(maxsize=4096)
def show(kind: str, value: str, language: str, zone: str) -> str:
    """`value` as the language writes that kind; the value itself when it is not numeric.

    number: a decimal, every digit kept. datetime, time: epoch seconds. duration: seconds.
    """
    if not _NUMERIC.fullmatch(value):
        return value
    if kind == "number":
        from babel.numbers import format_decimal

        return format_decimal(Decimal(value), locale=_locale(language), decimal_quantization=False)
    if kind == "duration":
        return _duration(float(value), language)
    return _moment(kind, value, language, zone)


@lru_cache(maxsize=1024)
def plural(value: str, language: str) -> str:
    """The CLDR plural category of a number: "one", "few", "other", …; "other" when it is not numeric."""
    if not _NUMERIC.fullmatch(value):
        return "other"
    return str(_locale(language).plural_form(Decimal(value)))


def _moment(kind: str, value: str, language: str, zone: str) -> str:
    """A date with minutes and the zone's offset, for a time without its zone misleads people abroad."""
    from babel.dates import format_date, format_time

    try:
        moment = datetime.fromtimestamp(float(value), _zone(zone))
    except (OverflowError, ValueError, OSError):
        return value
    locale = _locale(language)
    hour = format_time(moment, "HH:mm", moment.tzinfo, locale=locale)
    date = "" if kind == "time" else f"{format_date(moment, 'medium', locale=locale)} "
    return f"{date}{hour} {_offset(moment)}"


def _offset(moment: datetime) -> str:
    offset = moment.utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return "UTC" if not minutes else f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def _duration(seconds: float, language: str) -> str:
    """The two largest units, the second one rounded down: "1 hour, 30 minutes"."""
    from babel.dates import format_timedelta
    from babel.lists import format_list

    left = min(max(0, math.ceil(seconds)), _LONGEST)
    locale = _locale(language)
    shown: list[str] = []
    for unit, size in _UNITS:
        amount, left = divmod(left, size)
        if amount or (unit == "second" and not shown):
            part = timedelta(seconds=amount * size)
            shown.append(format_timedelta(part, granularity=unit, threshold=math.inf, locale=locale))
        elif shown:
            break
        if len(shown) == 2:
            break
    return format_list(shown, style="unit", locale=locale)

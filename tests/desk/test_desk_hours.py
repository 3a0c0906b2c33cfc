"""When somebody is back: shifts over midnight, holidays, nights when the clocks change."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.config import Desk
from core.runtime.hours import DAYS, back_at

SHANGHAI, BERLIN = "Asia/Shanghai", "Europe/Berlin"


Moment = tuple[int, int, int, int, int]


def at(zone: str, year: int, month: int, day: int, hour: int, minute: int) -> float:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("now", "back"),
    [
        ((2026, 9, 30, 9, 0), None),
        ((2026, 9, 30, 17, 59), None),
        ((2026, 9, 30, 8, 59), (2026, 9, 30, 9, 0)),
        ((2026, 9, 29, 18, 0), (2026, 9, 30, 9, 0)),
        ((2026, 9, 30, 18, 0), (2026, 10, 5, 9, 0)),
        ((2026, 10, 1, 10, 0), (2026, 10, 5, 9, 0)),
        ((2026, 10, 10, 10, 0), (2026, 10, 12, 9, 0)),
    ],
)
def test_working_days_and_holidays(now: Moment, back: Moment | None) -> None:
    desk = Desk(zone=SHANGHAI, closed=(date(2026, 10, 1), date(2026, 10, 2)))
    assert back_at(desk, at(SHANGHAI, *now)) == (at(SHANGHAI, *back) if back else None)


def test_a_shift_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    desk = Desk(zone=SHANGHAI, days=("fri",), opens="22:00", closes="06:00")
    assert back_at(desk, at(SHANGHAI, 2026, 10, 10, 5, 59)) is None, "Friday's shift on Saturday morning"
    assert back_at(desk, at(SHANGHAI, 2026, 10, 10, 6, 0)) == at(SHANGHAI, 2026, 10, 16, 22, 0)


def test_the_clocks_change_in_the_night() -> None:
    desk = Desk(zone=BERLIN, days=DAYS)
    assert back_at(desk, at(BERLIN, 2026, 3, 28, 19, 0)) == at(BERLIN, 2026, 3, 29, 9, 0)
    assert back_at(desk, at(BERLIN, 2026, 10, 24, 19, 0)) == at(BERLIN, 2026, 10, 25, 9, 0)


def test_always_and_never() -> None:
    around = Desk(days=DAYS, opens="00:00", closes="00:00")
    assert back_at(around, at(SHANGHAI, 2026, 10, 10, 3, 0)) is None
    assert back_at(Desk(days=()), at(SHANGHAI, 2026, 10, 10, 3, 0)) is None

"""The tables that several benchmarks draw for people; programs read their `--json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

_RATES = {
    "replies_per_second": "replies a second",
    "rate": "messages a second",
    "reply_p50_ms": "reply p50 ms",
    "reply_p99_ms": "reply p99 ms",
    "too_many_requests": "429",
}


def draw_rates(runs: Iterable[tuple[str, Mapping[str, float]]]) -> None:
    """Who sent how fast, and how long a reply took: (who, the figures of a run)."""
    table = Table("", *_RATES.values())
    for who, run in runs:
        table.add_row(who, *(f"{run[name]:.1f}" for name in _RATES))
    Console().print(table)


def draw_goals(found: Mapping[str, Any]) -> None:
    """Each of the `ratios` beside its goal."""
    table = Table("figure", "measured", "goal")
    for name, value in found["ratios"].items():
        table.add_row(name, f"{value:.3g}", found["goals"][name])
    Console().print(table)

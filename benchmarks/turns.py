"""What one turn of a conversation costs, beside python-telegram-bot, aiogram and a bare floor.

    python -m benchmarks.turns            a table for people, with progress
    python -m benchmarks.turns --json     one JSON object: `ratios`, and the figures behind them
    python -m benchmarks.turns --quick    few people and one round: shows that it works, measures nothing

CPU of the client's process, interleaved rounds with the order rotated, medians; a ratio is the median of the ratios
of the rounds. Ours always commits durably (SQLite, synchronous=FULL). Absolute figures depend on the machine and
on what else it does: trust the ratios.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.contest import (
    AIOGRAM_MEMORY,
    AIOGRAM_SQLITE,
    FLOOR,
    OURS,
    PTB_MEMORY,
    PTB_SQLITE,
    Contender,
    ContestError,
    Run,
    interleaved,
    peers_python,
    ratio,
    run,
)

STUB = (OURS, PTB_MEMORY, PTB_SQLITE, FLOOR)
HTTP = (OURS, PTB_SQLITE, AIOGRAM_SQLITE, AIOGRAM_MEMORY)
RATIOS: Mapping[str, tuple[bool, Contender]] = {
    "stub_vs_ptb_memory": (False, PTB_MEMORY),
    "stub_vs_ptb_sqlite": (False, PTB_SQLITE),
    "stub_vs_floor": (False, FLOOR),
    "http_vs_ptb_sqlite": (True, PTB_SQLITE),
    "http_vs_aiogram_sqlite": (True, AIOGRAM_SQLITE),
    "http_vs_aiogram_memory": (True, AIOGRAM_MEMORY),
}
"""Ratio -> (over HTTP?, the peer below the line)."""
GOALS: Mapping[str, tuple[str, float]] = {
    "stub_vs_ptb_memory": ("<=", 0.5),
    "stub_vs_ptb_sqlite": ("<=", 0.3),
    "http_vs_ptb_sqlite": ("<=", 0.25),
    "http_vs_aiogram_sqlite": ("<=", 0.35),
    "http_vs_aiogram_memory": ("<=", 0.9),
    "turns_per_second_50ms": (">=", 500),
    "press_five_times_acts": ("<=", 1),
    "rss_growth_100k_mb": ("<=", 5),
}


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    rounds: int
    stub: int
    http: int
    parallel: int
    people: int


FULL = Size(rounds=5, stub=800, http=200, parallel=600, people=100_000)
QUICK = Size(rounds=1, stub=20, http=10, parallel=40, people=500)


def contest(
    size: Size, *, http: bool, only: Sequence[str], tick: Callable[[str], None]
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """CPU and wall time a turn of every contender in every round, in microseconds."""
    contenders = [one for one in (HTTP if http else STUB) if not only or one.name in only]
    cpu: dict[str, list[float]] = {one.name: [] for one in contenders}
    wall: dict[str, list[float]] = {one.name: [] for one in contenders}
    for number, one, line in interleaved(
        contenders, size.rounds, size.http if http else size.stub, http=http
    ):
        cpu[one.name].append(line["cpu_us_per_turn"])
        wall[one.name].append(line["wall_us_per_turn"])
        tick(f"{'http' if http else 'stub'} {number + 1}/{size.rounds} {one.name}")
    return cpu, wall


def singles(size: Size, tick: Callable[[str], None]) -> dict[str, float]:
    """Ours alone: many people at once with a slow platform, a button pressed five times, memory."""
    figures = {}
    slow = Run(size.parallel, http=True, latency=50, order="free")
    figures["turns_per_second_50ms"] = 1e6 / run(OURS, slow)["wall_us_per_turn"]
    tick("50 ms")
    pressed = run(OURS, Run(1, more=("--task", "press")))
    figures["press_five_times_acts"] = pressed["acts"]
    tick("five presses")
    figures["rss_growth_100k_mb"] = run(OURS, Run(size.people, more=("--task", "memory")))["growth_mb"]
    tick("memory")
    return figures


def measure(size: Size, only: Sequence[str], tick: Callable[[str], None]) -> dict[str, Any]:
    """Everything, as the object that `--json` prints."""
    figures: dict[str, Any] = {}
    ratios: dict[str, float] = {}
    for http in (False, True):
        cpu, wall = contest(size, http=http, only=only, tick=tick)
        figures["http" if http else "stub"] = {
            name: {
                "cpu_us_per_turn": median(cpu[name]),
                "wall_us_per_turn": median(wall[name]),
                "rounds": cpu[name],
            }
            for name in cpu
        }
        for name, (over_http, peer) in RATIOS.items():
            if over_http is http and OURS.name in cpu and peer.name in cpu:
                ratios[name] = ratio(cpu, OURS, peer)
    if not only or OURS.name in only:
        ratios |= singles(size, tick)
    return {
        "ratios": ratios,
        "goals": {name: f"{sign} {goal:g}" for name, (sign, goal) in GOALS.items()},
        **figures,
    }


def missed(ratios: Mapping[str, float]) -> list[str]:
    """The names of the goals that were measured and not reached."""
    return [
        name
        for name, (sign, goal) in GOALS.items()
        if name in ratios and not (ratios[name] <= goal if sign == "<=" else ratios[name] >= goal)
    ]


def show(found: Mapping[str, Any], console: Console) -> None:
    """The tables for people."""
    for mode in ("stub", "http"):
        table = Table("contender", "CPU µs/turn", "wall µs/turn", title=f"{mode}: medians of the rounds")
        for name, line in found[mode].items():
            table.add_row(name, f"{line['cpu_us_per_turn']:.0f}", f"{line['wall_us_per_turn']:.0f}")
        console.print(table)
    table, bad = (
        Table("figure", "measured", "goal", "", title="helpline beside the peers"),
        missed(found["ratios"]),
    )
    for name, value in found["ratios"].items():
        verdict = "" if name not in GOALS else "[red]missed" if name in bad else "[green]met"
        table.add_row(name, f"{value:.3g}", found["goals"].get(name, "reported"), verdict)
    console.print(table)


def main() -> int:
    """Measure and print; 1 when a run failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="small and fast: a smoke test")
    parser.add_argument("--only", nargs="*", default=(), metavar="CONTENDER", help="measure only these")
    parser.add_argument("--rounds", type=int, help="rounds of the contest")
    parser.add_argument("--people", type=int, help="people of the memory measurement")
    args = parser.parse_args()
    base = QUICK if args.quick else FULL
    size = Size(args.rounds or base.rounds, base.stub, base.http, base.parallel, args.people or base.people)
    steps = 3 + size.rounds * len([one for one in (*STUB, *HTTP) if not args.only or one.name in args.only])
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("the peers' environment", total=steps)
            peers_python()
            found = measure(size, args.only, lambda done: progress.update(task, advance=1, description=done))
    except ContestError as error:
        print(error, file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        show(found, Console())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

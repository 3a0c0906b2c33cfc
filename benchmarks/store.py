"""`python -m benchmarks.store [--json] [--quick]`: what the store costs, beside the same work as bare SQL and procrastinate.

sqlite_vs_floor, postgres_vs_floor   CPU of a durable turn (a message in, its state, effect, person and audit line),
                                     over the same rows by the bare driver in the same groups and transactions
postgres_vs_procrastinate            rows of the outbox claimed and settled a second by four workers with an order for
                                     each person, over procrastinate's no-op jobs a second by four workers without one
claim_vs_bare                        time of those claims, over the same statements by hand from four threads
fanout_vs_bare                       time of a campaign's row, over the same statements by hand; the worse engine
rss_mb_million                       growth of the process while 1,000,000 recipients are made into rows
flat                                 CPU of a turn with 1,000,000 conversations stored, over 1,000; the worse engine

Rounds are interleaved, a ratio is the median of the ratios of the rounds. CPU is that of the process and, with
PostgreSQL, of the server, too; both commit durably (synchronous=FULL, fsync on).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.contest import CACHE, ROOT, ContestError, peers_python
from benchmarks.tables import draw_goals
from tests.postgres import Server

PEERS = Path(__file__).with_name("peers_store.txt")
DURABLE = ("listen_addresses=", "max_connections=60", "log_min_messages=fatal", "shared_buffers=256MB")
ENGINES = ("sqlite", "postgres")
GOALS = {
    "sqlite_vs_floor": ("<=", 3.0),
    "postgres_vs_floor": ("<=", 3.0),
    "postgres_vs_procrastinate": (">=", 20.0),
    "claim_vs_bare": ("<=", 2.0),
    "fanout_vs_bare": ("<=", 2.0),
    "rss_mb_million": ("<", 20.0),
    "flat": ("<=", 1.2),
}
SIZES = {
    "turns": 16_000,
    "claims": 20_000,
    "fanout": 30_000,
    "flat": 8_000,
    "jobs": 1_000,
    "million": 1_000_000,
}
QUICK = {"turns": 1_000, "claims": 1_000, "fanout": 2_000, "flat": 1_000, "jobs": 100, "million": 20_000}
Figures = dict[str, list[float]]


class Bench:
    """Runs tasks, each in a process of its own on a new store."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.figures: Figures = {}

    @contextmanager
    def _url(self, engine: str) -> Iterator[str]:
        if engine == "postgres":
            yield self._server.fresh()
            return
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            yield f"sqlite:///{Path(folder).resolve()}/bench.db"

    def task(self, name: str, engine: str, size: int) -> dict[str, float]:
        """One measured task; its figures are remembered."""
        environment = {**os.environ, "BENCH_SERVER": str(self._server.pid)} if engine == "postgres" else None
        with self._url(engine) as url:
            line = _json(
                [sys.executable, "-m", "benchmarks.store_tasks", name, url, "--size", str(size)], environment
            )
        for figure, value in line.items():
            self.figures.setdefault(f"{name}.{engine}.{figure}", []).append(value)
        return line

    def procrastinate(self, jobs: int) -> float:
        """Its jobs a second."""
        script = str(Path(__file__).with_name("peer_procrastinate.py"))
        line = _json([peers_python(PEERS), script, self._server.fresh(), str(jobs)], None)
        self.figures.setdefault("procrastinate.jobs_per_second", []).append(line["jobs_per_second"])
        return line["jobs_per_second"]


def _json(command: list[str], environment: dict[str, str] | None) -> dict[str, float]:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise ContestError(f"{' '.join(command[2:4])} failed: {done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def one_round(bench: Bench, size: dict[str, int]) -> dict[str, float]:
    """Every ratio once."""
    found: dict[str, float] = {}
    fanouts, flats = [], []
    for engine in ENGINES:
        floor, ours = (bench.task(name, engine, size["turns"]) for name in ("bare_turns", "turns"))
        found[f"{engine}_vs_floor"] = ours["cpu_us"] / floor["cpu_us"]
        bench.task("upserts", engine, size["turns"])
        bare, made = (bench.task(name, engine, size["fanout"]) for name in ("bare_fanout", "fanout"))
        fanouts.append(made["wall_us"] / bare["wall_us"])
        small, full = (bench.task(name, engine, size["flat"]) for name in ("small", "full"))
        flats.append(full["cpu_us"] / small["cpu_us"])
    found["fanout_vs_bare"], found["flat"] = max(fanouts), max(flats)
    bare, claimed = (bench.task(name, "postgres", size["claims"]) for name in ("bare_claims", "claims"))
    found["claim_vs_bare"] = claimed["wall_us"] / bare["wall_us"]
    found["postgres_vs_procrastinate"] = 1e6 / claimed["wall_us"] / bench.procrastinate(size["jobs"])
    return found


def measure(rounds: int, size: dict[str, int]) -> dict[str, Any]:
    """Everything, as the object that `--json` prints."""
    CACHE.mkdir(exist_ok=True)
    server = Server(DURABLE)
    try:
        bench = Bench(server)
        found = [one_round(bench, size) for _ in range(rounds)]
        ratios = {name: median(one[name] for one in found) for name in found[0]}
        ratios["rss_mb_million"] = bench.task("fanout", "sqlite", size["million"])["rss_mb"]
    finally:
        server.stop()
    goals = {name: f"{sign} {goal:g}" for name, (sign, goal) in GOALS.items()}
    medians = {name: median(values) for name, values in sorted(bench.figures.items())}
    return {"ratios": ratios, "goals": goals, "rounds": found, "figures": medians}


def main() -> int:
    """Measure and print; 1 when a run failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="short: shows that it works, measures little")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    try:
        found = measure(1 if args.quick else args.rounds, QUICK if args.quick else SIZES)
    except ContestError as error:
        print(error, file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps(found, indent=2))
        return 0
    draw_goals(found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Contenders as subprocesses: each in its own environment, one measured run at a time.

A run is `python -m benchmarks.<module>` in the project's root with an empty folder for its database; it prints
one JSON line. Over HTTP a fresh fake Bot API runs beside it, and what the platform counted is checked.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.conversation import PRESSES, STEPS

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache"
PEERS = Path(__file__).with_name("peers.txt")
RUN_LIMIT = 1800
"""Seconds after which a run counts as hung."""


class ContestError(Exception):
    """A contender failed, or did not do the work that it was measured for."""


@dataclass(frozen=True, slots=True)
class Contender:
    """Somebody who holds the measured conversation. `peer`: runs in the peers' environment."""

    name: str
    module: str
    state: str
    peer: bool = True


OURS = Contender("helpline-sqlite", "ours", "sqlite", peer=False)
FLOOR = Contender("floor-group", "peer_floor", "sqlite")
PTB_MEMORY = Contender("ptb-memory", "peer_ptb", "memory")
PTB_SQLITE = Contender("ptb-sqlite", "peer_ptb", "sqlite")
AIOGRAM_MEMORY = Contender("aiogram-memory", "peer_aiogram", "memory")
AIOGRAM_SQLITE = Contender("aiogram-sqlite", "peer_aiogram", "sqlite")


def peers_python(wanted: Path = PEERS) -> str:
    """The interpreter of a throw-away environment with the `wanted` packages, which is made on first use.

    Raises:
        ContestError: the pinned packages cannot be installed.
    """
    home = CACHE / ("bench" if wanted == PEERS else f"bench-{wanted.stem}")
    python, installed = home / "bin" / "python", home / "installed.txt"
    if not installed.exists() or installed.read_text() != wanted.read_text():
        shutil.rmtree(home, ignore_errors=True)
        for command in (
            [sys.executable, "-m", "venv", str(home)],
            [str(python), "-m", "pip", "install", "--quiet", "--requirement", str(wanted)],
        ):
            if subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode:
                raise ContestError(f"the peers' environment cannot be made: {' '.join(command[1:4])} failed")
        installed.write_text(wanted.read_text())
    return str(python)


@contextmanager
def fake_api(users: int, seed: int, latency: float, order: str) -> Iterator[str]:
    """A fresh fake Bot API in its own process; gives its address. `latency` in milliseconds."""
    command = [sys.executable, "-m", "benchmarks.server", "--users", str(users), "--seed", str(seed)]
    command += ["--latency", str(latency), "--order", order]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}"
        finally:
            process.stdin.close()


@dataclass(frozen=True, slots=True)
class Run:
    """What one run is: how many people, which order of them, stub or HTTP."""

    users: int
    seed: int = 1
    http: bool = False
    latency: float = 0.0
    order: str = "step"
    more: Sequence[str] = ()
    """Further arguments of the contender."""


def run(contender: Contender, what: Run) -> dict[str, Any]:
    """One measured run in a process of its own.

    Raises:
        ContestError: it failed, or somebody did not get their six replies and four answers.
    """
    if not what.http:
        return _run(contender, what, "")
    with fake_api(what.users, what.seed, what.latency, what.order) as url:
        line = _run(contender, what, url)
        with urllib.request.urlopen(f"{url}/report", timeout=10) as answer:
            counted: dict[str, Any] = json.load(answer)
    if not counted["complete"]:
        raise ContestError(f"{contender.name}: the platform counted {counted}")
    _check(contender, what, counted)
    return line | counted


def _run(contender: Contender, what: Run, url: str) -> dict[str, Any]:
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="turns-", dir=CACHE) as folder:
        command = [
            peers_python() if contender.peer else sys.executable,
            "-m",
            f"benchmarks.{contender.module}",
        ]
        command += ["--state", contender.state, "--users", str(what.users), "--seed", str(what.seed)]
        command += ["--folder", folder, *(["--url", url] if url else []), *what.more]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=RUN_LIMIT, check=False
        )
    if done.returncode:
        raise ContestError(f"{contender.name} failed: {done.stderr[-2000:]}")
    line: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if not url and "turns" in line:
        _check(contender, what, line)
    return line


def _check(contender: Contender, what: Run, counted: Mapping[str, Any]) -> None:
    wanted = what.users * len(STEPS), what.users * PRESSES
    if (counted["replies"], counted["answers"]) != wanted:
        got = f"{counted['replies']} replies and {counted['answers']} answers"
        raise ContestError(f"{contender.name}: {got} instead of {wanted[0]} and {wanted[1]}")


def interleaved(
    contenders: Sequence[Contender], rounds: int, users: int, *, http: bool
) -> Iterator[tuple[int, Contender, dict[str, Any]]]:
    """Every contender once a round, the order rotated from round to round."""
    for number in range(rounds):
        turn = number % len(contenders)
        for contender in (*contenders[turn:], *contenders[:turn]):
            yield number, contender, run(contender, Run(users, seed=number + 1, http=http))


Costs = Mapping[str, Sequence[float]]
"""Contender -> its cost in each round."""


def ratio(costs: Costs, ours: Contender, theirs: Contender) -> float:
    """The median of the ratios of the rounds; smaller than 1 when ours is cheaper."""
    return median(a / b for a, b in zip(costs[ours.name], costs[theirs.name], strict=True))

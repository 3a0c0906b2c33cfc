"""What one scam check costs, with large lists loaded.

    python -m benchmarks.verify            figures for people
    python -m benchmarks.verify --json     one JSON object

One process, one core: links, handles and messages as people paste them, most of them on no list and no line twice, so
that remembering lines wins nothing; before that, lookups in 440,000 invented hosts. `mapped_mb` is the size of the
mapped file, `resident_mb` what the process grew by.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.safety.hosts import Host
from core.safety.lists import NAME, Entries, Lists, write
from core.safety.official import Handle, Official
from core.safety.verify import Known, check

HOSTS, CHECKS, QUERIES = 440_000, 20_000, 100_000
GOALS = {"checks_per_second": 5000.0, "us_per_query": 15.0, "resident_mb": 15.0}
WORDS = (
    "north",
    "river",
    "paper",
    "cloud",
    "garden",
    "silver",
    "table",
    "market",
    "forest",
    "bridge",
    "metal",
)
ENDINGS = ("com", "net", "xyz", "io", "top", "org", "pages.dev", "co.uk")
TEXTS = (
    "https://{host}/login?next=1",
    "{host}",
    "这个网址 https://{host}/activity 是真的吗",
    "@{word}_support{number}",
    "您好，您的提现需要先交保证金 {number} USDT，请打开 {host} 处理",
    "is {host} legit? somebody sent it to me",
    "t.me/{word}{number}",
    "我的提现已经两个小时了还没到账，订单号 {number}",
)


def main() -> None:
    """Measure, print; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    figures = measured()
    missed = [name for name in GOALS if not _met(name, figures[name])]
    if wanted.json:
        print(json.dumps({**figures, "goals": GOALS, "missed": missed}))
    else:
        for name, value in figures.items():
            print(f"{name:20} {value:12,.2f}   {'goal ' + str(GOALS[name]) if name in GOALS else ''}")
    sys.exit(bool(missed))


def measured() -> dict[str, float]:
    dice = random.Random(1)
    names = list({_host(dice) for _ in range(HOSTS)})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        began = time.perf_counter()
        write(path, [Entries("invented", "deny", time.time(), frozenset(names))])
        built = time.perf_counter() - began
        before = _resident()
        lists = Lists(path)
        asked = [name if at % 2 else name + "x" for at, name in enumerate(dice.choices(names, k=QUERIES))]
        query = _per(lambda: [lists.naming(name) for name in asked], QUERIES)
        deep = [Host(f"www.{name}", f"www.{name}", name, name) for name in asked[:20_000]]
        host = _per(lambda: [lists.of_host(one) for one in deep], len(deep))
        grown = _resident() - before
        size = path.stat().st_size
        known = Known(_official(), lists)
        texts = _texts(dice)
        one = _per(lambda: [check(text, known, 1.8e9) for text in texts], CHECKS)
    return {
        "checks_per_second": 1e6 / one,
        "us_per_check": one,
        "us_per_query": query,
        "us_per_host_query": host,
        "resident_mb": grown,
        "mapped_mb": size / 1e6,
        "build_seconds": built,
    }


def _host(dice: random.Random) -> str:
    label = "-".join(dice.choices(WORDS, k=dice.randint(1, 3))) + str(dice.randint(0, 9999999))
    return f"{label}.{dice.choice(ENDINGS)}"


def _texts(dice: random.Random) -> list[str]:
    """So many lines, no two of them the same."""
    found: dict[str, None] = {}
    while len(found) < CHECKS:
        found[_text(dice)] = None
    return list(found)


def _text(dice: random.Random) -> str:
    return dice.choice(TEXTS).format(
        host=_host(dice), word=dice.choice(WORDS), number=dice.randint(100, 99999)
    )


def _official() -> Official:
    return Official(
        "Helpline",
        1,
        date(2999, 1, 1),
        "https://helpline.example",
        domains=("helpline.example", "helpline.com"),
        handles=(Handle("telegram", "HelplineBot", "1"), Handle("discord", "helpline", "2")),
    )


def _per(work: object, times: int) -> float:
    assert callable(work)
    began = time.process_time()
    work()
    return (time.process_time() - began) / times * 1e6


def _resident() -> float:
    """Megabytes of this process that are in memory and no mapped file."""
    text = Path("/proc/self/status").read_text()
    found = next((line.split()[1] for line in text.splitlines() if line.startswith("RssAnon")), None)
    return int(found) / 1024 if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _met(name: str, value: float) -> bool:
    return value >= GOALS[name] if name.endswith("second") else value <= GOALS[name]


if __name__ == "__main__":
    main()

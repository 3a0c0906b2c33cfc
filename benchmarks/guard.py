"""What the guard finds, what it leaves, what it takes for a secret that is none, and what it costs.

    python -m benchmarks.guard --json [--seed 2] [--count 40] [--data DIR] [--benign FILE ...]

Thresholds were fixed on the set of seed 1 (`guard_samples.TUNED_ON`); report another. `--data` holds JSON lists of
ordinary messages (`{language: [text, ...]}` or lines with a `text`), `--benign` text files with a message a line.
Rates come with Wilson's 95 % interval; where nothing went wrong in n, the upper end is about 3.8 / n.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import guard_phrases as phrases
from benchmarks import guard_samples as samples
from benchmarks.guard_hostile import hostile
from core.safety import characters, seeds
from core.safety.guard import inspect

SHIFTS = (-8, -4, 0, 4, 8)
"""Points of the curve: thresholds of letters (in half words) and of Han (in half bits) moved by so much."""
DENSE = Path(__file__).parents[1] / "tests/data/guard/dense.zh.txt"
"""Poems, idioms, lists of people, places and things: the hardest of what is no phrase, written for this."""
LONGEST, TRIES = 4096, 7


def main() -> int:
    """Measure everything once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[1] / "../shared/data/safety")
    parser.add_argument("--benign", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    chat = list(ordinary(given.data, given.benign))
    report = {
        "seed": given.seed,
        "recall": recall(given.seed, given.count),
        "curve": curve(given.seed, given.count, chat),
        "false_alarms": {
            "ordinary": alarms(chat),
            "dense": alarms(DENSE.read_text("utf-8").splitlines()),
            "look_alikes": alarms(
                [s.text for s in samples.look_alikes(random.Random(given.seed), given.count)]
            ),
        },
        "speed": speed(chat),
    }
    sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n" if given.json else told(report))
    return 0


def ordinary(folder: Path, files: Sequence[Path]) -> Iterator[str]:
    """Messages that hold no secret."""
    for path in sorted(folder.glob("*benign*.json")):
        for texts in json.loads(path.read_text("utf-8")).values():
            yield from texts
    for path in sorted(folder.glob("janitr*.jsonl")):
        yield from (json.loads(line)["text"] for line in path.read_text("utf-8").splitlines())
    for path in files:
        yield from path.read_text("utf-8").splitlines()


def recall(seed: int, count: int) -> dict[str, Any]:
    """For each group: how many were found, and of how many something was left."""
    seen: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    dice = random.Random(seed)
    for make in samples.SECRETS:
        for sample in make(dice, count):
            result = inspect(sample.text)
            both = bool(result.kinds), bool(result.kinds) and remains(sample.secret, result.text)
            for group in _groups(sample.group):
                seen[group].append(both)
    return {
        group: {"found": rate([a for a, _ in rows]), "left": sum(b for _, b in rows)}
        for group, rows in sorted(seen.items())
    }


def _groups(name: str) -> Iterator[str]:
    """The group itself and what it belongs to; a language is one of its own."""
    parts = name.split("/")
    yield parts[0]
    yield "/".join(parts[:2])
    if len(parts) == 3:
        yield f"{parts[0]}/*/{parts[2]}"


def remains(secret: Sequence[str], text: str) -> bool:
    """Whether a piece of a secret is still there: a whole word of it, or a long piece in anything."""
    words = set(text.lower().split())
    return any(
        (len(piece) > 3 and piece.lower() in words) or (len(piece) > 8 and piece.lower() in text.lower())
        for piece in secret
    )


def curve(seed: int, count: int, chat: Sequence[str]) -> list[dict[str, Any]]:
    """Phrases found against false alarms while all thresholds move together."""
    kept = seeds.LEAST, characters.LEAST
    points = []
    for shift in SHIFTS:
        seeds.LEAST, characters.LEAST = kept[0] + shift, kept[1] + shift  # type: ignore[misc]
        found: dict[str, list[bool]] = defaultdict(list)
        dice = random.Random(seed)
        for make in (phrases.intact, phrases.glued, phrases.spoiled, phrases.hidden):
            for sample in make(dice, max(1, count // 4)):
                found["/".join(sample.group.split("/")[: 1 + (make is not phrases.intact)])].append(
                    bool(inspect(sample.text).kinds)
                )
        points.append(
            {"shift": shift, "alarms": alarms(chat), **{g: rate(rows) for g, rows in found.items()}}
        )
    seeds.LEAST, characters.LEAST = kept  # type: ignore[misc]
    return points


def alarms(texts: Sequence[str]) -> dict[str, Any]:
    """How many of these are taken for a secret."""
    return rate([bool(inspect(text).kinds) for text in texts])


def rate(hits: Sequence[bool]) -> dict[str, Any]:
    """A share with Wilson's interval."""
    total, count, z = len(hits), sum(hits), 1.96
    if not total:
        return {"n": 0}
    share = count / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return {
        "n": total,
        "count": count,
        "rate": share,
        "low": max(0.0, middle - half),
        "high": min(1.0, middle + half),
    }


def speed(chat: Sequence[str]) -> dict[str, Any]:
    """The mean over ordinary chat, and the worst of what is made to be slow, `LONGEST` characters each."""
    few = [text for text in chat if len(text) <= 300][:5000]
    began = time.process_time()
    for text in few:
        inspect(text)
    mean = (time.process_time() - began) / max(1, len(few)) * 1e6
    costs = {name: _cost(text) for name, text in hostile(LONGEST).items()}
    worst = max(costs, key=lambda name: costs[name][0])
    return {
        "mean_us": mean,
        "messages": len(few),
        "worst_ms": costs[worst][0],
        "worst_median_ms": costs[worst][1],
        "worst": worst,
        "hostile_ms": {name: least for name, (least, _) in sorted(costs.items(), key=lambda row: -row[1][0])},
        "doubling": {
            name: costs[name][0] / max(0.001, _cost(text[: LONGEST // 2])[0])
            for name, text in hostile(LONGEST).items()
        },
    }


def _cost(text: str) -> tuple[float, float]:
    """Milliseconds of processor time: the least of a few tries, and their median."""
    tries = []
    for _ in range(TRIES):
        began = time.process_time()
        inspect(text)
        tries.append((time.process_time() - began) * 1e3)
    return min(tries), statistics.median(tries)


def told(report: dict[str, Any]) -> str:
    """The report in lines for people."""
    lines = [f"seed {report['seed']}"]
    for group, row in report["recall"].items():
        found = row["found"]
        lines.append(
            f"{group:44} {found['count']:6}/{found['n']:<6} {found['rate']:.4f}"
            f" [{found['low']:.4f}, {found['high']:.4f}]  left {row['left']}"
        )
    for point in report["curve"]:
        rows = [
            f"{group} {value['rate']:.4f}"
            for group, value in point.items()
            if isinstance(value, dict) and value["n"]
        ]
        lines.append(f"shift {point['shift']:+}: " + ", ".join(rows))
    for name, row in report["false_alarms"].items():
        lines.append(f"false alarms, {name}: {row}")
    speed = report["speed"]
    lines.append(f"mean {speed['mean_us']:.0f} us over {speed['messages']} messages of ordinary chat")
    lines.append(
        f"worst of {LONGEST} characters: {speed['worst']}, {speed['worst_ms']:.2f} ms at best,"
        f" {speed['worst_median_ms']:.2f} ms in the median"
    )
    lines += [
        f"{name}: {cost:.2f} ms, twice the length costs {speed['doubling'][name]:.2f} times"
        for name, cost in speed["hostile_ms"].items()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())

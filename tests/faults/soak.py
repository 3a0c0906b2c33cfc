"""`scripts/soak [--minutes M] [--seed S] [--people N] [--json]`: storm after storm, Telegram (polling,
webhook, rates) and Discord, SQLite and PostgreSQL by turns.

Each storm has a seed of its own (S, S + 1, ...), so a failure is repeated by giving its seed. It ends at the first
storm whose books do not balance, with exit code 1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from bots.settings import Settings
from core.actions import load_actions
from core.conversation.library import Library
from core.runtime.shelf import build, read_sources
from tests.app.processes import ROOT, Nursery
from tests.faults.storm import Books, Storm, rage
from tests.faults.storm_discord import rage_on_discord
from tests.postgres import Server


def plan(seed: int, people: int) -> Storm:
    """What the storm of this seed is like; every second one of them is on PostgreSQL, and in every tenth its server
    is dead for half a minute."""
    if seed % 10 == 7:
        return Storm(seed, people, 1, away=30.0)
    kinds = (
        Storm(seed, people, 3),
        Storm(seed, people, 3, webhook=True),
        Storm(seed, people, 0, rate=30),
        Storm(seed, people, 3, tight=True),
        Storm(seed, people, 3, discord=True),
    )
    return kinds[seed % len(kinds)]


def summary(books: list[Books], failure: str) -> dict[str, object]:
    """All storms together."""
    parts = ("updates", "messages", "kills", "faults", "refused", "duplicates", "bound")
    sums = {part: sum(getattr(one, part) for one in books) for part in parts}
    return {"storms": len(books), **sums, "lost": 0 if not failure else None, "failure": failure}


def show(line: str) -> None:
    """A line of progress, beside what is printed for programs."""
    print(line, file=sys.stderr, flush=True)


async def soak(
    minutes: float, seed: int, people: int, library: Library, settings: Settings
) -> dict[str, object]:
    """Until the time is over or the books of a storm do not balance."""
    until, books = time.monotonic() + 60 * minutes, list[Books]()
    with tempfile.TemporaryDirectory() as folder:
        nursery, server = Nursery(), Server()
        try:
            while time.monotonic() < until or not books:
                storm = plan(seed + len(books), people)
                place = Path(folder) / str(storm.seed)
                place.mkdir()
                url = server.fresh() if storm.seed % 2 else ""
                if storm.discord:
                    one = await rage_on_discord(storm, place, nursery, library, settings, url)
                else:
                    one = await rage(storm, place, nursery, library, settings, url, server)
                books.append(one)
                store = "PostgreSQL" if url else "SQLite"
                platform = "Discord" if storm.discord else "Telegram"
                show(
                    f"seed {one.seed}: {platform}, {store}, {one.updates} updates, {one.faults} faults, {one.kills} kills, "
                    f"{one.duplicates} of at most {one.bound} duplicates, {one.seconds:.1f} s"
                )
        except (AssertionError, TimeoutError) as error:
            failure = f"seed {seed + len(books)}: {error or type(error).__name__}"
            return summary(books, failure)
        finally:
            nursery.close()
            server.stop()
    return summary(books, "")


def main() -> int:
    """Rage and report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--minutes", type=float, default=5.0, help="how long (at least one storm is finished)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the first storm")
    parser.add_argument("--people", type=int, default=12, help="in each storm")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    args = parser.parse_args()
    settings = Settings(flows=ROOT / "flows")
    actions = load_actions(settings.flows)
    library = build(settings, read_sources(settings.flows), actions, (), 0.0).library
    found = asyncio.run(soak(args.minutes, args.seed, args.people, library, settings))
    if args.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print(", ".join(f"{name} {value}" for name, value in found.items() if value not in ("", None)))
    return 1 if found["failure"] else 0


if __name__ == "__main__":
    raise SystemExit(main())

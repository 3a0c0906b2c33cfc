"""The floor: a table-driven engine on dicts with msgspec replies, one FULL transaction for every 256 steps.

No framework, no guard, no parse, no HTTP: what the conversation costs when nothing else is done.
"""

# msgspec is only in the peers' environment.
# mypy: disable-error-code="import-not-found,unused-ignore"

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.conversation import EMAIL, INVALID_EMAIL, STEPS, Meter, Update, arguments, report, rounds

GROUP = 256
UPSERT = "INSERT INTO state VALUES (?, ?, ?) ON CONFLICT (uid) DO UPDATE SET step = excluded.step, data = excluded.data"
NEXT = {(i, step.press): i + 1 for i, step in enumerate(STEPS) if step.press}
"""(step, callback data) -> the step after it."""
encode = msgspec.json.Encoder().encode


class Floor:
    """States in a dict, written in groups."""

    def __init__(self, path: Path) -> None:
        self.base = sqlite3.connect(path, isolation_level=None)
        self.base.execute("PRAGMA journal_mode=WAL")
        self.base.execute("PRAGMA synchronous=FULL")
        self.base.execute("CREATE TABLE state (uid INTEGER PRIMARY KEY, step INTEGER, data TEXT)")
        self.states: dict[int, tuple[int, dict[str, str]]] = {}
        self.dirty: set[int] = set()
        self.email = re.compile(EMAIL)
        self.replies = self.answers = self.sent = 0

    def feed(self, raw: Update) -> None:
        """One step: look up, check, reply, remember."""
        query = raw.get("callback_query")
        uid = (query or raw["message"])["from"]["id"]
        step, data = (0, {}) if query is None and raw["message"]["text"] == "/start" else self.states[uid]
        if query is None:
            after = step + 1 if step == 0 or self.email.match(raw["message"]["text"]) else step
        else:
            after = NEXT[step, query["data"]]
            self.say({"method": "answerCallbackQuery", "callback_query_id": query["id"]})
            self.answers += 1
        text = STEPS[step].reply if after != step else INVALID_EMAIL
        keys = [[{"text": label, "callback_data": route}] for route, label in STEPS[step].buttons]
        self.say({"chat_id": uid, "text": text, "reply_markup": {"inline_keyboard": keys}})
        self.replies += 1
        self.states[uid] = (after, {**data, str(step): "yes"})
        self.dirty.add(uid)
        if len(self.dirty) >= GROUP:
            self.commit()

    def say(self, call: dict[str, Any]) -> None:
        """Serialise one call."""
        self.sent += len(encode(call))

    def commit(self) -> None:
        """One transaction for all that changed."""
        rows = [(uid, step, encode(data)) for uid in self.dirty for step, data in (self.states[uid],)]
        self.base.execute("BEGIN IMMEDIATE")
        self.base.executemany(UPSERT, rows)
        self.base.execute("COMMIT")
        self.dirty.clear()


def main() -> None:
    """Measure the floor."""
    args = arguments(__doc__).parse_args()
    floor, meter = Floor(Path(args.folder) / "floor.db"), Meter()
    for updates in rounds(args.users, args.seed):
        meter.start()
        for raw in updates:
            floor.feed(raw)
        floor.commit()
        meter.stop()
    report(meter, args.users, floor.replies, floor.answers)


if __name__ == "__main__":
    main()

"""Helpline in the contest: the whole service, durable, with its rates opened wide; nothing of it is left out.

Polling, `read`, guard, inbox commit, grouped turns, outbox, worker, `draw` and the library's request class are the
real ones. Without `--url` only the innermost HTTP exchange is replaced: it hands out the updates and keeps what
was sent, so that people press the signed buttons that they were really shown.

Tasks: `turns` the contest; `press` one button five times at once; `memory` many people in mid-conversation.
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch

import aiohttp
import uvloop
from pydantic import SecretStr

from benchmarks.conversation import (
    FIRST_USER,
    SHOWN,
    STEPS,
    Canned,
    Meter,
    Update,
    arguments,
    order,
    report,
    update,
)
from bots.registry import faces
from bots.settings import Rates, Secrets, Settings, Telegram
from bots.telegram.polling import Polling
from bots.telegram.request import AiohttpRequest
from core.actions import Action, Call, Outcome, action
from core.errors import HelplineError
from core.runtime.memory import settle_down
from core.runtime.service import Service, open_service

HERE = Path(__file__).parent
POLL = 100
"""Updates in one answer of getUpdates."""
SLICE = 1000
"""People who are fed at once while memory is measured."""
acts: list[str] = []


@action("bench.act")
async def act(call: Call) -> Outcome[Literal["done"]]:
    """What five presses must do once."""
    acts.append(call.key)
    return Outcome("done")


class Wire:
    """Stands where the HTTP exchange was."""

    def __init__(self) -> None:
        self.canned = Canned()
        self.sent: list[bytes] = []
        self.polls: asyncio.Queue[bytes] = asyncio.Queue()
        self.routes: dict[int, list[str]] = {}
        self.last_id = 0
        self.wanted = (0, 0)
        self.reached = asyncio.Event()

    async def exchange(
        self, _: AiohttpRequest, method: str, url: str, options: Mapping[str, Any]
    ) -> tuple[int, bytes]:
        """One call of the Bot API."""
        name = url.rpartition("/")[2]
        if name == "getUpdates":
            return 200, await self.polls.get()
        if name in SHOWN:
            self.sent.append(options["data"])
        answer = self.canned.answer(name)
        if self.canned.replies >= self.wanted[0] and self.canned.answers >= self.wanted[1]:
            self.reached.set()
        return 200, answer

    def learn(self) -> None:
        """Look at what was sent since: the buttons that each person sees now. Not measured."""
        for body in self.sent:
            call = json.loads(body)
            markup = call.get("reply_markup") or {}
            markup = json.loads(markup) if isinstance(markup, str) else markup
            keys = [key["callback_data"] for row in markup.get("inline_keyboard", ()) for key in row]
            self.routes[int(call["chat_id"]) - FIRST_USER] = keys
        self.sent.clear()

    def first(self, user: int, step: int) -> str:
        """The person presses the first button."""
        return self.routes[user][0]

    def next_id(self) -> int:
        """Update ids rise by one."""
        self.last_id += 1
        return self.last_id

    def feed(self, updates: list[Update]) -> None:
        """Offer updates to the poll, a hundred at a time."""
        for start in range(0, len(updates), POLL):
            answer = {"ok": True, "result": updates[start : start + POLL]}
            self.polls.put_nowait(json.dumps(answer, ensure_ascii=False).encode())

    async def settled(self, service: Service, replies: int, answers: int) -> None:
        """Return when so many further calls were made and their rows are settled."""
        self.wanted = (self.canned.replies + replies, self.canned.answers + answers)
        self.reached.clear()
        await self.reached.wait()
        await service.settled()


@asynccontextmanager
async def running(folder: Path, url: str, polling: asyncio.Event) -> AsyncIterator[Service]:
    """The service on an empty folder; `polling` is set when it begins to poll."""
    flows = folder / "flows"
    shutil.copytree(HERE / "flow", flows)
    (flows / "common").mkdir()
    shutil.copy(HERE.parent / "flows" / "common" / "zh.yaml", flows / "common")
    rates = Rates(per_second=0, chat_burst=0, chat_every=0, group_per_minute=0)
    telegram = Telegram(api_url=url or "http://127.0.0.1:9", rates=rates)
    settings = Settings(languages=("zh",), data=folder / "data", flows=flows, telegram=telegram)
    secrets = Secrets(telegram_token=SecretStr("1:bench"))
    own: dict[str, Action] = {act.name: act}
    service = await open_service(
        settings, secrets, lambda sign, library: faces(settings, secrets, sign, library), {}, time.time, own
    )
    original = Polling.run

    async def run(self: Polling, handle: Any) -> None:
        polling.set()
        await original(self, handle)

    with patch.object(Polling, "run", run):
        task = asyncio.create_task(service.run(settle_down))
        started = asyncio.create_task(polling.wait())
        try:
            await asyncio.wait({task, started}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            yield service
        finally:
            started.cancel()
            task.cancel()
            with suppress(asyncio.CancelledError, HelplineError):
                await task
            await service.store.close()  # its thread would keep the process alive


async def step(service: Service, wire: Wire, users: list[int], number: int, meter: Meter) -> None:
    """All these people do one step, and everything that follows from it is done and durable."""
    wire.learn()
    wire.feed([update(user, number, wire.next_id(), wire.first) for user in users])
    meter.start()
    await wire.settled(service, len(users), len(users) if STEPS[number].press else 0)
    meter.stop()


async def stub(folder: Path, users: int, seed: int, meter: Meter) -> Wire:
    """Every person, step by step, without HTTP."""
    wire, polling = Wire(), asyncio.Event()
    with patch.object(AiohttpRequest, "_exchange", lambda *call: wire.exchange(*call)):
        async with running(folder, "", polling) as service:
            for number in range(len(STEPS)):
                await step(service, wire, order(users, number, seed), number, meter)
    return wire


async def http(folder: Path, url: str, meter: Meter) -> None:
    """Serve the fake Bot API until it says that everybody was answered, and our rows are settled."""
    polling = asyncio.Event()
    async with aiohttp.ClientSession() as session, running(folder, url, polling) as service:
        meter.start()
        async with session.get(f"{url}/done", timeout=aiohttp.ClientTimeout(total=None)) as answer:
            await answer.read()
        await service.settled()
        meter.stop()


async def press(folder: Path) -> dict[str, int]:
    """One person presses one button five times at once."""
    wire, polling, meter = Wire(), asyncio.Event(), Meter()
    with patch.object(AiohttpRequest, "_exchange", lambda *call: wire.exchange(*call)):
        async with running(folder, "", polling) as service:
            await step(service, wire, [0], 0, meter)
            wire.learn()
            wire.feed([update(0, 1, wire.next_id(), lambda user, _: wire.routes[user][1])])
            await wire.settled(service, 1, 1)
            wire.learn()
            wire.feed([update(0, 1, wire.next_id(), wire.first) for _ in range(5)])
            await wire.settled(service, 1, 5)
    return {"acts": len(acts), "replies": wire.canned.replies, "answers": wire.canned.answers}


def resident() -> float:
    """Resident memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


async def memory(folder: Path, users: int) -> dict[str, float]:
    """Many people stop in mid-conversation, after their fourth update; how much the process grew meanwhile."""
    wire, polling, meter = Wire(), asyncio.Event(), Meter()
    warm, slices = 0.0, range(0, users, SLICE)
    with patch.object(AiohttpRequest, "_exchange", lambda *call: wire.exchange(*call)):
        async with running(folder, "", polling) as service:
            for number, start in enumerate(slices):
                people = list(range(start, min(start + SLICE, users)))
                for at in range(4):
                    await step(service, wire, people, at, meter)
                wire.learn()
                wire.routes.clear()
                if number == min(4, len(slices) - 1):
                    warm = resident()  # pools, caches and the first of every kind are there
            turns = 4 * users
            cost = meter.cpu * 1e6 / turns
            return {
                "growth_mb": resident() - warm,
                "resident_mb": resident(),
                "cpu_us": cost,
                "people": users,
            }


async def measure() -> None:
    """Do one task and print its line."""
    parser = arguments(__doc__)
    parser.add_argument("--task", choices=("turns", "press", "memory"), default="turns")
    args = parser.parse_args()
    folder, meter = Path(args.folder), Meter()
    if args.task == "press":
        print(json.dumps(await press(folder)))
    elif args.task == "memory":
        print(json.dumps(await memory(folder, args.users)))
    elif args.url:
        await http(folder, args.url, meter)
        report(meter, args.users, 0, 0)
    else:
        wire = await stub(folder, args.users, args.seed, meter)
        report(meter, args.users, wire.canned.replies, wire.canned.answers)


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    uvloop.run(measure())  # as `helpline run` does

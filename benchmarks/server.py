"""A fake Bot API in its own process: it feeds the measured conversation through getUpdates and counts the answers.

`--order step`: nobody's next update is offered before everybody's reply of this step has come.
`--order free`: a person's next update is offered as soon as their own reply has come.
The button that a person presses is taken from the last keyboard that they were sent, so that signed routes work
like static callback data. Every answer leaves after `--latency` milliseconds. Prints {"port": n} when it is ready.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from benchmarks.conversation import BOT, FIRST_USER, SHOWN, STARTED_AT, STEPS, order, plain_result, update


class Platform:
    """The state of everybody's conversation, seen from the platform."""

    def __init__(self, users: int, seed: int, *, free: bool) -> None:
        self.users, self.seed, self.free = users, seed, free
        self.pending: list[dict[str, Any]] = []
        self.step = [-1] * users
        self.answered = [-1] * users
        self.routes: list[list[str]] = [[] for _ in range(users)]
        self.left = users
        self.round = 0
        self.last_id = self.messages = self.replies = self.answers = self.repeated = 0
        self.fresh, self.done = asyncio.Event(), asyncio.Event()
        for user in order(users, 0, seed):
            self.offer(user)

    def offer(self, user: int) -> None:
        """The person does their next step."""
        self.step[user] += 1
        self.last_id += 1
        self.pending.append(update(user, self.step[user], self.last_id, self.press))
        self.fresh.set()

    def press(self, user: int, step: int) -> str:
        """The first button of the last keyboard; the script always presses the first one."""
        return self.routes[user][0]

    def shown(self, user: int, markup: object) -> None:
        """The bot said something to this person."""
        keys = json.loads(markup) if isinstance(markup, str) and markup else markup
        rows = keys.get("inline_keyboard", []) if isinstance(keys, dict) else []
        self.routes[user] = [key["callback_data"] for row in rows for key in row]
        self.replies += 1
        if self.answered[user] == self.step[user]:
            self.repeated += 1
            return
        self.answered[user] = self.step[user]
        self._go_on(user)

    def _go_on(self, user: int) -> None:
        last = self.step[user] == len(STEPS) - 1
        if self.free:
            self.left -= last
            if not last:
                self.offer(user)
        elif not (left := self.left - 1) and not last:
            self.left, self.round = self.users, self.round + 1
            for person in order(self.users, self.round, self.seed):
                self.offer(person)
        else:
            self.left = left
        if not self.left:
            self.done.set()

    async def poll(self, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        """getUpdates: acknowledges what is below `offset`, waits up to so many seconds for something new."""
        self.pending = [one for one in self.pending if one["update_id"] >= offset]
        if not self.pending and seconds:
            self.fresh.clear()
            try:
                await asyncio.wait_for(self.fresh.wait(), seconds)
            except TimeoutError:
                return []
        return self.pending[:limit]

    def report(self) -> dict[str, Any]:
        """What was counted, and whether everybody got exactly their six replies."""
        return {
            "replies": self.replies,
            "answers": self.answers,
            "repeated": self.repeated,
            "complete": self.done.is_set() and all(step == len(STEPS) - 1 for step in self.answered),
        }


async def arguments_of(request: web.Request) -> Mapping[str, Any]:
    """The parameters of a call: JSON, form or multipart."""
    if request.content_type == "application/json":
        parameters: dict[str, Any] = await request.json()
        return parameters
    return {**request.query, **await request.post()}


class Api:
    """The calls of the Bot API that the conversation needs."""

    def __init__(self, platform: Platform, latency: float) -> None:
        self.platform, self.latency = platform, latency

    async def call(self, request: web.Request) -> web.Response:
        """One call; the answer leaves after the latency."""
        parameters = await arguments_of(request)
        if self.latency:
            await asyncio.sleep(self.latency)
        result = await self.result(request.match_info["method"], parameters)
        return web.json_response({"ok": True, "result": result})

    async def result(self, method: str, parameters: Mapping[str, Any]) -> object:
        """The result of one call."""
        platform = self.platform
        if method == "getUpdates":
            offset, limit = int(parameters.get("offset") or 0), int(parameters.get("limit") or 100)
            return await platform.poll(offset, limit, float(parameters.get("timeout") or 0))
        if method in SHOWN:
            platform.messages += 1
            chat = int(parameters["chat_id"])
            platform.shown(chat - FIRST_USER, parameters.get("reply_markup"))
            who = {"id": chat, "type": "private", "first_name": "测试"}
            head = {"message_id": 1000 + platform.messages, "date": STARTED_AT, "chat": who}
            return {**head, "from": BOT, "text": parameters["text"]}
        platform.answers += method == "answerCallbackQuery"
        return plain_result(method)

    async def done(self, _: web.Request) -> web.Response:
        """Answers when every reply has come."""
        await self.platform.done.wait()
        return web.json_response(self.platform.report())

    async def report(self, _: web.Request) -> web.Response:
        """Answers at once."""
        return web.json_response(self.platform.report())


async def serve() -> None:
    """Serve until standard input ends, so that no server outlives its harness."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latency", type=float, default=0.0, help="milliseconds before an answer leaves")
    parser.add_argument("--order", choices=("step", "free"), default="step")
    args = parser.parse_args()
    api = Api(Platform(args.users, args.seed, free=args.order == "free"), args.latency / 1000)
    app = web.Application(client_max_size=1 << 20)
    app.router.add_route("*", "/bot{token}/{method}", api.call)
    app.router.add_get("/done", api.done)
    app.router.add_get("/report", api.report)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(json.dumps({"port": runner.addresses[0][1]}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(serve())

"""The stand-in delivers to a webhook as the Bot API does: in order within a chat, side by side, again until a 2xx."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot

from bots.local.telegram import TelegramStandIn
from bots.local.telegram_hook import SECRET_HEADER
from bots.local.world import World
from tests.local.clients import READ_SECONDS


class Receiver:
    """A bot's own server: writes down what comes, and answers as it is told."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[tuple[str, Any]] = []
        self.answers: dict[str, list[web.Response]] = defaultdict(list)
        self.gate = asyncio.Event()
        self.gate.set()
        self.at_once = self.most = 0

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            update = json.loads(await request.read())
            await self.gate.wait()
            text = update.get("message", {}).get("text", "")
            self.got.append((request.headers.get(SECRET_HEADER, ""), text))
            return self.answers[text].pop(0) if self.answers[text] else web.Response()
        finally:
            self.at_once -= 1

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.got]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    one = Receiver()
    runner = web.ServerRunner(web.Server(one.handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/x"
    yield one
    await runner.cleanup()


async def until(condition: Any) -> None:
    async with asyncio.timeout(READ_SECONDS):
        while not condition():
            await asyncio.sleep(0.005)


async def test_what_waits_and_what_comes_is_brought_with_the_secret(
    bot: Bot, world: World, receiver: Receiver
) -> None:
    world.say("alice", "一")
    await bot.set_webhook(receiver.url, secret_token="s-1")
    world.say("alice", "二")
    await until(lambda: not len(world.updates))
    assert receiver.got == [("s-1", "一"), ("s-1", "二")]
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections, info.last_error_date) == (receiver.url, 40, None)


async def test_a_chat_is_served_in_order_and_others_beside_it(
    bot: Bot, world: World, stand_in: TelegramStandIn, receiver: Receiver
) -> None:
    stand_in.service.delivery.first = 0.05
    refused = [web.Response(status=503), web.Response(status=500), web.Response(status=302)]
    receiver.answers["a1"] = refused
    await bot.set_webhook(receiver.url)
    for text in ("a1", "a2"):
        world.say("alice", text)
    world.say("bob", "b1")
    await until(lambda: not len(world.updates))
    assert [text for text in receiver.texts if text.startswith("a")] == ["a1"] * 4 + ["a2"]
    assert receiver.texts.index("b1") < receiver.texts.index("a2")
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 302 Found"


async def test_no_more_at_once_than_was_asked_for(bot: Bot, world: World, receiver: Receiver) -> None:
    receiver.gate.clear()
    await bot.set_webhook(receiver.url, max_connections=2)
    for name in ("alice", "bob", "carol", "dave"):
        world.say(name, name)
    await until(lambda: receiver.at_once == 2)
    receiver.gate.set()
    await until(lambda: not len(world.updates))
    assert receiver.most == 2


async def test_an_outage_and_the_way_back_to_polling_lose_nothing(
    bot: Bot, world: World, stand_in: TelegramStandIn, receiver: Receiver
) -> None:
    receiver.answers["一"] = [web.Response(status=503, headers={"Retry-After": "3600"})]
    await bot.set_webhook(receiver.url)
    world.say("alice", "一")
    await until(lambda: receiver.texts == ["一"])
    await stand_in.stop()
    await stand_in.start()
    await until(lambda: receiver.texts == ["一", "一"])
    receiver.answers["二"] = [web.Response(status=503, headers={"Retry-After": "3600"})]
    world.say("alice", "二")
    await until(lambda: "二" in receiver.texts)
    await bot.delete_webhook()
    updates = await bot.get_updates(timeout=1)
    assert [update.message.text for update in updates if update.message] == ["二"]

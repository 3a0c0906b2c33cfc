"""The real webhook receiver before the stand-in that delivers to it, and strangers who knock."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from bots.local.telegram import TelegramStandIn
from bots.telegram import webhook
from bots.telegram.channel import Settings, TelegramChannel
from bots.telegram.request import Limits
from bots.telegram.webhook import FEWEST, HEADER, LARGEST, Hook
from core.errors import ConfigError, Conflict, StoreError
from tests.ports import free_port
from tests.telegram.conftest import IMPATIENT, Inbox

SECRET = "s" * 40
Until = Callable[[Callable[[], object]], Any]


@pytest.fixture
def hook() -> Hook:
    port = free_port()
    return Hook(f"http://127.0.0.1:{port}/tg", SECRET, port=port)


@pytest.fixture
def hooked(make_channel: Any, stand_in: TelegramStandIn, hook: Hook) -> TelegramChannel:
    limits = Limits(connect=20, read=20, pool_wait=20)
    made = make_channel(settings=Settings(stand_in.url, limits, IMPATIENT, hook=hook))
    assert isinstance(made, TelegramChannel)
    return made


@pytest.fixture
async def up(hooked: TelegramChannel, stand_in: TelegramStandIn, running: Any, until: Until) -> str:
    """The address that Telegram was told, once the receiver runs."""
    task = running(hooked)
    await until(lambda: task.done() or stand_in.service.delivery.target.url)
    assert not task.done(), task.exception()
    return stand_in.service.delivery.target.url


async def post(url: str, body: Any, secret: str | None = SECRET, **options: Any) -> tuple[int, str]:
    headers = {} if secret is None else {HEADER: secret}
    data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    async with (
        aiohttp.ClientSession() as session,
        session.request(options.get("method", "POST"), url, data=data, headers=headers) as response,
    ):
        return response.status, await response.text()


async def test_updates_come_in_order_and_presses_are_answered(
    up: str, stand_in: TelegramStandIn, inbox: Inbox, until: Until
) -> None:
    assert up.startswith("http://127.0.0.1")
    assert SECRET not in up
    for text in "一二三":
        stand_in.world.say("alice", text)
    await until(lambda: len(inbox.stored) == 3)
    assert inbox.texts == ["一", "二", "三"]
    assert "getupdates" not in stand_in.faults.calls


async def test_nothing_is_answered_before_it_is_stored_and_a_failure_comes_again(
    up: str, stand_in: TelegramStandIn, inbox: Inbox, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "AGAIN", 0)
    inbox.failures = [StoreError("full"), StoreError("full")]
    inbox.gate.clear()
    stand_in.world.say("alice", "一")
    await until(lambda: inbox.tries)
    assert len(stand_in.world.updates) == 1
    inbox.gate.set()
    await until(lambda: not len(stand_in.world.updates))
    assert inbox.texts == ["一"]
    assert len(inbox.tries) == 3


async def test_what_comes_side_by_side_is_stored_together(
    up: str, stand_in: TelegramStandIn, inbox: Inbox, until: Until, hooked: TelegramChannel
) -> None:
    inbox.gate.clear()
    for number in range(20):
        stand_in.world.say(f"p{number}", str(number))
    await until(lambda: inbox.tries)
    assert hooked._webhook is not None
    waiting = hooked._webhook
    await until(lambda: len(waiting._gathered) + len(inbox.tries[0]) == 20)
    inbox.gate.set()
    await until(lambda: len(inbox.stored) == 20)
    assert len(inbox.tries) <= 3, "one transaction for all who waited"


async def test_an_odd_update_is_put_aside_and_blocks_nothing(
    up: str, stand_in: TelegramStandIn, inbox: Inbox, until: Until
) -> None:
    stand_in.world.inject({"message": {"text": 5}})
    stand_in.world.say("alice", "一")
    assert (await post(up, b"{no json"))[0] == 200
    assert (await post(up, b"[" * 100_000))[0] == 200
    assert (await post(up, [1, 2]))[0] == 200
    await until(lambda: len(inbox.stored) == 5)
    assert sorted(event.kind for event in inbox.stored) == ["said", "unread", "unread", "unread", "unread"]
    assert len({event.event_id for event in inbox.stored}) == 5
    await until(lambda: not len(stand_in.world.updates))


async def test_what_the_store_refuses_for_good_is_put_aside_alone(
    up: str, stand_in: TelegramStandIn, inbox: Inbox, until: Until
) -> None:
    inbox.failures = [Conflict("refused"), Conflict("refused")]
    alice = stand_in.world.add_person("alice")
    about = {"message_id": 1, "date": 1, "chat": {"id": alice.id, "type": "private"}, "from": alice.as_user()}
    two = [{"update_id": number, "message": {**about, "text": str(number)}} for number in (1, 2)]
    inbox.gate.clear()
    posts = [asyncio.create_task(post(up, update)) for update in two]
    await until(lambda: inbox.tries)
    inbox.gate.set()
    assert [(await one)[0] for one in posts] == [200, 200]
    await until(lambda: len(inbox.stored) == 2)
    assert sorted(event.kind for event in inbox.stored) == ["said", "unread"]


async def test_strangers_are_turned_away_unread(
    up: str, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    alice = {"update_id": 1, "message": {"text": "x"}}
    root = up.rpartition("/")[0]
    assert [
        await post(up, alice, None),
        await post(up, alice, ""),
        await post(up, alice, SECRET[:-1]),
        await post(up, alice, "é" * 40),
        await post(up, b"x" * 100_000, "no"),
    ] == [(403, "")] * 5
    for path in ("", "/", "/tg", f"/{'0' * 40}", "/../../etc/passwd"):
        assert await post(root + path, alice) == (404, "")
    assert await post(up, alice, method="GET") == (403, "")
    assert inbox.tries == []
    assert SECRET not in caplog.text
    assert up.rpartition("/")[2] not in caplog.text


async def test_a_body_over_one_mebibyte_gets_one_sentence(up: str, inbox: Inbox) -> None:
    status, said = await post(up, b"x" * (LARGEST + 1))
    assert status == 413
    assert said == f"An update has at most {LARGEST} bytes; this one was not read."
    assert inbox.tries == []


async def test_it_is_set_once_and_set_again_only_when_something_changed(
    up: str, hooked: TelegramChannel, make_channel: Any, stand_in: TelegramStandIn, hook: Hook, running: Any,
    until: Until, inbox: Inbox,
) -> None:  # fmt: skip
    calls = stand_in.faults.calls
    for change, sets in ((hook, 1), (replace(hook, connections=7), 2)):
        port = free_port()  # another receiver behind the same address
        other = make_channel(
            settings=Settings(stand_in.url, patience=IMPATIENT, hook=replace(change, port=port))
        )
        stand_in.service._webhook_set_at = 0.0
        assert other._webhook.trouble
        task = running(other)
        while other._webhook.trouble:
            await asyncio.sleep(0.005)
        task.cancel()
        assert calls["setwebhook"] == sets
    stand_in.world.say("alice", "一")
    await until(lambda: inbox.stored)


async def test_somebody_elses_address_is_an_alarm_and_ours_is_set_again(
    up: str,
    stand_in: TelegramStandIn,
    until: Until,
    caplog: pytest.LogCaptureFixture,
    hooked: TelegramChannel,
) -> None:
    await hooked.raw("deleteWebhook", {})
    stand_in.service._webhook_set_at = 0.0
    await hooked.raw("setWebhook", {"url": "https://thief.example/secret-path"})
    stand_in.service._webhook_set_at = 0.0
    assert hooked._webhook is not None
    await hooked._webhook._look()
    assert stand_in.service.delivery.target.url == up
    found = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    assert len(found) == 1
    assert "token may be stolen" in found[0].getMessage()
    assert "thief.example" in found[0].getMessage()
    assert "secret-path" not in caplog.text


@pytest.mark.parametrize(
    "wrong",
    [
        Hook("https://bot.example", ""),
        Hook("https://bot.example", "s" * (FEWEST - 1)),
        Hook("https://bot.example", "ü" * 40),
        Hook("http://bot.example", SECRET),
        Hook("https://user:pass@bot.example", SECRET),
        Hook("https://bot.example/?x=1", SECRET),
        Hook("bot.example", SECRET),
    ],
)
def test_without_a_secret_or_a_safe_address_it_does_not_start(make_channel: Any, wrong: Hook) -> None:
    with pytest.raises(ConfigError) as refused:
        make_channel(settings=Settings(hook=wrong))
    assert SECRET not in str(refused.value)
    assert "pass" not in str(refused.value)


async def test_a_port_that_is_taken_is_one_sentence(make_channel: Any, stand_in: TelegramStandIn) -> None:
    hook = Hook("https://bot.example", SECRET, port=stand_in.port)
    channel = make_channel(settings=Settings(stand_in.url, patience=IMPATIENT, hook=hook))
    with pytest.raises(ConfigError, match=f"127.0.0.1:{stand_in.port}"):
        await channel.run(Inbox())

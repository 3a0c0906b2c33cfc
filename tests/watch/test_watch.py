"""The watchdogs: a blocked loop, queues that stand, alarms that reach the staff, and the pages for a supervisor."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest

from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Settings
from bots.telegram.polling import Polling
from core.channel import Share
from core.config import Desk, Health, StaffChat
from core.errors import ConfigError, StoreError, Wedged
from core.runtime import metrics, watch
from core.runtime.health import Health as Pages
from core.runtime.watch import Watch
from core.store.rooms import Store
from core.store.rows import Batch, NewEffect, NewEvent
from core.store.waiting import Queues
from tests.app.harness import CHANNEL, ROOT, in_process, settled
from tests.app.processes import PATIENT
from tests.ports import free_port


async def test_queues_are_counted_up_to_a_limit_and_the_oldest_is_found(store: Store) -> None:
    assert await store.waiting.look(100.0, 10) == Queues(0, 0.0, 0, 0.0)
    for number in range(5):
        await store.inbox.add([NewEvent("c", str(number), "lane", "{}")], 10.0 + number)
    rows = [
        NewEffect(f"k{n}", f"l{n}", rank, "send", '["c","1","1",""]', "[]", due)
        for n, (rank, due) in enumerate([(0, 40.0), (0, 30.0), (9, 20.0), (0, 500.0)])
    ]
    await store.turns.commit(Batch(effects=rows))
    assert await store.waiting.look(100.0, 3) == Queues(3, 90.0, 3, 70.0)


@pytest.mark.parametrize("queue", ["inbox", "outbox"])
async def test_what_waits_too_long_is_one_alarm_and_not_ready(
    store: Store, caplog: pytest.LogCaptureFixture, queue: str
) -> None:
    now = 1000.0
    one = Watch(store, {}, 60.0, lambda: now)
    assert one.troubles()
    await one.look()
    assert one.troubles() == []
    if queue == "inbox":
        await store.inbox.add([NewEvent("c", "1", "lane", "{}")], now)
    else:
        await store.turns.commit(
            Batch(effects=[NewEffect("k", "l", 0, "send", '["c","1","1",""]', "[]", now)])
        )
    now += 90
    await one.look()
    await one.look()
    assert one.troubles() == [f"{queue} waits for 90 s"]
    alarms = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    assert len(alarms) == 1, "once for each time that it stands"


async def test_a_store_that_fails_is_not_ready_and_comes_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Watch(store, {}, 60.0, time.time)

    async def fails(_now: float, _limit: int) -> Queues:
        raise StoreError("The disk of the database is full.")

    with monkeypatch.context() as patched:
        patched.setattr(store.waiting, "look", fails)
        await one.look()
        assert one.troubles() == ["store: The disk of the database is full."]
    await one.look()
    assert one.troubles() == []


async def test_a_blocked_loop_is_told_once_a_minute(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    one = Watch(store, {}, 60.0, time.time)
    task = asyncio.create_task(one.run())
    for _ in range(2):
        await asyncio.sleep(0.02)
        time.sleep(watch.NAP + watch.LATE + 0.1)
        await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    lines = [record for record in caplog.records if "event loop was blocked" in record.getMessage()]
    assert len(lines) == 1
    await one.look()
    assert metrics.REGISTRY.get_sample_value("helpline_event_loop_lag_seconds") > watch.LATE  # type: ignore[operator]


async def fetched(port: int, path: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as response,
    ):
        return response.status, await response.text()


async def test_the_pages_tell_a_supervisor_all_and_nothing_of_people(tmp_path: Path) -> None:
    port = free_port()
    settings = Settings(flows=ROOT / "flows", health=Health(port=port))
    async with (
        TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in,
        in_process(stand_in, tmp_path, settings=settings) as service,
    ):
        person = stand_in.world.add_person("小明", username="xiaoming")
        stand_in.world.say(person, "忘记密码 xiaoming@example.com")
        await settled(stand_in, service)
        await service.watch.look()
        assert await fetched(port, "/healthz") == (200, "ok\n")
        status, body = await fetched(port, "/readyz")
        assert (status, json.loads(body)) == (200, {"ready": True, "troubles": [], "parts": {}})
        status, body = await fetched(port, "/metrics")
        assert status == 200
        assert f'helpline_updates_total{{channel="{CHANNEL}",kind="said"}}' in body
        assert 'helpline_effects_total{kind="send",outcome="done"}' in body
        assert "helpline_ready 1.0" in body
        for secret in (str(person.id), "xiaoming", "小明", stand_in.token):
            assert secret not in body
        await stand_in.stop()
        service.channels[CHANNEL]._polling.last_success -= 1000  # type: ignore[attr-defined]
        status, body = await fetched(port, "/readyz")
        assert status == 503
        assert json.loads(body)["troubles"][0].startswith(f"{CHANNEL}: no answer for 1")
        await stand_in.start()


async def test_a_taken_port_is_one_sentence(store: Store) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"127.0.0.1:{port}"):
            await Pages(Health(port=port), Watch(store, {}, 60.0, time.time)).run()


async def test_an_alarm_reaches_the_staff_once_and_without_secrets(tmp_path: Path) -> None:
    async with TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in:
        group = stand_in.world.group("客服", stand_in.world.add_person("李雷"), supergroup=True)
        desk = Desk(staff=(StaffChat(channel=CHANNEL, chat=str(group.id)),))
        async with in_process(
            stand_in, tmp_path, settings=Settings(flows=ROOT / "flows", desk=desk)
        ) as service:
            for _ in range(3):
                logging.getLogger("any.room").critical("the token may be stolen: token=%s", stand_in.token)
            logging.getLogger("any.room").error("not for everybody")
            async with asyncio.timeout(PATIENT):
                while not group.messages(by_bot=True):
                    await asyncio.sleep(0.01)
            await settled(stand_in, service)
            (shown,) = group.messages(by_bot=True)
            assert shown.text.startswith("⚠️ the token may be stolen")
            assert stand_in.token not in shown.text


async def test_a_wedged_connection_ends_the_service_with_its_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wedged(*_: object) -> None:
        raise Wedged("nothing for 150 s")

    monkeypatch.setattr(Polling, "run", wedged)

    async def until_it_ends(stand_in: TelegramStandIn) -> None:
        async with in_process(stand_in, tmp_path):
            (running,) = [one for one in asyncio.all_tasks() if "Service.run" in repr(one.get_coro())]
            await asyncio.wait({running})

    async with TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in:
        with pytest.raises(Wedged, match="150 s"):
            await until_it_ends(stand_in)


async def test_the_pages_tell_which_parts_of_a_connection_are_here(store: Store) -> None:
    class Parted:
        def share(self, share: Share) -> None: ...

        def held(self) -> dict[int, bool]:
            return {0: True, 3: False}

    looking = Watch(store, {"parted": cast(Any, Parted())}, 60.0, time.time)
    port = free_port()
    running = asyncio.create_task(Pages(Health(port=port), looking).run())
    await looking.look()
    async with asyncio.timeout(PATIENT):
        while True:
            with suppress(aiohttp.ClientError):
                assert await fetched(port, "/healthz") == (
                    200,
                    "ok\nparted 0 connected\nparted 3 connecting\n",
                )
                break
            await asyncio.sleep(0.01)
    assert json.loads((await fetched(port, "/readyz"))[1])["parts"] == {"parted": {"0": True, "3": False}}
    body = (await fetched(port, "/metrics"))[1]
    assert 'helpline_connection_parts{channel="parted",state="held"} 2.0' in body
    assert 'helpline_connection_parts{channel="parted",state="connected"} 1.0' in body
    running.cancel()

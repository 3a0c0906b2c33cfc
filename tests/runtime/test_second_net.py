"""The second net: what lies in a store is looked through, and told by place and kind only."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bots.commands.guard_store import look_through
from core.runtime.second_net import Leak, leaks
from core.store.rows import NewEvent
from core.store.sqlite import open_sqlite
from tests.app.processes import Nursery, environment

PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


async def fill(folder: Path, *texts: str) -> None:
    store = await open_sqlite(folder / "helpline.db")
    events = [
        NewEvent("main", str(number), "main|1|1", json.dumps(["incoming", "110105194912310021", text]))
        for number, text in enumerate(texts)
    ]
    await store.inbox.add(events, 1.0)
    await store.close()


async def test_a_row_with_a_secret_is_found_by_place_and_kind(tmp_path: Path) -> None:
    await fill(tmp_path, "hello", f"my words {PHRASE}", "订单 4111111111111111")
    store = await open_sqlite(tmp_path / "helpline.db")
    found = [leak async for leak in leaks(store.texts)]
    await store.close()
    assert found == [Leak("event", "2", ("seed_phrase",))]


async def test_the_command_tells_no_secret_and_exits_with_one(tmp_path: Path, nursery: Nursery) -> None:
    await fill(tmp_path, f"密码：hunter2 {PHRASE}")
    done = await asyncio.to_thread(nursery.run, environment(None, tmp_path), tmp_path, "guard", "--store")
    assert done.returncode == 1
    assert "event 1: password, seed_phrase" in done.stdout
    assert "sausage" not in done.stdout + done.stderr
    assert "hunter2" not in done.stdout + done.stderr


def test_what_is_not_there_is_not_called_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A database that was made for the look would be empty, and would hide the demo's from every other command."""
    monkeypatch.setenv("HELPLINE_DATA", str(tmp_path))
    assert look_through(None, False) == 2
    assert list(tmp_path.iterdir()) == []
    asyncio.run(fill(tmp_path, f"my words {PHRASE}"))
    (tmp_path / "helpline.db").rename(tmp_path / "demo.db")
    assert look_through(None, False) == 1
    assert "event 1: seed_phrase" in capsys.readouterr().out

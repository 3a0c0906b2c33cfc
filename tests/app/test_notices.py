"""A draft that wrote itself, on the real adapter: a card with its text, and people who take it over or discard it."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from pathlib import Path

import pytest

from bots.commands.notices import notices
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Settings
from core.config_notices import Notices
from core.conversation.library import Library
from core.notices.herald import Herald
from core.notices.sights import Sights
from core.sentences import teller
from core.store.notices import HOUSE
from core.store.sqlite import open_sqlite
from tests.app.harness import CHANNEL, settled
from tests.app.newsroom import Newsroom, newsroom
from tests.app.processes import PATIENT, Nursery, environment, looked_up
from tests.conftest import ROOT
from tests.staff.house import ADA

RULE = {"name": "queues", "kind": "outage", "source": "queues", "minutes": 0.001, "cooldown_hours": 0}


class Press:
    """A herald beside a running bot, whose queues it believes to stand."""

    def __init__(self, room: Newsroom) -> None:
        self.room, self.trouble, self.ago = room, {"queues": "x"}, 9.0
        service = room.service
        own = service.settings.model_copy(update={"notices": Notices.model_validate({"rules": [RULE]})})
        sights = Sights((), None, None, service.store.notices, self.trouble.get, self.now)
        self.herald = Herald(
            service.store, own, sights, lambda: room.office, service._offer, teller("zh"), self.now
        )

    def now(self) -> float:
        return time.time() - self.ago

    async def look(self) -> str:
        """The newest draft."""
        for _ in range(2):
            await self.herald.look()
            self.ago -= 0.6  # an occasion is named by its second: the next one begins in another
        await settled(self.room.stand_in, self.room.service)
        return next(one.name for one in await self.room.service.store.notices.lately(0.0, 1))


async def test_a_draft_on_a_card_and_the_people_behind_it(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=4) as room:
        world, press = room.stand_in.world, Press(room)
        name = await press.look()
        shown = room.group.messages(by_bot=True)
        assert any("queues 暂时异常" in one.text for one in shown)
        assert shown[-1].labels == ["提交审批", "丢弃"]
        world.press(room.stranger, shown[-1].id, "丢弃", room.group)
        await settled(room.stand_in, room.service)
        assert (await room.office.find(name)).state == "draft", "nobody of the staff"

        await room.office.submit(name, "ada", room.staff.code("ada"))
        kept = await room.office.find(name)
        await room.office.approve(name, kept.hash, "bob", room.staff.code("bob"))
        kept = await room.until("finished", name=name)
        assert (kept.author, kept.approver) == ("ada", "bob")
        assert [len(room.heard(person)) for person in room.people] == [1] * 4
        late = world.add_person("late")
        world.say(late, "/start")
        press.trouble["queues"] = ""
        over = await press.look()
        await room.office.submit(over, "ada", room.staff.code("ada"))
        kept = await room.office.find(over)
        await room.office.approve(over, kept.hash, "bob", room.staff.code("bob"))
        await room.until("finished", name=over)
        assert [len(room.heard(person)) for person in room.people] == [2] * 4, (
            "beside the first, not in its place"
        )
        assert all("已恢复" in room.heard(person)[-1] for person in room.people)
        assert room.heard(late) == []

        press.trouble["queues"] = "x"
        name = await press.look()
        assert (await room.office.find(name)).author == HOUSE
        world.press(room.agent, room.group.messages(by_bot=True)[-1].id, "丢弃", room.group)
        await settled(room.stand_in, room.service)
        assert (await room.office.find(name)).state == "cancelled"
        lines = await room.service.store.audit.tail(50)
        assert {"draft taken over", "occasion begin", "occasion end"} <= {line.action for line in lines}


async def test_kill_9_right_behind_a_draft_leaves_one_draft_and_one_card(
    tmp_path: Path, nursery: Nursery
) -> None:
    nowhere = {"name": "x", "url": "http://127.0.0.1:1", "own": True}
    network = {"name": "Bitcoin", "family": "bitcoin", "coin": "BTC", "sources": [nowhere]}
    async with TelegramStandIn(limits=UNLIMITED, seed=3) as stand_in:
        group = stand_in.world.group("客服", stand_in.world.add_person("李雷"), supergroup=True)
        env = environment(
            stand_in,
            tmp_path,
            HELPLINE_DESK__STAFF=json.dumps([{"channel": CHANNEL, "chat": str(group.id)}]),
            HELPLINE_TRANSACTIONS__NETWORKS=json.dumps([network]),
            HELPLINE_NOTICES__RULES=json.dumps([RULE | {"source": "Bitcoin"}]),
            HELPLINE_NOTICES__LOOK_SECONDS="0.1",
        )
        one = await nursery.start(env, tmp_path, "run", die="notice 2")
        assert await one.ended() == -signal.SIGKILL, one.said
        await nursery.start(env, tmp_path, "run")
        async with asyncio.timeout(PATIENT):
            while not [card for card in group.messages(by_bot=True) if card.labels]:
                await asyncio.sleep(0.02)
        await nursery.end()
        cards = [card.labels for card in group.messages(by_bot=True) if card.labels]
    assert cards == [["提交审批", "丢弃"]]
    database = tmp_path / "helpline.db"
    assert looked_up(database, "SELECT state, author FROM broadcast_now") == [("draft", HOUSE)]
    assert looked_up(database, "SELECT deed FROM notice") == [("begin",)]


async def made(folder: Path) -> None:
    await (await open_sqlite(folder / "helpline.db")).close()


def test_the_command_shows_rules_and_their_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rules: list[dict[str, object]] = [RULE, RULE | {"name": "other", "audience": {"topic": "nothing"}}]
    monkeypatch.setenv("HELPLINE_DATA", str(tmp_path))
    monkeypatch.setenv("HELPLINE_FLOWS", str(ROOT / "flows"))
    monkeypatch.setenv("HELPLINE_STAFF", json.dumps([ADA.model_dump()]))
    monkeypatch.setenv("HELPLINE_NOTICES__RULES", json.dumps(rules))
    asyncio.run(made(tmp_path))
    assert notices(None, True) == 1
    told = json.loads(capsys.readouterr().out)
    assert [(one["rule"], bool(one["faults"])) for one in told["rules"]] == [
        ("queues", False),
        ("other", True),
    ]
    assert (told["written"], told["most"]) == (0, 6)
    monkeypatch.setenv("HELPLINE_NOTICES__RULES", json.dumps(rules[:1]))
    assert notices(None, False) == 0
    assert "queues" in capsys.readouterr().out

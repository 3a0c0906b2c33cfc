"""`helpline broadcast` from a file to a report: what people read, what programs read, and what is refused."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bots.commands import broadcast as commands
from bots.commands import broadcast_after as after
from bots.commands.broadcast_look import progress
from bots.commands.education import education
from bots.settings import Settings
from core.sentences import teller
from core.staff.factor import Factors
from core.staff.personnel import Personnel
from core.store.rooms import Store
from core.store.rows import AuditLine, Batch, Settled, Subscriber
from core.store.sqlite import open_sqlite
from tests.broadcast.course import Clock, queued
from tests.broadcast.test_sender import Desk
from tests.conftest import ROOT
from tests.pictures import picture, qr
from tests.staff.house import ADA, BOB, House

FORM = """\
broadcast: upgrade
audience: {everybody: true}
when: "2099-01-01 10:00"
texts:
  zh: "**升级** 今晚暂停充值。[conceal]"
  en: "**Upgrade** Deposits pause tonight."
buttons: [{url: "https://helpline.example/a", zh: 详情, en: Details}]
"""
CHANNEL = "telegram-main"


class Chair:
    """A data folder with two people in force, and their codes as they are typed."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.file = folder / "upgrade.yaml"
        self.file.write_text(FORM, "utf-8")
        self._monkeypatch = monkeypatch
        monkeypatch.setenv("HELPLINE_DATA", str(folder))
        monkeypatch.setenv("HELPLINE_FLOWS", str(ROOT / "flows"))
        monkeypatch.setenv("HELPLINE_STAFF", json.dumps([ADA.model_dump(), BOB.model_dump()]))
        monkeypatch.setattr(commands, "ask_code", lambda name: self.code(name))

    def begin(self) -> None:
        async def fill() -> None:
            store = await open_sqlite(self.folder / "helpline.db")
            self.house = House(store)
            await self.house.begun()
            people = [Subscriber(CHANNEL, str(n), str(n), "zh" if n % 2 else "en", 1.0) for n in range(4)]
            await store.turns.commit(Batch(people=people))
            await store.close()

        asyncio.run(fill())
        own = self.house

        def people(settings: Settings, store: Store) -> Personnel:
            factors = Factors(store.staff, own.factors._seal, lambda: own.now)
            return Personnel(store, factors, settings.staff, settings.desk, teller("en"), lambda: own.now)

        self._monkeypatch.setattr("bots.commands.broadcast.of", people)

    def code(self, name: str) -> str:
        return self.house.code(name)


def previewed(said: Callable[[], str]) -> str:
    """Whoever approves sees the texts, where the buttons lead, for whom it is and when: the hash of all that."""
    assert commands.preview(None, "upgrade", True) == 0
    drawn = json.loads(said())
    assert drawn["people"] == 4
    assert drawn[CHANNEL]["zh"].startswith("升级 今晚暂停充值。")
    assert drawn["discord-main"]["en"].startswith("**Upgrade** Deposits pause tonight.")
    assert "[详情 → https://helpline.example/a]" in drawn[CHANNEL]["zh"], (
        "what a button opens is approved, too"
    )
    assert "[Details → https://helpline.example/a]" in drawn["discord-main"]["en"]
    assert commands.preview(None, "upgrade", False) == 0
    shown = said()
    assert "[conceal]" in shown, "no word of it is an order to the terminal"
    assert "…" not in shown, "and none is cut off"
    assert "4 of them told no time zone" in shown
    assert drawn["terms"] == ["For: everybody; 4 people now. When: 2099-01-01 10:00 on everybody's own wall."]
    assert drawn["terms"][0][:40] in shown, (
        "whoever approves reads whom it is for, whatever they approve with"
    )
    return str(drawn["hash"])


def test_from_a_file_to_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chair = Chair(tmp_path, monkeypatch)
    chair.begin()

    def said() -> str:
        return capsys.readouterr().out

    assert commands.lint(None, chair.file, False) == 0
    assert commands.draft(None, chair.file, "ada") == 0
    capsys.readouterr()
    seen = previewed(said)
    assert commands.submit(None, "upgrade", "bob") == 2, "not its author"
    assert commands.submit(None, "upgrade", "ada") == 0
    assert commands.approve(None, "upgrade", "ada", seen) == 2, "her own"
    assert commands.approve(None, "upgrade", "bob", "0" * 16) == 2, "not what he saw"
    assert commands.approve(None, "upgrade", "bob", seen) == 0
    assert commands.test(None, "upgrade", "bob") == 1, "he never talked to the bot"
    capsys.readouterr()
    assert after.status(None, "upgrade", True, False) == 0
    status = json.loads(said())
    assert {name: status[name] for name in ("state", "author", "approver", "people", "sent")} == {
        "state": "approved", "author": "ada", "approver": "bob", "people": 4, "sent": 0,
    }  # fmt: skip
    assert commands.give_back(None, "upgrade", "bob", "typo") == 0
    assert commands.stop(None, "upgrade", "ada", "not needed") == 0
    assert commands.stop(None, "upgrade", "ada", "") == 2
    assert commands.draft(None, chair.file, "ada") == 2, "it is at its end"
    capsys.readouterr()
    assert after.status(None, "", False, False) == 0
    assert "not needed" in said()
    assert after.report(None, "upgrade", None) == 0
    assert said().strip() == "channel,person,language,outcome,at,error"
    assert after.report(None, "nothing", None) == 2


def test_a_file_is_linted_before_there_is_a_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chair = Chair(tmp_path, monkeypatch)
    assert commands.lint(None, chair.file, True) == 0
    chair.file.write_text(FORM.replace("helpline.example/a", "helpl1ne.example/a"), "utf-8")
    assert commands.lint(None, chair.file, True) == 1
    assert "helpl1ne.example" in capsys.readouterr().out
    assert not (tmp_path / "helpline.db").exists()


def test_faults_are_shown_with_their_places_and_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chair = Chair(tmp_path, monkeypatch)
    chair.begin()
    chair.file.write_text(FORM.replace("升级", "请把助记词发给客服"), "utf-8")
    assert commands.draft(None, chair.file, "ada") == 1
    assert f"{chair.file}:5:" in capsys.readouterr().out
    assert commands.draft(None, chair.file, "ada", "older") == 1
    assert f"{chair.file}:5:" in capsys.readouterr().out, "a correction's, too"
    assert commands.lint(None, chair.file, True) == 1
    assert "SECRET" in capsys.readouterr().out
    assert commands.preview(None, "upgrade", True) == 2
    chair.file.write_text(FORM.replace('  en: "**Upgrade** Deposits pause tonight."\n', ""), "utf-8")
    assert commands.draft(None, chair.file, "ada") == 0
    capsys.readouterr()
    assert commands.preview(None, "upgrade", True) == 1, "two people read English"
    assert [fault["code"] for fault in json.loads(capsys.readouterr().out)["faults"]] == ["UNTOLD"]
    assert commands.submit(None, "upgrade", "ada") == 2
    assert commands.draft(None, chair.file, "eve") == 2


def test_each_lesson_is_approved_like_a_broadcast(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chair = Chair(tmp_path, monkeypatch)
    chair.begin()
    assert commands.lessons(None, "ada") == 0
    handed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert len(handed) == 8
    assert commands.lessons(None, "ada") == 0
    assert not capsys.readouterr().out, "nothing is handed in twice"
    assert commands.preview(None, handed[0], True) == 0
    seen = json.loads(capsys.readouterr().out)["hash"]
    assert commands.preview(None, handed[0], False) == 0
    assert "reaches" not in capsys.readouterr().out, (
        "nobody is counted for it, which is not the same as nobody"
    )
    assert commands.approve(None, handed[0], "ada", seen) == 2
    assert commands.approve(None, handed[0], "bob", seen) == 0
    capsys.readouterr()
    assert education(None, True) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["on"] is True
    assert [f"lesson_{name}" for name in told["approved"]] == handed[:1]


def test_attributes_come_from_a_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chair = Chair(tmp_path, monkeypatch)
    chair.begin()
    table = tmp_path / "people.csv"
    table.write_text(f"channel,person,tier,asset\n{CHANNEL},1,vip,\n{CHANNEL},2,,BTC\n", "utf-8")
    assert after.people(None, table) == 0
    assert "Read 2 people, wrote 2 attributes" in capsys.readouterr().out
    chair.file.write_text(FORM.replace("everybody: true", "attribute: tier=vip"), "utf-8")
    assert commands.draft(None, chair.file, "ada") == 0
    capsys.readouterr()
    commands.preview(None, "upgrade", True)
    assert json.loads(capsys.readouterr().out)["people"] == 1
    table.write_text(f"\ufeffchannel,person,tier\n{CHANNEL},1,basic\n", "utf-8")
    assert after.people(None, table) == 0, "as a spreadsheet saves it"
    for wrong in (
        "name\nx\n",
        f"channel,person,tier\n{CHANNEL}\n",
        f"channel,person\n{CHANNEL},1,2\n",
        "\0",
        f'channel,person\n"{CHANNEL}',
    ):
        table.write_text(wrong, "utf-8")
        assert after.people(None, table) == 2
    table.write_bytes(f"channel,person,tier\n{CHANNEL},1,贵宾\n".encode("gbk"))
    capsys.readouterr()
    assert after.people(None, table) == 2
    assert "CSV UTF-8" in capsys.readouterr().err


async def test_no_cell_of_a_report_is_a_formula(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Chair(tmp_path, monkeypatch)
    store = await open_sqlite(tmp_path / "helpline.db")
    desk = Desk(store, Clock(), hold_seconds=0.0)
    await desk.join("1", "2")
    await desk.approved(2)
    await desk.look(6)
    await desk.open_wide()
    await desk.look(6)
    rows = [row for row in await queued(store) if row.key.startswith("b:")]
    errors = ("=HYPERLINK(1)", "＋1")
    ends = [Settled(row.key, "dead", "", error) for row, error in zip(rows, errors, strict=True)]
    await store.outbox.settle(ends, [], [], 1.0)
    await store.close()
    out = tmp_path / "report.csv"
    assert await asyncio.to_thread(after.report, None, "notice", out) == 0
    assert [row["error"] for row in csv.DictReader(out.read_text("utf-8").splitlines())] == [
        f"'{one}" for one in errors
    ]


async def test_the_bar_ends_with_the_broadcast(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = await open_sqlite(tmp_path / "helpline.db")
    desk = Desk(store, Clock())
    await desk.join("1")
    await desk.approved(1)
    line = AuditLine(1.0, "bob", "b", "c")
    await store.broadcasts.move("notice", 1, ["approved"], "cancelled", "", line)
    await progress(store, "notice")
    assert "cancelled" in capsys.readouterr().out
    await store.close()


def test_the_preview_shows_where_it_is_posted_and_whom_it_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    board, role = "123456789012345678", "223456789012345678"
    monkeypatch.setenv("HELPLINE_DISCORD__ANNOUNCEMENT_CHANNELS", json.dumps({board: "zh"}))
    monkeypatch.setenv("HELPLINE_DISCORD__ANNOUNCEMENT_ROLES", json.dumps([role]))
    chair = Chair(tmp_path, monkeypatch)
    chair.begin()
    chair.file.write_text(f'{FORM}post: ["{board}"]\nmention: "{role}"\n', "utf-8")
    assert commands.draft(None, chair.file, "ada") == 0
    capsys.readouterr()
    assert commands.preview(None, "upgrade", True) == 0
    drawn = json.loads(capsys.readouterr().out)["discord-main"]
    assert drawn[f"zh · {board}"].startswith(f"<@&{role}>\n**升级**")
    assert not drawn["zh"].startswith("<@&"), "in private nobody is called"
    assert commands.preview(None, "upgrade", False) == 0
    assert f"discord-main {board} (zh) @{role}" in capsys.readouterr().out.replace("\n", " ")


def test_a_picture_lies_beside_its_file_and_is_shown_by_its_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chair = Chair(tmp_path, monkeypatch)
    chair.begin()
    chair.file.write_text(f"{FORM}picture: {{file: plan.png, zh: 时间表, en: Timetable}}\n", "utf-8")
    assert commands.lint(None, chair.file, True) == 1
    assert "plan.png" in capsys.readouterr().out
    (tmp_path / "plan.png").write_bytes(qr())
    assert commands.lint(None, chair.file, True) == 0
    assert commands.draft(None, chair.file, "ada") == 0
    (tmp_path / "plan.png").unlink()
    capsys.readouterr()
    assert commands.preview(None, "upgrade", True) == 0, "from here on it is in the store"
    drawn = json.loads(capsys.readouterr().out)
    head = f"▣ {picture(qr()).name[:16]}…"
    assert drawn[CHANNEL]["zh"].startswith(f"{head}\n升级 今晚")
    assert drawn["discord-main"]["en"].startswith(f"{head} Timetable\n**Upgrade**")
    assert commands.submit(None, "upgrade", "ada") == 0
    assert commands.approve(None, "upgrade", "bob", drawn["hash"]) == 0

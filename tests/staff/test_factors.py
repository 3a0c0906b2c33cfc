"""Second factors and the roster: each code once, five tries, and no change by one person alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.commands import audit as audit_commands
from bots.commands import staff as commands
from core import config
from core.conversation.model import Send
from core.conversation.wire import load_effect
from core.runtime.seal import Seal
from core.staff.factor import TRIES, Factors
from core.staff.personnel import Personnel
from core.store.rows import AuditLine
from core.store.sql.store import SqlStore
from core.store.sqlite import open_sqlite
from tests.staff.house import ADA, BOB, EVE, House, code_of


@pytest.fixture
async def house() -> AsyncIterator[House]:
    store = await open_sqlite(":memory:")
    assert isinstance(store, SqlStore)
    yield House(store)
    await store.close()


async def test_a_code_counts_once_and_neighbouring_steps_never_go_back(house: House) -> None:
    await house.begun()
    code = house.code("ada")
    assert await house.factors.check("ada", code) == "ok"
    assert await house.factors.check("ada", code) == "used"
    before = code_of(house.apps["ada"], house.now - 30)
    assert await house.factors.check("ada", before) == "used", "an older step is used up by a newer one"
    house.now += 30
    late = code_of(house.apps["ada"], house.now)
    house.now += 29
    assert await house.factors.check("ada", f" {late[:3]} {late[3:]} ") == "ok", (
        "clocks are never quite the same"
    )
    house.now += 90
    assert await house.factors.check("ada", code_of(house.apps["ada"], house.now - 61)) == "wrong"


async def test_five_wrong_codes_lock_out_until_another_admin_opens(house: House) -> None:
    personnel = await house.begun()
    for wrong in ("000000", "", "abc", "١٢٣٤٥٦", "1234567")[:TRIES]:
        verdict = await house.factors.check("bob", wrong)
    assert verdict == "locked"
    assert await house.factors.check("bob", house.code("bob")) == "locked", "not even the right one"
    assert await personnel.unlock("bob", "bob", house.code("bob")) == "no_admin"
    assert await personnel.unlock("bob", "ada", house.code("ada")) == "ok"
    assert await house.factors.check("bob", house.code("bob")) == "ok"


async def test_guesses_at_the_same_time_are_five_too(house: House) -> None:
    await house.begun()
    code = house.code("bob")
    guesses = [*(f"{n:06}" for n in range(50)), code]
    verdicts = await asyncio.gather(*(house.factors.check("bob", guess) for guess in guesses))
    assert verdicts.count("wrong") == TRIES - 1
    assert "ok" not in verdicts, "the right one comes too late, though it was asked in the same moment"


async def test_nobody_changes_the_roster_alone_and_the_change_is_told(house: House) -> None:
    await house.begun()
    wished = house.personnel(ADA, BOB, EVE)
    assert await wished.accept("eve", "000000") == "no_admin", "a wish makes nobody an admin"
    assert await wished.accept("ada", house.code("ada")) == "proposed"
    assert await wished.accept("ada", house.code("ada")) == "waiting"
    assert "eve" not in (await wished.in_force()).people
    assert await wished.accept("bob", house.code("bob")) == "agreed"
    person = (await wished.in_force()).of("face", "3")
    assert person
    assert person.name == "eve"
    rows = await house.store.outbox.listing("queued", 9)
    effects = [load_effect(row.kind, row.payload) for row in rows]
    texts = [effect.message.blocks[0].text for effect in effects if isinstance(effect, Send)]
    assert "staff.changed\n+ eve: author, approver, admin (face:3)" in texts
    assert "staff.told_enrolled" in texts, "nobody enrolls in somebody's name without being seen"
    assert await wished.accept("ada", "") == "same"


async def test_another_wish_needs_two_persons_of_its_own(house: House) -> None:
    await house.begun()
    assert await house.personnel(ADA, BOB, EVE).accept("ada", house.code("ada")) == "proposed"
    other = house.personnel(BOB, EVE)
    assert await other.accept("bob", house.code("bob")) == "proposed", "Ada agreed to something else"
    assert set((await other.in_force()).people) == {"ada", "bob"}


async def test_who_is_taken_out_has_no_word_and_no_code_left(house: House) -> None:
    await house.begun(ADA, BOB, EVE)
    await house.enroll(house.personnel(ADA, BOB, EVE), "eve", "ada")
    hers = house.personnel(EVE, ADA)
    assert await hers.accept("eve", house.code("eve")) == "proposed"
    without = house.personnel(ADA, BOB)
    assert await without.accept("ada", house.code("ada")) == "proposed"
    assert await without.accept("bob", house.code("bob")) == "agreed"
    assert await hers.accept("ada", house.code("ada")) == "proposed", (
        "what Eve asked for is not half agreed to"
    )
    assert await house.factors.check("eve", house.code("eve")) == "unenrolled"
    assert await house.personnel(ADA, BOB, EVE).accept("bob", house.code("bob")) == "proposed"


async def test_who_enrolls_anew_needs_an_admin_who_is_somebody_else(house: House) -> None:
    personnel = await house.begun()
    assert await personnel.witness("ada", "ada", house.code("ada")) == "no_admin"
    assert await personnel.witness("eve", "bob", "123456") == "no_admin"
    await house.enroll(personnel, "bob", "ada")
    assert await house.factors.check("bob", house.code("bob")) == "ok"


async def test_no_secret_stands_in_a_row(house: House) -> None:
    await house.begun()
    assert isinstance(house.store, SqlStore)
    rows = await house.store.database.read(lambda db: db.execute("SELECT * FROM staff_factor").fetchall())
    assert rows
    assert not [s for s in house.apps.values() if s in json.dumps(rows)]
    other = Factors(house.store.staff, Seal(b"x" * 32), lambda: house.now)
    assert await other.check("ada", house.code("ada")) == "wrong", "rows without the key are worth nothing"


def test_two_names_for_one_account_are_refused() -> None:
    with pytest.raises(ValueError, match="face:1 is there twice"):
        config.Settings(staff=(ADA, config.Member(name="ada2", ids=("face:1",))))


# --- the commands ----------------------------------------------------------------------------


class Typing:
    """What is typed: the codes of apps, made at the moment when they are asked for."""

    def __init__(self, names: list[str], apps: dict[str, str], now: list[float]) -> None:
        self.names, self.apps, self.at = names, apps, now

    def isatty(self) -> bool:
        return False

    def readline(self) -> str:
        self.at[0] += 30
        return code_of(self.apps[self.names.pop(0)], self.at[0]) + "\n"


def test_the_commands_from_an_empty_folder_to_a_roster_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(_filled(tmp_path / "helpline.db"))
    monkeypatch.setenv("HELPLINE_DATA", str(tmp_path))
    monkeypatch.setenv("HELPLINE_STAFF", json.dumps([ADA.model_dump(), BOB.model_dump()]))
    now, apps = [1_800_000_000.0], {}
    monkeypatch.setattr("bots.commands.staff.time.time", lambda: now[0])
    original = Personnel.enroll

    async def enroll(self: Personnel, name: str, by: str) -> object:
        made = await original(self, name, by)
        apps[name] = made.secret
        return made

    monkeypatch.setattr(Personnel, "enroll", enroll)

    def typed(*names: str) -> None:
        monkeypatch.setattr("sys.stdin", Typing(list(names), apps, now))

    typed("ada")
    assert commands.enroll(None, "ada", "") == 0
    assert "█" in capsys.readouterr().out
    assert commands.enroll(None, "bob", "") == 2
    typed("ada", "bob")
    assert commands.enroll(None, "bob", "ada") == 0
    typed("ada", "ada", "bob")
    assert [commands.accept(None, name) for name in ("ada", "ada", "bob")] == [0, 1, 0]
    capsys.readouterr()
    assert commands.listing(None, True) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["enrolled"]) for one in told["people"]] == [("ada", True), ("bob", True)]
    assert told["pending"] == []
    assert commands.listing(None, False) == 0
    told = capsys.readouterr().out
    assert "ada" in told
    assert "✓" in told
    assert audit_commands.tail(None, True) == 0
    lines = json.loads(capsys.readouterr().out)
    assert [line["action"] for line in lines][:2] == ["roster agreed", "roster proposed"]
    assert audit_commands.verify(None, "", True) == 0
    assert audit_commands.verify(None, "abc", False) == 1


async def _filled(path: Path) -> None:
    store = await open_sqlite(path)
    await store.audit.append(AuditLine(1.0, "a", "b", "c"))
    await store.close()

"""The lists of a running service: believed, refused, announced; and the codes of agents."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.config import Desk, Settings, StaffChat
from core.config_safety import OfficialList
from core.runtime.genuine import MINUTES, Genuine, code_in
from core.safety import signing
from core.safety.files import signatures_of
from core.safety.lists import NAME, Entries, write
from core.store.rooms import Store
from core.store.sqlite import open_sqlite

NOW = 1_790_000_000.0
LIST = "name: Us\nversion: {version}\nexpires: 2999-01-01\nsite: https://us.example\ndomains: [{domains}]\n"


class Office:
    """Two people with keys, a list, and a service's room around it."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.path = folder / "official.yaml"
        self.store = store
        self.data = folder
        self.keys = []
        for name in ("a", "b"):
            signing.new_key(folder / name)
            self.keys.append(signing.read_key((folder / name).read_text()))
        own = OfficialList(file=self.path, keys=tuple(map(signing.public, self.keys)))
        staff = (StaffChat(channel="main", chat="-100"), StaffChat(channel="other", chat="7"))
        desk = Desk(staff=staff, staff_language="en")
        self.settings = Settings(data=folder, official=own, desk=desk)
        self.room = Genuine(store, self.settings)

    def publish(self, version: int, domains: str = "us.example", signers: int = 2) -> None:
        data = LIST.format(version=version, domains=domains).encode()
        self.path.write_bytes(data)
        lines = [signing.signed(data, key) for key in self.keys[:signers]]
        signatures_of(self.path).write_text("\n".join(lines))


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    store = await open_sqlite(tmp_path / "helpline.db")
    yield Office(tmp_path, store)
    await store.close()


async def test_a_new_version_is_announced_in_every_staff_chat_and_only_once(office: Office) -> None:
    office.publish(1)
    assert await office.room.load(NOW) == []  # the first list ever is nobody's change
    office.publish(2, "us.example, more.example")
    rows = await office.room.load(NOW)
    assert [json.loads(row.address)[:2] for row in rows] == [["main", "-100"], ["other", "7"]]
    assert "version 2" in rows[0].payload
    assert "+ domains: more.example" in rows[0].payload
    assert await office.room.load(NOW) == []
    lines = await office.store.audit.tail(9)
    assert [(line.action, line.subject) for line in lines] == [("official list", "2"), ("official list", "1")]


@pytest.mark.parametrize("wrong", ["one signature", "older", "same version, other list", "gone"])
async def test_a_list_that_may_not_be_believed_leaves_the_one_of_before(
    office: Office, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    office.publish(5)
    await office.room.load(NOW)
    match wrong:
        case "one signature":
            office.publish(6, "us.example, evil.example", signers=1)
        case "older":
            office.publish(4, "us.example, evil.example")
        case "same version, other list":
            office.publish(5, "us.example, evil.example")
        case "gone":
            office.path.unlink()
    with caplog.at_level(logging.ERROR):
        assert await office.room.load(NOW) == []
    assert caplog.records
    assert office.room.check("us.example", NOW).grade == "official"
    assert office.room.check("evil.example", NOW).grade != "official"


async def test_another_site_in_the_configuration_is_told_and_the_listed_one_is_shown(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.publish(1)
    with caplog.at_level(logging.ERROR):
        await office.room.load(NOW)
    assert "https://us.example" in caplog.text
    assert office.settings.security.official_site in caplog.text
    for _ in range(2):
        found = await office.room.site(NOW)
        assert found is not None
        assert found[0] == "https://us.example"
        assert await office.store.pictures.find(found[1])
    assert await office.room.site(4e10) is None, "a list that has expired calls nothing official"


async def test_after_a_restart_an_older_list_is_still_refused(office: Office) -> None:
    office.publish(5)
    await office.room.load(NOW)
    office.publish(4)
    again = Genuine(office.store, office.settings)
    await again.load(NOW)
    assert again.official is None
    assert again.check("us.example", NOW).grade == "unknown"


async def test_new_scam_lists_are_used_without_a_restart(office: Office) -> None:
    office.publish(1)
    await office.room.load(NOW)
    assert office.room.check("evil.xyz", NOW).grade == "unknown"
    write(office.data / NAME, [Entries("a", "deny", NOW, frozenset({"evil.xyz"}))])
    assert office.room.check("evil.xyz", NOW).grade == "listed"
    (office.data / "broken").write_bytes(b"x")
    (office.data / "broken").replace(office.data / NAME)
    assert office.room.check("evil.xyz", NOW).grade == "listed"  # the last good one stays


async def test_a_code_proves_an_agent_once(office: Office) -> None:
    code = await office.room.vouch("e1", "Lily", NOW)
    assert code_in(code)
    assert await office.room.agent("2222-2222", NOW) == ""
    assert await office.room.agent(f" {code.lower()} ", NOW) == "Lily"
    assert await office.room.agent(code, NOW) == ""


async def test_a_code_is_good_for_minutes(office: Office) -> None:
    code = await office.room.vouch("e1", "Lily", NOW)
    assert await office.room.agent(code, NOW + 60 * MINUTES + 1) == ""


@pytest.mark.parametrize(
    "text", ["", "ABCD", "ABCD-EFGH-JKMN", "okx.com", "官方客服", "0123-4567", "x" * 9999]
)
def test_what_is_no_code_is_asked_nobody(text: str) -> None:
    assert code_in(text) == ""

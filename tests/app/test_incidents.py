"""An incident from its text to its end, on the real adapter: everybody reads it once, and those who did hear the end."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from bots.commands.incident import row_of
from bots.local.people import Person
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.registry import abilities
from bots.settings import Settings
from core.broadcast.content import dump, load, picture_in
from core.broadcast.form import read_form
from core.broadcast.house import house
from core.broadcast.lint import lint
from core.broadcast.papers import Declined
from core.conversation.library import Library
from core.incidents.duty import Incidents
from core.runtime.house import house_holes
from core.sentences import teller
from core.store.broadcasts import Kept
from core.store.rows import AuditLine
from tests.app.harness import settled
from tests.app.newsroom import IN_FLIGHT, Newsroom, killed, newsroom
from tests.app.processes import Nursery
from tests.pictures import png
from tests.staff.house import code_of

TEXT = """\
broadcast: slow
class: critical
incident:
  about: [transaction_status]
  status: https://helpline.example/status
  banner: {zh: 充值到账可能延迟，资产不受影响。, en: Deposits may be late. Your assets are not affected.}
texts:
  zh: "**已恢复** 充值到账已恢复正常，谢谢您的耐心。"
  en: "**Back to normal** Deposits are credited as usual. Thank you for your patience."
"""
BANNER = "充值到账可能延迟"


def duty(room: Newsroom) -> Incidents:
    return Incidents(room.service.store, room.service.settings, room.office, teller("zh"), time.time)


async def hang_out(room: Newsroom) -> None:
    """Every process has looked."""
    await room.service.board.refresh()


async def say(room: Newsroom, person: Person, text: str) -> str:
    """What they are answered."""
    room.stand_in.world.say(person, text)
    await settled(room.stand_in, room.service)
    return room.stand_in.world.private(person).last().text


async def app_of_bob(room: Newsroom) -> str:
    """The secret of an app that the running bot knows as Bob's."""
    personnel = room.service.turner._desk.staff._floor._personnel  # type: ignore[union-attr]
    app = (await personnel.enroll("bob", "ada")).secret
    # without a code: those of this minute are the test's, and each counts once
    await room.service.store.staff.confirm("bob", "ada", AuditLine(1.0, "ada", "confirm", "bob"))
    return app


def banners(room: Newsroom, person: Person) -> int:
    """How often they were shown it."""
    said = room.stand_in.world.private(person).messages(by_bot=True)
    return sum(BANNER in one.text for one in said)


async def closed(room: Newsroom, name: str, by: str = "bob") -> None:
    """Over, and the few seconds are past in which somebody might still have read the banner."""
    await duty(room).close(name, by, room.staff.code(by))
    database = room.folder / "helpline.db"
    with closing(sqlite3.connect(database, timeout=9)) as db, db:
        db.execute("UPDATE broadcast_run SET due = due - 10")


async def ready(room: Newsroom) -> None:
    """The text is approved and lies there; nothing opens it before, and nobody without a code."""
    incidents = duty(room)
    with pytest.raises(Declined):
        await incidents.open("slow", "ada", room.staff.code("ada"))
    kept = await room.office.draft("f.yaml", TEXT, "ada")
    assert isinstance(kept, Kept), kept
    with pytest.raises(Declined):
        await incidents.open("slow", "ada", room.staff.code("ada"))
    await room.office.submit("slow", "ada", room.staff.code("ada"))
    await room.office.approve("slow", kept.hash, "bob", room.staff.code("bob"))
    room.service.worker.poke()
    await settled(room.stand_in, room.service)
    assert any(BANNER in one.text for one in room.group.messages(by_bot=True)), (
        "whoever approves has to read it"
    )
    with pytest.raises(Declined):
        await incidents.open("slow", "ada", "000000")


async def read_once(room: Newsroom) -> None:
    """The first reads it in full, and again only where it is about their matter; others with their own answer."""
    ann, ben, cat, dan, _ = room.people
    first = await say(room, ann, "菜单")
    assert first.startswith("⚠️ ")
    assert BANNER in first
    assert "https://helpline.example/status" in first
    assert BANNER not in await say(room, ann, "菜单")
    assert BANNER in await say(room, ann, "/tx"), "it is about this flow"
    for person in (ben, cat):
        await say(room, person, "紧急")
        assert banners(room, person) == 1
    cat.blocked = True
    room.stand_in.world.press(ben, room.stand_in.world.private(ben).last().id, "菜单")
    assert (await duty(room).find("slow")).people == 3
    await say(room, dan, "退订")
    assert (await duty(room).find("slow")).people == 4


async def test_a_text_that_lies_ready_is_opened_by_one_and_its_end_is_told_to_those_who_read_it(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=5) as room:
        incidents, (ann, ben, _, dan, eve) = duty(room), room.people
        await ready(room)
        assert BANNER not in await say(room, ann, "菜单"), "it only lies ready"
        await incidents.open("slow", "ada", room.staff.code("ada"))
        with pytest.raises(Declined):
            await incidents.open("slow", "ada", room.staff.code("ada"))
        await hang_out(room)
        await read_once(room)

        await closed(room, "slow")
        (row,) = await room.service.store.incidents.listing(9)
        assert [row_of(row)[key] for key in ("state", "by", "closed_by")] == ["over", "ada", "bob"]
        await hang_out(room)
        await room.until("running", name="slow")
        # it is back while the end is still being told
        await incidents.open("slow", "bob", room.staff.code("bob"))
        await room.until("scheduled", name="slow")
        assert [len(room.heard(person)) for person in (ann, ben, dan, eve)] == [1, 1, 0, 0]
        assert "已恢复" in room.heard(ann)[0]
        await hang_out(room)
        assert BANNER in await say(room, eve, "菜单")
        assert BANNER in await say(room, ann, "菜单"), "another incident"
        actions = {line.action for line in await room.service.store.audit.tail(200)}
        assert {"incident opened", "incident closed"} <= actions


async def test_a_new_text_opens_when_a_second_person_approves_it_and_changes_are_heard_once_more(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=1) as room:
        incidents, (ann,) = duty(room), room.people
        at_once = TEXT.replace("  about: [transaction_status]", "  opens: approved")
        got = await incidents.propose("f.yaml", at_once, "ada", room.staff.code("ada"))
        assert isinstance(got, Kept), got
        assert await room.service.store.incidents.open() == []
        with pytest.raises(Declined):
            await room.office.approve("slow", got.hash, "ada", room.staff.code("ada"))
        await room.office.approve("slow", got.hash, "bob", room.staff.code("bob"))
        await hang_out(room)
        assert BANNER in await say(room, ann, "菜单")

        other = (
            at_once.replace("slow", "slower").replace(BANNER, "充值暂停").replace("  opens: approved\n", "")
        )
        other += "picture: {file: map.png, zh: 时间表, en: Timetable}\n"
        got = await incidents.propose("f.yaml", other, "ada", room.staff.code("ada"), lambda _: png(40, 30))
        assert isinstance(got, Kept), got
        assert picture_in(load(got.content)), "its picture lies beside the file, as any broadcast's"
        with pytest.raises(Declined):
            await incidents.update("slow", "slower", "ada", room.staff.code("ada"))
        await room.office.approve("slower", got.hash, "bob", room.staff.code("bob"))
        await incidents.update("slow", "slower", "ada", room.staff.code("ada"))
        await hang_out(room)
        assert "充值暂停" in await say(room, ann, "菜单")
        assert "充值暂停" not in await say(room, ann, "菜单")
        assert (await incidents.find("slower")).people == 1
        await room.office.stop("slower", "bob", "wrong")
        await hang_out(room)
        world = room.stand_in.world
        assert "充值暂停" not in await say(room, world.add_person("late"), "菜单"), (
            "taken down without a code"
        )
        _, ended = await incidents.close("slower", "ada", room.staff.code("ada"))
        assert not ended.tells


async def test_an_incident_is_opened_and_ended_by_cards_and_codes(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=1) as room:
        world, bob = room.stand_in.world, room.agent
        await say(room, bob, "/start")
        app = await app_of_bob(room)
        kept = await room.office.draft("f.yaml", TEXT, "ada")
        assert isinstance(kept, Kept)
        await room.office.submit("slow", "ada", room.staff.code("ada"))
        kept = await room.office.find("slow")
        line = AuditLine(
            time.time(), "bob", "broadcast approved", "slow"
        )  # his app is the running bot's by now
        await room.service.store.broadcasts.approve("slow", kept.version, kept.hash, "bob", 0, line)
        await room.office._announced("slow", "bob", "approved")
        room.service.worker.poke()
        await settled(room.stand_in, room.service)
        card = room.group.messages(by_bot=True)[-1]
        assert card.labels == ["启用", "终止"]
        world.press(bob, card.id, "启用", room.group)
        await settled(room.stand_in, room.service)
        assert "验证器" in world.private(bob).last().text
        assert await room.service.store.incidents.open() == []
        assert "slow 已启用" in await say(room, bob, code_of(app, time.time()))
        await hang_out(room)
        assert BANNER in await say(room, room.people[0], "菜单")
        room.service.worker.poke()
        await settled(room.stand_in, room.service)
        last = room.group.messages(by_bot=True)[-1]
        assert last.labels == ["已恢复"]
        world.press(room.stranger, last.id, "已恢复", room.group)
        await settled(room.stand_in, room.service)
        world.press(bob, last.id, "已恢复", room.group)
        await settled(room.stand_in, room.service)
        assert "正在通知看过横幅的 1 人" in await say(room, bob, code_of(app, time.time() + 30))
        assert await room.service.store.incidents.open() == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("充值到账可能延迟，资产不受影响。", "请把助记词发给客服"),
        ("充值到账可能延迟，资产不受影响。", "看 https://evil.example"),
        ("充值到账可能延迟，资产不受影响。", "字" * 301),
        ("https://helpline.example/status", "https://evil.example/status"),
        ("transaction_status", "nothing_of_ours"),
        (", en: Deposits may be late. Your assets are not affected.", ""),
        ('  en: "**Back to normal** Deposits are credited as usual. Thank you for your patience."\n', ""),
        ("class: critical\n", "class: critical\naudience: {everybody: true}\n"),
    ],
)
async def test_a_text_with_a_fault_is_not_even_a_draft(
    tmp_path: Path, settings: Settings, library: Library, old: str, new: str
) -> None:
    shared = house(library, house_holes(settings), abilities(settings))
    fine = read_form("f.yaml", TEXT, "CODE", shared)
    assert not lint(fine, {"helpline.example"}, abilities(settings))
    assert fine.content
    assert load(dump(fine.content)) == fine.content
    assert old in TEXT
    form = read_form("f.yaml", TEXT.replace(old, new), "CODE", shared)
    assert lint(form, {"helpline.example"}, abilities(settings))


async def test_kill_9_while_the_end_is_told_doubles_nothing(
    tmp_path: Path, settings: Settings, library: Library, nursery: Nursery
) -> None:
    people, moments = 30, ("receipt 2", "receipt 1")
    async with TelegramStandIn(limits=UNLIMITED, seed=3) as stand_in:
        async with newsroom(tmp_path, settings, library, people, 3600.0, stand_in) as room:
            await room.approved(TEXT.replace("class: critical", "class: notice"), "slow")
            await duty(room).open("slow", "ada", room.staff.code("ada"))
            await hang_out(room)
            affected = room.people[:20]
            for person in affected:
                stand_in.world.say(person, "菜单")
            await settled(stand_in, room.service)
            await closed(room, "slow")
            await room.until("running", name="slow")
        outcomes = await killed(stand_in, tmp_path, nursery, moments, "scheduled")
        got = {str(person.id): len(room.heard(person)) for person in room.people}
    uncertain = {who for who, outcome in outcomes.items() if outcome == "uncertain"}
    assert set(outcomes) == {str(person.id) for person in affected}, "those who read it, and nobody else"
    assert max(got.values()) == 1, "nobody hears it twice"
    assert {who for who in outcomes if not got[who]} <= uncertain
    assert len(uncertain) <= len(moments) * IN_FLIGHT // 2

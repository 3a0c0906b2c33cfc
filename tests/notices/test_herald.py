"""Rules over a real store: one draft for an occasion, never sent by itself, and what follows when it is over."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from core.broadcast.content import load
from core.broadcast.papers import Declined, fingerprint
from core.chain.booking import Paused
from core.notices.drafting import templates
from core.notices.faults import faults_of
from core.store.notices import HOUSE
from core.store.rooms import Store
from core.store.sqlite import open_sqlite
from tests.notices.scene import Chain, Exchange, Stage
from tests.staff.house import House

QUEUES = {"name": "queues", "kind": "outage", "source": "queues", "minutes": 5}
UPGRADE = {
    "name": "fork",
    "kind": "upgrade",
    "network": "Net",
    "height": 1000,
    "title": "Blue",
    "lead_hours": [2, 1],
}
DEPOSITS = {"name": "dep", "kind": "deposits", "network": "Net", "minutes": 5}


async def staged(store: Store, staff: House, *rules: object, **more: object) -> Stage:
    stage = Stage(store, staff, rules, **more)  # type: ignore[arg-type]
    await stage.open_doors()
    return stage


async def queued(store: Store) -> list[str]:
    """The keys of the outbox."""
    return [row.key for row in await store.outbox.listing("queued", 99)]


async def down(stage: Stage) -> None:
    """Our queues have stood for long enough."""
    stage.trouble["queues"] = "inbox waits"
    await stage.look(10)


async def test_an_outage_drafts_once_and_two_people_stand_behind_it(store: Store, staff: House) -> None:
    stage = await staged(store, staff, QUEUES)
    stage.trouble["queues"] = ""
    assert await stage.look() == []
    await down(stage)
    assert await stage.look(200) == [], "it might be over in a moment"
    (kept,) = await stage.look(200)
    assert (kept.state, kept.author) == ("draft", HOUSE)
    assert await stage.look(60) == [kept]
    posted = stage.posted()
    assert f"b.submit.{kept.code}.{fingerprint(kept.hash)}" in posted
    assert f"b.discard.{kept.code}.{fingerprint(kept.hash)}" in posted
    assert "queues: a disruption" in posted

    with pytest.raises(Declined):
        await stage.office.approve(kept.name, kept.hash, "bob", staff.code("bob"))
    with pytest.raises(Declined):
        await stage.office.submit(kept.name, "bob", staff.code("bob"))
    mine = await stage.office.submit(kept.name, "ada", staff.code("ada"))
    assert (mine.author, mine.state, mine.hash) == ("ada", "in_review", kept.hash)
    with pytest.raises(Declined):
        await stage.office.approve(kept.name, kept.hash, "ada", staff.code("ada"))
    done = await stage.office.approve(kept.name, kept.hash, "bob", staff.code("bob"))
    assert (done.author, done.approver, done.state) == ("ada", "bob", "approved")


async def test_the_end_is_told_to_those_who_heard_the_beginning(store: Store, staff: House) -> None:
    stage = await staged(store, staff, QUEUES)
    await down(stage)
    (kept,) = await stage.look(400)
    await stage.through(kept.name)
    stage.trouble["queues"] = ""
    assert len(await stage.look(10)) == 1
    first, over = await stage.look(400)
    content = load(over.content)
    assert (over.name, over.state, over.author) == (f"{first.name}_over", "draft", HOUSE)
    assert content.rule.follows == first.name
    assert (await stage.office.look(over.name)).counted.people == 3
    assert len(await stage.look(400)) == 2
    await stage.through(over.name)


async def test_that_it_is_over_is_never_held_back(store: Store, staff: House) -> None:
    stage = await staged(store, staff, QUEUES, a_day=1)
    await down(stage)
    (kept,) = await stage.look(400)
    await stage.through(kept.name)
    stage.trouble["queues"] = ""
    await stage.look(10)
    assert [one.state for one in await stage.look(400)] == ["finished", "draft"]


async def test_what_nobody_sent_is_past_when_the_occasion_is(store: Store, staff: House) -> None:
    stage = await staged(store, staff, QUEUES)
    await down(stage)
    (kept,) = await stage.look(400)
    await stage.office.submit(kept.name, "ada", staff.code("ada"))
    stage.trouble["queues"] = ""
    await stage.look(10)
    (past,) = await stage.look(400)
    assert past.state == "expired"
    assert f"n:{kept.name}:retired.0" in await queued(store), "the staff are told, in the same transaction"
    with pytest.raises(Declined):
        await stage.office.approve(kept.name, kept.hash, "bob", staff.code("bob"))


async def test_too_many_are_only_counted(store: Store, staff: House) -> None:
    other = {**QUEUES, "name": "again", "cooldown_hours": 0, "source": "chat"}
    stage = await staged(store, staff, QUEUES, other, a_day=2)

    async def flicker(what: str) -> int:
        stage.trouble[what] = "x"
        await stage.look(10)
        await stage.look(400)
        stage.trouble[what] = ""
        await stage.look(10)
        return len(await stage.look(400))

    assert [await flicker("queues") for _ in range(3)] == [1, 1, 1], "the rule is cooling down"
    assert [await flicker("chat") for _ in range(3)] == [2, 2, 2], "two a day, all rules together"
    held = [one.held for one in await store.notices.lately(0.0, 50) if one.held]
    assert sorted(held) == ["cooldown", "cooldown", "day", "day"]
    assert "only counted" in stage.posted()
    staff.now += 86_400
    assert await flicker("queues") == 3


async def test_a_height_is_announced_at_its_lead_times_and_when_it_is_there(
    store: Store, staff: House
) -> None:
    chain = Chain(staff, 1)
    stage = await staged(store, staff, UPGRADE, clients=[chain])
    assert await stage.look() == [], "in three hours"
    chain.mine(400)
    (first,) = await stage.look()
    assert first.name == "fork_1000_2h"
    texts = load(first.content).messages
    assert "Net 网络升级：Blue" in texts["zh"].blocks[0].text
    assert "block 1,000" in texts["en"].blocks[0].text
    await stage.through(first.name)
    chain.mine(300)
    second, _ = await stage.look()
    assert (second.name, second.state) == ("fork_1000_1h", "draft")
    assert len(await stage.look()) == 2
    chain.mine(300)
    past = {one.name: one for one in await stage.look()}
    assert past["fork_1000_1h"].state == "expired", "it says what is no longer true"
    assert load(past["fork_1000_over"].content).rule.follows == first.name


async def test_a_height_that_was_changed_before_anybody_heard_of_it_is_drafted_anew(
    store: Store, staff: House
) -> None:
    chain = Chain(staff, 500)
    stage = await staged(store, staff, UPGRADE, clients=[chain])
    assert [one.name for one in await stage.look()] == ["fork_1000_2h"]
    later = stage.after(UPGRADE | {"height": 1100}, clients=[chain])
    await later.look()
    old, new = await later.look()
    assert (old.name, old.state) == ("fork_1000_2h", "expired")
    assert (new.name, new.state) == ("fork_1100_2h", "draft")
    assert not load(new.content).rule.got
    assert await later.look() == [old, new]


async def test_a_height_that_was_changed_corrects_what_people_got(store: Store, staff: House) -> None:
    chain = Chain(staff, 500)
    stage = await staged(store, staff, UPGRADE, clients=[chain])
    (first,) = await stage.look()
    await stage.through(first.name)
    later = stage.after(UPGRADE | {"height": 9000}, clients=[chain])
    _, moved = await later.look()
    content = load(moved.content)
    assert (moved.name, content.rule.got, moved.author) == ("fork_9000_moved1", first.name, HOUSE)
    assert "not 1,000" in content.messages["en"].blocks[0].text
    assert len(await later.look()) == 2
    back = stage.after(UPGRADE, clients=[chain])
    assert {one.name: one.state for one in await back.look()} == {
        first.name: "finished", "fork_9000_moved1": "expired", "fork_1000_moved2": "draft",
    }  # fmt: skip


async def test_deposits_follow_the_word_of_the_exchange(store: Store, staff: House) -> None:
    books = Exchange()
    stage = await staged(store, staff, DEPOSITS, books=books)
    assert await stage.look() == []
    books.says = {"Net": Paused(True, False)}
    (kept,) = await stage.look()
    assert "Net deposits are paused" in load(kept.content).messages["en"].blocks[0].text
    await stage.through(kept.name)
    books.says = None
    assert len(await stage.look()) == 1, "who cannot tell ends nothing"
    books.says = {}
    assert len(await stage.look()) == 1
    books.says = {"Net": Paused(False, True)}
    _, over = await stage.look()
    assert "deposits are back" in load(over.content).messages["en"].blocks[0].text


@pytest.mark.parametrize("stale", [False, True])
async def test_a_network_that_nobody_can_see_delays_deposits(store: Store, staff: House, stale: bool) -> None:
    chain = Chain(staff, 500)
    stage = await staged(store, staff, DEPOSITS, {**QUEUES, "source": "Net/mine"}, clients=[chain], a_day=1)
    chain.mine(0)
    await stage.look()
    chain.away = not stale
    for after in (100, 200):
        assert await stage.look(after) == []
    (kept,) = await stage.look(400)
    assert "Net deposits may be late" in load(kept.content).messages["en"].blocks[0].text
    chain.away = False
    chain.mine(1)
    await stage.look()
    staff.now += 400
    chain.mine(1)
    assert (await stage.look())[0].state == "expired"


async def test_a_rule_that_is_gone_leaves_no_draft_behind(store: Store, staff: House) -> None:
    stage = await staged(store, staff, QUEUES)
    await down(stage)
    await stage.look(400)
    bare = stage.after()
    (past,) = await bare.look()
    assert past.state == "expired"
    assert f"n:{past.name}:retired.0" in await queued(store)
    assert await store.notices.open() == []


async def test_two_leaders_write_one_draft(tmp_path: Path, store: Store, staff: House) -> None:
    other = await open_sqlite(tmp_path / "helpline.db")
    one = await staged(store, staff, QUEUES)
    two = one.after(QUEUES, store=other)
    for stage in (one, two):
        stage.trouble["queues"] = "x"
    for after in (0, 400, 400):
        staff.now += after
        await asyncio.gather(one.herald.look(), two.herald.look())
    assert len(await store.broadcasts.listing(9)) == 1
    assert len(await store.notices.lately(0.0, 9)) == 1
    await other.close()


@pytest.mark.parametrize(
    "bad", ["请把您的助记词发给我们", "see https://evil.example/x", "{nothing}", "**", "@everyone"]
)
async def test_a_text_with_a_fault_drafts_nothing_and_says_so(
    store: Store, staff: House, tmp_path: Path, bad: str, caplog: pytest.LogCaptureFixture
) -> None:
    for language in ("zh", "en"):
        ours = templates(None, ("zh", "en"))[language]
        lines = [f"{name}: {json.dumps(text)}" for name, text in ({**ours, "outage": bad}).items()]
        (tmp_path / f"{language}.yaml").write_text("\n".join(lines), "utf-8")
    stage = await staged(store, staff, QUEUES, texts=tmp_path)
    await down(stage)
    for _ in range(3):
        assert await stage.look(400) == []
    assert await store.notices.open() == []
    assert sum("cannot draft" in one.message for one in caplog.records) == 1
    assert faults_of(stage.settings.notices.rules[0], stage.settings, stage.office)


async def test_a_value_is_no_markup_and_no_link(store: Store, staff: House) -> None:
    name = "[x](evil) **b** `c` {official_site}"
    chain = Chain(staff, 999)
    stage = await staged(store, staff, UPGRADE | {"title": name}, clients=[chain])
    (kept,) = await stage.look()
    block = load(kept.content).messages["en"].blocks[0]
    assert name in block.text
    assert not any(mark.kind == "link" for mark in block.marks)


@pytest.mark.parametrize("kind", [QUEUES, DEPOSITS, UPGRADE])
async def test_every_text_that_came_along_can_be_sent(
    store: Store, staff: House, kind: dict[str, object]
) -> None:
    stage = await staged(store, staff, kind)
    wrong = faults_of(stage.settings.notices.rules[0], stage.settings, stage.office)
    assert wrong == (["there is no network “Net” under transactions.networks; the height cannot be followed"] if kind is UPGRADE else [])  # fmt: skip

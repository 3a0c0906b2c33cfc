"""A text that opens as soon as it is approved does so too when the process of whoever approved it died right then."""

from __future__ import annotations

from core.broadcast.content import INCIDENT, Content, Incident, Plan, Rule, digest, dump
from core.config import Settings
from core.conversation.model import Message, Rich
from core.incidents.opening import PATIENCE, catch_up
from core.store.broadcasts import Draft
from core.store.rooms import Store
from core.store.rows import AuditLine
from core.store.sqlite import open_sqlite

NOW = 1000.0
SOON, LATE = NOW + PATIENCE[0], NOW + PATIENCE[1] + 1


async def approved(store: Store, name: str, *, at_once: bool) -> None:
    banner = Incident({"zh": "充值可能延迟。"}, "https://helpline.example", at_once=at_once)
    messages = {"zh": Message((Rich("恢复了"),))}
    body = dump(Content(name, "critical", messages, Rule(), Plan(INCIDENT), incident=banner))
    room, line = store.broadcasts, AuditLine(NOW, "ada", "b", name)
    await room.write(Draft(name, name.upper(), "ada", "", body, digest(body)), line, NOW)
    await room.move(name, 1, ["draft"], "in_review", "", line)
    assert await room.approve(name, 1, digest(body), "bob", 0, line)


async def open_at(store: Store, now: float) -> list[str]:
    await catch_up(store, Settings(), lambda code, **_: code, now)
    return [one.name for one in await store.incidents.hanging()]


async def test_it_is_opened_for_whoever_died_and_never_long_after() -> None:
    store = await open_sqlite(":memory:")
    await approved(store, "ready", at_once=False)
    await approved(store, "slow", at_once=True)
    assert await open_at(store, LATE) == [], "by then they know, and it lies ready"
    assert await open_at(store, NOW + 1) == [], "they may be just about to"
    assert await open_at(store, SOON) == ["slow"]
    (row,) = await store.incidents.open()
    assert row.opened_by == "bob"
    await store.incidents.close(row.number, "ada", AuditLine(SOON, "ada", "b", "slow"), [])
    assert await open_at(store, SOON) == [], "what is over stays over"
    await store.close()

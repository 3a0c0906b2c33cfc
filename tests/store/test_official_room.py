"""How far the official list has come, and the codes of agents, on both engines."""

from __future__ import annotations

from core.store.community import Sighting
from core.store.official import AgentCode
from core.store.rooms import Store

NOW = 1_790_000_000.0


async def test_the_highest_version_only_rises(store: Store) -> None:
    room = store.official
    assert await room.highest() is None
    assert await room.reached(3, "c", NOW)
    assert not await room.reached(3, "other", NOW)
    assert not await room.reached(2, "b", NOW)
    assert await room.highest() == (3, "c")
    assert await room.reached(4, "d", NOW)
    assert await room.highest() == (4, "d")


async def test_a_code_is_used_once_and_while_it_is_good(store: Store) -> None:
    room = store.official
    await room.vouch(AgentCode("e1", "d1", "Lily"), NOW + 600, NOW)
    await room.vouch(AgentCode("e2", "d2", "Bo"), NOW + 300, NOW)
    assert [code.alias for code in await room.codes(NOW)] == ["Lily", "Bo"]
    assert [code.alias for code in await room.codes(NOW + 301)] == ["Lily"]
    assert not await room.use("e2", NOW + 301)
    assert await room.use("e1", NOW + 301)
    assert not await room.use("e1", NOW + 302)
    assert await room.codes(NOW + 302) == []


async def test_the_same_event_asked_again_replaces_its_code_until_somebody_used_it(store: Store) -> None:
    room = store.official
    await room.vouch(AgentCode("e1", "d1", "Lily"), NOW + 600, NOW)
    await room.vouch(AgentCode("e1", "d2", "Lily"), NOW + 600, NOW)
    assert [code.digest for code in await room.codes(NOW)] == ["d2"]
    assert await room.use("e1", NOW)
    await room.vouch(AgentCode("e1", "d3", "Lily"), NOW + 600, NOW)
    assert await room.codes(NOW) == []


async def test_old_codes_go(store: Store) -> None:
    room = store.official
    await room.vouch(AgentCode("e1", "d1", "Lily"), NOW, NOW)
    await room.vouch(AgentCode("e2", "d2", "Bo"), NOW + 200_000, NOW + 100_000)
    assert [code.made for code in await room.codes(NOW - 1)] == ["e2"]


async def test_a_sighting_is_told_once_until_staff_erase_it_and_never_after_they_clear_it(
    store: Store,
) -> None:
    room = store.community
    one = Sighting("main", "-100", "7", "5", "recovers", 1)
    number = await room.seen(one, NOW)
    assert number
    assert await room.seen(one, NOW) == number  # the same event once more, after a crash
    assert await room.seen(one._replace(ref="6", event=2), NOW) is None
    assert await room.settle(number, "erased") == one
    assert await room.seen(one._replace(ref="7", event=3), NOW) == number
    assert await room.settle(number, "fine") == one._replace(ref="7", event=3)
    assert await room.seen(one._replace(event=4), NOW) is None
    assert await room.seen(one._replace(event=5, what="doubles"), NOW)
    assert await room.settle(99, "fine") is None

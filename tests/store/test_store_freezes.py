"""Bounds on freeze requests, on every engine: a repetition counts once, a person and a target have a limit."""

from __future__ import annotations

from core.store.freezes import Request
from core.store.rooms import Store


async def test_one_person_and_one_target_are_bounded_and_a_day_forgets(store: Store) -> None:
    async def admit(key: str, person: str, target: str, at: float = 1000.0) -> bool:
        return await store.freezes.admit(Request(key, person, target, at), 100.0, 3, 2)

    assert [await admit(f"a{n}", "ann", "") for n in range(4)] == [True, True, True, False]
    assert await admit("a0", "ann", ""), "a repetition is no new request"
    assert [await admit(f"t{n}", f"p{n}", "lily") for n in range(3)] == [True, True, False]
    assert await admit("t9", "p9", "other"), "another account is another target"
    assert await admit("a9", "ann", "lily", 1101.0), "what is older than the window is forgotten"

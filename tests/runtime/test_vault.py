"""What is held in memory: opened by its own conversation only, for a while, and never printed."""

from __future__ import annotations

from core.conversation.model import Address, Incoming
from core.runtime import vault
from core.runtime.vault import LONGEST, Vault

DIGITS = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
ALICE, BOB = Address("main", "1", "1"), Address("main", "2", "2")


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def said(text: str, address: Address = ALICE, quoted: str = "") -> Incoming:
    return Incoming("e1", address, "said", text, quoted)


def test_only_its_own_conversation_opens_it() -> None:
    held = Vault((), Clock())
    handle = held.hide(said(DIGITS)).text
    assert held.open(handle, ALICE.key) == DIGITS
    assert held.open(handle, BOB.key) == ""
    held.forget(handle, BOB.key)
    assert not held.call_id(handle, BOB.key)
    assert held.open(handle, ALICE.key) == DIGITS


def test_the_person_calls_it_an_id_or_lets_it_go() -> None:
    held = Vault((), Clock())
    handle = held.hide(said(DIGITS)).text
    assert not held.is_id(handle, ALICE.key)
    assert held.call_id(handle, ALICE.key)
    assert held.is_id(handle, ALICE.key)
    held.forget(handle, ALICE.key)
    assert held.open(handle, ALICE.key) == ""
    assert not held.call_id(handle, ALICE.key)


def test_handles_say_nothing_and_are_never_the_same() -> None:
    held = Vault((), Clock())
    assert held.hide(said(DIGITS)).text != held.hide(said(DIGITS)).text
    assert DIGITS not in repr(held._held)


def test_it_is_gone_after_a_while_and_after_a_restart() -> None:
    clock = Clock()
    held = Vault((), clock)
    handle = held.hide(said(DIGITS)).text
    assert Vault((), clock).open(handle, ALICE.key) == ""
    clock.now += LONGEST + 1
    assert held.open(handle, ALICE.key) == ""
    held.hide(said(DIGITS))
    assert len(held._held) == 1


def test_memory_is_bounded() -> None:
    held = Vault((), Clock())
    for _ in range(vault.HELD + 50):
        held.hide(said(DIGITS))
    assert len(held._held) == vault.HELD


def test_quotes_and_buttons_hide_nothing() -> None:
    held = Vault((), Clock())
    assert DIGITS not in held.hide(said("这是什么", quoted=DIGITS)).quoted
    assert held.hide(Incoming("e", ALICE, "pressed", DIGITS)).text == ""
    assert held.hide(Incoming("e", ALICE, "pressed", "c.route")).text == "c.route"
    same = said("你好")
    assert held.hide(same) is same

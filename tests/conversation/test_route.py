"""The signed route in a button: only we make one, only its person may press it, and it fits everywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conversation.model import Address
from core.conversation.route import CHOICE_LIMIT, ROUTE_LIMIT, Routes

KEY, OLD, STRANGE = b"k" * 32, b"o" * 32, b"s" * 32
ME = Address("telegram-main", "7", "7")
ROUTES = Routes([KEY, OLD])
CHOICES = st.from_regex(r"@?[a-z][a-z0-9_.]{0,38}", fullmatch=True)
VISITS = st.integers(0, 36**9 - 1)
PARTS = st.text(max_size=20)


@given(CHOICES, VISITS, PARTS, PARTS, PARTS)
def test_what_was_signed_is_verified(choice: str, visit: int, channel: str, chat: str, user: str) -> None:
    address = Address(channel, chat, user)
    route = ROUTES.sign(address, visit, choice)
    assert ROUTES.verify(address, route) == (choice, visit)
    assert len(route.encode()) <= ROUTE_LIMIT


@given(CHOICES, VISITS, st.sampled_from(["channel", "chat", "user"]))
def test_somebody_elses_button_is_refused(choice: str, visit: int, part: str) -> None:
    fields = {"channel": ME.channel, "chat": ME.chat, "user": ME.user, part: "other"}
    assert ROUTES.verify(Address(**fields), ROUTES.sign(ME, visit, choice)) is None


@given(CHOICES, VISITS, st.data())
def test_one_changed_character_is_a_forgery(choice: str, visit: int, data: st.DataObject) -> None:
    route = ROUTES.sign(ME, visit, choice)
    place = data.draw(st.integers(0, len(route) - 1))
    other = data.draw(st.characters().filter(lambda c: c != route[place]))
    assert ROUTES.verify(ME, route[:place] + other + route[place + 1 :]) is None


@given(st.text(st.characters(), max_size=80))
def test_whatever_comes_in_never_raises(route: str) -> None:
    assert ROUTES.verify(ME, route) is None
    assert ROUTES.verify(Address("\ud800", "", ""), "v1.1." + route + ".tag") is None


def test_fields_do_not_run_into_each_other() -> None:
    route = ROUTES.sign(Address("a", "1", "23"), 5, "yes")
    assert ROUTES.verify(Address("a", "12", "3"), route) is None


def test_a_thread_is_not_part_of_the_person() -> None:
    route = ROUTES.sign(Address("a", "1", "2", "topic"), 5, "yes")
    assert ROUTES.verify(Address("a", "1", "2"), route) == ("yes", 5)


def test_a_route_of_the_key_before_is_still_good_and_a_strange_one_is_not() -> None:
    assert ROUTES.verify(ME, Routes([OLD]).sign(ME, 5, "yes")) == ("yes", 5)
    assert ROUTES.verify(ME, Routes([STRANGE]).sign(ME, 5, "yes")) is None
    assert Routes([OLD]).verify(ME, ROUTES.sign(ME, 5, "yes")) is None, "the first key signs"


def test_the_longest_choice_still_fits_and_a_longer_one_says_so() -> None:
    assert len(ROUTES.sign(ME, 36**9 - 1, "c" * CHOICE_LIMIT).encode()) <= ROUTE_LIMIT
    with pytest.raises(ValueError, match="too long"):
        ROUTES.sign(ME, 0, "c" * ROUTE_LIMIT)


def test_another_version_is_not_ours() -> None:
    assert ROUTES.verify(ME, ROUTES.sign(ME, 5, "yes").replace("v1.", "v2.")) is None


def test_a_visit_before_the_first_cannot_be_signed() -> None:
    with pytest.raises(ValueError, match="visit"):
        ROUTES.sign(ME, -1, "yes")


@pytest.mark.parametrize("keys", [[], [b""], [KEY, b""]])
def test_there_is_no_route_without_a_key(keys: list[bytes]) -> None:
    with pytest.raises(ValueError, match="key"):
        Routes(keys)

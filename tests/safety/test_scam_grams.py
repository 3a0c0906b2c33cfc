"""Hashed n-grams: the quick ways give the very places that the models were taught."""

from __future__ import annotations

from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.safety.grams import Grams
from core.safety.skeleton import key, keys

ASCII = "".join(map(chr, range(128)))
HOSTS = Grams(2, 5, 18, "abcdefghijklmnopqrstuvwxyz0123456789-._^$~")
TEXTS = Grams(1, 4, 16, ASCII)


def by_definition(text: str, shortest: int, longest: int, bits: int) -> set[int]:
    return {
        crc32(text[at : at + length].encode("utf-8", "surrogatepass")) % 2**bits
        for length in range(shortest, longest + 1)
        for at in range(len(text) - length + 1)
    }


@given(
    st.text(max_size=40) | st.text(alphabet=ASCII, max_size=40) | st.text(alphabet="ab0-.^$~", max_size=40)
)
@settings(max_examples=150, deadline=None)
def test_places_are_the_hashes_of_all_grams(text: str) -> None:
    assert HOSTS.of(text) == by_definition(text, 2, 5, 18)
    assert TEXTS.of(text) == by_definition(text, 1, 4, 16)


def test_an_alphabet_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError):
        Grams(2, 5, 18, ASCII)


@given(st.lists(st.text(alphabet="abcdlrnviOI0158-_. аи中"), max_size=6))
@settings(max_examples=100, deadline=None)
def test_keys_in_one_go_are_the_keys_one_by_one(names: list[str]) -> None:
    assert keys(["name", *names]) == [key("name"), *map(key, names)]

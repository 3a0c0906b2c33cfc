"""The file of scam lists: found again, replaced as a whole, and refused when it looks broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.safety.entries import read
from core.safety.lists import BrokenLists, Entries, Lists, Source, sane, write


@given(
    st.sets(st.text(min_size=1, max_size=30), max_size=60),
    st.sets(st.text(min_size=1, max_size=30), max_size=60),
)
@settings(max_examples=30, deadline=None)
def test_everything_on_a_list_is_found_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, on: set[str], off: set[str]
) -> None:
    path = tmp_path_factory.mktemp("lists") / "lists.bin"
    write(path, [Entries("a", "deny", 1.0, frozenset(on)), Entries("b", "top", 2.0, frozenset(list(on)[:3]))])
    lists = Lists(path)
    for entry in on:
        assert lists.naming(entry)[0].name == "a"
    for entry in off - on:
        assert lists.naming(entry) == ()
    assert lists.age == 1.0


def test_whoever_has_the_old_file_open_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "lists.bin"
    write(path, [Entries("a", "deny", 1.0, frozenset({"old.com"}))])
    old = Lists(path)
    write(path, [Entries("a", "deny", 2.0, frozenset({"new.com"}))])
    assert old.naming("old.com")
    assert not old.naming("new.com")
    assert Lists(path).naming("new.com")
    assert [one.name for one in tmp_path.iterdir()] == ["lists.bin"]


@pytest.mark.parametrize("data", [b"x", b"{}\n", b'{"count": 9, "salt": "00", "sources": []}\n', b"\n" * 9])
def test_a_damaged_file_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "lists.bin"
    path.write_bytes(data)
    with pytest.raises(BrokenLists):
        Lists(path)


def test_a_list_that_shrank_exploded_or_vanished_is_odd() -> None:
    old = [Source("a", "deny", 0.0, 1000)]

    def of(count: int) -> list[Entries]:
        return [Entries("a", "deny", 1.0, frozenset(map(str, range(count))))]

    assert sane(old, of(900), 0.8, 1.5) == {}
    assert sane(old, of(1400), 0.8, 1.5) == {}
    assert sane(old, of(700), 0.8, 1.5) == {"a": (1000, 700)}
    assert sane(old, of(2000), 0.8, 1.5) == {"a": (1000, 2000)}
    assert sane([], of(0), 0.8, 1.5) == {"a": (0, 0)}
    assert sane([], of(5), 0.8, 1.5) == {}


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("evil.com\n# good.com\n.bank.com\n", {"evil.com", "bank.com"}),
        ("0.0.0.0 evil.com # x\n127.0.0.1\tworse.com", {"evil.com", "worse.com"}),
        ("2024-01-01\tevil.com", {"evil.com"}),
        ("- url: EVIL.com\n- '*.worse.com'", {"evil.com", "worse.com"}),
        ('{"deny": ["evil.com"], "allow": ["good.com"]}', {"evil.com"}),
        ('{"blacklist": ["evil.com"], "whitelist": ["good.com"], "fuzzylist": ["us.io"]}', {"evil.com"}),
        ('["www.evil.com", "bücher.de"]', {"evil.com", "xn--bcher-kva.de"}),
        ("https://evil.com/\nhttps://shared.com/one/page", {"evil.com"}),
        ("0x52908400098527886E0F7030069857D2E4169EE7", {"0x52908400098527886e0f7030069857d2e4169ee7"}),
        ("{broken", set()),
        ("1.2.3.4\nnot a host\n\n", set()),
    ],
)
def test_every_usual_format_is_read(text: str, entries: set[str]) -> None:
    assert read(text) == entries

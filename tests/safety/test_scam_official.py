"""The official list: who may change it, and what happens to one that somebody changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config_safety import DEMO_KEYS
from core.errors import ConfigError
from core.safety import signing
from core.safety.files import believe
from core.safety.official import parse
from core.safety.trust import Highest, admit, difference

ROOT = Path(__file__).resolve().parents[2]
LIST = b"name: Us\nversion: 3\nexpires: 2999-01-01\nsite: https://us.example\ndomains: [us.example]\n"


class Signer:
    def __init__(self, path: Path) -> None:
        self.public = signing.new_key(path)
        self.key = signing.read_key(path.read_text("ascii"))

    def line(self, data: bytes) -> str:
        return signing.signed(data, self.key)


@pytest.fixture
def people(tmp_path: Path) -> list[Signer]:
    return [Signer(tmp_path / f"{name}.key") for name in ("a", "b", "c")]


def test_two_different_pinned_people_are_believed(people: list[Signer]) -> None:
    a, b, c = people
    signatures = f"{a.line(LIST)}\n{b.line(LIST)}\n"
    found = admit(LIST, signatures, (a.public, b.public), 2)
    assert found.official.version == 3
    assert set(found.signers) == {a.public, b.public}
    assert c.public not in found.signers


@pytest.mark.parametrize("who", ["one", "one twice", "a stranger", "nobody", "rubbish", "changed"])
def test_whatever_is_less_is_refused(people: list[Signer], who: str) -> None:
    a, b, c = people
    signatures = {
        "one": a.line(LIST),
        "one twice": f"{a.line(LIST)}\n{a.line(LIST)}",
        "a stranger": f"{a.line(LIST)}\n{c.line(LIST)}",
        "nobody": "",
        "rubbish": f"{a.public} AAAA\n{b.public}\n€ €\n{b.public} {a.line(LIST).split()[1]}",
        "changed": f"{a.line(LIST)}\n{b.line(LIST + b' ')}",
    }[who]
    with pytest.raises(ConfigError):
        admit(LIST, signatures, (a.public, b.public), 2)


def test_no_older_version_and_no_second_list_of_one_version(people: list[Signer]) -> None:
    a, b, _ = people
    signatures, pinned = f"{a.line(LIST)}\n{b.line(LIST)}", (a.public, b.public)
    believed = admit(LIST, signatures, pinned, 2)
    again = Highest(3, believed.digest)
    assert admit(LIST, signatures, pinned, 2, again) == believed
    for highest in (Highest(4, "x"), Highest(3, "another")):
        with pytest.raises(ConfigError):
            admit(LIST, signatures, pinned, 2, highest)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"- a",
        b"\xff\xfe",
        b"name: [",
        LIST.replace(b"version: 3", b"version: 0"),
        LIST.replace(b"version: 3", b"version: x"),
        LIST.replace(b"2999-01-01", b"soon"),
        LIST.replace(b"https://us", b"http://us"),
        LIST.replace(b"[us.example]", b"us.example"),
        LIST.replace(b"[us.example]", b'["not a host"]'),
        LIST.replace(b"[us.example]", b"[example]"),
        LIST.replace(b"https://us.example", b"https://notus.example"),
        LIST.replace(b"name: Us\n", b""),
        LIST + b"surprise: 1\n",
        LIST + b"handles: [{name: x}]\n",
        LIST + b"x" * 300_000,
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(ConfigError) as refused:
        parse(data)
    assert str(refused.value)


def test_a_key_file_is_for_its_owner_only_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "own.key"
    signing.new_key(path)
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        signing.new_key(path)


def test_the_shipped_example_is_signed_by_the_demo_keys_and_says_so() -> None:
    found = believe(ROOT / "official.yaml", DEMO_KEYS, 2)
    assert found.official.demo
    made = [signing.read_key(path.read_text()) for path in (ROOT / "docs" / "demo-keys").glob("*.key")]
    assert {signing.public(one) for one in made} == set(DEMO_KEYS)


def test_the_difference_is_told_entry_by_entry() -> None:
    new = parse(LIST.replace(b"[us.example]", b"[us.example, more.example]") + b"phones: ['123']\n")
    assert difference(parse(LIST), new) == (["domains: more.example", "phones: 123"], [])
    assert difference(new, parse(LIST))[1] == ["domains: more.example", "phones: 123"]


def test_names_are_never_trusted_for_a_number() -> None:
    official = parse(LIST + b"agents: [{alias: Lily, ids: {chat: '42'}}]\n")
    assert official.has_id("42")
    assert not official.has_id("Lily")
    assert not official.has_id("")

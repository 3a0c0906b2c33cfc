"""`helpline verify`, `lists` and `official`, as an operator uses them."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path

import pytest

from bots.commands import official, verify
from core.safety.lists import NAME
from core.store.open import open_store

LIST = "name: Us\nversion: 1\nexpires: 2999-01-01\nsite: https://us.example\ndomains: [us.example]\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HELPLINE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HELPLINE_LANG", "en")
    monkeypatch.delenv("HELPLINE_CONFIG", raising=False)
    return tmp_path


def pasted(monkeypatch: pytest.MonkeyPatch, *texts: str) -> None:
    given = "".join(f"{text}\n" for text in texts).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))


def test_verify_reads_lines_and_prints_grades(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pasted(monkeypatch, "https://helpline.example", "he1pline.example", "")
    assert verify.verify(None, None, True) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["grade"] for row in rows] == ["official", "looks_like_ours", "unknown"]
    assert [set(row) for row in rows] == [{"grade", "reasons", "list_age"}] * 3
    assert rows[0]["list_age"] is None


def test_verify_takes_another_list(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = place / "other.yaml"
    other.write_text(LIST)
    pasted(monkeypatch, "us.example", "helpline.example")
    assert verify.verify(None, other, False) == 0
    assert capsys.readouterr().out.splitlines() == [
        "official  us.example is on the official list",
        "unknown  helpline.example is not on the official list",
    ]


def test_lists_are_loaded_from_a_folder_and_guarded(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = place / "lists"
    (folder / "top").mkdir(parents=True)
    names = [f"evil{n}.com" for n in range(1000)]
    (folder / "evil.txt").write_text("\n".join([*names, "popular.com"]))
    (folder / "top" / "sites.txt").write_text("popular.com\n")
    assert verify.update(None, folder, False) == 0
    before = (place / "data" / NAME).read_bytes()
    (folder / "evil.txt").write_text("\n".join(names[:100]))
    assert verify.update(None, folder, False) == 1
    assert (place / "data" / NAME).read_bytes() == before
    (folder / "evil.txt").write_text("")
    assert verify.update(None, folder, True) == 1
    assert (place / "data" / NAME).read_bytes() == before
    pasted(monkeypatch, "evil7.com", "popular.com")
    capsys.readouterr()
    assert verify.verify(None, None, True) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["grade"] for row in rows] == ["listed", "unknown"]
    assert rows[0]["list_age"] < 1
    assert verify.show(None, True) == 0
    assert [row["count"] for row in json.loads(capsys.readouterr().out)] == [1001, 1]
    (folder / "evil.txt").write_text("\n".join(names[:100]))
    assert verify.update(None, folder, True) == 0


def test_a_list_that_cannot_be_had_changes_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.update(None, None, False) == 2
    assert "lists.sources" in capsys.readouterr().err
    config = place / "config.yaml"
    for location in (str(place / "nowhere"), "http://plain.example/list"):
        config.write_text(f'lists: {{sources: [{{name: a, location: "{location}"}}]}}')
        assert verify.update(config, None, False) == 2
    assert not (place / "data" / NAME).exists()


def test_two_people_sign_and_then_it_is_believed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = place / "official.yaml"
    path.write_text(LIST)
    keys = []
    for name in ("a", "b"):
        assert official.key(place / name) == 0
        keys.append(capsys.readouterr().out.strip())
    config = place / "config.yaml"
    config.write_text(f"official: {{file: {path}, keys: {json.dumps(keys)}}}")
    assert official.sign(config, None, place / "a") == 0
    assert official.check(config, None, False) == 2
    assert official.sign(config, None, place / "a") == 0  # the same person again is still one person
    assert official.check(config, None, False) == 2
    assert official.sign(config, None, place / "b") == 0
    capsys.readouterr()
    assert official.check(config, None, True) == 0
    about = json.loads(capsys.readouterr().out)
    assert (about["version"], about["demo"], set(about["signers"])) == (1, False, set(keys))
    path.write_text(LIST.replace("us.example]", "us.example, evil.example]"))
    assert official.check(config, None, False) == 2
    assert official.sign(config, None, place / "b") == 0  # the other one's signature was for another list
    assert official.check(config, None, False) == 2


async def reached(place: Path, version: int) -> None:
    """A bot with this data folder believed a list of this version."""
    store = await open_store(f"sqlite:///{place / 'data' / 'helpline.db'}")
    await store.official.reached(version, "of other bytes", 1.0)
    await store.close()


@pytest.mark.parametrize(("before", "code"), [(1, 2), (2, 2), (3, 2), (0, 0)])
def test_a_list_below_the_highest_that_the_bot_believed_is_refused_on_the_command_line_too(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], before: int, code: int
) -> None:
    """The shipped list is of version 1: the same version of other bytes is refused like a lower one."""
    if before:
        asyncio.run(reached(place, before))
    assert official.check(None, None, True) == code
    pasted(monkeypatch, "https://helpline.example")
    assert verify.verify(None, None, True) == code
    assert official.qr(None, place / "site.svg") == code
    assert (place / "site.svg").exists() is not bool(code)
    assert bool(capsys.readouterr().err) is bool(code)


def test_a_stranger_may_sign_but_is_told_that_it_does_not_count(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = place / "official.yaml"
    path.write_text(LIST)
    official.key(place / "x")
    public = capsys.readouterr().out.strip()
    assert official.sign(None, path, place / "x") == 0
    told = capsys.readouterr().out
    assert public in told
    assert "official.yaml is signed by 0 now" in told or " 0 个签名" in told
    assert official.check(None, path, False) == 2


def test_diff_and_the_qr_code(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = place / "old.yaml", place / "new.yaml"
    old.write_text(LIST)
    new.write_text(LIST.replace("[us.example]", "[us.example, more.example]"))
    assert official.diff(old, old) == 0
    assert official.diff(old, new) == 1
    assert capsys.readouterr().out == "+ domains: more.example\n"
    picture = place / "site.svg"
    assert official.qr(None, picture) == 0
    assert picture.read_text().startswith("<?xml")
    assert official.qr(None, None) == 0
    assert "https://helpline.example" in capsys.readouterr().out

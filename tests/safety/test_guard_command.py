"""`helpline guard` and `helpline verify`: a stream of lines in, a line out for each, whatever comes in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.processes import Nursery

Run = Callable[..., list[str]]
OFFICIAL = str(Path(__file__).parents[2] / "official.yaml")


@pytest.fixture
def run(nursery: Nursery, tmp_path: Path) -> Run:
    """What one process answers."""

    def answers(lines: list[bytes], *arguments: str) -> list[str]:
        command = arguments or ("guard",)
        done = nursery.run({"HELPLINE_LANG": "en"}, tmp_path, *command, text=b"\n".join(lines))
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.splitlines()

    return answers


def test_each_line_has_its_answer_and_a_bad_one_its_sentence(run: Run) -> None:
    lines = [
        json.dumps({"text": "密码：hunter2 card 4111 1111 1111 1111"}).encode(),
        b"no json",
        b'{"txt": "x"}',
        b'["text"]',
        b'{"text": 7}',
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"text": "\xff\xfe"}',
        b'{"text": "' + b"x" * 10_000_000 + b'"}',
        json.dumps({"text": "\ud800 fine \0"}).encode(),
        b'{"text": "\\u0000", "deep": ' + b"[" * 900 + b"]" * 900 + b"}",
        json.dumps({"text": "查一下我的转账"}).encode(),
    ]
    first, *bad, odd, deep, last = [json.loads(line) for line in run(lines, "guard", "--json")]
    assert first == {
        "kinds": ["password", "card"],
        "redacted": "密码：▇▇▇▇ card ▇▇▇▇",
        "certain": ["card"],
    }
    assert [list(row) for row in bad] == [["error"]] * 9
    assert "too long" in bad[-1]["error"]
    assert odd["kinds"] == deep["kinds"] == []
    assert last == {"kinds": [], "redacted": "查一下我的转账", "certain": []}


def test_without_json_each_line_is_a_text(run: Run) -> None:
    assert run(["验证码：482913".encode(), b"hi"]) == [
        "code                     验证码：▇▇▇▇",
        "-                        hi",
    ]


def test_each_line_to_be_checked_has_its_grade_whatever_it_is(run: Run) -> None:
    lines = [
        b"https://helpline.example",
        b"",
        b"\xff\xfe https://okx.com\0.example",
        b"[" * 100_000,
        b'{"txt": "x"}',
        "：//。".encode() * 20_000,
        b"https://" + b"a." * 5_000_000,
        b"\0",
        b"he1pline.example",
    ]
    rows = [json.loads(line) for line in run(lines, "verify", "--json", "--official", OFFICIAL)]
    assert len(rows) == len(lines)
    assert "too long" in rows.pop(6)["error"]
    assert [list(row) for row in rows] == [["grade", "reasons", "list_age"]] * len(rows)
    assert (rows[0]["grade"], rows[-1]["grade"]) == ("official", "looks_like_ours")

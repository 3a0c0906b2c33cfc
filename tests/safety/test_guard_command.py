"""`helpline guard`: a stream of lines in, a line out for each, whatever comes in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.processes import Nursery

Guard = Callable[..., list[str]]


@pytest.fixture
def guard(nursery: Nursery, tmp_path: Path) -> Guard:
    """What one process answers."""

    def run(lines: list[bytes], *arguments: str) -> list[str]:
        done = nursery.run({"HELPLINE_LANG": "en"}, tmp_path, "guard", *arguments, text=b"\n".join(lines))
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.splitlines()

    return run


def test_each_line_has_its_answer_and_a_bad_one_its_sentence(guard: Guard) -> None:
    lines = [
        json.dumps({"text": "密码：hunter2 card 4111 1111 1111 1111"}).encode(),
        b"no json",
        b'{"txt": "x"}',
        b'["text"]',
        b'{"text": 7}',
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"text": "' + b"x" * 1_100_000 + b'"}',
        json.dumps({"text": "\ud800 fine"}).encode(),
        json.dumps({"text": "查一下我的转账"}).encode(),
    ]
    first, *bad, odd, last = [json.loads(line) for line in guard(lines, "--json")]
    assert first == {
        "kinds": ["password", "card"],
        "redacted": "密码：▇▇▇▇ card ▇▇▇▇",
        "certain": ["card"],
    }
    assert [list(row) for row in bad] == [["error"]] * 8
    assert "too long" in bad[-1]["error"]
    assert odd["kinds"] == []
    assert last == {"kinds": [], "redacted": "查一下我的转账", "certain": []}


def test_without_json_each_line_is_a_text(guard: Guard) -> None:
    assert guard(["验证码：482913".encode(), b"hi"]) == [
        "code                     验证码：▇▇▇▇",
        "-                        hi",
    ]

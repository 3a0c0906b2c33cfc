"""`helpline guard`: a stream of lines in, a line out for each, whatever comes in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def guard(lines: list[bytes], *arguments: str) -> list[str]:
    """What one process answers."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HELPLINE", "LC_", "LANG"))}
    done = subprocess.run(
        [sys.executable, "-m", "bots", "guard", *arguments],
        cwd=ROOT,
        env=environment | {"PYTHONUTF8": "1", "HELPLINE_LANG": "en"},
        input=b"\n".join(lines),
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode().splitlines()


def test_each_line_has_its_answer_and_a_bad_one_its_sentence() -> None:
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


def test_without_json_each_line_is_a_text() -> None:
    assert guard(["验证码：482913".encode(), b"hi"]) == [
        "code                     验证码：▇▇▇▇",
        "-                        hi",
    ]

"""The tour that the README shows, through both real libraries; and the demo's child, which never outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bots.local.camera import CHROMIUM
from bots.local.tour import Tour, TourError, read

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds after which a test gives up waiting; no test measures by it."""


def environment(data: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HELPLINE_", "TELEGRAM_", "DISCORD_"))}
    return kept | {"HELPLINE_DATA": str(data), "HELPLINE_LANG": "en"}


def test_the_shipped_tour_comes_true(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bots", "demo", "--script", "docs/tour.txt", "--fast", "--shots", str(tmp_path)],
        cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "shot demo-en-dark" in done.stdout.splitlines()  # its last line
    pictures = [picture.stat().st_size for picture in tmp_path.glob("*.png")]
    assert len(pictures) == (2 if CHROMIUM.exists() else 0)
    assert all(size > 20_000 for size in pictures)


def test_a_tour_that_does_not_come_true_says_where(tmp_path: Path) -> None:
    script = tmp_path / "bad.txt"
    script.write_text("# fine\nA> hi\nwait 1\ndance\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bots", "demo", "--script", str(script)],
        cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "line 4" in done.stdout


def test_lines_of_a_tour() -> None:
    steps = read("# x\n\nA> 忘记密码\nstaff< 工单 1\nB press OK now\nfault 429\nkill\nA>tight")
    assert [(step.line, step.verb, step.phone, step.rest) for step in steps] == [
        (3, ">", "a", "忘记密码"),
        (4, "<", "staff", "工单 1"),
        (5, "press", "b", "OK now"),
        (6, "fault", "", "429"),
        (7, "kill", "", ""),
        (8, ">", "a", "tight"),
    ]
    for wrong in ("C> hi", "A hi", "Fault 429", "A>", "unknown thing"):
        with pytest.raises(TourError, match=r"tour\.unknown"):
            read(wrong)
    assert "shot" in Tour.VERBS


def children(pid: int) -> list[int]:
    """The processes whose parent this is."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(line) for line in found.stdout.split()]


def gone(pid: int) -> bool:
    """Whether a process has ended (one that nobody buried counts as ended)."""
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return True


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc on this machine")
def test_the_bot_ends_when_its_demo_is_killed(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bots", "run"], cwd=ROOT, env=environment(tmp_path),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert any("token=" in line for line in process.stdout)
        (bot,) = [pid for pid in children(process.pid) if not gone(pid)]
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    end = time.monotonic() + PATIENCE
    while not gone(bot) and time.monotonic() < end:
        time.sleep(0.1)
    assert gone(bot)

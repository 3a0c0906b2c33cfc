"""The `helpline` command as a person types it: real processes, real output."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bots.local.node import SAMPLES

ROOT = Path(__file__).resolve().parents[2]


def environment(data: Path, **more: str) -> dict[str, str]:
    """The machine's environment without anything that would configure us, and with our own folder."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HELPLINE", "TELEGRAM", "LC_", "LANG"))}
    return {
        **kept,
        "HELPLINE_DATA": str(data),
        "HELPLINE_FLOWS": str(ROOT / "flows"),
        "PYTHONUTF8": "1",
        **more,
    }


def helpline(data: Path, *arguments: str, text: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bots", *arguments], cwd=ROOT, env=environment(data, **more), input=text,
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def test_help_imports_no_platform_and_nothing_heavy() -> None:
    script = (
        "import sys, contextlib\n"
        "from bots.__main__ import app\n"
        "with contextlib.suppress(SystemExit): app(['--help'])\n"
        "heavy = {'pydantic', 'yaml', 'telegram', 'discord', 'aiohttp', 'aiosqlite', 'babel', 'apscheduler', 'opencc'}\n"
        "sys.stderr.write(','.join(sorted(heavy & set(sys.modules))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "chat" in done.stdout
    assert done.stderr == ""


def test_check_passes_the_shipped_flows_and_names_every_fault_of_others(tmp_path: Path) -> None:
    fine = helpline(tmp_path, "check", HELPLINE_LANG="en")
    assert (fine.returncode, fine.stdout) == (0, "The flows are fine.\n")
    broken = tmp_path / "flows" / "lost"
    broken.mkdir(parents=True)
    (broken / "flow.yaml").write_text("flow: lost\nversion: one\nsteps:\n  a: {say: b, next: nowhere}\n")
    found = helpline(tmp_path, "check", str(tmp_path / "flows"), HELPLINE_LANG="en")
    assert found.returncode == 1
    assert "lost/flow.yaml:4:" in found.stdout
    assert "TARGET" in found.stdout
    as_json = helpline(tmp_path, "check", str(tmp_path / "flows"), "--json")
    codes = {fault["code"] for fault in json.loads(as_json.stdout)}
    assert {"TARGET", "NUMBER", "LANG"} <= codes
    assert as_json.returncode == 1


def test_route_reads_lines_and_writes_json(tmp_path: Path) -> None:
    done = helpline(tmp_path, "route", "--json", text="忘记密码了\nwhere is my deposit\n今天天气怎么样\n")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["text"] for row in rows] == ["忘记密码了", "where is my deposit", "今天天气怎么样"]
    assert rows[0]["nearest"][0] == "password_reset"
    assert rows[1]["nearest"][0] == "transaction_status"
    assert rows[2]["sure"] is None


def test_flows_draw_prints_mermaid_of_one_flow(tmp_path: Path) -> None:
    done = helpline(tmp_path, "flows", "draw", "transaction_status", "--lang", "en")
    assert done.returncode == 0
    assert done.stdout.startswith(("flowchart", "---", "graph"))
    unknown = helpline(tmp_path, "flows", "draw", "nothing", HELPLINE_LANG="en")
    assert unknown.returncode == 2
    assert "transaction_status" in unknown.stderr


@pytest.mark.parametrize(("language", "hello"), [("zh", "官方客服"), ("en", "official support")])
def test_a_terminal_chat_asks_a_real_node_and_is_recorded(tmp_path: Path, language: str, hello: str) -> None:
    record = tmp_path / "said.chat"
    lines = f"/tx\n{SAMPLES['confirming']}\n"
    done = helpline(tmp_path, "chat", "--lang", language, "--save", str(record), text=lines)
    assert done.returncode == 0, done.stderr
    assert hello in done.stdout
    assert "demo-node" in done.stdout
    written = record.read_text("utf-8")
    assert "! chain.look_up transaction_id=hex#" in written  # it may be a key until the node knows it
    assert "chain.look_up: confirming" in written


def test_a_terminal_chat_goes_on_where_it_was_left(tmp_path: Path) -> None:
    helpline(tmp_path, "chat", "--lang", "en", text="/tx\n")
    again = helpline(tmp_path, "chat", "--lang", "en", text=f"{SAMPLES['pending']}\n")
    assert "official support" not in again.stdout.split("\n\n")[0]
    assert "demo-node" in again.stdout


def test_an_unknown_language_and_a_missing_demo_are_one_sentence(tmp_path: Path) -> None:
    unknown = helpline(tmp_path, "chat", "--lang", "xx", HELPLINE_LANG="en")
    assert (unknown.returncode, unknown.stderr.count("\n")) == (2, 1)
    alone = helpline(tmp_path, "chat", "--through", "telegram", HELPLINE_LANG="zh")
    assert (alone.returncode, alone.stderr.count("\n")) == (2, 1)
    assert "演示" in alone.stderr


@contextmanager
def running(data: Path, **more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The demo until the end of the block, and the line that it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bots", "run"], cwd=ROOT, env=environment(data, **more),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process, next((line for line in process.stdout if "helpline chat" in line), "")
    finally:
        process.kill()
        process.wait()
        process.stdout.close() if process.stdout else None


def test_the_demo_talks_through_the_real_telegram_library(tmp_path: Path) -> None:
    with running(tmp_path, HELPLINE_LANG="en") as (_, told):
        assert "--through telegram" in told
        lines = f"/tx\n{SAMPLES['reverted']}\n"
        done = helpline(tmp_path, "chat", "--through", "telegram", "--lang", "en", text=lines)
        assert done.returncode == 0, done.stderr
        assert "official support" in done.stdout
        assert "demo-node" in done.stdout
        empty = helpline(tmp_path, "outbox", "--json")
        assert json.loads(empty.stdout)["effects"] == []


def said_in_demo(data: Path, **more: str) -> str:
    """What the demo's bot answers to /help at this moment."""
    return helpline(data, "chat", "--through", "telegram", "--lang", "en", text="/help\n", **more).stdout


def test_reload_takes_new_flows_and_refuses_broken_ones(tmp_path: Path) -> None:
    flows = tmp_path / "flows"
    subprocess.run(["cp", "-r", str(ROOT / "flows"), str(flows)], check=True)
    subprocess.run(["chmod", "-R", "go-w", str(flows)], check=True)
    more = {"HELPLINE_LANG": "en", "HELPLINE_FLOWS": str(flows)}
    with running(tmp_path, **more) as (process, _):
        text = (flows / "common" / "en.yaml").read_text("utf-8")
        (flows / "common" / "en.yaml").write_text(text.replace("official support", "OFFICIAL HELP"), "utf-8")
        assert helpline(tmp_path, "reload", **more).returncode == 0
        assert any("OFFICIAL HELP" in said_in_demo(tmp_path, **more) for _ in range(8))
        (flows / "common" / "en.yaml").write_text("texts: [", "utf-8")
        assert helpline(tmp_path, "reload", **more).returncode == 1
        process.send_signal(signal.SIGHUP)  # somebody reloads all the same: the old flows stay
        time.sleep(3)
        assert any("OFFICIAL HELP" in said_in_demo(tmp_path, **more) for _ in range(8))


def test_a_second_bot_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with running(tmp_path, HELPLINE_LANG="en") as (process, _):
        second = helpline(tmp_path, "run", HELPLINE_LANG="en")
        assert second.returncode == 2
        named = re.findall(r"\d+", second.stderr)  # the bot's own process, which is the demo's child
        assert any(Path(f"/proc/{pid}").exists() and pid != str(process.pid) for pid in named)

"""The `helpline` command as a person types it: real processes, real output."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Protocol

import pytest

from bots.local.node import SAMPLES
from tests.app.processes import Nursery

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


class Helpline(Protocol):
    """Runs one command to its end."""

    def __call__(self, *arguments: str, text: str = "", **more: str) -> CompletedProcess[str]: ...


@pytest.fixture
def helpline(nursery: Nursery, tmp_path: Path) -> Helpline:
    """The command in a process of its own, on this test's data."""

    def run(*arguments: str, text: str = "", **more: str) -> CompletedProcess[str]:
        return nursery.run(environment(tmp_path, **more), tmp_path, *arguments, text=text)

    return run


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


def test_check_passes_the_shipped_flows_and_names_every_fault_of_others(
    tmp_path: Path, helpline: Helpline
) -> None:
    fine = subprocess.run(  # as a person starts it: nothing was imported before
        [sys.executable, "-m", "bots", "check"], cwd=ROOT, env=environment(tmp_path, HELPLINE_LANG="en"),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (fine.returncode, fine.stdout) == (0, "The flows are fine.\n")
    broken = tmp_path / "flows" / "lost"
    broken.mkdir(parents=True)
    (broken / "flow.yaml").write_text("flow: lost\nversion: one\nsteps:\n  a: {say: b, next: nowhere}\n")
    found = helpline("check", str(tmp_path / "flows"), HELPLINE_LANG="en")
    assert found.returncode == 1
    assert "lost/flow.yaml:4:" in found.stdout
    assert "TARGET" in found.stdout
    as_json = helpline("check", str(tmp_path / "flows"), "--json")
    codes = {fault["code"] for fault in json.loads(as_json.stdout)}
    assert {"TARGET", "NUMBER", "LANG"} <= codes
    assert as_json.returncode == 1


def test_route_reads_lines_and_writes_json(helpline: Helpline) -> None:
    done = helpline("route", "--json", text="忘记密码了\nwhere is my deposit\n今天天气怎么样\n")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["text"] for row in rows] == ["忘记密码了", "where is my deposit", "今天天气怎么样"]
    assert rows[0]["nearest"][0] == "password_reset"
    assert rows[1]["nearest"][0] == "transaction_status"
    assert rows[2]["sure"] is None


def test_flows_draw_prints_mermaid_of_one_flow(helpline: Helpline) -> None:
    done = helpline("flows", "draw", "transaction_status", "--lang", "en")
    assert done.returncode == 0
    assert done.stdout.startswith(("flowchart", "---", "graph"))
    unknown = helpline("flows", "draw", "nothing", HELPLINE_LANG="en")
    assert unknown.returncode == 2
    assert "transaction_status" in unknown.stderr
    foreign = helpline("flows", "draw", "transaction_status", "--lang", "fr", HELPLINE_LANG="en")
    assert foreign.returncode == 2
    assert foreign.stderr.startswith('The language "fr" is not configured')


@pytest.mark.parametrize(("language", "hello"), [("zh", "官方客服"), ("en", "official support")])
def test_a_terminal_chat_asks_a_real_node_and_is_recorded(
    tmp_path: Path, helpline: Helpline, language: str, hello: str
) -> None:
    record = tmp_path / "said.chat"
    lines = f"/tx\n{SAMPLES['confirming']}\n"
    done = helpline("chat", "--lang", language, "--save", str(record), text=lines)
    assert done.returncode == 0, done.stderr
    assert hello in done.stdout
    assert "demo-node" in done.stdout
    written = record.read_text("utf-8")
    assert "! chain.look_up transaction_id=hex#" in written  # it may be a key until the node knows it
    assert "chain.look_up: confirming" in written


def test_a_terminal_chat_goes_on_where_it_was_left(helpline: Helpline) -> None:
    helpline("chat", "--lang", "en", text="/tx\n")
    again = helpline("chat", "--lang", "en", text=f"{SAMPLES['pending']}\n")
    assert "official support" not in again.stdout.split("\n\n")[0]
    assert "demo-node" in again.stdout


def test_an_unknown_language_and_a_missing_demo_are_one_sentence(helpline: Helpline) -> None:
    unknown = helpline("chat", "--lang", "xx", HELPLINE_LANG="en")
    assert (unknown.returncode, unknown.stderr.count("\n")) == (2, 1)
    alone = helpline("chat", "--through", "telegram", HELPLINE_LANG="zh")
    assert (alone.returncode, alone.stderr.count("\n")) == (2, 1)
    assert "演示" in alone.stderr


# --- the demo --------------------------------------------------------------------------------


class Demo:
    """`helpline run` without a token as it is started by hand, on flows of its own that may be changed."""

    def __init__(self, folder: Path, nursery: Nursery) -> None:
        self.folder = folder
        self.flows = folder / "flows"
        shutil.copytree(ROOT / "flows", self.flows, ignore=shutil.ignore_patterns("__pycache__"))
        self.environment = environment(folder, HELPLINE_LANG="en", HELPLINE_FLOWS=str(self.flows))
        self._nursery = nursery
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bots", "run"], cwd=ROOT, env=self.environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def until(self, part: str) -> str:
        """The next line with this part that it writes, "" when it ends before."""
        assert self.process.stdout is not None
        return next((line for line in self.process.stdout if part in line), "")

    def helpline(self, *arguments: str, text: str = "") -> CompletedProcess[str]:
        """Another command on the same data."""
        return self._nursery.run(self.environment, self.folder, *arguments, text=text)

    def says(self, *lines: str) -> str:
        """What the bot answers to these lines."""
        typed = "".join(f"{line}\n" for line in lines)
        done = self.helpline("chat", "--through", "telegram", "--lang", "en", text=typed)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def close(self) -> None:
        """kill -9, and the bot ends with it."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture(scope="module")
def demo(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A running demo, which said how to talk to it."""
    one = Demo(tmp_path_factory.mktemp("demo"), nursery)
    try:
        assert "--through telegram" in one.until("helpline chat")
        yield one
    finally:
        one.close()


def test_the_demo_talks_through_the_real_telegram_library(demo: Demo) -> None:
    said = demo.says("/tx", SAMPLES["reverted"])
    assert "official support" in said.lower()
    assert "demo-node" in said
    empty = demo.helpline("outbox", "--json")
    assert json.loads(empty.stdout)["effects"] == []


def test_a_second_bot_on_the_same_folder_is_refused(demo: Demo) -> None:
    second = demo.helpline("run")
    assert second.returncode == 2
    named = re.findall(r"\d+", second.stderr)  # the bot's own process, which is the demo's child
    assert any(Path(f"/proc/{pid}").exists() and pid != str(demo.process.pid) for pid in named)


def test_reload_takes_new_flows_and_refuses_broken_ones(demo: Demo) -> None:
    english = demo.flows / "common" / "en.yaml"
    english.write_text(english.read_text("utf-8").replace("official support", "OFFICIAL SUPPORT"), "utf-8")
    assert demo.helpline("reload").returncode == 0
    assert demo.until("the flows were reloaded")
    assert "OFFICIAL SUPPORT" in demo.says("/help")
    english.write_text("texts: [", "utf-8")
    assert demo.helpline("reload").returncode == 1
    demo.process.send_signal(signal.SIGHUP)  # somebody reloads all the same
    assert demo.until("the flows of before stay in use")
    assert "OFFICIAL SUPPORT" in demo.says("/help")

"""The demo as it is started by hand, and a headless Chromium in front of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = ROOT / ".cache" / "tools" / "chromium" / "chromium"
PATIENCE = 90_000
"""Milliseconds after which a test gives up waiting; no test measures by it."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser that scripts/tools fetched. For tests that are not async: its loop owns the thread."""
    if not CHROMIUM.exists():
        pytest.skip("no Chromium in .cache/tools: scripts/tools could not fetch one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`helpline run` without a token until the end of the module: the link that it printed."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HELPLINE_", "TELEGRAM_", "DISCORD_"))}
    folder = tmp_path_factory.mktemp("demo")
    own = {"HELPLINE_DATA": str(folder), "HELPLINE_LANG": "en"}
    log = folder / "log.txt"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "bots", "run"], cwd=ROOT, env=kept | own,
            stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
    assert process.stdout is not None
    try:
        line = next((line for line in process.stdout if "token=" in line), "")
        yield re.findall(r"http://\S+token=\S+", line)[0]
    finally:
        ended = process.poll()
        process.terminate()
        process.wait()
        process.stdout.close()
        assert ended is None, f"the demo ended by itself with {ended}: {log.read_text()[-3000:]}"


@pytest.fixture(scope="module")
def known(chromium: Browser, demo: str) -> tuple[str, StorageState]:
    """The page's address, and the cookie of a browser that used the link."""
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(demo)
    state = context.storage_state()
    address = page.url
    context.close()
    return address, state


@pytest.fixture
def context(chromium: Browser, known: tuple[str, StorageState]) -> Iterator[BrowserContext]:
    """A browser that was let in, in Chinese, on a desk."""
    view = ViewportSize(width=1680, height=1000)
    one = chromium.new_context(storage_state=known[1], locale="zh-CN", viewport=view, color_scheme="light")
    one.set_default_timeout(PATIENCE)
    yield one
    one.close()


@pytest.fixture
def page(context: BrowserContext, known: tuple[str, StorageState]) -> Iterator[Page]:
    """The open page. A script's error or anything that the policy refused fails the test."""
    one = context.new_page()
    faults: list[str] = []
    one.on("pageerror", lambda error: faults.append(str(error)))
    one.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    one.goto(known[0])
    yield one
    assert not faults

"""Pictures of the page, taken by a headless Chromium where there is one (playwright and scripts/browser bring it)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bots.local.page.server import Page

CHROMIUM = Path(__file__).resolve().parents[2] / ".cache" / "tools" / "chromium" / "chromium"
WIDTH, HEIGHT = 1600, 960
PATIENCE = 180_000
"""Milliseconds after which the browser is taken for stuck."""
SETTLED = 900
"""Milliseconds after which scrolling and fading have ended."""


class NoCamera:
    """What takes pictures where there is no browser: nothing. `missed` counts them."""

    def __init__(self) -> None:
        self.missed = 0

    async def look(self, **how: str) -> None:
        """Nothing to change."""

    async def shoot(self, name: str) -> None:
        """Count a picture that was not taken."""
        self.missed += 1


class Browser:
    """A browser in front of the page. Pictures go to `folder`."""

    missed = 0

    def __init__(self, page: Any, folder: Path) -> None:
        self._page = page
        self._folder = folder

    async def look(self, **how: str) -> None:
        """Press the page's own switch for a language or a theme."""
        for name, value in how.items():
            await self._page.locator(f".looks button[name={name}][value={value}]").click()
            await self._page.wait_for_load_state()

    async def shoot(self, name: str) -> None:
        """Take `name`.png.

        Raises:
            ValueError: the name is not one of a file.
        """
        if not name.replace("-", "").replace("_", "").isalnum():
            raise ValueError(name)
        self._folder.mkdir(parents=True, exist_ok=True)
        await self._page.wait_for_timeout(SETTLED)
        await self._page.screenshot(path=self._folder / f"{name}.png")


@asynccontextmanager
async def open_camera(page: Page, folder: Path, language: str) -> AsyncIterator[Browser | NoCamera]:
    """A browser that has opened the page in this language, or nothing where there is none."""
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        yield NoCamera()
        return
    if not CHROMIUM.exists():
        yield NoCamera()
        return
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM)
        opened = await browser.new_page(locale=language, viewport={"width": WIDTH, "height": HEIGHT})
        opened.set_default_timeout(PATIENCE)
        await opened.goto(page.link())
        yield Browser(opened, folder)
        await browser.close()

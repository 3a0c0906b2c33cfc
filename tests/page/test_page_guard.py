"""Who may use the page: nothing opens without the link, from another site, or under another name."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bots.local.demo import open_demo
from bots.local.page.server import Page
from bots.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    """The page of a demo whose bot was never started."""
    async with open_demo(Settings(data=tmp_path, flows=ROOT / "flows")) as demo, Page(demo) as one:
        yield one


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    """A client that keeps cookies, also for an address."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


def origin(page: Page) -> str:
    return f"http://127.0.0.1:{page.port}"


async def enter(page: Page, browser: aiohttp.ClientSession) -> str:
    """Use the link: the page's HTML."""
    async with browser.get(page.link()) as response:
        assert response.status == 200
        return await response.text()


async def status(browser: aiohttp.ClientSession, method: str, url: str, **headers: str) -> int:
    async with browser.request(method, url, headers=headers, allow_redirects=False) as response:
        return response.status


async def test_the_link_works_once_and_leaves_a_cookie_that_scripts_cannot_read(
    page: Page, browser: aiohttp.ClientSession
) -> None:
    link = page.link()
    async with browser.get(link, allow_redirects=False) as response:
        assert response.status == 303
        assert response.headers["Location"] == "/"
        cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert page.guard.token not in link
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as thief:
        assert await status(thief, "GET", link) == 403
    assert await status(browser, "GET", origin(page) + "/") == 200


async def test_the_next_link_is_told_when_one_was_used(page: Page, browser: aiohttp.ClientSession) -> None:
    told: list[str] = []
    page.used = told.append
    first = page.link()
    await enter(page, browser)
    assert told == [page.link()]
    assert told != [first]


@pytest.mark.parametrize(
    "path", ["/", "/events", "/phone/a", "/wire", "/static/page.js", "/?token=wrong", "/nowhere"]
)
async def test_nothing_opens_without_the_link(page: Page, browser: aiohttp.ClientSession, path: str) -> None:
    assert await status(browser, "GET", origin(page) + path) == 403


async def test_another_name_for_this_machine_is_refused(page: Page, browser: aiohttp.ClientSession) -> None:
    await enter(page, browser)
    for host in ("evil.example", f"evil.example:{page.port}", "127.0.0.1", ""):
        assert await status(browser, "GET", origin(page) + "/", Host=host) == 403
    assert await status(browser, "GET", origin(page) + "/", Host=f"localhost:{page.port}") == 200


@pytest.mark.parametrize(
    "sent", ["", "null", "http://evil.example", "https://127.0.0.1:{port}", "http://127.0.0.1"]
)
async def test_what_changes_something_must_come_from_the_page_itself(
    page: Page, browser: aiohttp.ClientSession, sent: str
) -> None:
    await enter(page, browser)
    headers = {"Origin": sent.format(port=page.port)} if sent else {}
    for path in ("/phone/a/say", "/lab/kill", "/look"):
        assert await status(browser, "POST", origin(page) + path, **headers) == 403
    assert not page.phones["a"].bubbles()


async def test_what_changes_something_is_post(page: Page, browser: aiohttp.ClientSession) -> None:
    await enter(page, browser)
    for path in ("/phone/a/say?text=hi", "/lab/outage", "/look?language=en"):
        assert await status(browser, "GET", origin(page) + path) == 405
    assert not page.phones["a"].bubbles()


async def test_the_policy_lets_nothing_foreign_run(page: Page, browser: aiohttp.ClientSession) -> None:
    await enter(page, browser)
    nonces = set()
    for _ in range(2):
        async with browser.get(origin(page) + "/") as response:
            policy, html = response.headers["Content-Security-Policy"], await response.text()
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        nonces |= set(re.findall(r"'nonce-([^']+)'", policy))
        assert not re.search(r"<[^>]+\s(on\w+|style)\s*=", html)
        assert not re.search(r"""(src|href)=["'](https?:)?//""", html)
    assert len(nonces) == 2


@pytest.mark.parametrize(
    "name", ["../server.py", "..%2fserver.py", "%2e%2e/guard.py", "none.css", "htmx.min"]
)
async def test_only_the_listed_files_are_served(
    page: Page, browser: aiohttp.ClientSession, name: str
) -> None:
    await enter(page, browser)
    assert await status(browser, "GET", f"{origin(page)}/static/{name}") == 404


async def test_what_people_write_is_escaped_wherever_it_is_shown(
    page: Page, browser: aiohttp.ClientSession
) -> None:
    await enter(page, browser)
    attack = "</li><script>alert(1)</script>\"'<b onclick=x>"
    world = page.demo.telegram.world
    world.say("eve", attack, chat=page.demo.staff)
    for phone in ("a", "b"):
        page.phones[phone].say(attack)
    page.wire.telegram("sendMessage", {"text": attack}, {"ok": True, "result": {"text": attack}})
    for path in ("/", "/phone/a", "/phone/b", "/phone/staff", "/wire"):
        async with browser.get(origin(page) + path) as response:
            html = await response.text()
        assert "alert(1)" in html, path
        assert "<script>" not in html, path
        assert "<b onclick" not in html, path


async def test_bad_requests_change_nothing_and_are_told(page: Page, browser: aiohttp.ClientSession) -> None:
    await enter(page, browser)
    headers = {"Origin": origin(page)}
    for path, fields, expected in (
        ("/phone/a/press", {"message": "1", "button": "x"}, 422),
        ("/phone/a/press", {"message": "x", "button": "x"}, 422),
        ("/phone/a/press", {}, 422),
        ("/phone/a/submit", {}, 422),
        ("/phone/zzz/say", {"text": "hi"}, 404),
        ("/lab/nothing", {}, 404),
        ("/lab/node", {"node": "melted"}, 422),
        ("/lab/sample", {"name": "none"}, 422),
        ("/phone/a/say", {"text": "   "}, 204),
    ):
        async with browser.post(origin(page) + path, data=fields, headers=headers) as response:
            assert response.status == expected, path
    assert not page.phones["a"].bubbles()


async def test_the_stream_names_what_is_new(page: Page, browser: aiohttp.ClientSession) -> None:
    await enter(page, browser)
    async with browser.get(origin(page) + "/events") as stream:
        assert stream.content_type == "text/event-stream"
        assert (await stream.content.readline()).startswith(b"retry")
        page.phones["a"].say("hello")
        heard = b""
        while b"event: a" not in heard:
            heard += await stream.content.readline()

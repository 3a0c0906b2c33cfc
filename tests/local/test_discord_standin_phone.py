"""A person's side of Discord over HTTP, as a page uses it."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bots.local.discord import DiscordStandIn

COMMANDS: Any = [
    {
        "name": "tx",
        "type": 1,
        "description": "Where?",
        "name_localizations": {"zh-CN": "查转账"},
        "options": [{"type": 3, "name": "id", "description": "TxID"}],
        "contexts": None,
        "id": "1",
    }
]
BUTTONS: Any = [
    {"type": 1, "id": 1, "components": [{"type": 2, "id": 2, "style": 1, "label": "是", "custom_id": "y"}]}
]
FORM: Any = {
    "custom_id": "f",
    "title": "表单",
    "components": [
        {"type": 18, "label": "哈希", "component": {"type": 4, "style": 1, "custom_id": "h", "max_length": 5}}
    ],
}


class Page:
    """Speaks as a page of the stand-in's own origin does."""

    def __init__(self, platform: DiscordStandIn) -> None:
        self.base = f"http://127.0.0.1:{platform.port}/phone/"

    async def post(self, path: str, **body: Any) -> tuple[int, Any]:
        async with aiohttp.ClientSession() as session, session.post(self.base + path, json=body) as answer:
            return answer.status, await answer.json()

    async def get(self, path: str, **headers: str) -> tuple[int, Any]:
        async with (
            aiohttp.ClientSession() as session,
            session.get(self.base + path, headers=headers) as answer,
        ):
            return answer.status, await answer.json()


@pytest.fixture
def page(platform: DiscordStandIn) -> Page:
    platform.world.commands[0] = COMMANDS
    return Page(platform)


async def test_say_and_look(platform: DiscordStandIn, page: Page) -> None:
    _, said = await page.post("bob/say", text="hello", locale="en-US")
    assert platform.world.person("bob").locale == "en-US"
    platform.world.post(platform.world.dm("bob"), {"content": "hi", "components": BUTTONS})
    _, screen = await page.get(f"bob/chat?since={said['version']}&wait=1")
    (shown,) = screen["messages"]
    assert (shown["by"], shown["content"], shown["components"]) == ("bot", "hi", BUTTONS)
    assert isinstance(shown["message_id"], str)
    assert (await page.post("bob/edit", message_id=said["message_id"], text="bye"))[0] == 200
    assert (await page.post("bob/delete", message_id=said["message_id"]))[0] == 200
    assert (await page.post("bob/delete", message_id=shown["message_id"]))[0] == 404
    _, all_of_it = await page.get("bob/chat")
    assert [(one["content"], one["deleted"]) for one in all_of_it["messages"]] == [
        ("bye", True),
        ("hi", False),
    ]


async def test_commands_buttons_and_forms(platform: DiscordStandIn, page: Page) -> None:
    world = platform.world
    _, offered = await page.get("alice/commands?channel=support")
    assert [(one["name"], one["options"][0]["name"]) for one in offered["commands"]] == [("查转账", "id")]
    assert (await page.post("alice/slash", name="查转账", options={"id": "0x1"}, channel="support"))[0] == 200
    assert (await page.post("alice/slash", name="nothing"))[0] == 404
    assert (await page.post("alice/slash", name="tx", options={"x": "y"}))[0] == 400
    shown = world.post(world.dm("alice"), {"content": "?", "components": BUTTONS})
    status, pressed = await page.post("alice/press", message_id=str(shown.id), label="是")
    assert status == 200
    click = world.clicks[int(pressed["click_id"])]
    assert click.data["custom_id"] == "y"
    async with aiohttp.ClientSession() as session:
        callback = f"{platform.url}/interactions/{click.id}/{click.token}/callback"
        async with session.post(callback, json={"type": 9, "data": FORM}) as answer:
            assert answer.status == 204
    _, screen = await page.get("alice/chat")
    assert (screen["modal"]["title"], screen["modal"]["fields"][0]["label"]) == ("表单", "哈希")
    assert (await page.post("alice/submit", values={"哈希": "far too long"}))[0] == 400
    assert (await page.post("alice/submit", values={"哈希": "0x1"}))[0] == 200
    assert (await page.get("alice/chat"))[1]["modal"] is None
    assert (await page.post("alice/submit", values={}))[0] == 404


async def test_an_unanswered_press_is_shown_as_failed(
    platform: DiscordStandIn, page: Page, held_clock: Any
) -> None:
    shown = platform.world.post(platform.world.dm("alice"), {"content": "?", "components": BUTTONS})
    _, pressed = await page.post("alice/press", message_id=str(shown.id), custom_id="y")
    held_clock.advance(4)
    assert (await page.get("alice/chat"))[1]["failed"] == [pressed["click_id"]]


async def test_others_ephemerals_are_not_on_the_screen(platform: DiscordStandIn, page: Page) -> None:
    world = platform.world
    world.post(world.support, {"content": "for alice"}, world.person("alice"))
    world.post(world.support, {"content": "for all"})
    for user, expected in (("alice", ["for alice", "for all"]), ("bob", ["for all"])):
        _, screen = await page.get(f"{user}/chat?channel=support")
        assert [one["content"] for one in screen["messages"]] == expected


async def test_closed_doors(platform: DiscordStandIn, page: Page) -> None:
    await page.post("alice/dms", open=False)
    assert not platform.world.person("alice").dms_open
    assert (await page.get("alice/chat"))[1]["dms_open"] is False


async def test_strangers_are_turned_away(page: Page) -> None:
    assert (await page.get("alice/chat", Host="evil.example"))[0] == 403
    assert (await page.get("alice/chat", Origin="http://evil.example"))[0] == 403
    assert (await page.get("alice/say"))[0] == 405
    assert (await page.get("alice/nothing"))[0] == 404
    assert (await page.post("alice/say", text=" "))[0] == 400
    assert (await page.post("alice/say", text="x", channel="nowhere"))[0] == 404
    assert (await page.post("alice/press", message_id="x", label="y"))[0] == 400
    assert (await page.get("alice/chat?since=x"))[0] == 400

"""The person's side over HTTP: say, press, block, the held look at the chat, and who may call it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import Forbidden

from bots.local.telegram import TelegramStandIn
from bots.local.world import World


@pytest.fixture
async def phone(stand_in: TelegramStandIn) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{stand_in.url}/phone/", verify=False, timeout=30) as client:
        yield client


async def chat(phone: httpx.AsyncClient, since: int = 0, wait: float = 0) -> Any:
    return (await phone.get("bobby/chat", params={"since": since, "wait": wait})).json()


async def test_a_talk_through_the_phone(phone: httpx.AsyncClient, bot: Bot, world: World) -> None:
    said = (await phone.post("bobby/say", json={"text": "/start", "language": "en"})).json()
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.from_user is not None
    assert (update.message.text, update.message.from_user.language_code) == ("/start", "en")

    look = asyncio.create_task(chat(phone, said["version"], 20))
    markup = InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton("查询", callback_data="v1:tx"),
                InlineKeyboardButton("官网", url="https://e.com"),
            ]
        ]
    )
    sent = await bot.send_message(update.message.chat.id, "**您好**", reply_markup=markup)
    seen = await look
    (message,) = seen["messages"]
    assert (message["by"], message["text"], message["edited"]) == ("bot", "**您好**", False)
    assert message["keyboard"] == [
        [{"label": "查询", "data": "v1:tx"}, {"label": "官网", "url": "https://e.com"}]
    ]

    pressed = await phone.post("bobby/press", json={"message_id": sent.message_id, "label": "查询"})
    await bot.answer_callback_query(pressed.json()["callback_id"], "好的")
    await bot.edit_message_text("请稍候", sent.chat.id, sent.message_id)
    after = await chat(phone, seen["version"])
    assert [(one["text"], one["edited"], one["keyboard"]) for one in after["messages"]] == [
        ("请稍候", True, [])
    ]
    assert [notice["text"] for notice in after["notices"]] == ["好的"]
    await bot.delete_message(sent.chat.id, sent.message_id)
    (gone,) = (await chat(phone, after["version"]))["messages"]
    assert gone["deleted"]
    assert len((await chat(phone))["messages"]) == 2


async def test_a_look_without_news_ends_after_its_wait(phone: httpx.AsyncClient) -> None:
    assert (await chat(phone, 0, 0.05))["messages"] == []


async def test_files_are_named(phone: httpx.AsyncClient, bot: Bot, world: World) -> None:
    await phone.post("bobby/say", json={"text": "hi"})
    await bot.send_document(world.person("bobby").id, b"x", filename="报告.pdf", caption="给您")
    message = (await chat(phone))["messages"][-1]
    assert (message["file"], message["text"]) == ({"kind": "document", "name": "报告.pdf"}, "给您")


async def test_blocking_and_unblocking(phone: httpx.AsyncClient, bot: Bot, world: World) -> None:
    await phone.post("bobby/say", json={"text": "hi"})
    await phone.post("bobby/block", json={})
    assert (await chat(phone))["blocked"]
    with pytest.raises(Forbidden):
        await bot.send_message(world.person("bobby").id, "x")
    await phone.post("bobby/block", json={"blocked": False})
    await bot.send_message(world.person("bobby").id, "x")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1:1"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({}, 200),
    ],
)
async def test_only_this_machine_may_call(
    phone: httpx.AsyncClient, world: World, headers: dict[str, str], status: int
) -> None:
    answer = await phone.post("bobby/say", json={"text": "hi"}, headers=headers)
    assert answer.status_code == status
    assert (len(world.updates) == 1) == (status == 200)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "bobby/say", {"text": " "}, 400),
        ("POST", "bobby/say", [], 400),
        ("POST", "bobby/press", {"message_id": "1"}, 400),
        ("POST", "bobby/press", {"message_id": 77, "label": "x"}, 404),
        ("POST", "bobby/dance", {}, 404),
        ("POST", "bobby", {}, 404),
        ("GET", "bobby/say", None, 405),
        ("GET", "bobby/chat?since=x", None, 400),
    ],
)
async def test_what_cannot_be_done(
    phone: httpx.AsyncClient, method: str, path: str, body: object, status: int
) -> None:
    answer = await phone.request(method, path, json=body)
    assert answer.status_code == status
    assert answer.json()["error"]

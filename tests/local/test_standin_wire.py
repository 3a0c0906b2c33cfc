"""The envelope: tokens, methods, the four ways to send fields, headers, and laws of lengths and entities."""

from __future__ import annotations

import json
import zlib
from collections.abc import AsyncIterator

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import Bot
from telegram.error import InvalidToken

from bots.local.attachments import TINY_PNG
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_checks import checked_entities, found_entities, units
from bots.local.telegram_limits import UNLIMITED
from bots.local.telegram_wire import ApiError, Params
from bots.local.world import World
from tests.local.clients import Clock, make_bot, refused


@pytest.fixture
async def client(stand_in: TelegramStandIn) -> AsyncIterator[httpx.AsyncClient]:
    stand_in.flood.limits = UNLIMITED
    async with httpx.AsyncClient(base_url=f"{stand_in.url}/bot{stand_in.token}/", verify=False) as client:
        yield client


async def test_fields_come_in_four_ways(client: httpx.AsyncClient, alice: int) -> None:
    fields = {"chat_id": str(alice), "text": "您好"}
    answers = [
        await client.get("sendMessage", params=fields),
        await client.post("SENDMESSAGE", data=fields),
        await client.post("sendmessage", json={"chat_id": alice, "text": "您好"}),
        await client.post("sendMessage", data=fields, files={"unused": b"x"}),
        await client.post("sendMessage", params={"chat_id": alice}, data={"text": "您好"}),
    ]
    for answer in answers:
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json()["result"]["text"] == "您好"


async def test_a_file_may_be_named_by_attach(client: httpx.AsyncClient, alice: int) -> None:
    answer = await client.post(
        "sendDocument", data={"chat_id": alice, "document": "attach://f"}, files={"f": ("a.txt", b"x")}
    )
    assert answer.json()["result"]["document"]["file_name"] == "a.txt"


@pytest.mark.parametrize(
    ("method", "fields", "status", "said"),
    [
        ("sendMessag", {}, 404, "Not Found: method not found"),
        ("sendMessage", {"text": "x"}, 400, "Bad Request: chat_id is empty"),
        ("sendMessage", {"chat_id": "1"}, 400, "Bad Request: message text is empty"),
        ("sendMessage", {"chat_id": "@nobody", "text": "x"}, 400, "Bad Request: chat not found"),
        ("editMessageText", {"text": "x"}, 400, "Bad Request: message identifier is not specified"),
        ("sendDocument", {"chat_id": "1"}, 400, "Bad Request: there is no document in the request"),
        (
            "sendPhoto",
            {"chat_id": "1", "photo": "zzz"},
            400,
            "Bad Request: wrong file identifier/HTTP URL specified",
        ),
        ("getFile", {}, 400, "Bad Request: file_id not specified"),
        ("getUpdates", {"offset": "x"}, 400, "Bad Request: field offset must be an Integer"),
        (
            "sendMessage",
            {"text": "x", "entities": "[{"},
            400,
            "Bad Request: can't parse entities JSON object",
        ),
        (
            "sendMessage",
            {"text": "x", "reply_markup": "[1]"},
            400,
            "Bad Request: object expected as reply markup",
        ),
        (
            "sendMessage",
            {"text": "x", "reply_markup": "{}x"},
            400,
            "Bad Request: can't parse reply_markup JSON object",
        ),
        ("setMyCommands", {}, 400, "Bad Request: can't parse commands: expected an Array"),
    ],
)
async def test_refusals_are_the_servers(
    client: httpx.AsyncClient, method: str, fields: dict[str, str], status: int, said: str
) -> None:
    answer = await client.post(method, data=fields)
    assert answer.status_code == status
    assert answer.json() == {"ok": False, "error_code": status, "description": said}


async def test_bodies_that_cannot_be_read(client: httpx.AsyncClient) -> None:
    form, as_json = ({"Content-Type": f"application/{kind}"} for kind in ("x-www-form-urlencoded", "json"))
    answers = [
        await client.post("sendMessage", content=b"text=%ff", headers=form),
        await client.post("sendMessage", content=b"\xff", headers=as_json),
        await client.post("sendMessage", content=b"[]", headers=as_json),
    ]
    assert [answer.status_code for answer in answers] == [400] * 3
    assert "UTF-8" in answers[0].text
    assert "UTF-8" in answers[1].text


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/bot123:short/getMe", 401, "Unauthorized: invalid token specified"),
        (f"/bot7000000001:{'Z' * 35}/getMe", 401, "Unauthorized"),
        ("/elsewhere", 404, "Not Found"),
        (f"/file/bot7000000001:{'Z' * 35}/documents/file_0.pdf", 401, "Unauthorized"),
    ],
)
async def test_wrong_paths_and_tokens(stand_in: TelegramStandIn, path: str, status: int, said: str) -> None:
    async with httpx.AsyncClient(verify=False) as client:
        answer = await client.post(stand_in.url + path)
    assert (answer.status_code, answer.json()["description"]) == (status, said)


async def test_the_library_calls_a_wrong_token_invalid(stand_in: TelegramStandIn) -> None:
    wrong = make_bot(stand_in, f"7000000001:{'Z' * 35}")
    with pytest.raises(InvalidToken):
        await wrong.initialize()
    await wrong.shutdown()


async def test_after_log_out_nothing_is_served(bot: Bot) -> None:
    assert await bot.log_out()
    with refused("Logged out"):
        await bot.get_me()


async def test_the_stand_in_listens_on_this_machine_only(stand_in: TelegramStandIn) -> None:
    assert stand_in.url.startswith("http://127.0.0.1:")
    second = TelegramStandIn(port=stand_in.port)
    with pytest.raises(OSError, match="address already in use"):
        await second.start()
    await second.stop()


@settings(deadline=None)
@given(st.text())
def test_units_are_utf16_units(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le", errors="surrogatepass")) // 2


@settings(deadline=None)
@given(st.text(alphabet="/@a_bot: 😀字h.tps"), st.sampled_from(["/start", "https://a.b/c", "@someone", ""]))
def test_found_entities_pass_the_check_of_given_ones(text: str, more: str) -> None:
    whole = f"{text} {more}"
    found = found_entities(whole)
    assert checked_entities(Params({"entities": json.dumps(found)}), whole) == found
    assert bool(found) or not more


@settings(deadline=None)
@given(st.text(alphabet="a😀字", min_size=1, max_size=6), st.integers(-1, 14), st.integers(-1, 14))
def test_an_entity_is_accepted_just_when_it_covers_whole_characters(
    text: str, offset: int, length: int
) -> None:
    encoded = text.encode("utf-16-le")
    covered = encoded[2 * offset : 2 * (offset + length)] if offset >= 0 and length > 0 else b""
    try:
        covered.decode("utf-16-le")
        fits = len(covered) == 2 * length > 0
    except UnicodeDecodeError:
        fits = False
    try:
        checked_entities(Params({"entities": [{"type": "bold", "offset": offset, "length": length}]}), text)
        accepted = True
    except ApiError:
        accepted = False
    assert accepted == fits


def test_ids_start_anywhere_rise_by_one_and_jump_after_a_quiet_week() -> None:
    clock = Clock()
    worlds = [World(now=clock, seed=seed) for seed in (1, 2)]
    starts = [world.updates.push_raw({}) for world in worlds]
    assert starts[0] != starts[1]
    assert worlds[0].updates.push_raw({}) == starts[0] + 1
    clock.advance(8 * 86_400)
    assert worlds[0].updates.push_raw({}) != starts[0] + 2


def test_the_tiny_picture_is_a_whole_png() -> None:
    at = 8
    while at < len(TINY_PNG):
        size = int.from_bytes(TINY_PNG[at : at + 4])
        body, crc = TINY_PNG[at + 4 : at + 8 + size], TINY_PNG[at + 8 + size : at + 12 + size]
        assert zlib.crc32(body) == int.from_bytes(crc)
        at += 12 + size
    assert TINY_PNG[-8:-4] == b"IEND"

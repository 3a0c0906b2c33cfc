"""Photos through the real request class: uploaded once for each bot, edited, and never in the way of the words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bots.local.faults import HANG, RESET
from bots.local.people import Chat
from bots.local.telegram import TelegramStandIn
from bots.telegram.channel import TelegramChannel
from core.conversation.model import Address, Choice, Edit, Erase, Mark, Message, Rich, Send
from core.conversation.picture import Picture
from core.errors import Blocked, Malformed, Unsure
from core.runtime.album import StoredAlbum
from core.store.rooms import Store
from tests.local.bot_api_spec import BotApiSpec
from tests.pictures import jpeg, picture, png, qr
from tests.stores import kept

QR, OTHER = qr(), jpeg(64, 48)
TEXT = Message((Rich("文字"),))


def shown(data: bytes = QR, text: str = "官网 **只有一个**") -> Message:
    return Message((Rich(text, (Mark(0, 2, "bold"),)),), (Choice("a", "好"),), 1, picture(data))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with kept(tmp_path, QR, OTHER) as one:
        yield one


@pytest.fixture
def channel(make_channel: Any, store: Store, stand_in: TelegramStandIn) -> TelegramChannel:
    one: TelegramChannel = make_channel()
    one.show_from(StoredAlbum(store.pictures))
    return one


@pytest.fixture
def exchanges(stand_in: TelegramStandIn) -> list[tuple[str, dict[str, Any]]]:
    """What was asked, judged by the published tables."""
    seen: list[tuple[str, dict[str, Any]]] = []
    spec = BotApiSpec.load()

    def watch(method: str, fields: dict[str, Any], answer: Any) -> None:
        seen.append((method, fields))
        spec.check(method, fields, answer)
        spec.assert_clean()

    stand_in.on_exchange = watch
    return seen


def chat(stand_in: TelegramStandIn, who: str = "alice") -> Chat:
    stand_in.world.say(who, "早")
    stand_in.world.updates.drop()
    return stand_in.world.private(who)


def at(place: Chat) -> Address:
    return Address("tg", str(place.id), str(place.id))


def bytes_of(stand_in: TelegramStandIn, place: Chat) -> bytes:
    stored = stand_in.world.files.get(place.last().message["photo"][-1]["file_id"])
    return stored.data if stored else b""


def uploads(exchanges: list[tuple[str, dict[str, Any]]]) -> int:
    return sum("picture" in fields for _, fields in exchanges)


async def test_a_picture_with_its_caption_and_buttons(
    channel: TelegramChannel, stand_in: TelegramStandIn, exchanges: list[tuple[str, dict[str, Any]]]
) -> None:
    place = chat(stand_in)
    receipt = await channel.perform(at(place), Send(shown()), "1.1")
    last = place.last()
    assert (str(last.id), last.text, last.labels) == (receipt.ref, "官网 **只有一个**", ["好"])
    assert last.message["caption_entities"] == [{"type": "bold", "offset": 0, "length": 2}]
    assert bytes_of(stand_in, place) == QR
    ((method, fields),) = exchanges
    assert method == "sendPhoto"
    assert "parse_mode" not in fields
    assert json.loads(fields["reply_markup"])["inline_keyboard"]


async def test_however_many_get_it_at_once_it_is_uploaded_once_and_never_again(
    channel: TelegramChannel,
    make_channel: Any,
    stand_in: TelegramStandIn,
    store: Store,
    exchanges: list[tuple[str, dict[str, Any]]],
) -> None:
    places = [chat(stand_in, f"person{number}") for number in range(20)]
    await asyncio.gather(*(channel.perform(at(one), Send(shown()), "b") for one in places))
    assert {bytes_of(stand_in, one) for one in places} == {QR}
    assert uploads(exchanges) == 1
    later: TelegramChannel = make_channel()
    later.show_from(StoredAlbum(store.pictures))
    await later.perform(at(places[0]), Send(shown()), "c")
    assert (uploads(exchanges), len(exchanges)) == (1, 21)


async def test_who_cannot_be_reached_first_does_not_keep_it_from_the_others(
    channel: TelegramChannel, stand_in: TelegramStandIn, exchanges: list[tuple[str, dict[str, Any]]]
) -> None:
    places = [chat(stand_in, name) for name in ("gone", "here")]
    stand_in.world.block("gone")
    got = await asyncio.gather(
        *(channel.perform(at(one), Send(shown()), "b") for one in places), return_exceptions=True
    )
    assert isinstance(got[0], Blocked)
    assert bytes_of(stand_in, places[1]) == QR


async def test_a_name_that_telegram_forgot_is_one_more_upload(
    channel: TelegramChannel, stand_in: TelegramStandIn, exchanges: list[tuple[str, dict[str, Any]]]
) -> None:
    places = [chat(stand_in, f"person{number}") for number in range(5)]
    await channel.perform(at(places[0]), Send(shown()), "a")
    stand_in.world.files.forget(places[0].last().message["photo"][-1]["file_id"])
    await asyncio.gather(*(channel.perform(at(one), Send(shown()), "b") for one in places))
    assert {bytes_of(stand_in, one) for one in places} == {QR}
    assert uploads(exchanges) == 2
    assert [len(one.messages(by_bot=True)) for one in places] == [2, 1, 1, 1, 1]


async def test_edits_change_the_text_the_picture_or_both_in_place(
    channel: TelegramChannel, stand_in: TelegramStandIn, exchanges: list[tuple[str, dict[str, Any]]]
) -> None:
    place = chat(stand_in)
    ref = (await channel.perform(at(place), Send(TEXT), "1")).ref
    for number, (data, text) in enumerate([(QR, "有图"), (QR, "改字"), (OTHER, "改图"), (OTHER, "改图")]):
        assert (await channel.perform(at(place), Edit(ref, shown(data, text)), f"2.{number}")).ref == ref
        assert (place.last().text, bytes_of(stand_in, place)) == (text, data)
    assert len(place.messages(by_bot=True)) == 1
    assert uploads(exchanges) == 2


async def test_a_picture_that_becomes_a_text_is_said_anew_and_goes(
    channel: TelegramChannel, stand_in: TelegramStandIn
) -> None:
    place = chat(stand_in)
    ref = (await channel.perform(at(place), Send(shown()), "1")).ref
    again = (await channel.perform(at(place), Edit(ref, TEXT), "2")).ref
    (left,) = place.messages(by_bot=True)
    assert (str(left.id), left.text, "photo" in left.message) == (again, "文字", False)
    await channel.perform(at(place), Erase(again, ours=True), "3")
    assert not place.messages(by_bot=True)


@pytest.mark.parametrize("fault", [HANG, RESET])
async def test_an_upload_whose_answer_was_lost_is_unsure_and_not_repeated_here(
    make_channel: Any, stand_in: TelegramStandIn, store: Store, fault: Any
) -> None:
    channel: TelegramChannel = make_channel(read=1.0 if fault is HANG else 20.0)
    channel.show_from(StoredAlbum(store.pictures))
    place = chat(stand_in)
    stand_in.faults.queue("sendPhoto", fault)
    with pytest.raises(Unsure):
        await channel.perform(at(place), Send(shown()), "1")
    assert stand_in.faults.calls["sendphoto"] == 1
    await channel.perform(at(place), Send(shown()), "1")
    assert bytes_of(stand_in, place) == QR


async def test_what_telegram_would_not_show_can_still_be_said(
    channel: TelegramChannel, stand_in: TelegramStandIn, store: Store
) -> None:
    place = chat(stand_in)
    odd = png(2001, 100)
    name = f"{'0' * 64}.png"
    with pytest.raises(Malformed):
        await channel.perform(at(place), Send(Message((Rich("字"),), picture=Picture(name, "图"))), "1")
    album = StoredAlbum(store.pictures)
    album._newest[name] = odd  # no album gives such a picture out: what if one did
    channel.show_from(album)
    with pytest.raises(Malformed):
        await channel.perform(at(place), Send(Message((Rich("字"),), picture=Picture(name, "图"))), "1")
    long = Message((Rich("字" * 1025),), picture=picture(QR))
    with pytest.raises(Malformed):
        await channel.perform(at(place), Send(long), "2")
    assert not place.messages(by_bot=True)

"""Secrets in every place where a person can put one, at the loudest log level: no byte of them is kept anywhere."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from bots.local.people import Json
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from core.safety.guard import inspect
from tests.app.planted import DICTATED, HAN, HEX, PASTED, SAID, SEED, counted, found_nowhere, written
from tests.app.processes import Nursery, environment, settled_process
from tests.ports import free_port


def plant(stand_in: TelegramStandIn, text: str, number: int) -> None:
    """Put one secret everywhere."""
    world = stand_in.world
    person = world.add_person(text[:32], last_name=text[32:96], language="zh")
    chat = world.private(person)
    shown = world.say(person, text)
    world.send(person, "photo", caption=text)
    world.send(person, "document", name=f"{text}.txt", caption=text)
    world.edit(person, shown.id, f"edited {text}")
    world.say(person, "这是什么？", reply_to_message=shown.message)
    world.say(person, "这一句", quote={"text": text, "position": 0}, reply_to_message=shown.message)
    world.forward(person, text, person)
    user = person.as_user()
    odd: list[Json] = [
        {"message": {"message_id": number, "text": [text], "chat": {"id": text}, "from": user}},
        {"callback_query": {"id": text, "from": user, "data": {"deep": [[text, {text: text}]]}}},
        {
            "message": {
                "message_id": 1,
                "chat": chat.as_chat(),
                "from": user | {"language_code": [text]},
                "text": "x",
            }
        },
        {"message": {"text": text.split(), "chat": {}}},
        {"message": said(person.id, user, poll={"question": text, "options": [{"text": text}]})},
        {"message": said(person.id, user, contact={"first_name": text, "phone_number": text})},
        {"message": said(person.id, user | {"language_code": text[:64]}, text=text)},
        {"surprise": text},
    ]
    for update in odd:
        world.inject(update)


def paste(stand_in: TelegramStandIn, text: str) -> None:
    """Put one secret where people paste it: a message, a caption, an edit, a file."""
    world = stand_in.world
    person = world.add_person("Lily", language="en")
    shown = world.say(person, text)
    world.send(person, "photo", caption=text)
    world.send(person, "document", name="backup.txt", data=text.encode())
    world.edit(person, shown.id, f"edited {text}")


def dictate(stand_in: TelegramStandIn) -> None:
    """A phrase in pieces of four words, from one person."""
    person = stand_in.world.add_person("Ann", language="en")
    for at in range(0, len(DICTATED), 4):
        stand_in.world.say(person, " ".join(DICTATED[at : at + 4]))


def said(chat: int, user: Json, **fields: Any) -> Json:
    """A message that somebody injects."""
    head = {"message_id": 800_000, "date": int(time.time()), "chat": {"id": chat, "type": "private"}}
    return {**head, "from": user, **fields}


async def test_nothing_that_was_planted_is_found(tmp_path: Path, nursery: Nursery) -> None:
    async with TelegramStandIn(limits=UNLIMITED, seed=4) as stand_in:
        stand_in.world.updates.conflict_delay = 0.0
        port = free_port()
        env = environment(stand_in, tmp_path, HELPLINE_LOG_LEVEL="DEBUG", HELPLINE_HEALTH__PORT=str(port))
        one = await nursery.start(env, tmp_path, "run")
        for number, text in enumerate((*SAID.values(), HEX, f"0x{HEX.upper()}", f"this {HEX[:63]} here")):
            plant(stand_in, text, number)
        for text in PASTED.values():
            paste(stand_in, text)
        dictate(stand_in)
        await settled_process(stand_in, tmp_path / "helpline.db")
        for person in list(stand_in.world.people.values()):
            menu = stand_in.world.private(person).last()
            for secret in (*SAID.values(), HEX):
                stand_in.world.press(person, menu.id, secret[:64], stale=True)
        await settled_process(stand_in, tmp_path / "helpline.db")
        handles = list(stand_in.world.presses)
        metrics = await counted(port)
        await one.kill()  # the log of the database stays as it is
        again = await nursery.start(env, tmp_path, "run")
        await again.says("@helpline_bot")
        await again.kill()
    found_nowhere(tmp_path, metrics, stand_in.token, handles=handles)


def test_the_search_itself_can_find(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(json.dumps({"a": HAN, "b": SEED.replace(" ", "\n")}), "utf-8")
    data = (tmp_path / "x").read_bytes()
    assert any(form in data for form in written(HAN))
    assert any(form in data for form in written(SEED))


@pytest.mark.parametrize("part", [*SAID, *PASTED])
def test_every_secret_is_one_that_the_guard_knows(part: str) -> None:
    assert inspect((SAID | PASTED)[part]).kinds

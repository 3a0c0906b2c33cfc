"""Small text files through the real adapters: fetched from the platform only, looked through, kept nowhere."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bots.discord.breaker import Breaker
from bots.discord.rest import Rest
from bots.local.discord import DiscordStandIn
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.small_files import LARGEST, MOST, decoded, legible, looked_into
from core.conversation.model import Address, Attachment, Incoming
from core.errors import DeliveryError
from core.runtime.receive import guarded
from core.safety.guard import inspect
from tests.app.harness import in_process, settled

PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


async def test_a_phrase_in_a_text_file_is_answered_and_kept_nowhere(tmp_path: Path) -> None:
    async with TelegramStandIn(limits=UNLIMITED, seed=4) as stand_in:
        async with in_process(stand_in, tmp_path) as service:
            world = stand_in.world
            person = world.add_person("Lily", language="en")
            world.send(person, "document", data=PHRASE.encode("utf-16"), name="backup.txt")
            await settled(stand_in, service)
            assert "recovery phrase" in stand_in.ledger.sent(person.id)[-1].text
            world.send(person, "document", data=b"nothing in here", name="notes.txt")
            await settled(stand_in, service)
            assert "small text files" in stand_in.ledger.sent(person.id)[-1].text
        files = [path for path in tmp_path.iterdir() if path.is_file()]
        kept = b"".join(path.read_bytes() for path in files)
    for word in (b"sausage", "sausage".encode("utf-16-le"), b"nothing in here"):
        assert word not in kept


async def test_discords_files_come_from_its_own_store_only() -> None:
    async with DiscordStandIn() as stand_in:
        rest = Rest(stand_in.url, Breaker("main", lambda key, **_: key))
        base = stand_in.url.removesuffix("/api/v10")
        file = stand_in.world.attachment("seed.txt", kind="text/plain", data=PHRASE.encode(), store=base)
        assert await rest.file(file["url"], LARGEST) == PHRASE.encode()
        assert await rest.file(file["url"], 5) == b"legal"
        for url in (
            base + "/attachments/1/none.txt",
            base + "/phone/7",
            "https://cdn.discordapp.com/attachments/1/x",
        ):
            with pytest.raises(DeliveryError):
                await rest.file(url, LARGEST)
        await rest.close()


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://cdn.discordapp.com/attachments/1/2/x.txt?ex=1", True),
        ("https://media.discordapp.net/attachments/1/2/x.txt", True),
        ("http://cdn.discordapp.com/attachments/1/2/x.txt", False),
        ("https://cdn.discordapp.com.evil.example/attachments/1/2/x.txt", False),
        ("https://cdn.discordapp.com@evil.example/attachments/1/2/x.txt", False),
        ("https://cdn.discordapp.com:444/attachments/1/2/x.txt", False),
        ("https://cdn.discordapp.com/other/x.txt", False),
        ("file:///attachments/x", False),
        ("", False),
    ],
)
def test_where_discord_keeps_files(url: str, kept: bool) -> None:
    assert Rest("https://discord.com/api/v10", Breaker("main", lambda key, **_: key))._keeps(url) is kept


def test_only_small_text_is_legible() -> None:
    assert legible("seed.txt", "", 100)
    assert legible("x", "text/plain; charset=utf-8", 100)
    assert legible("UTC--2026--keystore.JSON", "application/octet-stream", 100)
    assert not legible("photo.png", "image/png", 100)
    assert not legible("seed.txt", "text/plain", LARGEST + 1)
    assert not legible("seed.txt", "text/plain", 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_files_of_the_usual_encodings_are_read(encoding: str) -> None:
    assert decoded("我的密码：hunter2".encode(encoding)) == "我的密码：hunter2"


def arrived(number: int) -> Incoming:
    file = Attachment("file", 10, "r", source=str(number))
    return Incoming(str(number), Address("main", "7", "7"), "said", attachments=(file,))


async def test_a_file_that_fails_or_hangs_stays_unread_and_holds_nothing_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bots.small_files.PATIENCE", 0.05)
    asked = []

    async def fetch(source: str) -> bytes:
        asked.append(source)
        if source == "0":
            raise DeliveryError("away")
        if source == "1":
            await asyncio.Event().wait()
        return f"otp {source}23456".encode()

    read = await looked_into([arrived(number) for number in range(MOST + 5)], fetch)
    assert [event.file_text for event in read[:3]] == ["", "", "otp 223456"]
    assert len(asked) == MOST
    safe = guarded(inspect, read[2])
    assert (safe.secrets, safe.file_text) == (("code",), "")

"""Several processes that receive count the pieces of one person's phrase together; what they share is a number."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from mnemonic import Mnemonic

from bots.settings import Secrets, Settings
from core.channel import Abilities, Receive
from core.config import Runtime
from core.config import Store as StoreSettings
from core.conversation.model import Address, Incoming
from core.runtime.pieces import PIECES, Pieces, SharedPieces
from core.runtime.service import open_service
from core.safety.guard import MASK, inspect
from core.safety.parts import FEWEST, WHOLE, WINDOW, words_of
from tests.app.harness import ROOT
from tests.postgres import Server
from tests.runtime.bench import Face
from tests.store.conftest import Reopen

PHRASE = [word for word in Mnemonic("english").to_mnemonic(bytes(range(32))).split() if words_of(word)]


async def kinds(pieces: Pieces, text: str, now: float = 10.0) -> tuple[str, ...]:
    return (await pieces.judge("p", text, inspect(text), now)).kinds


async def test_two_receivers_each_with_half_of_a_phrase_stop_it_where_one_would(reopen: Reopen) -> None:
    stores = [await reopen(), await reopen()]
    each = [SharedPieces(store.rates) for store in stores]
    seen = [await kinds(each[number % 2], word, number) for number, word in enumerate(PHRASE[:WHOLE])]
    assert seen == [()] * (FEWEST - 1) + [("seed_part",)] * (WHOLE - FEWEST) + [("seed_phrase",)]
    assert json.loads(await stores[0].rates.counted(PIECES, "p")) == [WHOLE, WHOLE - 1], (
        "a number and a moment"
    )


async def test_messages_without_a_piece_are_written_nowhere(reopen: Reopen) -> None:
    store = await reopen()
    pieces = SharedPieces(store.rates)
    for text in ("忘记密码", "ok", "help", "", "How long does a withdrawal take?"):
        assert await kinds(pieces, text) == ()
    assert await store.rates.counted(PIECES, "p") == ""


async def test_pieces_at_the_same_moment_are_all_counted_and_old_ones_are_swept(reopen: Reopen) -> None:
    stores = [await reopen(), await reopen()]
    each = [SharedPieces(store.rates) for store in stores]
    await asyncio.gather(*(kinds(each[number % 2], word) for number, word in enumerate(PHRASE[:WHOLE])))
    assert json.loads(await stores[1].rates.counted(PIECES, "p")) == [WHOLE, 10.0]
    assert await kinds(each[0], PHRASE[0], 11.0 + WINDOW) == (), "a new beginning, though nobody swept yet"
    await stores[0].rates.forget(12.0 + 2 * WINDOW)
    assert await stores[0].rates.counted(PIECES, "p") == ""


# --- two whole processes ---------------------------------------------------------------------


class Ear(Face):
    """A platform that anybody may listen to; it hands over what takes its updates."""

    def __init__(self) -> None:
        super().__init__(abilities=Abilities(alone=False))
        self.heard: asyncio.Future[Receive] = asyncio.get_running_loop().create_future()

    async def run(self, receive: Receive) -> None:
        self.heard.set_result(receive)
        await asyncio.Event().wait()


@asynccontextmanager
async def receiver(url: str, folder: Path) -> AsyncIterator[Receive]:
    """A process that only receives, with the real guard."""
    ear = Ear()
    own = {"data": folder, "store": StoreSettings(url=url), "runtime": Runtime(roles=("receive",))}
    settings = Settings(flows=ROOT / "flows").model_copy(update=own)
    service = await open_service(settings, Secrets(), lambda *_: [ear], {}, lambda: 0.0)
    running = asyncio.create_task(service.run())
    try:
        async with asyncio.timeout(60):
            receive = await ear.heard
        yield receive
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await service.store.close()


@pytest.mark.parametrize("half", [1, 3], ids=["word by word", "three by three"])
async def test_no_word_after_the_third_is_stored_whichever_process_hears_it(
    postgres: Server, tmp_path: Path, half: int
) -> None:
    url, me = postgres.ready(), Address("face", "7", "7")
    texts = [" ".join(PHRASE[at : at + half]) for at in range(0, 6, half)]
    async with receiver(url, tmp_path) as one, receiver(url, tmp_path) as two:
        for number, text in enumerate(texts):
            await (one, two)[number % 2]([Incoming(f"{number}", me, "said", text)])
    with psycopg.connect(url) as connection:
        stored = " ".join(row[0] for row in connection.execute("SELECT payload FROM event ORDER BY id"))
    assert [word for word in PHRASE[:6] if word in stored] == PHRASE[:3]
    assert stored.count(MASK) == len(texts) - 3 // half

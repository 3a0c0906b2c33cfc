"""aiogram 3.31.0: a router with a state group, FSMContext in memory or in SQLite.

aiogram brings no SQLite storage; this one is the plain one: one aiosqlite connection, one FULL commit for each
`set_state` and each `set_data`. Over HTTP the updates of one poll run concurrently, as its polling does.
"""

# aiogram is only in the peers' environment.
# mypy: disable-error-code="import-not-found,misc,no-any-return"

from __future__ import annotations

import asyncio
import json
import logging
import re
from pathlib import Path
from typing import Any

import aiosqlite
from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import BaseStorage, StorageKey
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.methods import GetUpdates, TelegramMethod
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from benchmarks.conversation import EMAIL, INVALID_EMAIL, STEPS, Canned, Meter, arguments, report, rounds

TABLE = "CREATE TABLE state (chat INTEGER, uid INTEGER, state TEXT, data TEXT, PRIMARY KEY (chat, uid))"
SET = "INSERT INTO state (chat, uid, {0}) VALUES (?, ?, ?) ON CONFLICT (chat, uid) DO UPDATE SET {0} = excluded.{0}"
GET = "SELECT {0} FROM state WHERE chat = ? AND uid = ?"


class SqliteStorage(BaseStorage):
    """States and data in one table; every write is durable when it returns."""

    def __init__(self, base: aiosqlite.Connection) -> None:
        self.base, self.lock = base, asyncio.Lock()

    async def _write(self, column: str, key: StorageKey, value: str | None) -> None:
        async with self.lock:
            await self.base.execute(SET.format(column), (key.chat_id, key.user_id, value))
            await self.base.commit()

    async def _read(self, column: str, key: StorageKey) -> str | None:
        async with self.base.execute(GET.format(column), (key.chat_id, key.user_id)) as rows:
            row = await rows.fetchone()
        return row[0] if row else None

    async def set_state(self, key: StorageKey, state: Any = None) -> None:
        """Write the state."""
        await self._write("state", key, state.state if isinstance(state, State) else state)

    async def get_state(self, key: StorageKey) -> str | None:
        """Read the state."""
        return await self._read("state", key)

    async def set_data(self, key: StorageKey, data: Any) -> None:
        """Write the data."""
        await self._write("data", key, json.dumps(data, ensure_ascii=False))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """Read the data."""
        return json.loads(await self._read("data", key) or "{}")

    async def close(self) -> None:
        """Close the connection."""
        await self.base.close()


class CannedSession(AiohttpSession):
    """Serialises the call as aiogram does and answers it at once."""

    def __init__(self, canned: Canned) -> None:
        super().__init__()
        self.canned = canned

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        """One call."""
        self.build_form_data(bot, method)()
        content = self.canned.answer(method.__api_method__).decode()
        return self.check_response(bot=bot, method=method, status_code=200, content=content).result


class Talk(StatesGroup):
    """The five steps after the start."""

    step1, step2, step3, step4, step5 = State(), State(), State(), State(), State()


STATES = (None, Talk.step1, Talk.step2, Talk.step3, Talk.step4, Talk.step5)


class Talker:
    """The handlers of the conversation."""

    def __init__(self) -> None:
        self.email, self.replies = re.compile(EMAIL), 0

    async def reply(self, message: Message, step: int) -> None:
        """Answer the step."""
        keys = [
            [InlineKeyboardButton(text=label, callback_data=route)] for route, label in STEPS[step].buttons
        ]
        markup = InlineKeyboardMarkup(inline_keyboard=keys) if keys else None
        await message.answer(STEPS[step].reply, reply_markup=markup)
        self.replies += 1

    async def start(self, message: Message, state: FSMContext) -> None:
        """Step 0: the menu."""
        await state.set_data({})
        await state.set_state(STATES[1])
        await self.reply(message, 0)

    async def pressed(self, query: CallbackQuery, state: FSMContext) -> None:
        """Steps 1, 2, 4 and 5: a button."""
        step = next(i for i, known in enumerate(STEPS) if known.press == query.data)
        await query.answer()
        topic, _, choice = query.data.partition(":")
        if step + 1 < len(STEPS):
            await state.update_data({topic: choice})
            await state.set_state(STATES[step + 1])
        else:
            await state.clear()
        await self.reply(query.message, step)

    async def wrote(self, message: Message, state: FSMContext) -> None:
        """Step 3: the e-mail address."""
        if not self.email.match(message.text or ""):
            await message.answer(INVALID_EMAIL)
            return
        await state.update_data({"email": message.text})
        await state.set_state(STATES[4])
        await self.reply(message, 3)

    def router(self) -> Router:
        """One router of six handlers."""
        router = Router()
        router.message.register(self.start, CommandStart())
        for step, known in enumerate(STEPS):
            if known.press:
                router.callback_query.register(self.pressed, STATES[step], F.data == known.press)
        router.message.register(self.wrote, Talk.step3, F.text)
        return router


async def stub(dispatcher: Dispatcher, bot: Bot, users: int, seed: int, meter: Meter) -> None:
    """Feed raw updates; every call gets a canned answer."""
    for updates in rounds(users, seed):
        meter.start()
        for raw in updates:
            await dispatcher.feed_raw_update(bot, raw)
        meter.stop()


async def http(dispatcher: Dispatcher, bot: Bot, users: int, meter: Meter) -> None:
    """Poll the fake Bot API until everybody has done every step."""
    left, offset = users * len(STEPS), 0
    meter.start()
    while left:
        updates = await bot(GetUpdates(offset=offset, timeout=10))
        if updates:
            offset, left = updates[-1].update_id + 1, left - len(updates)
        await asyncio.gather(*(dispatcher.feed_update(bot, one) for one in updates))
    meter.stop()


async def measure() -> None:
    """Measure one variant."""
    args = arguments(__doc__).parse_args()
    storage: BaseStorage = MemoryStorage()
    if args.state == "sqlite":
        base = await aiosqlite.connect(Path(args.folder) / "aiogram.db")
        await base.execute("PRAGMA journal_mode=WAL")
        await base.execute("PRAGMA synchronous=FULL")
        await base.execute(TABLE)
        await base.commit()
        storage = SqliteStorage(base)
    canned, talker, meter = Canned(), Talker(), Meter()
    session = AiohttpSession(api=TelegramAPIServer.from_base(args.url)) if args.url else CannedSession(canned)
    bot, dispatcher = Bot("1:bench", session=session), Dispatcher(storage=storage)
    dispatcher.include_router(talker.router())
    await bot.me()
    await (
        http(dispatcher, bot, args.users, meter)
        if args.url
        else stub(dispatcher, bot, args.users, args.seed, meter)
    )
    await storage.close()
    await session.close()
    report(meter, args.users, talker.replies, canned.answers)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    asyncio.run(measure())

"""python-telegram-bot 22.8: one ConversationHandler with five states, and its own request class over HTTP.

`--state sqlite`: every step writes (uid, state, JSON data) with one upsert and one FULL commit. Updates are
processed one after another, as a ConversationHandler requires.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import warnings
from pathlib import Path
from typing import Any

import aiosqlite
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    filters,
)
from telegram.request import BaseRequest, RequestData

from benchmarks.conversation import (
    EMAIL,
    INVALID_EMAIL,
    STEPS,
    Canned,
    Meter,
    arguments,
    report,
    rounds,
)

Context = ContextTypes.DEFAULT_TYPE
UPSERT = "INSERT INTO state VALUES (?, ?, ?) ON CONFLICT (uid) DO UPDATE SET state = excluded.state, data = excluded.data"


class CannedRequest(BaseRequest):
    """Serialises the call and answers it at once."""

    def __init__(self, canned: Canned) -> None:
        self.canned, self.sent = canned, 0

    @property
    def read_timeout(self) -> float | None:
        """Nothing is ever waited for."""
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **named: Any
    ) -> tuple[int, bytes]:
        """One call."""
        self.sent += len(request_data.json_payload) if request_data else 0
        return 200, self.canned.answer(url.rpartition("/")[2])


class Bot:
    """The handlers of the conversation."""

    def __init__(self, base: aiosqlite.Connection | None) -> None:
        self.base = base
        self.email = re.compile(EMAIL)
        self.replies = 0

    async def reply(self, message: Message, step: int) -> None:
        """Answer the step."""
        keys = [[InlineKeyboardButton(label, callback_data=route)] for route, label in STEPS[step].buttons]
        await message.reply_text(STEPS[step].reply, reply_markup=InlineKeyboardMarkup(keys) if keys else None)
        self.replies += 1

    async def save(self, uid: int, state: int, data: dict[Any, Any]) -> int:
        """Write the state where it is durable; gives the state back."""
        if self.base is not None:
            await self.base.execute(UPSERT, (uid, state, json.dumps(data, ensure_ascii=False)))
            await self.base.commit()
        return state

    async def start(self, update: Update, context: Context) -> int:
        """Step 0: the menu."""
        assert update.message
        assert update.effective_user
        assert context.user_data is not None
        context.user_data.clear()
        await self.reply(update.message, 0)
        return await self.save(update.effective_user.id, 1, context.user_data)

    async def pressed(self, update: Update, context: Context) -> int:
        """Steps 1, 2, 4 and 5: a button."""
        query = update.callback_query
        assert query
        assert query.data
        assert context.user_data is not None
        assert isinstance(query.message, Message)
        await query.answer()
        step = next(i for i, known in enumerate(STEPS) if known.press == query.data)
        topic, _, choice = query.data.partition(":")
        context.user_data[topic] = choice
        await self.reply(query.message, step)
        after = step + 1 if step + 1 < len(STEPS) else ConversationHandler.END
        if after == ConversationHandler.END:
            context.user_data.clear()
        return await self.save(query.from_user.id, after, context.user_data)

    async def wrote(self, update: Update, context: Context) -> int:
        """Step 3: the e-mail address."""
        assert update.message
        assert update.effective_user
        assert context.user_data is not None
        text = update.message.text or ""
        if not self.email.match(text):
            await update.message.reply_text(INVALID_EMAIL)
            return 3
        context.user_data["email"] = text
        await self.reply(update.message, 3)
        return await self.save(update.effective_user.id, 4, context.user_data)

    def handler(self) -> ConversationHandler[Context]:
        """One conversation of five states."""
        text = MessageHandler(filters.TEXT & ~filters.COMMAND, self.wrote)
        states: dict[object, list[Any]] = {
            i: [CallbackQueryHandler(self.pressed, pattern=f"^{step.press}$")] if step.press else [text]
            for i, step in enumerate(STEPS)
            if i
        }
        start: Any = CommandHandler("start", self.start)
        return ConversationHandler(entry_points=[start], states=states, fallbacks=[start])


async def stub(app: Application[Any, Any, Any, Any, Any, Any], users: int, seed: int, meter: Meter) -> None:
    """Feed raw updates; every call gets a canned answer."""
    for updates in rounds(users, seed):
        meter.start()
        for raw in updates:
            await app.process_update(Update.de_json(raw, app.bot))
        meter.stop()


async def http(app: Application[Any, Any, Any, Any, Any, Any], users: int, meter: Meter) -> None:
    """Poll the fake Bot API until everybody has done every step."""
    left, offset = users * len(STEPS), 0
    meter.start()
    while left:
        for update in await app.bot.get_updates(offset=offset, timeout=10):
            offset, left = update.update_id + 1, left - 1
            await app.process_update(update)
    meter.stop()


async def measure() -> None:
    """Measure one variant."""
    args = arguments(__doc__).parse_args()
    base = None
    if args.state == "sqlite":
        base = await aiosqlite.connect(Path(args.folder) / "ptb.db")
        await base.execute("PRAGMA journal_mode=WAL")
        await base.execute("PRAGMA synchronous=FULL")
        await base.execute("CREATE TABLE state (uid INTEGER PRIMARY KEY, state INTEGER, data TEXT)")
        await base.commit()
    canned, bot, meter = Canned(), Bot(base), Meter()
    builder = ApplicationBuilder().token("1:bench")
    if args.url:
        builder = builder.base_url(f"{args.url}/bot")
    else:
        builder = builder.request(CannedRequest(canned)).get_updates_request(CannedRequest(canned))
    app = builder.build()
    app.add_handler(bot.handler())
    await app.initialize()
    await (http(app, args.users, meter) if args.url else stub(app, args.users, args.seed, meter))
    await app.shutdown()
    if base is not None:
        await base.close()
    report(meter, args.users, bot.replies, canned.answers)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    asyncio.run(measure())

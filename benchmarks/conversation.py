"""The measured conversation: six steps a person, as raw Telegram updates, and what a contender reports.

Step-major: every person does step k before anybody does step k + 1, in an order that a fixed seed shuffles
anew for each step. Only the standard library is used, because every contender imports this file
from its own environment.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Update = dict[str, Any]
Press = Callable[[int, int], str]
"""(user, step) -> the callback data of the button that this person presses at this step."""

FIRST_USER = 10_000_000
STARTED_AT = 1_760_000_000
EMAIL = r"^[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9.\-]{1,190}\.[A-Za-z]{2,24}$"
INVALID_EMAIL = "这个邮箱地址看起来不完整，请检查后重新输入。"
BOT = {"id": 1, "is_bot": True, "first_name": "客服", "username": "bench_bot"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what the person does (`press` is empty when they write) and what the bot answers."""

    press: str
    reply: str
    buttons: tuple[tuple[str, str], ...] = ()
    """(callback data, label)."""


STEPS = (
    Step(
        "",
        "您好，这里是官方客服。客服绝不会索要您的密码或私钥。请选择您需要的帮助：",
        (("menu:reset", "找回账户"), ("menu:tx", "查询转账"), ("menu:human", "人工客服")),
    ),
    Step("menu:reset", "请选择您的账户类型：", (("type:person", "个人账户"), ("type:company", "企业账户"))),
    Step("type:person", "请输入您注册时使用的邮箱地址："),
    Step("", "您现在还能打开这个邮箱吗？", (("acc:yes", "可以"), ("acc:no", "打不开"))),
    Step("acc:yes", "重置邮件已发送。请打开邮件中的链接并按提示操作。", (("done:ok", "我收到了"),)),
    Step("done:ok", "很好，祝您使用愉快。需要帮助时请随时发送 /start。"),
)
PRESSES = sum(1 for step in STEPS if step.press)


def script(user: int, step: int) -> str:
    """The static callback data of the peers; a `Press`."""
    return STEPS[step].press


def update(user: int, step: int, update_id: int, press: Press = script) -> Update:
    """The raw update of one person at one step; `user` counts from 0."""
    who = FIRST_USER + user
    person = {"id": who, "is_bot": False, "first_name": "测试", "language_code": "zh-hans"}
    chat = {"id": who, "first_name": "测试", "type": "private"}
    head = {"message_id": 2 * step + 1, "date": STARTED_AT + step, "chat": chat}
    if STEPS[step].press:
        shown = {**head, "from": BOT, "text": STEPS[step - 1].reply}
        query = {"id": str(update_id), "from": person, "message": shown, "chat_instance": "1"}
        return {"update_id": update_id, "callback_query": {**query, "data": press(user, step)}}
    if step == 0:
        entity = {"offset": 0, "length": 6, "type": "bot_command"}
        return {
            "update_id": update_id,
            "message": {**head, "from": person, "text": "/start", "entities": [entity]},
        }
    return {"update_id": update_id, "message": {**head, "from": person, "text": f"person{user}@example.com"}}


def order(users: int, step: int, seed: int) -> list[int]:
    """The users in the order in which they do this step."""
    people = list(range(users))
    random.Random(f"{seed}/{step}").shuffle(people)
    return people


def rounds(users: int, seed: int, press: Press = script) -> Iterator[list[Update]]:
    """Step after step, the updates of all users; `press` is asked when its step is generated."""
    for step in range(len(STEPS)):
        first = 1 + step * users
        yield [update(user, step, first + i, press) for i, user in enumerate(order(users, step, seed))]


# --- what a contender reports ----------------------------------------------------------------


class Meter:
    """CPU time of this process (all its threads) and wall time, only between `start` and `stop`."""

    def __init__(self) -> None:
        self.cpu = self.wall = 0.0

    def start(self) -> None:
        """Begin, or go on."""
        self._cpu, self._wall = time.process_time(), time.perf_counter()

    def stop(self) -> None:
        """Pause."""
        self.cpu += time.process_time() - self._cpu
        self.wall += time.perf_counter() - self._wall


def report(meter: Meter, users: int, replies: int, answers: int, **more: object) -> None:
    """Print the one JSON line that the harness reads: costs in microseconds a turn, and what was answered."""
    turns = users * len(STEPS)
    line = {
        "cpu_us_per_turn": meter.cpu * 1e6 / turns,
        "wall_us_per_turn": meter.wall * 1e6 / turns,
        "turns": turns,
        "replies": replies,
        "answers": answers,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps({**line, **more}), flush=True)


def arguments(description: str | None) -> argparse.ArgumentParser:
    """The arguments that every contender takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--state", choices=("memory", "sqlite"), default="sqlite", help="where state is kept")
    parser.add_argument("--users", type=int, default=100, help="people who hold the conversation")
    parser.add_argument("--seed", type=int, default=1, help="seed of the order of people")
    parser.add_argument("--folder", required=True, help="an empty folder for the database")
    parser.add_argument(
        "--url", default="", help="a fake Bot API; without it every call gets a canned answer"
    )
    return parser


# --- answers of a platform -------------------------------------------------------------------

SHOWN = ("sendMessage", "editMessageText")
"""The calls that are replies."""


def plain_result(method: str) -> object:
    """The result of every call that is not a reply: who the bot is, an empty card, or true."""
    if method == "getMe":
        return BOT
    if method in {"getWebhookInfo", "getMyName", "getMyDescription", "getMyShortDescription"}:
        return {"url": "", "name": "", "description": "", "short_description": ""}
    return [] if method == "getMyCommands" else True


class Canned:
    """Answers Bot API calls in place of HTTP, and counts them."""

    def __init__(self) -> None:
        self.replies = self.answers = 0
        message = {"message_id": 2, "date": STARTED_AT, "from": BOT, "text": "好的"}
        message["chat"] = {"id": FIRST_USER, "type": "private", "first_name": "测试"}
        self._message = json.dumps({"ok": True, "result": message}, ensure_ascii=False).encode()
        self._true = b'{"ok":true,"result":true}'

    def answer(self, method: str) -> bytes:
        """The JSON answer to one call of this method."""
        if method in SHOWN:
            self.replies += 1
            return self._message
        if method == "answerCallbackQuery":
            self.answers += 1
            return self._true
        return json.dumps({"ok": True, "result": plain_result(method)}).encode()

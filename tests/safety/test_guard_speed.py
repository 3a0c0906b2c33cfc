"""The guard runs on every update: it must stay linear on anything, and cheap on ordinary chat."""

from __future__ import annotations

import statistics
import time

import pytest

from benchmarks.guard_hostile import hostile
from core.safety.guard import inspect

WORST = hostile(8192)


def cost(text: str) -> float:
    """Seconds of processor time, the best of a few tries."""
    tries = []
    for _ in range(3):
        began = time.process_time()
        inspect(text)
        tries.append(time.process_time() - began)
    return min(tries)


@pytest.mark.parametrize("name", WORST)
def test_time_grows_with_the_length_not_with_its_square(name: str) -> None:
    text = WORST[name]
    short, long = cost(text[:1024]), cost(text)
    # Eight times the length: linear is 8, quadratic 64.
    assert long < max(short * 40, 0.03)


def test_ordinary_chat_is_cheap() -> None:
    chat = [
        "我的转账还没到账",
        "请问提现要多久？我昨天提的，现在还没收到。",
        "Hello, my withdrawal is still pending since yesterday, can you please check it for me?",
        "人工客服",
        "thanks!",
        "I sent USDT on the wrong network, what can I do now?",
    ]
    inspect(chat[0])
    rounds = []
    for _ in range(200):
        began = time.process_time()
        for text in chat:
            inspect(text)
        rounds.append((time.process_time() - began) / len(chat))
    # The median: a busy machine charges a round now and then for what others did.
    typical = statistics.median(rounds)
    print(f"typical cost of a chat message: {typical * 1e6:.1f} us")
    assert typical < 0.000_3

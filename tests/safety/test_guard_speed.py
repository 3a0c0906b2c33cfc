"""The guard runs on every update: it must stay linear on anything, and cheap on ordinary chat."""

from __future__ import annotations

import random
import statistics
import time

import pytest

from benchmarks.guard import HOSTILE
from core.safety.guard import inspect
from core.safety.wordlists import CHARACTERS, WORDS

DICE = random.Random(1)
HAN = list(CHARACTERS)
LETTERS = list(WORDS)
WORST = {
    "digits": "1234567890 ",
    "dots": "1.2.",
    "spaces": " ",
    "one letter": "a",
    "zalgo": "我\u0301\u0302\u0303",
    "marks": "a" + "\u0301\u0316" * 40,
    "list words": " ".join(DICE.choices(LETTERS, k=900)),
    "glued words": "abandonability",
    "han": "".join(DICE.choices(HAN, k=4096)),
    "han one by one": " ".join(DICE.choices(HAN, k=2048)),
    "announced han": "助记词" + "".join(DICE.choices(HAN, k=4096)),
    "han in pieces": ",".join("".join(DICE.sample(HAN, 12)) for _ in range(320)),
    "han nearly": "".join("".join(DICE.sample(HAN, 6)) + "的是不了" for _ in range(410)),
    "ligatures": "\ufdfa\u337f",
    "letters apart": "z o o ",
    "misread": "a0b1o5",
    "mailed": "a.b@c.de:x1",
    "placeholders": "password: <a ",
    "codes in passing": "use code 123456 to ",
    "recovery labels": "恢复码 ",
    "setup": "谷歌",
    "base58": "K" * 52 + " ",
    "long base58": "K" * 110 + " ",
    "labelled hex": "私钥" + "a" * 64 + " ",
    "labels only": "password ",
    "passwords": "password:abcd1 ",
    "label and spaces": "password" + " " * 4000,
    "codes": "验证码 ",
    "full-width": "ａｂａｎｄｏｎ　",
    "zero-width": "a\u200bb\u200bandon ",
    "emoji": "👨‍👩‍👧️ ",
    "every second word": "first abandon second zoo ",
    "tags": "<li>abandon</li>",
    "pem": "-----begin private key-----",
    "webhooks": "/webhooks/12345678901234567/",
    "keystores": 'ciphertext": "',
    **{f"measured {name}": text for name, text in HOSTILE.items()},
}


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
    text = (WORST[name] * (8192 // len(WORST[name]) + 1))[:8192]
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

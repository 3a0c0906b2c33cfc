"""A phrase in several messages: only a count crosses them, and ordinary short messages never add up."""

from __future__ import annotations

import random

import pytest
from mnemonic import Mnemonic

from core.runtime.pieces import Pieces
from core.safety.guard import MASK, inspect
from core.safety.parts import WINDOW, words_of

PHRASE = Mnemonic("english").to_mnemonic(bytes(range(32))).split()
HAN = Mnemonic("chinese_simplified").to_mnemonic(bytes(range(16, 32))).split()


async def tell(
    texts: list[str], pieces: Pieces | None = None, pause: float = 5.0, key: str = "a"
) -> list[tuple[str, ...]]:
    """The kinds that are seen in each message of one person."""
    pieces = pieces or Pieces()
    judging = [pieces.judge(key, text, inspect(text), number * pause) for number, text in enumerate(texts)]
    return [(await one).kinds for one in judging]


def rare(count: int) -> list[str]:
    """Words of a phrase that are no everyday words."""
    return [word for word in PHRASE if words_of(word)][:count]


async def test_word_by_word_is_stopped_at_the_fourth() -> None:
    kinds = await tell(rare(6))
    assert kinds[:3] == [(), (), ()]
    assert set(kinds[3:]) == {("seed_part",)}


@pytest.mark.parametrize("size", [4, 6])
@pytest.mark.parametrize("words", [PHRASE, HAN], ids=["letters", "han"])
async def test_pieces_add_up_to_a_phrase(words: list[str], size: int) -> None:
    kinds = await tell([" ".join(words[at : at + size]) for at in range(0, len(words), size)])
    assert kinds[0] == ("seed_part",)
    assert kinds[-1] == ("seed_phrase",)


async def test_what_is_masked_by_the_count_is_masked_whole() -> None:
    pieces = Pieces()
    await pieces.judge("a", " ".join(rare(3)), inspect(" ".join(rare(3))), 0.0)
    seen = await pieces.judge("a", rare(4)[3], inspect(rare(4)[3]), 1.0)
    assert seen.text == MASK
    assert await tell([rare(4)[3]], pieces, key="b") == [()], "another person's words are not theirs"


async def test_a_count_is_forgotten_in_time_and_with_too_many_people(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await tell(rare(6), pause=WINDOW + 1) == [()] * 6
    monkeypatch.setattr("core.runtime.pieces.PEOPLE", 20)
    pieces = Pieces()
    await tell(rare(3), pieces, key="0")
    for number in range(1, 40):
        await tell(rare(1), pieces, key=str(number))
    assert await tell(rare(1), pieces, key="0") == [()], "whoever was forgotten begins anew"


CHAT = [
    "menu", "help", "cancel", "yes", "ok", "human", "emergency", "back", "thanks", "hello", "language", "password", "code", "wallet",
    "tx", "withdraw", "stop", "sorry", "bank card", "visa", "frozen", "scam", "fake", "English", "ticket", "pending", "no", "deposit", "USDT", "BTC", "ETH", "500", "phone", "email", "done", "菜单", "人工", "返回", "好", "嗯", "是", "不是",
    "好的", "谢谢", "取消", "在", "有", "没有", "1", "2", "?", "/start", "充值", "提现", "密码", "到 账", "哈 哈",
]  # fmt: skip


async def test_short_messages_of_every_day_never_add_up() -> None:
    dice = random.Random(5)
    for _ in range(50):
        assert set(await tell([dice.choice(CHAT) for _ in range(40)])) == {()}


@pytest.mark.parametrize("text", ["第 999 句", "亏 30 万", "满 100 减 20", "花 20 块"])
def test_an_amount_numbers_no_words(text: str) -> None:
    assert words_of(text) == 0
    assert words_of("1. 晕\n2. 盗") == words_of("晕 盗") == 2

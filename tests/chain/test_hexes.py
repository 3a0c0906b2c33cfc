"""64 digits of unknown kind never stay in a text; what is surely an id does, and everything else stays as it was."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chain.hexes import HANDLE, hide
from core.chain.recognise import recognise
from core.conversation.readers import build

HOSTS = {"etherscan.io": "Ethereum"}
DIGITS = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
KEPT = "hex#aaaaaaaaaaaaaaaa"
WIDE = "".join(chr(ord(letter) + 0xFEE0) for letter in DIGITS)


def kept(text: str) -> tuple[str, list[str]]:
    held: list[str] = []

    def keep(digits: str) -> str:
        held.append(digits)
        return KEPT

    return hide(text, HOSTS, keep), held


@pytest.mark.parametrize(
    "written",
    [DIGITS, DIGITS.upper(), f"0x{DIGITS}", f"0X{DIGITS.upper()}", f"查一下 {DIGITS}，谢谢", f"“{DIGITS}”", WIDE,
     f"{DIGITS[:30]}\u200b{DIGITS[30:]}", f"{DIGITS[:32]}\n{DIGITS[32:]}", f"https://evil.example/tx/{DIGITS}",
     f"{DIGITS} https://etherscan.io/about", f"http://[/{DIGITS}", f"nothash:{DIGITS}", f"mytxidea {DIGITS}",
     "记一下 " + " ".join(DIGITS[at : at + 4] for at in range(0, 64, 4)) + "，谢谢",
     "mine: " + ":".join(DIGITS[at : at + 2] for at in range(0, 64, 2)),
     f"half {DIGITS[:32]} {DIGITS[32:]} half"],
)  # fmt: skip
def test_digits_of_unknown_kind_are_kept_apart(written: str) -> None:
    text, held = kept(written)
    assert held == [DIGITS]
    assert KEPT in text
    assert DIGITS[:20] not in text.lower()
    assert WIDE[:20] not in text


@pytest.mark.parametrize(
    "written",
    [f"TxID {DIGITS}", f"交易哈希：{DIGITS}", f"tx hash {DIGITS}", f"transaction id = {DIGITS}", f"交易ID {DIGITS}",
     f"https://etherscan.io/tx/0x{DIGITS}", f"https://www.etherscan.io/tx/{DIGITS}"],
)  # fmt: skip
def test_what_is_surely_an_id_stays(written: str) -> None:
    assert kept(written) == (written, [])


@pytest.mark.parametrize(
    ("broken", "kind"),
    [(DIGITS[:63], "short"), (DIGITS + "a", "long"), (DIGITS[:20] + "g" + DIGITS[21:], "not_hex"), (DIGITS[:50], "short")],
)  # fmt: skip
def test_of_a_broken_one_only_the_shape_stays(broken: str, kind: str) -> None:
    text, held = kept(f"查 {broken}")
    assert held == []
    assert broken[:8] not in text
    before, after = recognise(f"查 {broken}", HOSTS), recognise(text, HOSTS)
    assert before.kind == after.kind == kind
    assert before.holes == after.holes


@pytest.mark.parametrize(
    "plain",
    ["", "我的转账还没到账", "0x" + "ab" * 20, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "W1234567890", "a" * 5000, "1" * 60,
     "TJCnKsPa7y5okkXvQAidZBzqx3QyQ6sxMW", "12 34 56 78 90 " * 6, "add a bad face to be fed a dad " * 3, "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"],
)  # fmt: skip
def test_everything_else_stays(plain: str) -> None:
    assert kept(plain) == (plain, [])


@given(st.text(alphabet="0123456789abcdefABCDEFxXg \n.,/:", max_size=400))
def test_no_run_of_64_digits_is_ever_left(text: str) -> None:
    left, _ = kept(text)
    assert recognise(left, {}).kind != "hash"


def test_long_texts_take_linear_time() -> None:
    def cost(size: int) -> float:
        text = ("0x" + "ab" * 31 + " https://a.b/") * (size // 80)
        began = time.process_time()
        kept(text)
        return time.process_time() - began

    cost(4_000)
    assert min(cost(64_000) for _ in range(3)) < 60 * max(min(cost(4_000) for _ in range(3)), 1e-4)


def test_the_reader_takes_a_handle() -> None:
    assert HANDLE.fullmatch(KEPT)
    assert build()["transaction_id"](f"这一笔 {KEPT}").value == KEPT

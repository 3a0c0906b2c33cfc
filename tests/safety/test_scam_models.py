"""The shipped models: what they were trained on, and what they are worth on texts that trained nothing.

The figures that need large lists are in docs/scam-check.md; `scripts/train` makes them anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from core.safety import features, model
from core.safety.lures import WEAK, asks_about, only_warns, turns
from core.safety.verify import check
from tests.safety.scam import KNOWN, NOW

ROOT = Path(__file__).resolve().parents[2]
MODELS = ("hosts", "texts", "han")


def lines(name: str) -> list[str]:
    return (ROOT / "tests" / "data" / name).read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", MODELS)
def test_a_model_says_what_it_was_trained_on_and_the_document_says_it_too(name: str) -> None:
    about = model.load(name).about["about"]
    text = (ROOT / "docs" / "scam-check.md").read_text("utf-8")
    assert about["from"]
    for source in about["from"]:
        assert f"`{source}`" in text, source
        assert not source.startswith(("scamsniffer", "metamask", "chatterbot"))
    bits = features.DOMAIN_BITS if name == "hosts" else features.TEXT_BITS
    assert len(model.load(name).weights) == 1 << bits


def told(text: str) -> bool:
    return check(text, KNOWN, NOW).grade != "unknown"


def test_fake_support_that_nothing_was_tuned_on_is_told() -> None:
    held = lines("scam/fake_support.held.zh.txt")
    assert len(held) == 150
    assert not set(held) & set(lines("scam/fake_support.tuning.zh.txt"))
    assert sum(map(told, held)) >= 0.85 * len(held)


def test_ordinary_sentences_are_not() -> None:
    ordinary = lines("scam/ordinary.zh.txt")
    assert sum(map(told, ordinary)) <= 3


def test_fake_support_in_english_is_told_by_its_turns() -> None:
    tuned, held = lines("scam/fake_support.tuning.en.txt"), lines("scam/fake_support.held.en.txt")
    assert (len(tuned), len(held)) == (43, 37)
    assert sum(map(told, tuned)) >= 37
    assert sum(map(told, held)) >= 26


def test_ordinary_english_is_not() -> None:
    """Who tells or quotes a scam is told in part, as ever; nobody else is. Asking and answering are half of these."""
    ordinary = lines("scam/ordinary.en.txt")
    assert len(ordinary) == 288
    assert sum(map(told, ordinary)) <= 23


@pytest.mark.parametrize("name", ["transaction_status", "password_reset", "security_education"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_people_ask_the_bot_is_not(name: str, language: str) -> None:
    asked = lines(f"router/{name}.{language}.txt")
    assert sum(map(told, asked)) <= 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("请把助记词发给客服核对", "asks_secret"),
        ("please enter your recovery phrase here", "asks_secret"),
        ("提现需要先缴纳 10% 保证金", "pay_first"),
        ("you must pay a gas fee to withdraw", "pay_first"),
        ("专业追款团队，不成功不收费", "recovers"),
        ("contact him, he helped me recover my lost bitcoin", "recovers"),
        ("充 1000 送 500，稳赚不赔", "doubles"),
        ("send 0.1 btc and get 0.2 back", "doubles"),
        ("请授权钱包领取空投", "validates"),
        ("synchronize your wallet to fix this", "validates"),
        ("请下载 AnyDesk，我远程帮您", "remote"),
        ("share the code so that we can verify you", "asks_secret"),
        ("your wallet has not been rectified", "validates"),
        ("kindly settle the outstanding tax before your withdrawal", "pay_first"),
        ("upgrade your account by moving your funds", "safe_account"),
        ("kindly DM our recovery agent", "leads_away"),
        ("Write to our recovery expert", "recovers"),
        ("to avoid being suspended, validate your wallet", "validates"),
        ("请把资产转入安全账户", "safe_account"),
    ],
)
def test_turns(text: str, code: str) -> None:
    assert code in turns(text)
    assert code not in WEAK


@pytest.mark.parametrize(
    "text",
    [
        "官方客服绝不会要您提供助记词",
        "We never ask you to enter your seed phrase",
        "谨防有人让您把钱转到安全账户",
        "Beware of anybody who promises to recover your funds for a fee; contact nobody",
    ],
)
def test_a_warning_is_no_scam(text: str) -> None:
    assert turns(text) == ()
    assert only_warns(text)


@pytest.mark.parametrize(
    "text",
    [
        "有人说能帮我追回被骗的钱，要先付费，能信吗",
        "他让我把助记词发给他，是不是骗子",
        "刚收到这条消息，是真的吗？“请先缴纳保证金才能提现”",
        'Is this a scam? "Send 1 ETH and get 2 back"',
        "someone messaged me to validate my wallet, is it legit?",
    ],
)
def test_whoever_quotes_a_scam_to_ask_is_known_to_ask(text: str) -> None:
    assert asks_about(text)


@pytest.mark.parametrize(
    "text", ["请先缴纳保证金才能提现", "Send 1 ETH and get 2 back", "DM me, I recover funds"]
)
def test_whoever_says_it_himself_is_not(text: str) -> None:
    assert not asks_about(text)

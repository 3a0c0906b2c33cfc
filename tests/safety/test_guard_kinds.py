"""Every kind of secret in the layouts in which people paste it, against made-up samples of a seed of their own;
what looks like a secret and is none; and the closed list of kinds in the documents."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import guard_phrases as phrases
from benchmarks import guard_samples as samples
from benchmarks.guard import remains
from core.safety.guard import KINDS, MASK, inspect

ROOT = Path(__file__).resolve().parents[2]
SEED = 77
"""No threshold was fixed on this set."""
GROUPS = {
    "intact": {"seed_phrase"},
    "others": {"seed_phrase"},
    "spoiled": {"seed_phrase"},
    "glued": {"seed_phrase"},
    "hidden": {"seed_phrase"},
    "together": {"seed_phrase"},
    "card": {"card"},
    "identity": {"id_number"},
    "key/keystore": {"keystore"},
    "key": {"private_key"},
    "labelled/password": {"password"},
    "labelled/code": {"code"},
    "labelled/recovery codes": {"recovery_codes"},
    "labelled/authenticator key": {"recovery_codes"},
    "labelled/api key": {"api_key"},
    "token/telegram": {"bot_token"},
    "token/discord": {"bot_token"},
    "token/pem": {"private_key"},
    "token": {"api_key"},
}
BOUNDS = {"spoiled": 0.03, "glued": 0.05, "hidden": 0.03, "together": 0.03}
"""The share that may be missed; nothing of the others may."""


@pytest.mark.parametrize("name", [make.__name__ for make in samples.SECRETS])
def test_what_people_paste_is_found_and_nothing_of_it_is_left(name: str) -> None:
    make = getattr(samples, name)
    total, missed, left, odd = 0, [], [], Counter[str]()
    for sample in make(random.Random(SEED), 3):
        total += 1
        seen = inspect(sample.text)
        expected = next(kinds for group, kinds in GROUPS.items() if sample.group.startswith(group))
        if not seen.kinds:
            missed.append(sample)
        elif remains(sample.secret, seen.text):
            left.append((sample, seen.text))
        elif not expected <= set(seen.kinds):
            odd[f"{sample.group}: {seen.kinds}"] += 1
    bound = BOUNDS.get(name, 0.0)
    assert len(missed) <= total * bound, missed[:3]
    assert len(left) <= total * bound, left[:3]
    assert not odd


def test_ids_addresses_and_public_keys_pass() -> None:
    for sample in samples.look_alikes(random.Random(SEED), 12):
        assert inspect(sample.text).kinds == (), sample


CERTAIN = [
    ("abandon " * 11 + "about", True),
    ("legal winner thank year wave sausage worth useful legal winner thank zoo", False),
    ("密码：hunter2", False),
    ("card 4111 1111 1111 1111", True),
]


@pytest.mark.parametrize(("text", "certain"), CERTAIN)
def test_a_checksum_is_certainty_and_looks_are_suspicion(text: str, certain: bool) -> None:
    seen = inspect(text)
    assert len(seen.kinds) == 1
    assert seen.certain == (seen.kinds if certain else ())


def test_the_checksums_of_other_wallets_are_certainty() -> None:
    dice = random.Random(SEED)
    sure = Counter[str]()
    for sample in phrases.others(dice, 6):
        sure[sample.group.split("/")[1]] += "seed_phrase" in inspect(sample.text).certain
    assert [sure[name] for name in ("electrum", "monero", "algorand")] == [6, 6, 6]


BAIT = [
    "Free 7000 USDT! Seed phrase: {}",
    "hello, I have 3,250 usdt in my wallet and I don't know how to transfer, can you help me withdraw? {}",
    "I'm quitting crypto, whoever wants it can take it: {} there is $1200 inside",
    "不玩了，钱包里还有 5000u 送给有缘人 {}",
    "我有 3000 USDT 不会转出，谁能帮我提现，分你一半 {}",
    "谁要谁拿去，里面有 2.5 ETH：{}",
]
VICTIM = [
    "my seed phrase is {} and my balance shows zero, please help",
    "我的助记词是 {} 导入以后余额是 0，怎么办",
    "{}",
    "I lost 3000 USDT yesterday, this is my phrase {}",
    "我被骗了 5000 USDT，助记词 {}",
]
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.mark.parametrize("frame", BAIT)
def test_a_bait_is_recognised(frame: str) -> None:
    seen = inspect(frame.format(PHRASE))
    assert seen.kinds[:2] == ("bait_seed", "seed_phrase")
    assert "sausage" not in seen.text


@pytest.mark.parametrize("frame", VICTIM)
def test_a_person_in_need_is_no_scammer(frame: str) -> None:
    assert inspect(frame.format(PHRASE)).kinds == ("seed_phrase",)


@pytest.mark.parametrize(
    "text",
    [
        "订单号 4111111111111111",
        "order 4111 1111 1111 1111",
        "my uid is 4111111111111111",
        "流水号：6222021234567890128",
        "快递单号 110105194912310021",
        "充值 1,234,567,890,123 个代币",
        "电话 138 0013 8000 或 139 0013 9000",
        "error code 500 recovery failed, code 404",
        "恢复码在哪里看？",
        "我的恢复码丢了，2026-11-22 之后登不上",
        "where are my backup codes stored",
        "api key 怎么创建",
        "API key permissions: read only, trading",
        "the token contract is 0xdAC17F958D2ee523a2206206994597C13D831ec7",
        "token: USDT, network: TRC20",
        "keystore 文件怎么导出",
        "身份证正面反面都要拍吗",
        "cvv 是什么",
        "commit 8a3f5c2e9b1d4f6a7c8e9d0b1a2c3d4e5f6a7b8c",
    ],
)
def test_talk_about_secrets_passes(text: str) -> None:
    assert inspect(text).kinds == ()
    assert MASK not in inspect(text).text


def test_the_documents_list_exactly_the_kinds_of_the_code() -> None:
    table = re.findall(r"^\| `([a-z_]+)` \|", (ROOT / "docs/guard.md").read_text("utf-8"), re.MULTILINE)
    assert tuple(table) == KINDS

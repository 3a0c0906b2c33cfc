"""Seed phrases: every list, every layout that people paste, and what must pass."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import guard_phrases as phrases
from benchmarks.guard_phrases import FRAMES, HAN, LETTERS, ORACLES, Layout
from core.safety.checksums import bip39
from core.safety.guard import KINDS, MASK, inspect
from core.safety.wordlists import SIZES

LAYOUTS: dict[str, Layout] = {
    **phrases.LAYOUTS,
    "chinese labels without marks": lambda words: " ".join(
        f"第{n}个{word}" for n, word in enumerate(words, 1)
    ),
    "one word missing": lambda words: " ".join(words[:-1]),
    "two words swapped": lambda words: " ".join([words[1], words[0], *words[2:]]),
}


def phrase(language: str, seed: bytes) -> list[str]:
    return str(ORACLES[language].to_mnemonic(seed)).replace("\u3000", " ").split()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", LETTERS + HAN)
def test_a_phrase_in_any_layout_is_masked_whole(language: str, layout: str) -> None:
    dice = random.Random(f"{language} {layout}")
    missed, rounds = [], 12
    for turn in range(rounds):
        words = phrase(language, dice.randbytes(dice.choice([16, 20, 24, 28, 32])))
        text = dice.choice(FRAMES).format(LAYOUTS[layout](words))
        seen = inspect(text)
        if seen.kinds != ("seed_phrase",):
            missed.append((turn, text))
        elif language not in HAN:
            kept = set(seen.text.lower().replace("\n", " ").split())
            assert len(kept & {word.lower() for word in words if len(word) > 5}) == 0
    # Pairs of a random Chinese phrase form ordinary words now and then: one in a hundred may look natural.
    assert len(missed) <= (1 if language in HAN else 0), missed


@settings(max_examples=150, deadline=None)
@given(
    st.binary(min_size=16, max_size=16), st.integers(0, 11), st.sampled_from(["english", "italian", "french"])
)
def test_one_typo_does_not_hide_a_phrase(seed: bytes, place: int, language: str) -> None:
    words = phrase(language, seed)
    words[place] = "zzqk"
    seen = inspect("here: " + " ".join(words))
    assert "seed_phrase" in seen.kinds
    assert seen.text.count(MASK) == 1
    assert not set(seen.text.split()) & set(words)


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=60, deadline=None)
def test_four_letter_forms_are_found(seed: bytes) -> None:
    assert inspect(" ".join(word[:4] for word in phrase("english", seed))).kinds == ("seed_phrase",)


@given(st.sampled_from([16, 20, 24, 28, 32]).flatmap(lambda n: st.binary(min_size=n, max_size=n)), st.data())
@settings(max_examples=100, deadline=None)
def test_the_checksum_agrees_with_the_reference(seed: bytes, data: st.DataObject) -> None:
    oracle = ORACLES["english"]
    words = phrase("english", seed)
    words[data.draw(st.integers(0, len(words) - 1))] = data.draw(st.sampled_from(oracle.wordlist))
    assert len(words) in SIZES
    indices = [oracle.wordlist.index(word) for word in words]
    assert bip39(indices) == oracle.check(" ".join(words))


def test_words_without_anything_between_them_are_found_whole_and_with_a_mistake() -> None:
    found: Counter[str] = Counter()
    samples = list(phrases.together(random.Random(3), 15))
    for sample in samples:
        seen = inspect(sample.text)
        found[sample.group.split("/")[1]] += (
            seen.kinds == ("seed_phrase",) and sample.secret[0] not in seen.text
        )
    each = len(samples) / 3
    assert found["whole"] == found["missing"] == each
    assert found["typo"] >= 0.97 * each, found


@pytest.mark.parametrize(
    "text",
    [
        "#thankyouforyourhelpwithmyaccountandhaveagoodday",
        "pneumonoultramicroscopicsilicovolcanoconiosis",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
        "hahahahahahahahahahahahahahahahahahahaha",
        "안녕하세요출금신청했는데아직도입금이안되고있습니다확인부탁드립니다",
        "wolfjuiceproudgownzebrasausageabandonliar",
    ],
)
def test_long_words_that_are_no_phrase_pass(text: str) -> None:
    assert inspect(text).kinds == ()


@pytest.mark.parametrize("language", HAN)
def test_han_without_separators_is_found_when_alone_or_announced(language: str) -> None:
    dice = random.Random(language)
    found = {"alone": 0, "announced": 0, "in groups": 0}
    for _ in range(100):
        words = phrase(language, dice.randbytes(16))
        whole = "".join(words)
        found["alone"] += inspect(whole).kinds == ("seed_phrase",)
        found["announced"] += inspect(f"我的助记词是{whole}帮我看看").kinds == ("seed_phrase",)
        groups = " ".join(whole[at : at + 4] for at in range(0, 12, 4))
        found["in groups"] += inspect(groups).kinds == ("seed_phrase",)
    assert min(found.values()) >= 95, found


@pytest.mark.parametrize("language", HAN)
def test_han_glued_into_a_sentence_that_does_not_announce_it_is_found_by_its_checksum(language: str) -> None:
    dice = random.Random(language)
    found = 0
    for _ in range(100):
        whole = "".join(phrase(language, dice.randbytes(16)))
        frame = dice.choice(
            ("昨晚抄下来的是{}然后今天打开就没钱了啊", "老板你看下{}为什么进不去了", "唉{}哪里错了嘛")
        )
        found += whole[4:8] not in inspect(frame.format(whole)).text
    assert found >= 98


WOLF = [
    "wolf",
    "juice",
    "proud",
    "gown",
    "zebra",
    "sausage",
    "abandon",
    "liar",
    "tornado",
    "velvet",
    "oxygen",
    "ginger",
]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(" ".join(word) for word in WOLF),
        "W0LF JU1CE PROUD GOWN ZEBRA SAU5AGE ABAND0N L1AR T0RNADO VELVET OXYGEN G1NGER",
        "🔥".join(WOLF),
        "| # | word |\n|---|---|\n" + "\n".join(f"| {n} | {word} |" for n, word in enumerate(WOLF, 1)),
        "\n".join(
            "   ".join(f"{n + 1:02d}. {WOLF[n]:<10}" for n in range(at, at + 3)) for at in range(0, 12, 3)
        ),
        'wallet,phrase\nMain,"' + " ".join(WOLF) + '"',
    ],
    ids=["letters apart", "misread", "emoji", "table", "columns", "csv"],
)
def test_what_wallets_export_and_pictures_are_read_as(text: str) -> None:
    assert inspect(text).kinds == ("seed_phrase",)


@pytest.mark.parametrize(
    "text",
    [
        "abandon " * 11 + "about",
        "legalwinnerthankyearwavesausageworthusefullegalwinnerthankyellow",
        "LegalWinnerThankYearWaveSausageWorthUsefulLegalWinnerThankYellow",
        r"legal\nwinner\nthank\nyear\nwave\nsausage\nworth\nuseful\nlegal\nwinner\nthank\nyellow",
        "legal wiｎｎer thank year wave sausage worth useful legal winner thank yellow",
    ],
)
def test_other_forms_of_a_phrase(text: str) -> None:
    assert inspect(text).kinds == ("seed_phrase",)


@pytest.mark.parametrize(
    "text", ["abandon ability absorb absurd", "1. wolf 2. juice 3. proud 4. gown", "第一部分：柬 瓷 骨 域"]
)
def test_a_part_of_a_phrase_is_masked(text: str) -> None:
    seen = inspect(text)
    assert seen.kinds == ("seed_part",)
    assert MASK in seen.text


@pytest.mark.parametrize(
    "text",
    [
        "我的12个助记词丢了怎么办，钱包里面的币还能找回来吗",
        "助记词和私钥有什么区别",
        "谁知道我的充值什么时候能到账啊",
        "恭喜发财 万事如意 心想事成",
        "我 想 提 现 到 银 行 卡",
        "转账 充值 提现 安全 语言",
        "what is a 12-word seed phrase and where do I find it?",
        "can you help me check my account balance please",
        "1. buy 2. sell 3. swap 4. transfer",
        "menu back cancel human emergency language",
        "Fred, fred, fRed, frEd, freD",
        "net net mask mask",
        "阳信县勃李乡东营村妇女",
        "新年快乐\n万事如意\n恭喜发财",
    ],
)
def test_ordinary_text_passes(text: str) -> None:
    assert inspect(text).kinds == ()
    assert inspect(text).text == text


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_any_text_is_inspected_and_what_is_safe_stays_as_it_is(text: str) -> None:
    seen = inspect(text)
    assert set(seen.kinds) <= set(KINDS)
    assert bool(seen.kinds) == (seen.text != text)
    assert inspect(seen.text).text == seen.text


@given(st.text(max_size=30), st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_what_stands_around_a_phrase_does_not_hide_it(before: str, after: str) -> None:
    words = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    assert "sausage" not in inspect(f"{before}\n{words}\n{after}").text

"""Made-up phrases of wallets in the layouts in which people paste them, whole, with a typo, cut and mixed up.

They come from the reference implementations (`mnemonic`, `bip_utils`), not from our own lists. See `guard_samples`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bip_utils import (
    AlgorandMnemonicGenerator,
    ElectrumV2MnemonicGenerator,
    ElectrumV2MnemonicTypes,
    MoneroMnemonicGenerator,
)
from bip_utils.electrum.mnemonic_v1 import ElectrumV1MnemonicGenerator
from mnemonic import Mnemonic

LETTERS = ("english", "spanish", "french", "italian", "portuguese", "czech", "japanese", "korean")
HAN = ("chinese_simplified", "chinese_traditional")
ORACLES = {name: Mnemonic(name) for name in LETTERS + HAN}


@dataclass(frozen=True)
class Sample:
    """One message: the group that it is reported under, and what must not be left of it."""

    group: str
    text: str
    secret: tuple[str, ...] = ()


Layout = Callable[[list[str]], str]
ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
]
LAYOUTS: dict[str, Layout] = {
    "plain": " ".join,
    "ideographic space": "\u3000".join,
    "lines": "\n".join,
    "blank lines": "\n\n".join,
    "commas": ", ".join,
    "enumeration commas": "、".join,
    "full-width commas": "，".join,
    "dashes": "-".join,
    "slashes": " / ".join,
    "bars": " | ".join,
    "dots": " · ".join,
    "tabs": "\t".join,
    "numbered": lambda words: "\n".join(f"{n}. {word}" for n, word in enumerate(words, 1)),
    "numbered inline": lambda words: " ".join(f"{n}){word}" for n, word in enumerate(words, 1)),
    "numbers behind": lambda words: " ".join(f"{word}({n})" for n, word in enumerate(words, 1)),
    "labels": lambda words: "\n".join(f"word {n}: {word}" for n, word in enumerate(words, 1)),
    "chinese labels": lambda words: " ".join(f"第{n}个词：{word}" for n, word in enumerate(words, 1)),
    "circled": lambda words: " ".join(f"{chr(0x245F + n)} {word}" for n, word in enumerate(words, 1)),
    "zero width": lambda words: " ".join("\u200b".join(word) for word in words),
    "json": lambda words: json.dumps(words, ensure_ascii=False),
    "json object": lambda words: json.dumps(
        {f"word{n}": word for n, word in enumerate(words, 1)}, ensure_ascii=False
    ),
    "html": lambda words: "".join(f"<li>{word}</li>" for word in words),
    "xml": lambda words: "".join(f'<word id="{n}">{word}</word>' for n, word in enumerate(words, 1)),
    "ordinals": lambda words: ", ".join(
        f"{ORDINALS[n % 12]} word is {word}" for n, word in enumerate(words)
    ),
    "query": lambda words: "&".join(f"word{n}={word}" for n, word in enumerate(words, 1)),
    "hashtags": lambda words: " ".join(f"#{word}" for word in words),
    "quoted": lambda words: " ".join(f"“{word}”" for word in words),
    "bold": lambda words: " ".join(f"**{word}**" for word in words),
    "upper case": lambda words: " ".join(words).upper(),
    "capitals": lambda words: " ".join(word.capitalize() for word in words),
    "full-width": lambda words: "　".join(map(_full_width, words)),
    "two lines": lambda words: " ".join(words[: len(words) // 2]) + "\n" + " ".join(words[len(words) // 2 :]),
    "two columns": lambda words: "\n".join(
        f"{n}. {a}    {n + len(words) // 2}. {b}"
        for n, (a, b) in enumerate(
            zip(words[: len(words) // 2], words[len(words) // 2 :], strict=False), 1
        )
    ),
}  # fmt: skip
FRAMES = (
    "{}",
    "{}",
    "我的助记词是 {} 帮我看看为什么余额是0",
    "my seed phrase is {} please help",
    "请问导入 {} 后没有资产怎么办？",
    "I wrote this down: {}\nis that right?",
    "{} 钱包打不开了",
    "hello sir\n{}\nwallet empty why",
)
HAN_FRAMES = (
    "{}",
    "我的助记词是{}帮我看看",
    "助记词：{}",
    "種子詞 {} 導入後沒有資產",
    "这是我的钱包备份短语，{}，导入不了",
)
HIDING = (
    "之前记在本子上的{}现在登不上",
    "麻烦看一下{}是不是少了一个字",
    "重装以后填{}一直转圈",
    "有个群友让我填{}然后钱就没了",
    "我这边显示{}无效怎么办",
    "朋友给我的是{}能用吗",
    "请核对{}是否正确谢谢",
    "用{}登录之后看不到我的币",
    "系统说{}格式不对",
    "我把{}存在备忘录里了安全吗",
    "手機壞了只剩{}可以找回嗎",
    "他叫我輸入{}才能領空投",
)
"""Sentences that announce nothing. No threshold was fixed on them."""
_KEYS = "abcdefghijklmnopqrstuvwxyz"


def _full_width(word: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word)


def phrase(dice: random.Random, language: str, size: int) -> list[str]:
    """A right BIP39 phrase."""
    return list(ORACLES[language].to_mnemonic(dice.randbytes(size * 4 // 3)).replace("\u3000", " ").split())


def typo(dice: random.Random, word: str) -> str:
    """One slip of the finger: a letter changed, left out, doubled or swapped; in Han another character."""
    if len(word) == 1:
        return chr(dice.randrange(0x4E00, 0x9FA5))
    at = dice.randrange(len(word) - 1)
    letter = word[at]
    other = dice.choice(_KEYS) if letter.isascii() else chr(ord(letter) + dice.choice((-1, 1)))
    return dice.choice(
        (
            word[:at] + other + word[at + 1 :],
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + word[at + 1] + letter + word[at + 2 :],
        )
    )


def intact(dice: random.Random, count: int) -> Iterator[Sample]:
    """Whole phrases of every language in every layout."""
    for language in LETTERS + HAN:
        for name, layout in LAYOUTS.items():
            for _ in range(count):
                words = phrase(dice, language, dice.choice((12, 12, 12, 15, 18, 21, 24, 24)))
                yield _framed(dice, f"intact/{name}", layout, words, language)


def _framed(dice: random.Random, group: str, layout: Layout, words: list[str], tag: str) -> Sample:
    text = dice.choice(FRAMES).format(layout(words))
    return Sample(f"{group}/{tag}", text, tuple(words))


def glued(dice: random.Random, count: int) -> Iterator[Sample]:
    """Without anything between the words: Han alone and announced, English in one piece."""
    for language in HAN:
        for _ in range(count):
            words = phrase(dice, language, dice.choice((12, 12, 15, 18, 24)))
            frame = dice.choice(HAN_FRAMES)
            yield Sample(f"glued/announced/{language}", frame.format("".join(words)), tuple(words))
            yield Sample(f"glued/alone/{language}", "".join(words), tuple(words))
            groups = dice.choice((2, 3, 4))
            lumps = ["".join(words[at : at + groups]) for at in range(0, len(words), groups)]
            yield Sample(f"glued/groups/{language}", " ".join(lumps), tuple(words))
            prose = dice.choice(("导入{}后没有资产", "帮我看看{}怎么打不开", "我抄的是{}对吗"))
            yield Sample(f"glued/in a sentence/{language}", prose.format("".join(words)), tuple(words))
    for _ in range(count):
        words = phrase(dice, "english", dice.choice((12, 24)))
        yield Sample("glued/alone/english", "".join(words), ("".join(words),))
        yield Sample("glued/camel/english", "".join(w.capitalize() for w in words), ("".join(words),))


def hidden(dice: random.Random, count: int) -> Iterator[Sample]:
    """Han without separators in the midst of a sentence that does not announce it: whole, with a typo, one missing; and
    in groups with a mark between them, where a mistake leaves no checksum either."""
    for language in HAN:
        for _ in range(count):
            words = phrase(dice, language, dice.choice((12, 12, 12, 15, 18, 21, 24)))
            at = dice.randrange(len(words))
            wrong = [*words[:at], typo(dice, words[at]), *words[at + 1 :]]
            for name, spelled in (
                ("whole", words),
                ("typo", wrong),
                ("missing", words[:at] + words[at + 1 :]),
            ):
                text = dice.choice(HIDING).format("".join(spelled))
                yield Sample(f"hidden/{name}/{language}", text, tuple(spelled))
            size, mark = dice.choice((2, 3, 4, 6)), dice.choice(("、", "-", "/", " ", "\n"))
            lumps = ["".join(wrong[at : at + size]) for at in range(0, len(wrong), size)]
            yield Sample(f"hidden/groups with a typo/{language}", mark.join(lumps), tuple(wrong))


def together(dice: random.Random, count: int) -> Iterator[Sample]:
    """Words of letters without anything between them, small or with capitals: whole, with a typo, one missing."""
    for language in LETTERS:
        for _ in range(count):
            words = phrase(dice, language, dice.choice((12, 12, 12, 15, 18, 21, 24)))
            at = dice.randrange(len(words))
            wrong = [*words[:at], typo(dice, words[at]), *words[at + 1 :]]
            for name, spelled in (
                ("whole", words),
                ("typo", wrong),
                ("missing", words[:at] + words[at + 1 :]),
            ):
                token = "".join(dice.choice((str, str.capitalize))(word) for word in spelled)
                yield Sample(f"together/{name}/{language}", dice.choice(FRAMES).format(token), (token,))


def others(dice: random.Random, count: int) -> Iterator[Sample]:
    """The phrases of other wallets, and the four-letter forms."""
    simple = [LAYOUTS[name] for name in ("plain", "lines", "numbered", "commas", "upper case", "two lines")]
    for _ in range(count):
        electrum = ElectrumV2MnemonicGenerator(ElectrumV2MnemonicTypes.SEGWIT).FromEntropy(
            (dice.getrandbits(128) | 1 << 131).to_bytes(17, "big")
        )
        old = ElectrumV1MnemonicGenerator().FromEntropy(dice.randbytes(16))
        monero = MoneroMnemonicGenerator().FromEntropyWithChecksum(dice.randbytes(32))
        algorand = AlgorandMnemonicGenerator().FromEntropy(dice.randbytes(32))
        ton = dice.choices(ORACLES["english"].wordlist, k=24)
        short = [word[:4] for word in phrase(dice, "english", dice.choice((12, 24)))]
        for name, words in (
            ("electrum", electrum.ToList()),
            ("electrum old", old.ToList()),
            ("monero", monero.ToList()),
            ("algorand", algorand.ToList()),
            ("ton", ton),
            ("four letters", short),
        ):
            yield _framed(dice, f"others/{name}", dice.choice(simple), words, "english")


def spoiled(dice: random.Random, count: int) -> Iterator[Sample]:
    """One typo, one word missing, two words swapped."""
    simple = [LAYOUTS[name] for name in ("plain", "lines", "numbered", "commas", "chinese labels")]
    for language in LETTERS + HAN:
        for _ in range(count):
            words = phrase(dice, language, dice.choice((12, 12, 12, 18, 24)))
            at = dice.randrange(len(words))
            wrong = [*words[:at], typo(dice, words[at]), *words[at + 1 :]]
            yield _framed(dice, "spoiled/typo", dice.choice(simple), wrong, language)
            less = words[:at] + words[at + 1 :]
            yield _framed(dice, "spoiled/missing", dice.choice(simple), less, language)
            swapped = [words[1], words[0], *words[2:]]
            yield _framed(dice, "spoiled/swapped", dice.choice(simple), swapped, language)

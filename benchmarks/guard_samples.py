"""Made-up secrets in the layouts in which people paste them, and ordinary things that look like secrets.

Everything comes from one `random.Random`, so a seed names a whole set: thresholds were fixed on the set of
`TUNED_ON`, and what is reported comes from another. No key here holds money. The phrases and keys themselves come
from the reference implementations (`mnemonic`, `bip_utils`, `cryptography`), not from our own lists.
"""

from __future__ import annotations

import hashlib
import json
import random
import string
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bip_utils import (
    AlgorandMnemonicGenerator,
    ElectrumV2MnemonicGenerator,
    ElectrumV2MnemonicTypes,
    MoneroMnemonicGenerator,
)
from bip_utils.electrum.mnemonic_v1 import ElectrumV1MnemonicGenerator
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from mnemonic import Mnemonic

from core import base58

TUNED_ON = 1
"""The set that thresholds were fixed on. Report another."""
LETTERS = ("english", "spanish", "french", "italian", "portuguese", "czech", "japanese", "korean")
HAN = ("chinese_simplified", "chinese_traditional")
ORACLES = {name: Mnemonic(name) for name in LETTERS + HAN}


@dataclass(frozen=True)
class Sample:
    """One message: the group that it is reported under, and what must not be left of it."""

    group: str
    text: str
    secret: tuple[str, ...] = ()


# --- phrases ---------------------------------------------------------------------------------

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


# --- keys and the rest -----------------------------------------------------------------------


def keys(dice: random.Random, count: int) -> Iterator[Sample]:
    """Private keys in the forms of many chains."""
    frames = (
        "{}",
        "我的私钥 {}",
        "导入{}失败",
        "this is my key: {}",
        "private key {} cannot import",
        "{}\n帮我看看",
    )
    labelled = (
        "我的私钥 {}",
        "私钥：{}",
        "private key: {}",
        "privateKey={}",
        "my priv key is {}",
        "{} 这是我的私钥",
    )
    for _ in range(count):
        secret = dice.randbytes(32)
        chain = Ed25519PrivateKey.from_private_bytes(secret)
        pair = secret + chain.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        head = bytes.fromhex(dice.choice(("0488ade4", "049d7878", "04b2430c", "04358394")))
        for name, key, around in (
            ("wif", base58.encode_checked(b"\x80" + secret + b"\x01"), frames),
            ("wif old", base58.encode_checked(dice.choice((b"\x80", b"\xef")) + secret), frames),
            ("extended", base58.encode_checked(head + dice.randbytes(41) + b"\0" + secret), frames),
            ("solana", base58.encode(pair), frames),
            ("solana array", json.dumps(list(pair), separators=(dice.choice((",", ", ")), ":")), frames),
            ("hex", dice.choice(("", "0x")) + secret.hex(), labelled),
        ):
            yield Sample(f"key/{name}", dice.choice(around).format(key), (key,))
        yield keystore(dice)


def keystore(dice: random.Random) -> Sample:
    """The file that a wallet exports, pretty or in one line."""
    text, salt, mac = dice.randbytes(32).hex(), dice.randbytes(32).hex(), dice.randbytes(32).hex()
    value = {
        "address": dice.randbytes(20).hex(),
        "crypto": {
            "cipher": "aes-128-ctr",
            "ciphertext": text,
            "cipherparams": {"iv": dice.randbytes(16).hex()},
            "kdf": "scrypt",
            "kdfparams": {"dklen": 32, "n": 262144, "p": 1, "r": 8, "salt": salt},
            "mac": mac,
        },
        "id": str(uuid.UUID(int=dice.getrandbits(128))),
        "version": 3,
    }
    body = json.dumps(value, indent=dice.choice((None, 2)))
    return Sample("key/keystore", dice.choice(("{}", "这是我的钱包文件\n{}")).format(body), (text,))


def labelled(dice: random.Random, count: int) -> Iterator[Sample]:
    """Passwords, codes, recovery codes: secrets because a word beside them says so."""
    signs = string.ascii_letters + string.digits
    for _ in range(count):
        word = dice.choice(("Summer", "qwerty", "Wolke", "zhang", "btc", "Tiger"))
        password = word + str(dice.randrange(10, 99999)) + dice.choice(("", "!", "@", "#$"))
        code = f"{dice.randrange(10**6):06d}"
        backup = ["".join(dice.choices(string.ascii_lowercase + string.digits, k=8)) for _ in range(8)]
        backup = [f"{one[:4]}-{one[4:]}" if dice.random() < 0.5 else one for one in backup]
        yield Sample("labelled/password", dice.choice(PASSWORDS).format(password), (password,))
        yield Sample("labelled/code", dice.choice(CODES).format(code), (code,))
        yield Sample(
            "labelled/recovery codes",
            dice.choice(RECOVERY).format(dice.choice((" ", "\n", ", ")).join(backup)),
            tuple(backup),
        )
        secret = "".join(dice.choices(signs, k=dice.choice((32, 40, 64))))
        yield Sample("labelled/api key", dice.choice(API).format(secret), (secret,))
        base32 = "".join(dice.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=dice.choice((16, 32))))
        yield Sample("labelled/authenticator key", dice.choice(TOTP).format(base32), (base32,))


PASSWORDS = (
    "我的密码是 {}", "密码：{}", "密码:{} 登录不上", "密码 {} 不对", "登录密码{}，帮我看看", "my password is {}",
    "password: {}", "pwd={}", "Password:\n{}", "pass: {}", "{} 是我的密码", "用户名 lily 密码 {}", "账号：lily\n密码：{}",
    "login: lily@example.org pass: {}", "i changed my password to {}", "我把密码改成了{}", "資金密碼：{}", "支付密码是{}",
)  # fmt: skip
CODES = (
    "验证码：{}", "验证码是 {}", "【币安】您的验证码 {}，请勿泄露", "我收到的验证码{}填不进去", "谷歌验证码 {}", "2FA: {}",
    "otp {}", "my code is {}", "Your verification code is: {}", "{} is your verification code", "{}是我的验证码", "短信验证码为{}",
    "the sms code is {}", "authenticator code {}", "动态码 {}",
)  # fmt: skip
RECOVERY = (
    "恢复码：{}", "我的备用验证码 {}", "these are my backup codes: {}", "recovery codes\n{}", "2FA backup codes {}",
    "谷歌验证的恢复代码是 {}",
)  # fmt: skip
API = (
    "api key: {}", "API Secret {}", "apiKey={}", "secret key: {}", "我的 API 密钥是 {}", "api_secret: \"{}\"", "API密钥：{}",
    "access token {}",
)  # fmt: skip
TOTP = (
    "谷歌验证器密钥 {}", "authenticator key: {}", "otpauth://totp/Exchange:lily?secret={}&issuer=Exchange", "2FA secret: {}",
    "身份验证器密钥：{}",
)  # fmt: skip


def tokens(dice: random.Random, count: int) -> Iterator[Sample]:
    """What is a secret by its form alone."""
    signs = string.ascii_letters + string.digits
    for _ in range(count):

        def some(size: int, letters: str = signs) -> str:
            return "".join(dice.choices(letters, k=size))

        for name, token in (
            ("telegram", f"{dice.randrange(10**8, 10**10)}:AA{some(33)}"),
            ("discord", f"M{some(23)}.{some(6)}.{some(38)}"),
            ("github", f"ghp_{some(36)}"),
            ("openai", f"sk-proj-{some(48)}"),
            ("aws", f"AKIA{some(16, string.ascii_uppercase + '234567')}"),
            ("slack", f"xoxb-{dice.randrange(10**11)}-{dice.randrange(10**12)}-{some(24)}"),
            ("google", f"AIza{some(35)}"),
            ("stripe", f"sk_live_{some(24)}"),
            ("jwt", f"eyJ{some(20)}.eyJ{some(40)}.{some(43)}"),
            ("pem", f"-----BEGIN EC PRIVATE KEY-----\n{some(64)}\n{some(64)}\n-----END EC PRIVATE KEY-----"),
        ):
            frame = dice.choice(("{}", "token {}", "这个 {} 对吗", "my bot: {} does not start"))
            yield Sample(f"token/{name}", frame.format(token), (token,))


def numbers(dice: random.Random, count: int) -> Iterator[Sample]:
    """Payment cards and Chinese identity numbers."""
    for _ in range(count):
        card = _card(dice)
        spaced = " ".join(card[at : at + 4] for at in range(0, len(card), 4))
        shown = dice.choice((spaced, spaced.replace(" ", "-")))
        yield Sample(
            "card/spaced", dice.choice(("{}", "我的卡 {}", "card {} exp 12/28")).format(shown), (shown,)
        )
        context = dice.choice(
            ("银行卡号 {}", "卡号：{}", "my card number is {}", "visa {} cvv 123", "信用卡{}扣款了")
        )
        yield Sample("card/labelled", context.format(card), (card,))
        number = identity(dice)
        frame = dice.choice(("{}", "身份证号：{}", "我的身份证{}", "姓名张三 {}", "ID number {}"))
        yield Sample("identity", frame.format(number), (number,))


def _card(dice: random.Random) -> str:
    head, size = dice.choice(
        (("4", 16), ("51", 16), ("55", 16), ("37", 15), ("6222", 19), ("6228", 19), ("62", 16))
    )
    body = head + "".join(dice.choices(string.digits, k=size - len(head) - 1))
    return body + str(-_luhn(body + "0") % 10)


def _luhn(digits: str) -> int:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total


def identity(dice: random.Random) -> str:
    """A right number by GB 11643: area, birthday, order, check digit."""
    area = dice.choice(("110105", "310104", "440305", "510107", "330106", "650102"))
    day = f"{dice.randrange(1950, 2008)}{dice.randrange(1, 13):02d}{dice.randrange(1, 29):02d}"
    body = f"{area}{day}{dice.randrange(1000):03d}"
    total = sum(int(d) * (2 ** (17 - n) % 11) for n, d in enumerate(body))
    return body + "10X98765432"[total % 11]


SECRETS = (intact, glued, others, spoiled, keys, labelled, tokens, numbers)


# --- what must pass --------------------------------------------------------------------------


def look_alikes(dice: random.Random, count: int) -> Iterator[Sample]:
    """Ids, addresses and public keys of the kinds that people paste into a support chat every day."""
    frames = (
        "{}", "我的转账 {} 还没到账", "txid: {}", "查一下 {} 谢谢", "please check {} for me", "交易哈希 {}", "订单号 {}",
        "https://etherscan.io/tx/{}", "充值地址 {}", "hash {} is pending since yesterday",
    )  # fmt: skip
    for _ in range(count):
        key = dice.randbytes(33)
        for name, text in (
            ("txid", dice.randbytes(32).hex()),
            ("0x hash", "0x" + dice.randbytes(32).hex()),
            ("evm address", "0x" + dice.randbytes(20).hex()),
            ("bitcoin address", base58.encode_checked(dice.choice((b"\0", b"\5")) + dice.randbytes(20))),
            ("tron address", base58.encode_checked(b"\x41" + dice.randbytes(20))),
            ("xpub", base58.encode_checked(bytes.fromhex("0488b21e") + dice.randbytes(41) + b"\x02" + key[1:])),
            ("zpub", base58.encode_checked(bytes.fromhex("04b24746") + dice.randbytes(41) + b"\x03" + key[1:])),
            ("solana signature", base58.encode(dice.randbytes(64))),
            ("solana address", base58.encode(dice.randbytes(32))),
            ("order", str(dice.randrange(10**15, 10**19))),
            ("order short", str(dice.randrange(10**9, 10**12))),
            ("uuid", str(uuid.UUID(int=dice.getrandbits(128)))),
            ("phone", "1" + str(dice.choice((3, 5, 7, 8, 9))) + str(dice.randrange(10**8, 10**9))),
            ("sha", hashlib.sha1(key).hexdigest()),
            ("amount", f"{dice.uniform(0, 10**5):.8f}"),
            ("time", f"2026-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d} {dice.randrange(24):02d}:{dice.randrange(60):02d}"),
        ):  # fmt: skip
            yield Sample(f"look-alike/{name}", dice.choice(frames).format(text))

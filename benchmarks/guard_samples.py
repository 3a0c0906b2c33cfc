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
from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from benchmarks.guard_phrases import Sample, glued, hidden, intact, others, spoiled, together
from core import base58

TUNED_ON = 1
"""The set that thresholds were fixed on. Report another."""


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


SECRETS = (intact, glued, others, spoiled, keys, labelled, tokens, numbers, hidden, together)


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

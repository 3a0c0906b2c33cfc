"""Texts that are made to be slow: each exercises one detector, or what stands before all of them, as hard as it can.

They are patterns that are repeated to the length that is wanted, so that they are the same on every machine.
"""

from __future__ import annotations

import random
import unicodedata

from core.safety.neighbours import ALONE
from core.safety.wordlists import CHARACTER_INDEX, CHARACTERS, WORDS


def hostile(length: int) -> dict[str, str]:
    """A name -> a text of `length` characters."""
    return {
        name: (pattern * (length // len(pattern) + 1))[:length]
        for name, pattern in {**LETTERS, **OTHERS, **_drawn(length)}.items()
    }


LETTERS = {
    "one letter": "a",
    "list words": "abandon zoo wolf proud ",
    "glued words": "abandonability",
    "glued words with a slip": "abandonabilityabandonabilityx ",
    "glued korean": "가격가끔가난가능",
    "letters apart": "z o o ",
    "misread": "a0b1o5",
    "every second word": "first abandon second zoo ",
    "tags": "<li>abandon</li>",
    "word labels": "word 1: ab no 2: ",
    "two words": "ab ",
    "capitals": "ABANDON Zoo ",
    "grows when lowered": "İ abandon ",
    "escapes": "zoo\\nwolf\\t",
    "korean": "가격 가끔 가난 ",
    "korean in letters": unicodedata.normalize("NFD", "가격 가끔 "),
    "digits": "1234567890 ",
    "twelve digits": "123456789012 ",
    "cards": "4111 1111 1111 1111 ",
    "identity numbers": "11010519491231002x ",
    "cvv": "cvv ",
    "dots": "1.2.",
    "base58": "K" * 52 + " ",
    "base58 pairs": "K" * 88 + " ",
    "labelled hex": "私钥" + "a" * 64 + " ",
    "hex in pieces": "sk abcd abcd ",
    "arrays": "[1,2,3,4,5,6,7,8",
    "pem": "-----begin private key-----",
    "tokens": "api key: ",
    "token labels": "token ",
    "jwt": "eyJabcdefghij.",
    "webhooks": "/webhooks/12345678901234567/",
    "keystores": 'ciphertext": "',
    "vaults": '"salt" "iv" "data": "',
    "passwords": "password:abcd1 ",
    "password labels": "password ",
    "placeholders": "password: <a ",
    "label and spaces": "password" + " " * 60,
    "mailed": "a.b@c.de:x1",
    "accounts": "account/password: ab1 / ",
    "codes": "验证码 ",
    "codes in passing": "use code 123456 to ",
    "code for": "otp for ",
    "codes sent": "code i he she they ",
    "codes told": "gave the wolf the code ",
    "codes of programs": "level=warn code=482913 ",
    "passwords told": "密码我改的，",
    "passwords in passing": "password it is abc12345 ",
    "glued passwords": "密码a1b2c3 ",
    "marks": "密码验证码",
    "codes beside sms": "短信123456 ",
    "codes that warn": "code 123456 ",
    "short labels": "key " + "a" * 64 + " ",
    "calls": "://a:b -u a:bcd ",
    "identity in pieces": "身份证1 1 0 1 0 ",
    "backs": "digits on the back ",
    "recovery": "恢复码 ab12cd34 ",
    "setup": "谷歌",
    "setup labels": "2fa seed ",
    "baits": "zoo " * 12 + "free 1000 usdt how can i ",
}
OTHERS = {
    "spaces": " ",
    "line ends": "\n",
    "marks": "a" + "\u0301\u0316" * 40,
    "zalgo": "我\u0301\u0302\u0303",
    "zero-width": "a\u200bb\u200bandon ",
    "emoji": "👨‍👩‍👧️ ",
    "full-width": "ａｂａｎｄｏｎ　",
    "ligatures": "\ufdfa",
    "ligatures of three": "\u337f\u3300\u33ff",
    "three letters each": "ﬃ℀⅓㏒",
    "letters in circles": "①ⓐ㊀",
    "bold letters": "𝐚𝐛𝐚𝐧𝐝𝐨𝐧 ",
    "separate accents": "e\u0301 a\u0300 ",
    "accented words": unicodedata.normalize("NFD", "ábaco abdomen "),
    "singletons": "豈更車\u212b",
    "half-width kana": "ｶﾞｷﾞ ",
    "arabic forms": "\ufef7\ufefb",
    "digits of other scripts": "٣٤٥٦٧٨٩٠١٢٣٤ ",
    "lone surrogates": "\ud800a",
}


def _drawn(length: int) -> dict[str, str]:
    """Of Han characters, drawn from the list: what repeats itself is let go early."""
    dice = random.Random(1)
    listed = list(CHARACTERS)
    rare = [letter for letter, first in CHARACTERS.items() if ALONE[CHARACTER_INDEX[first]] >= 6]
    most = [letter for letter, first in CHARACTERS.items() if ALONE[CHARACTER_INDEX[first]] >= 2]
    size = length // 2

    def draw(letters: list[str], count: int) -> str:
        return "".join(dice.sample(letters, min(count, len(letters))))

    def groups(letters: list[str], count: int, between: str) -> str:
        return between.join(draw(letters, count) for _ in range(length // count))

    return {
        "han": draw(listed, size),
        "rare han": draw(rare, size),
        "announced han": "助记词" + draw(listed, size),
        "announced rare han": "助记词" + draw(rare, size),
        "han one by one": " ".join(draw(listed, size)),
        "han one by one in tags": "".join(f"<b>{letter}</b>" for letter in draw(listed, size // 4)),
        "twelve han": groups(listed, 12, ","),
        "twelve rare han": groups(rare, 12, ","),
        "twelve rarer han": groups(most, 12, "，"),
        "twelve announced": "助记词" + groups(most, 12, "，"),
        "twenty-four han": groups(most, 24, ","),
        "four han": groups(most, 4, " "),
        "six han": "种子" + groups(most, 6, " "),
        "han and prose": "".join(draw(listed, 6) + "的是不了" for _ in range(length // 10)),
        "han in prose": "".join(draw(rare, 12) + "我们的不是" for _ in range(length // 17)),
        "nearly han": "".join(draw(rare, 11) + "a" for _ in range(length // 12)),
        "numbered han": "".join(
            f"第{n % 24}个词：{letter} " for n, letter in enumerate(draw(listed, size // 8))
        ),
        "han with marks": "".join(letter + "\u0301" for letter in draw(listed, size)),
        "han with blanks": "".join(letter + "\u200b" for letter in draw(listed, size)),
        "compatible han": "".join(chr(code) for code in range(0xF900, 0xFA0E)),
        "han of no list": "".join(chr(code) for code in range(0x3400, 0x3400 + size)),
        "many languages": " ".join(dice.choices(list(WORDS), k=size // 4)),
        "long words": "".join(dice.choices([w for w in WORDS if w.isascii()], k=size // 4)),
        "words in rows of eight": "\n\n\n"
        + ("\n" * 20).join(" ".join(dice.choices([w for w in WORDS if w.isascii()], k=8)) for _ in range(60)),
    }

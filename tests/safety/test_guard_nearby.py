"""Secrets that stand some words away from what names them, in ordinary sentences; and what stands there and is none.

The sentences were written before the rules (`core/safety/nearby.py`), as people write to support and as banks write to
people. A secret stands between « and ».
"""

from __future__ import annotations

import random
import re

import pytest

from core.safety.guard import MASK, inspect

PASSWORDS = """
the password I set yesterday was «Blue42Whale»
tried "«P@ssw0rd2022»" as password, no luck
will "«Sunflower9!»" work as a password?
is «Jupiter-1977» a strong password?
it was «Banjo1984» before i changed the password
I reset it and chose «Marble71!» as the new password
Is it bad that my password is just «baseball22»?
password for the account: «Quartz88x»
my old password «Giraffe12» still works
my passwd's «Kestrel47»
密码填的«Zhang.wei01»，提示错误
他让我把密码告诉他，我说是«Dragon1990»
密码大写的«ABCD1234»对吗
密码，«Hao123456»
这个密码安全吗：«Tiger!998»
密码我写这里 «Chengdu_2011»
密码提示不正确：«Zhaoliu#12»
我怀疑 «Suzhou0512» 这个密码被盗了
密码就是我生日«19930712»
交易密码输«330218»不对
unlock password for the app: «582014»
contraseña: «Madrid2024x»
パスワードは«Sakura2021»です
curl -u kevin:«S3cr3tP4ss» https://api.example.org
https://kevin:«S3cr3tP4ss»@api.example.org/v1
"""
CODES = """
他问我要验证码我就告诉他了«556120»
短信里的数字是«903114»，输入后报错
谷歌验证器显示«660 214»，不对
google authenticator says «118 402» but site rejects
he asked for the otp and i told him «661920»
code I got by email: «GX7-44K2»
那个验证码是«2 8 4 9 1 0»
邮箱验证码：«K8F2Q1»
verification code: «55-21-90»
text message said use «482019» to sign in
电话里她让我念短信，我念了«661029»
the number in the authenticator app was «203 991»
code de vérification : «229104»
인증번호 [«330291»] 입력해주세요
验证码收到了，«339120»，填了还是不行
code 是 «440192»
码是«550917»，麻烦快点
I got «774102» as the code but it says invalid
I entered «550291» from the sms and it said wrong
Uber code: «4417». Never share this code.
"""
OTHERS = """
卡背面三位数是«771»
the 3 digits on the back are «918»
«4556 0563 3681 3912» 05/28
身份证号码«110 105 194 912 310 02X»
my backup code is «7719 2840», does it work once only?
when I set up 2FA it gave me «NB2W45DFOIZA3TQO» as the secret
"""
PASS = """
账号 wangxiao1990 忘了密码
密码输了3遍还是错，账号 xiaoli0912
用户 tony2020 说密码错误
密码重置申请编号 RS20261126-88
密码不对，版本 v6.2.1
修改密码 提示 Error10023
请输入密码以解密 PKCS#12 对象
用户名或密码对于 SOCKSv5 协议太长
my username is crypto_dave77 and I forgot my password
I saved my password in Firefox132 and it's gone
reset password mail went to tony88@gmail.com
password123 is the worst password ever
password = os.environ["PASSWORD"]
淘口令 ￥AbC123dEf￥
验证码 2024年12月开始收不到
验证码发到 186****2201 了，这不是我的手机
输入验证码后提示网络错误 50012
手机 18812345678 收不到验证码
邮编 518057 验证码收不到
验证码收到了，已经登上了，订单 20261126001
六位数的年薪 300000
how do i turn off 2fa 2025
the code never comes to +44 7700 900123
authenticator clock is off by 3600 seconds
the code returned 200000 rows
the text came at 221033
ticker code: 005930
代码是600036吗
身份证背面要拍 2 次
photo of the back 3 times rejected
recovery codes used 3 of 10
"""


def rows(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.mark.parametrize(
    ("kinds", "row"),
    [
        *((("password",), row) for row in rows(PASSWORDS)),
        *((("code",), row) for row in rows(CODES)),
        *((("card", "id_number", "recovery_codes"), row) for row in rows(OTHERS)),
    ],
)
def test_a_secret_is_found_where_a_sentence_puts_it(kinds: tuple[str, ...], row: str) -> None:
    seen = inspect(re.sub("[«»]", "", row))
    assert seen.kinds
    assert set(seen.kinds) <= set(kinds)
    for secret in re.findall("«(.*?)»", row):
        assert secret.rstrip("!") not in seen.text


@pytest.mark.parametrize("row", rows(PASS))
def test_what_belongs_to_another_word_passes(row: str) -> None:
    assert inspect(row) == type(inspect(""))(row)


KEYS = [
    "key of my eth wallet is {}",
    "The key to the wallet\n{}",
    "tron wallet pvt key {}",
    "exported key from metamask: {}",
    "我的钱包 key 是 {}",
    "this key {} opens the wallet",
    "clave privada: {}",
    "这是我的приватный ключ {}",
    "秘密鍵: {}",
]


@pytest.mark.parametrize("frame", KEYS)
def test_a_hex_key_is_told_by_the_words_of_many_tongues(frame: str) -> None:
    key = random.Random(frame).randbytes(32).hex()
    assert inspect(frame.format(key)).text == frame.format(MASK)


@pytest.mark.parametrize(
    "frame",
    [
        "public key {}",
        "tx key {}",
        "idempotency key {}",
        "the wallet sent {} yesterday",
        "private sale tx {}",
    ],
)
def test_an_id_beside_such_words_passes(frame: str) -> None:
    assert inspect(frame.format(random.Random(frame).randbytes(32).hex())).kinds == ()


API = [
    "币安api {} 密钥 {}",
    "ak {} sk {}",
    "key: {} / secret: {}",
    "X-MBX-APIKEY: {}\nsecret {}",
    "my key is {} and the secret is {}",
]


@pytest.mark.parametrize("frame", API)
def test_both_halves_of_an_exchange_key_are_masked(frame: str) -> None:
    dice = random.Random(frame)
    letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
    first, second = ("".join(dice.choices(letters, k=64)) for _ in range(2))
    assert inspect(frame.format(first, second)).text == frame.format(MASK, MASK)


def test_an_account_of_a_chain_is_no_key() -> None:
    for text in (
        "key account 7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU",
        "program id TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
        "KEY 代币 合约 0x4cc19356f2d37338b9802aa8e8fc58b0373296e7",
    ):
        assert inspect(text).kinds == ()

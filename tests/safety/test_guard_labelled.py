"""Keys, passwords and codes: found where a label or a checksum says so, left alone in questions."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import base58
from core.safety.guard import LONGEST, MASK, inspect, mask

HEX = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz01234"

SECRETS = [
    ("password", "我的密码是 ", "Abc12345", ""),
    ("password", "密码：", "hunter2", ""),
    ("password", "密码:", "hunter2", " 登录不上"),
    ("password", "密码 ", "abc12345", " 不对"),
    ("password", "密码", "abc12345", ""),
    ("password", "密码为“", "P@ssw0rd", "”"),
    ("password", "我的密码改成了", "Abc12345!", ""),
    ("password", "交易密码 ", "889900", ""),
    ("password", "資金密碼是 ", "889900", ""),
    ("password", "ｐａｓｓｗｏｒｄ：", "ｈｕｎｔｅｒ２", ""),
    ("password", "密\u200b码：", "hunter2", ""),
    ("password", "my password is ", "Tr0ub4dor&3", ""),
    ("password", "My password is ", "correcthorse", ""),
    ("password", "password: ", "letmein", ""),
    ("password", "pwd=", "s3cret!", ""),
    ("password", "pass: ", "Abc12345", ""),
    ("password", "Password:\n", "hunter22", ""),
    ("password", "", "Abc12345", " is my password"),
    ("password", "", "abc12345", "是我的密码"),
    ("code", "验证码：", "123456", ""),
    ("code", "验证码是 ", "482913", ""),
    ("code", "【币安】您的验证码 ", "482913", "，请勿泄露"),
    ("code", "我收到的验证码", "482913", "填不进去"),
    ("code", "谷歌驗證碼：", "123456", ""),
    ("code", "谷歌验证 验证码 ", "123 456", ""),
    ("code", "2FA: ", "123456", ""),
    ("code", "otp ", "123456", ""),
    ("code", "my code is ", "123456", ""),
    ("code", "login failed code=", "123456", ""),
    ("code", "https://x.example/?status=ok&code=", "482913", ""),
    ("code", "level=1&code=", "482913", "&msg=hi"),
    ("code", "Your verification code is: ", "482913", ""),
    ("code", "", "482913", " is your Binance verification code"),
    ("code", "", "123456", "是我的验证码"),
    ("password", "mima ", "zhang0823", ""),
    ("password", "pw: ", "Qwer@1234", ""),
    ("password", "my pass is ", "xiaoMing99", ""),
    ("password", "密碼係 ", "Aa112233", ""),
    ("password", "密码 “", "13800138000a", "” 登不上"),
    ("password", "I used ", "dd19950612", " as my password"),
    ("password", "bob@example.org:", "Summer2024#", ""),
    ("code", "【招商银行】您的验证码为：", "482913", "，10分钟内有效，请勿告知他人。"),
    ("code", "【火币HTX】校验码：", "482913", "，300秒内有效"),
    ("code", "【支付宝】", "172097", "（登录验证码），请在页面输入"),
    ("code", "登录码：", "310489", ""),
    ("code", "短信验证：", "925025", ""),
    ("code", "他让我报的那个码是", "603861", ""),
    ("code", "我收到六位数", "997169", ""),
    ("code", "Use code ", "075225", " to log in to Kraken"),
    ("code", "OTP for txn of INR 5000 is ", "830846", ""),
    ("code", "PIN: ", "763552", ""),
    ("code", "google auth ", "000604", ""),
    ("password", "登录密码 ", "%1eUhMpe1Z", ""),
    ("password", "I told him my password, it's ", "summer186667", ""),
    ("password", "the password I use is ", "ssIt2qvV8j8A67", ""),
    ("password", "他问我要密码，我说是", "8928564", ""),
    ("password", "支付密码我设的是", "27153124", ""),
    ("code", "I gave him the code ", "229 610", ""),
    ("code", "the code he sent me was ", "836912", ""),
    ("code", "Your one-time password is ", "83041", ""),
    ("code", "一次性密码 ", "174 369", ""),
    ("code", "动态口令：", "772618", ""),
    ("code", "認證碼是 ", "76726", ""),
    ("code", "PIN码是", "772618", ""),
    ("code", "他要我把", "48993", "这个验证码发过去"),
    ("code", "Use ", "976 649", " as your login code"),
    ("card", "card number: ", "4539 5485 7971 6903", ""),
    ("api_key", "API Key：", "0xtzIqRSTxYLvq3uRTxPiDlJdI1zmKr0", ""),
    ("private_key", "my metamask key: ", HEX, ""),
    ("recovery_codes", "Recovery code: ", "68793351", ""),
    ("recovery_codes", "Setup key: ", "EVOC5C5ASRNSF7GFXAZE4T5SA4BCY5KP", ""),
    ("recovery_codes", "身份验证器秘钥 ", "EVOC5C5ASRNSF7GFXAZE4T5SA4BCY5KP", ""),
    ("recovery_codes", "应急代码\n", "0bac22aa d968a34b a08d5dca", ""),
    ("recovery_codes", "2FA backup codes ", "ippd-avso\nd72s79l7\nff4l-o6zj", ""),
    ("api_key", "client_secret: ", "iUG9azGfID68QS8Lsh1zfot65njK9TJ4", ""),
    ("api_key", "api的secret是", "iUG9azGfID68QS8Lsh1zfot65njK9TJ4", ""),
    ("bot_token", "https://hooks.slack.com/services/", "TTKUVTZCY/BKSGXAOFK/wOYwNvr4tfuTnUHQkgivAaFz", ""),
    ("bot_token", "token ", TOKEN, ""),
    ("bot_token", "https://api.example.org/bot", TOKEN, "/getMe"),
    ("private_key", "我的私钥 ", "0x" + HEX, ""),
    ("private_key", "private key: ", HEX, ""),
    ("private_key", "privateKey=", HEX, ""),
    ("private_key", "", HEX, " 这是我的私钥"),
    ("private_key", "my private key ", HEX[:63], " does not work"),
    ("private_key", "pk: ", HEX, ""),
    ("private_key", "钱包秘钥", HEX, ""),
    ("private_key", "Private view key: ", HEX, ""),
    ("private_key", "seed ", "0x" + HEX, ""),
    ("keystore", '{"encoding": {"version": "3"}, "encoded": "', "QiaaycwnDiWCqTZnsqqW9UeWX38et5Z" * 3, '"}'),
    ("card", "工行卡", "4189261801739874", ""),
    ("card", "", "6228035919566956570", " 招商银行 张三"),
]


PLACEHOLDERS = [
    "password=<arg>",
    "password: %s",
    "密码：${PASSWORD}",
    "password = ******",
    "passwd: {password}",
]


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_what_stands_for_a_value_in_a_manual_is_none(text: str) -> None:
    assert inspect(text).kinds == ()


@pytest.mark.parametrize(("kind", "before", "secret", "after"), SECRETS)
def test_a_secret_is_masked_in_place(kind: str, before: str, secret: str, after: str) -> None:
    seen = inspect(before + secret + after)
    assert seen.kinds == (kind,)
    assert seen.text == before + MASK + after


@pytest.mark.parametrize(
    "text",
    [
        "忘记密码怎么办",
        "我的密码是什么格式",
        "密码错误5次被锁了",
        "密码：忘记了",
        "密码至少8位",
        "密码要求6-16位",
        "I forgot my password: what now",
        "my password is not working",
        "my password is incorrect",
        "password: required",
        "password: https://example.org/reset",
        "password reset link expired",
        "The password was changed yesterday",
        "password reset 2024 edition",
        "验证码收不到",
        "他问我要密码，我说不给",
        "支付密码我设的是对的",
        "the password I use is not accepted",
        "I told him my password, it's bad I know",
        "I gave him the code 2 days ago",
        "I gave him the code 120000 times",
        "I sent him the code 2026-11-20",
        "the code I got by sms is expired",
        "one-time password is 6 digits long",
        "一次性密码收不到",
        "PIN码忘了",
        "尾号8888验证码收不到",
        "验证码 60 秒后失效",
        "没有收到验证码，手机号13800138000",
        "error code: 500123",
        "2026-01-02 12:00:01 ERROR worker: request failed code=500123",
        "level=warn msg=timeout code=482913 retry=3",
        "promo code: 20261122",
        "my order code: 123456",
        "订单号 123456789012",
        "code is 4 digits",
        f"交易哈希 0x{HEX}",
        HEX,
        f"私钥和哈希有什么区别？我的哈希是 0x{HEX}",
        f"https://etherscan.io/tx/0x{HEX}",
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
        "我的2FA丢了",
    ],
)
def test_questions_and_ids_pass(text: str) -> None:
    assert inspect(text) == type(inspect(""))(text)


@given(st.binary(min_size=32, max_size=32), st.sampled_from([b"\x80", b"\xef"]), st.booleans())
@settings(max_examples=100, deadline=None)
def test_every_wif_key_is_found_without_a_label(secret: bytes, version: bytes, compressed: bool) -> None:
    text = base58.encode_checked(version + secret + (b"\x01" if compressed else b""))
    assert inspect(f"导入{text}失败").text == f"导入{MASK}失败"
    # One changed letter breaks the checksum: no longer a key by itself, still one behind its label.
    broken = text[:20] + ("A" if text[20] != "A" else "B") + text[21:]
    assert inspect(f"导入 {broken} 失败").kinds == ()
    assert inspect(f"私钥 {broken}").kinds == ("private_key",)


@given(st.binary(min_size=32, max_size=32), st.sampled_from(["0488ade4", "049d7878", "04b2430c"]))
@settings(max_examples=50, deadline=None)
def test_extended_private_keys_are_found_and_public_ones_pass(secret: bytes, version: str) -> None:
    head = bytes.fromhex(version)
    assert inspect(base58.encode_checked(head + bytes(41) + b"\0" + secret)).kinds == ("private_key",)
    public = base58.encode_checked(bytes.fromhex("0488b21e") + bytes(41) + b"\x02" + secret)
    assert public.startswith("xpub")
    assert inspect(public).kinds == ()


def test_look_alikes_of_keys_pass() -> None:
    dice = random.Random(7)
    letters = base58.ALPHABET
    for _ in range(300):
        assert inspect("".join(dice.choices(letters, k=88))).kinds == ()
        assert inspect(base58.encode_checked(b"\0" + dice.randbytes(20))).kinds == ()
        assert inspect("0x" + dice.randbytes(32).hex()).kinds == ()


def test_several_secrets_in_one_text_are_all_named() -> None:
    seen = inspect(f"密码：hunter2 验证码：123456 {TOKEN}")
    assert seen.kinds == ("password", "code", "bot_token")
    assert seen.text == f"密码：{MASK} 验证码：{MASK} {MASK}"


def test_what_lies_behind_the_limit_is_dropped() -> None:
    seen = inspect("x " * (LONGEST // 2) + "密码：hunter2")
    assert seen.text.endswith("…")
    assert len(seen.text) == LONGEST + 1
    assert "hunter2" not in seen.text


def test_a_json_value_is_masked_everywhere() -> None:
    value = {"message": {"text": "密码：hunter2", "n": [1, True, None, {"otp 123456": TOKEN}]}, "id": 5}
    assert mask(value) == {
        "message": {"text": f"密码：{MASK}", "n": [1, True, None, {f"otp {MASK}": MASK}]},
        "id": 5,
    }
    deep: object = "密码：hunter2"
    for _ in range(500):
        deep = [deep]
    assert "hunter2" not in str(mask(deep))

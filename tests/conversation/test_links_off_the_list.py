"""No text of a flow can lead off the official list, however the address is dressed up."""

from __future__ import annotations

import re

import pytest

from core.conversation.check import check
from tests.conversation.samples import FACTS, world

AWAY = """\
打开 hxxps://evil.com
打开 evil[.]com
打开 evil点com
打开 evil。com
打开 ｅｖｉｌ．ｃｏｍ
打开 evil dot com
打开 evil(.)com
打开 evil.рф
打开 evil.money
打开 币安。com
打开 t.me/evil_support
加 @evil_support
打开 http://3232235777/
打开 http://0xC0A80101/
打开 help.example.com.evil.com
打开 https://help.example.com@evil.top
打开 https://help.exаmple.com
打开 https://xn--exmple-4nf.com
打开 http://help.example.com
[help.example.com](https://evil.xyz)
[官网](https://evil.xyz)
写信到 help@evil.support
打开 tg://resolve?domain=evil
打开 bit.ly/abc
打开 www.evil.com
打开 WWW.EVIL.COM/x
打开 discord.gg/abc123
打开 https:/\\\\evil.com
打开 evil.com:8443/login
加微信请看 evil-help.cn
打开 evil**.com**
打开 **evil**点com
打开 [evil](https://help.example.com).top""".splitlines()
FINE = """\
打开 https://help.example.com/login
打开 help.example.com
[官网](https://help.example.com)
写信到 help@help.example.com
版本 1.2.3，时间 10.5 小时
手续费是 0.1%，请看第 2.1 节
下载 ToDesk、AnyDesk 之类的软件要小心
多一个字母，一个 dot or two，都不是官网
打开 **help.example.com**
输入“abc”等字母即可（如 a.b 格式）
e.g. two words, i.e. this one""".splitlines()


def faults(text: str) -> set[str]:
    sources = world()
    before = sources["deposit"]["zh.yaml"]
    line = re.search(r"  solved: .*", before)
    assert line is not None
    sources["deposit"]["zh.yaml"] = before.replace(line[0], f"  solved: '{text}'", 1)
    return {fault.code for fault in check(sources, FACTS)}


@pytest.mark.parametrize("text", AWAY)
def test_a_text_that_leads_elsewhere_is_refused(text: str) -> None:
    assert faults(text) & {"LINK", "LINKTEXT"}


@pytest.mark.parametrize("text", FINE)
def test_the_official_site_and_plain_dots_pass(text: str) -> None:
    assert not faults(text) & {"LINK", "LINKTEXT"}


def test_marks_hide_no_word_of_a_secret() -> None:
    assert "SECRET" in faults("请把您的助**记**词发给我们")
    assert "SECRET" not in faults("请把您的**订单号**发给我们")

"""The scam check as people use it: what is pasted, and the grade and reason that come back."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.safety.entries import read
from core.safety.hosts import host_of
from core.safety.links import find
from core.safety.lists import Entries, Lists, write
from core.safety.lookalike import like_host
from core.safety.skeleton import WORDS, key
from core.safety.verify import STALE, Known, check
from tests.safety.scam import KNOWN, NOW, OFFICIAL

CASES = [
    # what a browser would open, however it is written
    ("hxxps://binance[.]com.evil.xyz", "looks_like_ours", "like_inside"),
    ("https://binance.com@evil.top/a", "suspicious", "userinfo"),
    ("ｈｔｔｐｓ：／／ｂｉｎａｎｃｅ．ｃｏｍ", "official", "official_host"),
    ("https://bіnance.com", "looks_like_ours", "like_homoglyph"),
    ("https://xn--bnance-pvf.com", "looks_like_ours", "like_homoglyph"),
    ("币安。com", "looks_like_ours", "like_other_ending"),
    ("okx(.)com", "official", "official_host"),
    ("binance点com", "official", "official_host"),
    ("binance 点 com", "official", "official_host"),
    ("binance dot com", "official", "official_host"),
    ("bina nce.com", "official", "official_host"),
    ("bin\u200bance.com", "official", "official_host"),
    ("请打开binance.com登录", "official", "official_host"),
    ("https://binance.com登录", "official", "official_host"),
    ("http:\\\\binance.com\\login", "official", "official_host"),
    ("https://ex%61mple.okx.com/", "official", "official_host"),
    ("http://3232235777/", "suspicious", "ip"),
    ("http://0xC0A80101/", "suspicious", "ip"),
    ("http://[::1]/", "suspicious", "ip"),
    ("https://metamask.io.", "official", "official_host"),
    ("https://www.metamask.io:443/x", "official", "official_host"),
    ("BINANCE.COM-login.vip", "looks_like_ours", "like_inside"),
    ("\u202emoc.ecnanib//:sptth", "suspicious", "hidden"),
    ("[binance.com](https://evil.xyz)", "looks_like_ours", "label"),
    ("[领取空投](https://binance.com)", "official", "official_host"),
    ("bit.ly/3xyz", "unknown", "shortener"),
    ("https://binance.com%40evil.top", "suspicious", "userinfo"),
    ("ftp://okx-wallet-login.com/x", "looks_like_ours", "like_inside"),
    ("javascript:location='//evil.xyz'", "suspicious", "script"),
    ("data:text/html;base64,PHNjcmlwdD4=", "suspicious", "script"),
    ("I learn javascript: it is fun", "unknown", "nothing_found"),
    # our names
    ("okx.vip", "looks_like_ours", "like_other_ending"),
    ("okk.com", "looks_like_ours", "like_typo"),
    ("okx-wallet-login.com", "looks_like_ours", "like_inside"),
    ("okxlogin.com", "looks_like_ours", "like_glued"),
    ("rnetamask.io", "looks_like_ours", "like_homoglyph"),
    ("wallet-okx.pages.dev", "looks_like_ours", "like_inside"),
    ("grok.com", "unknown", "unlisted_host"),
    ("https://app.hyperliquid.xyz/trade", "unknown", "unlisted_host"),
    ("pancakeswap.finance", "unknown", "unlisted_host"),
    ("https://revoke.cash/address", "unknown", "unlisted_host"),
    ("https://docs.arbitrum.io", "unknown", "unlisted_host"),
    # people
    ("t.me/OKXBot", "official", "official_handle"),
    ("https://t.me/okxbot?start=x", "official", "official_handle"),
    ("t.me/OKX_support1", "looks_like_ours", "like_handle"),
    ("@OKX_Supp0rtBot", "looks_like_ours", "like_handle"),
    ("id:5000002", "official", "official_id"),
    ("<@500000000000000001>", "official", "official_id"),
    ("<@500000000000000002>", "unknown", "unlisted_id"),
    ("OKX Suppоrt", "looks_like_ours", "like_name"),
    ("OKX\u200bSupport", "looks_like_ours", "like_name"),
    ("𝐎𝐊𝐗 𝐒𝐮𝐩𝐩𝐨𝐫𝐭", "looks_like_ours", "like_name"),
    ("Supp0rt OKX", "looks_like_ours", "like_name"),
    ("官方客服小美✅", "looks_like_ours", "like_name"),
    ("官方客服小美", "unknown", "name_proves_nothing"),
    ("官方客服小姜", "unknown", "nothing_found"),
    ("CryptoBro", "unknown", "nothing_found"),
    # the rest of the list
    ("support@okx.com", "official", "official_mail"),
    ("lily@notice.okx.com", "official", "official_mail"),
    ("ceo@okx.com", "unknown", "unlisted_sender"),
    ("support@binance-support.com", "looks_like_ours", "like_inside"),
    ("+852 3000 1234", "official", "official_phone"),
    ("+852 3000 9999", "unknown", "unlisted_phone"),
    ("https://play.google.com/store/apps/details?id=com.okx.app", "official", "official_app"),
    ("https://apps.apple.com/hk/app/okx/id987654321", "unknown", "unlisted_app"),
    ("discord.gg/okx", "official", "official_invite"),
    ("https://discord.com/invite/okx", "official", "official_invite"),
    ("https://www.discord.com/invite/okx-support", "looks_like_ours", "like_handle"),
    ("discord.gg/okx-support", "looks_like_ours", "like_handle"),
    ("https://t.me/+AbCdEf", "unknown", "unlisted_invite"),
    ("0x52908400098527886E0F7030069857D2E4169EE7", "official", "official_address"),
    ("0x8617E340B3D01FA5F11F306F4090FD50E238070D", "unknown", "unlisted_address"),
    # words
    ("DM me, I can recover your funds", "suspicious", "recovers"),
    ("加我微信，官方客服帮你解冻", "suspicious", "like_scam_texts"),
    ("send 1 ETH get 2", "suspicious", "doubles"),
    ("Hello, support here, tell me your verification code", "suspicious", "asks_secret"),
    ("Is it safe to connect my wallet to this exchange?", "unknown", "nothing_found"),
    ("提币要交税吗", "unknown", "nothing_found"),
    ("可以共享屏幕给客服吗？", "unknown", "nothing_found"),
    ("您想要双倍返还吗？", "suspicious", "doubles"),
    ("validate your wallet", "suspicious", "validates"),
    ("https://okx.com 您的账户异常，请在此页面填写助记词完成验证", "suspicious", "asks_secret"),
    ("官方客服绝不会要您提供助记词，也不会让您先交保证金", "unknown", "nothing_found"),
    ("我的提现还没到账", "unknown", "nothing_found"),
    ("", "unknown", "nothing_found"),
]


@pytest.mark.parametrize(("text", "grade", "code"), CASES)
def test_grades(text: str, grade: str, code: str) -> None:
    verdict = check(text, KNOWN, NOW)
    assert (verdict.grade, verdict.reasons[0].code) == (grade, code), verdict


# --- look-alikes of our own


def edits(label: str) -> set[str]:
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    at = range(len(label) + 1)
    made = {label[:i] + one + label[i:] for i in at for one in letters}
    made |= {label[:i] + label[i + 1 :] for i in at[:-1]}
    made |= {label[:i] + one + label[i + 1 :] for i in at[:-1] for one in letters}
    made |= {label[:i] + label[i + 1] + label[i] + label[i + 2 :] for i in at[:-2]}
    return made - {label, ""}


@pytest.mark.parametrize("domain", OFFICIAL.domains)
def test_every_name_one_edit_away_is_told(domain: str) -> None:
    label, _, ending = domain.partition(".")
    common = (WORDS / "known.txt").read_text("utf-8").split()
    for made in edits(label):
        text = f"{made}.{ending}"
        expected = "unknown" if text in common else "looks_like_ours"  # one list of known sites guards them
        assert check(text, KNOWN, NOW).grade == expected, text


def homoglyphs() -> dict[str, str]:
    lines = (WORDS / "confusables.txt").read_text("utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("domain", OFFICIAL.domains)
def test_every_letter_replaced_by_one_that_looks_like_it_is_told(domain: str) -> None:
    label, _, ending = domain.partition(".")
    alike = homoglyphs()
    for at, letter in enumerate(label):
        for one in alike.get(letter, ""):
            text = f"https://{label[:at]}{one}{label[at + 1 :]}.{ending}/"
            plain = unicodedata.normalize("NFKC", one).lower()
            expected = "official" if plain == letter else "looks_like_ours"
            assert check(text, KNOWN, NOW).grade == expected, text


@pytest.mark.parametrize("where", ["https://{}", "https://www.{}/a?b=c", "{}", "m.{}", "看 {} 吧", "{}."])
def test_nothing_official_is_ever_told_as_anything_else(where: str) -> None:
    for domain in OFFICIAL.domains:
        assert check(where.format(domain), KNOWN, NOW).grade == "official", domain


def test_what_everybody_uses_does_not_look_like_us() -> None:
    for name in (WORDS / "known.txt").read_text("utf-8").split():
        host = host_of(name)
        assert host is not None
        if not OFFICIAL.has_host(host):
            assert check(f"https://{name}/", KNOWN, NOW).grade == "unknown", name


def test_an_ordinary_name_is_nobody_of_ours() -> None:
    for name in ("CryptoBro", "小明", "Alice", "王小美", "bitcoin_fan_88", "okay", "Maxine", "Meta"):
        assert check(name, KNOWN, NOW).grade == "unknown", name


# --- lists


@pytest.fixture
def lists(tmp_path: Path) -> Lists:
    path = tmp_path / "lists.bin"
    one = read(
        "evil.xyz\n0.0.0.0 worse.top # x\na.pages.dev\nx.com\n0x8617E340B3D01FA5F11F306F4090FD50E238070D\n"
    )
    two = read('{"deny": ["evil.xyz", "calendly.com", "allowed.net"], "allow": ["okx.com"]}')
    top = read("popular.com\n")
    three = read("- url: popular.com\n- url: twice.com\n")
    write(
        path,
        [
            Entries("one", "deny", NOW - 3600, one),
            Entries("two", "deny", NOW, two),
            Entries("three", "deny", NOW, three),
            Entries("mine", "allow", NOW, frozenset({"allowed.net"})),
            Entries("sites", "top", NOW, top),
        ],
    )
    return Lists(path)


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("https://evil.xyz/a", "listed"),
        ("www.sub.evil.xyz", "listed"),
        ("worse.top", "listed"),
        ("a.pages.dev", "listed"),
        ("b.pages.dev", "unknown"),
        ("pages.dev", "unknown"),
        ("x.com", "unknown"),  # everybody knows it: one list errs
        ("calendly.com", "unknown"),
        ("popular.com", "unknown"),
        ("allowed.net", "unknown"),
        ("okx.com", "official"),
        ("help@evil.xyz", "listed"),
        ("0x8617e340b3d01fa5f11f306f4090fd50e238070d", "listed"),
        ("https://okx.com and https://evil.xyz", "listed"),
    ],
)
def test_lists(lists: Lists, text: str, grade: str) -> None:
    verdict = check(text, Known(OFFICIAL, lists), NOW)
    assert verdict.grade == grade, verdict
    assert verdict.list_age == 1.0


def test_a_listed_thing_names_the_lists_and_their_day(lists: Lists) -> None:
    detail = check("evil.xyz", Known(OFFICIAL, lists), NOW).reasons[0].detail
    assert detail == "one (2026-09-21), two (2026-09-21)"


def test_old_lists_are_said_to_be_old(lists: Lists) -> None:
    codes = [r.code for r in check("grok.com", Known(OFFICIAL, lists), NOW + STALE + 1).reasons]
    assert codes == ["unlisted_host", "lists_old"]


def test_after_its_last_day_the_official_list_calls_nothing_official() -> None:
    past = Known(replace(OFFICIAL, expires=date(2020, 1, 1)))
    verdict = check("https://okx.com", past, NOW)
    assert verdict.grade == "unknown"
    assert "official_expired" in [reason.code for reason in verdict.reasons]
    assert check("okxlogin.com", past, NOW).grade == "looks_like_ours"


# --- hostile input


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_has_a_grade_and_a_reason(text: str) -> None:
    assert check(text, KNOWN, NOW).reasons


@given(st.text(alphabet="okx.com/@:[]()点。 1-а\u202e\u200b%0", max_size=80))
@settings(max_examples=150, deadline=None)
def test_whatever_is_called_official_really_is(text: str) -> None:
    """The browser's view: each host that was called official is one of ours, by its registered part."""
    if check(text, KNOWN, NOW).grade == "official":
        for item in find(text).items:
            assert item.host is None or item.host.own in OFFICIAL.domains


@given(st.text(alphabet="abcxyz019 _.-", max_size=40))
@settings(max_examples=100, deadline=None)
def test_capitals_width_and_separators_change_no_key(name: str) -> None:
    wide = "".join(chr(ord(one) + 0xFEE0) if one != " " else one for one in name.upper())
    assert key(wide) == key(name) == key("\u200b".join(name.replace("_", " ")))


@pytest.mark.parametrize("piece", ["1.", ".", "a.", "@", "[", "[a](", "一点", "a://", "<@1", "+1-", "转1返"])
def test_long_texts_cost_in_proportion(piece: str) -> None:
    """Twice the text, at most some times the work; counted in items, not in seconds."""
    short, long = find(piece * 500), find(piece * 50_000)
    assert len(long.items) <= 40
    assert len(long.rest) <= 5000
    assert len(short.items) <= 40


def test_a_host_of_ours_is_not_asked_whether_it_looks_like_ours() -> None:
    host = host_of("login.okx.com")
    assert host is not None
    assert OFFICIAL.has_host(host)
    assert like_host(host, OFFICIAL.ours) is not None  # which is why the list is asked first


@pytest.mark.parametrize("host", ["bͺnance.com", "okxcompensation.com", "okx-2fa.com"])
def test_an_accent_by_itself_is_a_letter_to_the_eye_and_new_lures_are_known(host: str) -> None:
    assert check(host, KNOWN, NOW).grade == "looks_like_ours"


@pytest.mark.parametrize(
    ("host", "grade"),
    [
        ("bit2go.exchange.evil.ru", "looks_like_ours"),
        ("bit2go-x.evil.ru", "looks_like_ours"),
        ("b1t2g0.zzz.ru", "looks_like_ours"),
        ("1inch-lab.evil.ru", "looks_like_ours"),
        ("1inchbonus2026.com", "looks_like_ours"),
        ("okxbonus2026.com", "looks_like_ours"),
        ("2026okxbonus.com", "looks_like_ours"),
        ("okxbonus1.evil.ru", "looks_like_ours"),
        ("orbit2goose.evil.ru", "unknown"),
        ("cinch-2026.evil.ru", "unknown"),
        ("bookxbonus2026.com", "unknown"),
    ],
)
def test_digits_in_our_name_or_behind_a_lure_hide_nothing(host: str, grade: str) -> None:
    ours = replace(OFFICIAL, domains=(*OFFICIAL.domains, "bit2go.com", "1inch.io"))
    assert check(host, Known(ours), NOW).grade == grade

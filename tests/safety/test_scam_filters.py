"""What a platform's own filter is told: nothing that our check does not tell, nothing that catches ourselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.safety.filters import called, disguised, joined_hosts, joined_names, offers, phrases
from core.safety.hosts import host_of
from core.safety.lookalike import like_host, like_name
from core.safety.official import parse
from core.safety.skeleton import alike
from core.safety.watch import seen
from tests.safety.scam import KNOWN, NOW, OFFICIAL

DEMO = parse((Path(__file__).parents[2] / "official.yaml").read_bytes())
LONGEST = 260
LISTS = [OFFICIAL.ours, DEMO.ours]


@pytest.mark.parametrize("phrase", phrases())
def test_each_phrase_is_told_by_the_check_and_by_no_warning(phrase: str) -> None:
    assert seen([], "7", phrase, KNOWN, NOW)
    assert seen([], "7", f"官方绝不会说：{phrase}", KNOWN, NOW) == ()


def test_each_joined_name_is_told_by_the_check() -> None:
    for ours in LISTS:
        hosts, names = list(joined_hosts(ours)), list(joined_names(ours))
        assert hosts
        assert names
        for name in hosts:
            host = host_of(f"{name}.top")
            assert host
            assert like_host(host, ours), name
        assert all(like_name(name, ours) for name in names)


def test_our_own_places_are_in_no_filter_for_messages() -> None:
    for official in (OFFICIAL, DEMO):
        own = [*official.domains, *(handle.name.lower() for handle in official.handles), official.site]
        joined, patterns = list(joined_hosts(official.ours)), list(disguised(official.ours, LONGEST))
        for text in own:
            assert not [one for one in joined if one in text]
            assert not [one for one in patterns if re.search(one, text)]


@given(st.data())
def test_a_name_of_ours_with_one_look_alike_letter_is_caught_and_our_own_is_not(data: st.DataObject) -> None:
    name, ours = data.draw(st.sampled_from([("binance", LISTS[0]), ("helpline", LISTS[1])]))
    at = data.draw(st.integers(0, len(name) - 1))
    odd = data.draw(st.sampled_from(alike(name[at])[:2]))
    written = name[:at] + odd + name[at + 1 :]
    patterns = list(disguised(ours, LONGEST))
    assert any(re.search(one, f"去 {written}.com 看看") for one in patterns)
    assert not any(re.search(one, f"去 {name.upper()}.com 看看") for one in patterns)


@pytest.mark.parametrize(
    ("written", "caught"),
    [
        ("Binance", True),
        ("★ Вinаnce ★", True),
        ("b1nance_01", True),
        ("官方客服小美✅", True),
        ("binance fan club", False),
        ("小明", False),
    ],
)
def test_a_person_called_like_us_is_caught_by_a_pattern(written: str, caught: bool) -> None:
    found = any(re.search(one, written) for one in called(OFFICIAL.ours, LONGEST))
    assert found == caught
    if caught:
        assert like_name(written, OFFICIAL.ours)


@given(st.text("helpnbiac-lX官", min_size=1, max_size=30))
def test_no_pattern_is_too_long_for_the_filter_whatever_we_are_called(name: str) -> None:
    ours = type(OFFICIAL.ours)((), (name,), ())
    for pattern in (*called(ours, LONGEST), *disguised(ours, LONGEST)):
        assert len(pattern) <= LONGEST
        re.compile(pattern)


@pytest.mark.parametrize(
    "name", ["scam/ordinary.zh", "asks/asks.zh", "asks/asks.en", "asks/fine.zh", "asks/fine.en"]
)
def test_no_ordinary_message_is_blocked(name: str) -> None:
    texts = (Path(__file__).parents[1] / "data" / f"{name}.txt").read_text("utf-8").lower().splitlines()
    assert len(texts) > 20
    for ours in LISTS:
        entries = [re.escape(one) for one in (*phrases(), *joined_hosts(ours))]
        patterns = [re.compile(one) for one in (*entries, *offers(LONGEST), *disguised(ours, LONGEST))]
        assert [text for text in texts if any(one.search(text) for one in patterns)] == []


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("被骗的钱都能追回，私聊我", True),
        ("加我微信，帮您解冻", True),
        ("We recover your lost funds, contact us on WhatsApp", True),
        ("DM me and we retrieve your money", True),
        ("Scammed? DM for fund recovery", True),
        ("有人说能追回被骗的钱，让我加他微信，是真的吗", False),
        ("客服让我先交保证金才能提现，是骗子吗", False),
        ("Someone told me to contact them on WhatsApp, they say they can recover my funds. A scam?", False),
        ("How do I recover my account?", False),
    ],
)
def test_who_offers_is_caught_and_who_tells_of_it_is_not(text: str, caught: bool) -> None:
    assert len(offers(LONGEST)) == 5
    assert any(re.search(one, text) for one in offers(LONGEST)) == caught

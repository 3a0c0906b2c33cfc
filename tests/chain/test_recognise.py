"""What people paste when asked for a transaction id."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.chain.address import evm_checksum
from core.chain.recognise import Recognised, compile_internal, recognise
from core.errors import ConfigError

HOSTS = {"etherscan.io": "ethereum", "mempool.space": "bitcoin", "tronscan.org": "tron"}
INTERNAL = (r"W\d{10}", r"[0-9a-f]{32}")
HEX = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
HASH = Recognised("hash", "0x" + HEX)

hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
prose = st.text(
    st.characters(whitelist_categories=["Lo", "Po", "Zs"], blacklist_characters="/@"), max_size=20
)


def seen(text: str) -> Recognised:
    return recognise(text, HOSTS, INTERNAL)


@pytest.mark.parametrize(
    "text",
    [
        f"0x{HEX}",
        HEX,
        HEX.upper(),
        f"0X{HEX}",
        f"我的哈希是 0x{HEX} 谢谢",
        f"我的哈希是0x{HEX}谢谢",
        f"“{HEX}”",
        f"TxID:{HEX}.",
        f"`0x{HEX}`",
        f"0x{HEX[:30]}\n{HEX[30:]}",
        f"0x{HEX[:30]}\u200b{HEX[30:]}",
        "０ｘ" + "".join(chr(ord(letter) + 0xFEE0) for letter in HEX),
    ],
)
def test_a_hash_is_found_however_it_is_written(text: str) -> None:
    assert seen(text) == HASH


@settings(deadline=None)
@given(hashes, prose, prose, st.booleans(), st.booleans())
def test_a_hash_is_found_inside_any_sentence(
    digits: str, before: str, after: str, prefix: bool, upper: bool
) -> None:
    written = ("0x" if prefix else "") + (digits.upper() if upper else digits)
    assert seen(f"{before} {written} {after}") == Recognised("hash", "0x" + digits)


@pytest.mark.parametrize(
    ("link", "chain"),
    [
        (f"https://etherscan.io/tx/0x{HEX}", "ethereum"),
        (f"etherscan.io/tx/0x{HEX}", "ethereum"),
        (f"HTTPS://WWW.Etherscan.IO:443/tx/0x{HEX}#logs", "ethereum"),
        (f"看这里：https://mempool.space/zh/tx/{HEX}，还没确认", "bitcoin"),
        (f"https://tronscan.org/#/transaction/{HEX}", "tron"),
        (f"https://evil.example/ https://tronscan.org/?hash={HEX}", "tron"),
    ],
)
def test_a_link_of_a_known_explorer_gives_id_and_chain(link: str, chain: str) -> None:
    assert seen(link) == Recognised("hash", "0x" + HEX, chain)


@pytest.mark.parametrize(
    ("link", "host"),
    [
        (f"https://etherscan.io@evil.example/tx/0x{HEX}", "evil.example"),
        (f"https://etherscan.io.evil.example/tx/0x{HEX}", "etherscan.io.evil.example"),
        (f"https://ethersсan.io/tx/0x{HEX}", "none"),
        ("http://evil.example/x", "evil.example"),
    ],
)
def test_an_unknown_host_is_never_trusted_with_an_id(link: str, host: str) -> None:
    found = seen(link)
    if host == "none":  # a look-alike letter: no link by our reading, and no chain is taken from it
        assert found.chain == ""
    else:
        assert found == Recognised("link_unknown_host", holes={"host": host})


@given(st.binary(min_size=20, max_size=20))
@settings(max_examples=40, deadline=None)
def test_addresses_are_told_from_hashes(raw: bytes) -> None:
    for text in ("0x" + raw.hex(), evm_checksum("0x" + raw.hex())):
        assert seen(f"地址 {text}") == Recognised("address", text, "evm")


@pytest.mark.parametrize(
    ("text", "kind", "chain"),
    [
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "address", "tron"),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u", "address_typo", "tron"),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj0t", "address_typo", "tron"),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "address_typo", "evm"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "address", "bitcoin"),
        ("1BoatSLRHtKNngkdXEeobR76b53LETtpyU", "address_typo", "bitcoin"),
        ("https://etherscan.io/address/0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "address", "ethereum"),
    ],
)
def test_addresses_and_their_typos(text: str, kind: str, chain: str) -> None:
    assert (seen(text).kind, seen(text).chain) == (kind, chain)


@settings(deadline=None)
@given(hashes.filter(lambda digits: any(map(str.isdigit, digits[:40]))), st.integers(33, 63), st.booleans())
def test_a_short_id_tells_how_many_digits_it_has(digits: str, length: int, prefix: bool) -> None:
    text = ("0x" if prefix else "") + digits[:length]
    if (prefix and length == 40) or digits[:length].isdigit():
        return
    assert seen(f"哈希{text}") == Recognised("short", holes={"have": str(length), "need": "64"})


def test_a_long_id() -> None:
    assert seen(HEX + "ab") == Recognised("long", holes={"have": "66", "need": "64"})


@settings(deadline=None)
@given(st.integers(0, 63), st.sampled_from("gzOoIlоХ"))
def test_a_foreign_character_is_named_with_its_place(place: int, letter: str) -> None:
    text = HEX[:place] + letter + HEX[place + 1 :]
    assert seen("0x" + text) == Recognised("not_hex", holes={"position": str(place + 1), "character": letter})


@pytest.mark.parametrize("text", ["0x4c08...2318", "0x4c08…2318", "哈希 4c0883…362318", "4c0883***362318"])
def test_the_short_form_that_a_wallet_shows(text: str) -> None:
    assert seen(text).kind == "ellipsis"


@pytest.mark.parametrize(
    "text",
    ["", "你好", "我不知道", "what is that?", "0x12", "订单 12345678901234567890123456789012345", "1380****1234",
     "https://etherscan.io/", "3.14159", "a/b"],
)  # fmt: skip
def test_nothing_like_an_id(text: str) -> None:
    assert recognise(text, HOSTS) == Recognised("none")


def test_internal_ids_match_in_full_and_a_hash_goes_before_them() -> None:
    assert seen("提现单号：W1234567890，还没到") == Recognised("internal", "W1234567890")
    assert seen("W12345678901") != Recognised("internal", "W12345678901")
    assert recognise(HEX, HOSTS, [".*"]) == HASH


@pytest.mark.parametrize("pattern", ["(", "(a+)+", "(?:x*)*y", "(a{1,9}b){2,}", r"(\d+|x)+"])
def test_patterns_that_are_wrong_or_could_hang_are_refused(pattern: str) -> None:
    with pytest.raises(ConfigError):
        compile_internal((pattern,))


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_any_text_has_an_answer(text: str) -> None:
    found = seen(text)
    assert (found.kind == "hash") == (found.value.startswith("0x") and len(found.value) == 66)


@pytest.mark.parametrize(
    "piece",
    ["a", "0x", "1.", "a.", "0x12..", "4c0883", "哈希", "https://", "1A", "T", "bc1", " 0 ", "-", "*"],
)
def test_time_grows_with_the_length(piece: str) -> None:
    text = (piece * 4096)[:4096]
    tries = []
    for _ in range(3):
        began = time.process_time()
        seen(text)
        tries.append(time.process_time() - began)
    assert min(tries) < 0.15

"""Our checks of addresses against an independent library (bip-utils): on every address it makes, and on every damaged one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from bip_utils import (
    EthAddrDecoder,
    EthAddrEncoder,
    P2PKHAddrDecoder,
    P2PKHAddrEncoder,
    P2SHAddrDecoder,
    P2SHAddrEncoder,
    P2TRAddrDecoder,
    P2TRAddrEncoder,
    P2WPKHAddrDecoder,
    P2WPKHAddrEncoder,
    Secp256k1PrivateKey,
    TrxAddrDecoder,
    TrxAddrEncoder,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from core.chain.address import address
from core.chain.recognise import recognise

KINDS: Mapping[str, tuple[Any, Any, dict[str, Any], str, str]] = {
    "evm": (EthAddrEncoder, EthAddrDecoder, {}, "evm", "0123456789abcdefABCDEF"),
    "tron": (TrxAddrEncoder, TrxAddrDecoder, {}, "tron", ""),
    "p2pkh": (P2PKHAddrEncoder, P2PKHAddrDecoder, {"net_ver": b"\x00"}, "bitcoin", ""),
    "p2sh": (P2SHAddrEncoder, P2SHAddrDecoder, {"net_ver": b"\x05"}, "bitcoin", ""),
    "segwit": (P2WPKHAddrEncoder, P2WPKHAddrDecoder, {"hrp": "bc"}, "bitcoin", ""),
    "taproot": (P2TRAddrEncoder, P2TRAddrDecoder, {"hrp": "bc"}, "bitcoin", ""),
    "litecoin": (P2PKHAddrEncoder, P2PKHAddrDecoder, {"net_ver": b"\x30"}, "bitcoin", ""),
    "litecoin segwit": (P2WPKHAddrEncoder, P2WPKHAddrDecoder, {"hrp": "ltc"}, "bitcoin", ""),
}
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
keys = st.binary(min_size=32, max_size=32).filter(lambda raw: 0 < int.from_bytes(raw, "big") < 2**255)


def made(kind: str, key: bytes) -> str:
    encoder, _, options, *_ = KINDS[kind]
    return str(encoder.EncodeKey(Secp256k1PrivateKey.FromBytes(key).PublicKey(), **options))


def accepted(kind: str, text: str) -> bool:
    _, decoder, options, *_ = KINDS[kind]
    decode: Callable[..., bytes] = decoder.DecodeAddr
    try:
        decode(text, **options)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15)
@given(keys)
def test_every_address_that_the_library_makes_is_one(kind: str, key: bytes) -> None:
    text = made(kind, key)
    found = address(text)
    assert found is not None
    assert (found.family, found.typo) == (KINDS[kind][3], False)
    told = recognise(f"我的地址是{text}，还没到账", {})
    assert (told.kind, told.value) == ("address", text)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25)
@given(keys, st.data())
def test_one_wrong_character_is_judged_as_the_library_judges_it(
    kind: str, key: bytes, data: st.DataObject
) -> None:
    text = made(kind, key)
    place = data.draw(st.integers(4, len(text) - 1))
    letter = data.draw(st.sampled_from((KINDS[kind][4] or LETTERS).replace(text[place], "")))
    broken = text[:place] + letter + text[place + 1 :]
    found = address(broken)
    assert found is not None
    # The library refuses an EVM address in one case throughout; the standard says that it only carries no checksum.
    whole = kind == "evm" and broken[2:] in (broken[2:].lower(), broken[2:].upper())
    assert found.typo == (not accepted(kind, broken) and not whole)


@pytest.mark.parametrize("kind", ["segwit", "taproot", "litecoin segwit"])
@settings(max_examples=10)
@given(keys)
def test_upper_case_is_legal_where_the_standard_says_so_and_mixed_case_is_not(kind: str, key: bytes) -> None:
    text = made(kind, key)
    upper, mixed = address(text.upper()), address(text[:8].upper() + text[8:])
    assert upper is not None
    assert mixed is not None
    assert (upper.typo, mixed.typo) == (False, True)


@pytest.mark.parametrize("kind", ["evm", "tron", "segwit"])
@settings(max_examples=10)
@given(keys, st.integers(1, 8))
def test_full_width_letters_and_invisible_ones_change_nothing(kind: str, key: bytes, place: int) -> None:
    text = made(kind, key)
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in text)
    for written in (wide, f"{text[:place]}\u200b{text[place:]}", f"“{text}”", f"`{text}`。"):
        assert recognise(written, {}).value == text

"""Keccak-256 against published vectors, and the address checksum that it carries."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.chain.address import address, evm_checksum, evm_checksum_holds
from core.chain.keccak import keccak256


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        (b"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
        (b"testing", "5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02"),
        # topic of ERC-20's Transfer event, as every explorer shows it
        (
            b"Transfer(address,address,uint256)",
            "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
        ),
        # the keccak-256 of the RLP of nothing, the root of an empty trie
        (b"\x80", "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"),
    ],
)
def test_published_vectors(data: bytes, digest: str) -> None:
    assert keccak256(data).hex() == digest


@settings(max_examples=30, deadline=None)
@given(st.integers(130, 280))
def test_every_length_around_the_block_size_gives_another_hash(length: int) -> None:
    assert len(keccak256(b"x" * length)) == 32
    assert keccak256(b"x" * length) != keccak256(b"x" * (length + 1))


EIP55 = [
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x27b1fdb04752bbc536007a920d24acb045561c26",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]


@pytest.mark.parametrize("text", EIP55)
def test_the_addresses_of_the_standard_hold(text: str) -> None:
    assert evm_checksum_holds(text)
    assert evm_checksum(text.lower()) in (text, evm_checksum(text))


@settings(deadline=None)
@given(st.sampled_from(EIP55[4:]), st.integers(2, 41))
def test_a_letter_in_the_wrong_case_is_a_typo(text: str, place: int) -> None:
    swapped = text[:place] + text[place].swapcase() + text[place + 1 :]
    found = address(swapped)
    assert found is not None
    assert found.typo == (swapped != text)


@pytest.mark.parametrize(
    "text",
    [
        # valid addresses of BIP173 and BIP350
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    ],
)
def test_bitcoin_addresses(text: str) -> None:
    found = address(text)
    assert found is not None
    assert (found.family, found.typo) == ("bitcoin", False)
    broken = text[:-1] + ("Q" if text.isupper() else "q" if text[-1] != "q" else "p")
    other = address(broken)
    assert other is not None
    assert other.typo


@pytest.mark.parametrize(
    "text",
    [
        # invalid: checksum of the other kind, mixed case, wrong length of the program
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
        "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8F3t4",
        "bc1qr508d6qejxtdg4y5r3zarvaryvqyzf3du",
    ],
)
def test_broken_segwit_addresses(text: str) -> None:
    found = address(text)
    assert found is not None
    assert found.typo

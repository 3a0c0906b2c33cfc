"""A QR code in a terminal: module by module what segno made, and nothing for any other picture."""

from __future__ import annotations

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from bots.halfblocks import half_blocks
from tests.pictures import jpeg, png, qr

DARK = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}


@pytest.mark.parametrize("text", ["https://helpline.example", "x" * 300])
@pytest.mark.parametrize("scale", [1, 3, 10])
def test_every_module_is_drawn(text: str, scale: int) -> None:
    want = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
    drawn: list[list[int]] = []
    for line in half_blocks(qr(text, scale)).split("\n"):
        drawn += [[DARK[mark][half] for mark in line] for half in (0, 1)]
    assert drawn[: len(want)] == want
    assert not any(map(any, drawn[len(want) :]))


@pytest.mark.parametrize("data", [b"", png(40, 40), png(330, 330), jpeg(330, 330), qr()[:200]])
def test_any_other_picture_is_no_code(data: bytes) -> None:
    assert half_blocks(data) == ""


@given(st.integers(30, len(qr()) - 1), st.integers(0, 255))
def test_a_spoiled_picture_is_drawn_or_not_but_never_a_failure(at: int, byte: int) -> None:
    drawn = half_blocks(qr()[:at] + bytes([byte]) + qr()[at + 1 :])
    assert set(drawn) <= {*DARK, "\n"}
    assert len({len(line) for line in drawn.split("\n")}) == 1, "as wide at the bottom as at the top"

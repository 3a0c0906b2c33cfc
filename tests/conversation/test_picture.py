"""What is a picture, and what is none: told by the bytes, whatever comes."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conversation.picture import (
    MOST_BYTES,
    NAME,
    Measured,
    Picture,
    PictureError,
    fits,
    measured,
    sides,
)
from tests.pictures import jpeg, png, qr

DEMO = Path(__file__).resolve().parents[2] / "docs/demo.png"


def test_a_picture_is_named_by_its_bytes() -> None:
    data = qr()
    name = f"{sha256(data).hexdigest()}.png"
    assert measured(data) == Measured(name, 330, 330)
    assert NAME.fullmatch(name)
    assert Picture(name, "").mime == "image/png"
    found = measured(jpeg(640, 480))
    assert (found.width, found.height, found.name[-4:]) == (640, 480, ".jpg")
    assert Picture(found.name, "").mime == "image/jpeg"


def test_another_programs_picture_is_measured_too() -> None:
    data = DEMO.read_bytes()
    found = sides(data)
    assert found is not None
    assert found == ("png", int.from_bytes(data[16:20]), int.from_bytes(data[20:24]))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "kind"),
        (b"GIF89a" + bytes(40), "kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind"),
        (qr()[:-4], "kind"),
        (qr() + b"<script>", "kind"),
        (jpeg(4, 4) + b"PK", "kind"),
        (png(0, 5), "kind"),
        (png(2001, 100), "sides"),
        (png(5000, 5001), "sides"),
        (jpeg(10, 201), "sides"),
        (b"\x89PNG" + bytes(MOST_BYTES), "large"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)}",
)
def test_what_no_platform_would_show(data: bytes, code: str) -> None:
    with pytest.raises(PictureError) as caught:
        measured(data)
    assert caught.value.code == code


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8", b"\xff\xd8\xff\xe0", qr()[:24]]))
def test_any_bytes_are_judged(rest: bytes, begins: bytes) -> None:
    found = sides(begins + rest)
    assert found is None or (found[0] in ("png", "jpg") and min(found[1:]) > 0)


@given(st.integers(1, 12_000), st.integers(1, 12_000))
def test_what_fits_on_one_side_fits_on_the_other(width: int, height: int) -> None:
    assert fits(width, height) == fits(height, width)
    assert sides(jpeg(width, height)) == ("jpg", width, height)


@given(st.integers(1, len(qr()) - 1))
def test_a_part_of_a_picture_is_none(length: int) -> None:
    assert sides(qr()[:length]) is None

"""The page's pure parts: texts as pieces, the drawing of a flow, the two word files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.local.page.layout import Placed, is_end, lay_out
from bots.local.page.rich import STYLES, from_entities, from_markdown
from bots.local.page.svg import picture, wrapped
from bots.local.page.views import Look, draw
from bots.local.page.wire import MASK, Wire
from bots.local.page.words import languages, words
from core.conversation.diagram import Arrow, Box, arrows, boxes
from core.conversation.library import Library

ROOT = Path(__file__).resolve().parents[2]
ENTITIES = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from([*STYLES, "new_kind"]),
            "offset": st.integers(-3, 40),
            "length": st.integers(-3, 40),
        }
    ),
    max_size=6,
)
NAMES = st.sampled_from("abcdefgh")
ARROWS = st.lists(
    st.builds(Arrow, NAMES, st.one_of(NAMES, st.just("end")), st.sampled_from(["", "yes"])), max_size=24
)


@given(st.text(max_size=40), ENTITIES)
def test_pieces_of_entities_are_the_text(text: str, entities: list[dict[str, object]]) -> None:
    joined = "".join(piece.text for piece in from_entities(text, entities))
    # A mark may cut an emoji in two, which no real client sends; everything else stays as it was.
    whole = all(ord(char) < 0x10000 for char in text)
    assert joined == text or not whole


def test_entities_overlap_and_count_in_utf16() -> None:
    found = from_entities(
        "😀ab", [{"type": "bold", "offset": 2, "length": 2}, {"type": "code", "offset": 3, "length": 1}]
    )
    assert [(piece.text, piece.styles) for piece in found] == [
        ("😀", ()),
        ("a", ("bold",)),
        ("b", ("bold", "code")),
    ]


@given(st.text(alphabet="ab *_~`[]()<>\\\nhttps:/.", max_size=60))
def test_markdown_never_invents_text(text: str) -> None:
    shown = "".join(piece.text for piece in from_markdown(text))
    rest = iter(text)
    assert all(char in rest for char in shown)


def test_markdown_as_bots_send_it() -> None:
    found = from_markdown("**no** `x*y*` [site](https://a.example/b) \\*snake_case*")
    assert [(piece.text, piece.styles, piece.url) for piece in found if piece.text.strip()] == [
        ("no", ("bold",), ""),
        ("x*y*", ("code",), ""),
        ("site", ("link",), "https://a.example/b"),
        ("*", (), ""),
        ("snake", (), ""),
        ("_", (), ""),
        ("case", (), ""),
        ("*", (), ""),
    ]


def overlapping(placed: Sequence[Placed]) -> list[tuple[str, str]]:
    return [
        (one.box.name, other.box.name)
        for number, one in enumerate(placed)
        for other in placed[number + 1 :]
        if one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height - 0.01
        and other.y < one.y + one.height - 0.01
    ]


@given(ARROWS)
def test_boxes_never_cover_each_other_and_no_arrow_is_lost(ways: list[Arrow]) -> None:
    drawing = lay_out("a", [Box(name, "say", name) for name in "abcdefgh"], ways)
    assert overlapping(drawing.boxes) == []
    assert len(drawing.lines) == len({(way.source, way.target) for way in ways})
    assert all(0 <= one.x <= drawing.width and 0 <= one.y <= drawing.height for one in drawing.boxes)
    assert {one.box.name for one in drawing.boxes if not is_end(one.box)} == set("abcdefgh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_flow_is_drawn_whole_with_the_present_step_lit(library: Library, language: str) -> None:
    for flow in library.flows.values():
        last = list(flow.steps)[-1]
        drawn = picture(flow.first, boxes(flow, language), arrows(flow, language), flow.first, (last,))
        assert overlapping([node.placed for node in drawn.nodes]) == []
        assert [node.placed.box.name for node in drawn.nodes if node.state == "here"] == [flow.first]
        assert drawn.here != (0.0, 0.0)


@given(st.text(max_size=80), st.integers(4, 30), st.integers(1, 3))
def test_wrapping_keeps_to_its_box(text: str, columns: int, lines: int) -> None:
    rows = wrapped(text, columns, lines)
    assert len(rows) <= lines
    assert all(len(row) <= columns + 2 for row in rows)


def test_both_languages_have_the_same_words_and_holes() -> None:
    first, second = (words(code) for code in languages())
    assert first.keys() == second.keys()
    for key in first:
        assert type(first[key]) is type(second[key]), key
        assert re.findall(r"\{\w*\}", str(first[key])) == re.findall(r"\{\w*\}", str(second[key])), key


def test_every_word_of_the_templates_exists() -> None:
    for path in (ROOT / "bots" / "local" / "page" / "templates").glob("*.html"):
        for key in re.findall(r"say\('([\w.]+)'[,)]", path.read_text("utf-8")):
            assert key in words("zh"), (path.name, key)


def test_templates_name_only_words_that_exist() -> None:
    with pytest.raises(KeyError):
        Look("zh", "auto").say("no.such.word")
    for language in languages():
        assert words(language)["wire.asked"] in draw_line(language)


def draw_line(language: str) -> str:
    wire = Wire(lambda: 0.0)
    wire.telegram("sendMessage", {"text": "hi"}, {"ok": False, "error_code": 400, "description": "no"})
    return draw("wire.html", Look(language, "auto"), lines=wire.after(0), after=wire.version)


def test_the_wire_log_masks_keys_and_skips_empty_polls() -> None:
    wire = Wire(lambda: 0.0)
    wire.telegram("getUpdates", {"offset": 1}, {"ok": True, "result": []})
    assert not wire.lines
    wire.telegram("sendMessage", {"token": "abc", "deep": [{"token": "abc"}]}, {"ok": True, "result": {}})
    assert "abc" not in wire.lines[0].asked
    assert wire.lines[0].asked.count(MASK) == 2

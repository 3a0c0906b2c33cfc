"""Whatever the pages about broadcasts show as a file or as settings is one that works, as it stands there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from bots.registry import abilities
from bots.settings import Settings
from core.broadcast.folder import lessons_of
from core.broadcast.form import House, read_form
from core.broadcast.house import house
from core.broadcast.lint import lint
from core.channel import Abilities
from core.config_file import load_settings
from core.conversation.library import Library
from core.runtime.house import house_holes
from core.sentences import render
from tests.conftest import ROOT
from tests.pictures import qr

BOARD, ROLE = "1234567890123456789", "9876543210987654321"


def blocks(page: str) -> list[str]:
    """The YAML of a page."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    found = re.findall(r"^( *)```yaml\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", body, flags=re.MULTILINE) for indent, body in found]


@pytest.fixture(scope="module")
def ours(settings: Settings, library: Library) -> tuple[House, Mapping[str, Abilities]]:
    """What the pages speak of: an announcement channel, its role, a network."""
    own = {"announcement_channels": {BOARD: "zh"}, "announcement_roles": (ROLE,)}
    can = abilities(settings.model_copy(update={"discord": settings.discord.model_copy(update=own)}))
    return house(library, house_holes(settings), can, ["Ethereum"]), can


def faults(source: str, ours: tuple[House, Mapping[str, Abilities]]) -> list[str]:
    form = read_form("f.yaml", source, "CODE", ours[0], lambda _: qr("a"))
    return [render(one, "en") for one in lint(form, {"helpline.example"}, ours[1])]


@pytest.mark.parametrize(("page", "place"), [("broadcasts.md", 1), ("incidents.md", 0)])
def test_a_file_that_is_shown_has_no_fault(
    page: str, place: int, ours: tuple[House, Mapping[str, Abilities]]
) -> None:
    source = blocks(page)[place]
    assert source.startswith("broadcast: ")
    assert faults(source, ours) == []


def test_a_series_that_is_shown_has_no_fault(ours: tuple[House, Mapping[str, Abilities]]) -> None:
    rhythm, _, lesson = blocks("broadcasts.md")[2].partition("# first_steps/01_welcome.yaml")
    files = {"series.yaml": rhythm, "01_welcome.yaml": "#" + lesson}
    (source,) = lessons_of("first_steps", files)
    assert faults(source.text, ours) == []


@pytest.mark.parametrize(("page", "place"), [("broadcasts.md", 0), ("notices.md", 0)])
def test_settings_that_are_shown_are_read(page: str, place: int, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(blocks(page)[place], "utf-8")
    read = load_settings(Settings, file, "en")
    assert read.staff or read.notices.rules

"""The drawing of a flow as numbers and words for the SVG template: paths, lines of text, and what is lit up."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bots.local.page.layout import Drawing, Placed, Point, is_end, lay_out
from bots.local.page.layout import Line as Way
from core.conversation.diagram import Arrow, Box

COLUMNS, LINES = 25, 2
"""What fits into a box; a wide character counts two columns."""
LABEL_COLUMNS = 17
_HANGING = "，。！？；：、）」”…,.!?;:)"
"""What may stand out at the end of a line, since nothing begins with it."""
LINE_HEIGHT = 15.0


@dataclass(frozen=True, slots=True)
class Node:
    """A box. `state` is "here", "been" or ""; each of `lines` is (y, text)."""

    placed: Placed
    small: bool
    state: str
    lines: tuple[tuple[float, str], ...]
    whole: str


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow: its path, its label at (x, y), whether it leads back, and whether it leaves the present step."""

    path: str
    x: float
    y: float
    label: str
    whole: str
    back: bool
    faint: bool
    lit: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that the template draws, and where the middle of the present step is (0, 0 without one)."""

    width: float
    height: float
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    here: Point


def picture(
    first: str, boxes: Sequence[Box], arrows: Sequence[Arrow], here: str, been: Collection[str]
) -> Picture:
    """The drawing of a flow that begins at `first`, with the step `here` lit and those in `been` tinted."""
    drawing = lay_out(first, boxes, arrows)
    nodes = tuple(_node(one, here, been) for one in drawing.boxes)
    edges = tuple(_edge(one, here) for one in drawing.lines)
    return Picture(drawing.width, drawing.height, nodes, edges, _middle(drawing, here))


def _middle(drawing: Drawing, name: str) -> Point:
    found = next((one for one in drawing.boxes if one.box.name == name), None)
    return (found.x + found.width / 2, found.y + found.height / 2) if found else (0.0, 0.0)


def _node(placed: Placed, here: str, been: Collection[str]) -> Node:
    box = placed.box
    state = "here" if box.name == here else "been" if box.name in been else ""
    small = is_end(box)
    rows = wrapped(box.text, 11 if small else COLUMNS, 1 if small else LINES)
    top = placed.y + placed.height / 2 - (len(rows) - 1) * LINE_HEIGHT / 2
    lines = tuple((top + number * LINE_HEIGHT, row) for number, row in enumerate(rows))
    return Node(placed, small, state, lines, box.text)


def _edge(line: Way, here: str) -> Edge:
    x, y = line.points[0] if line.back else line.points[1]
    label = wrapped(line.arrow.label, LABEL_COLUMNS, 1)
    return Edge(
        path=curve(line.points[::-1] if line.back else line.points),
        x=x + 8 if line.back else x - 12,
        y=y - 5,
        label=label[0] if label else "",
        whole=line.arrow.label,
        back=line.back,
        faint=line.arrow.label == "give_up",
        lit=line.arrow.source == here,
    )


def curve(points: Sequence[Point]) -> str:
    """A path through all points that leaves and arrives level."""
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for number in range(1, len(points)):
        (x0, y0), (x1, y1) = points[number - 1], points[number]
        middle = (x0 + x1) / 2
        path.append(f"C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}")
    return " ".join(path)


def wrapped(text: str, columns: int, lines: int) -> list[str]:
    """The text in at most so many lines of so many columns; words stay whole where they can, "…" says it was cut."""
    rows: list[str] = []
    rest = " ".join(text.split())
    while rest and len(rows) < lines:
        fits = _fitting(rest, columns)
        if fits == len(rest) or rest[fits:] in tuple(_HANGING):
            rows.append(rest)
            return rows
        if len(rows) == lines - 1:
            rows.append(rest[: max(fits - 1, 1)].rstrip() + "…")
            return rows
        space = rest.rfind(" ", 1, fits + 1)
        cut = space if space > fits // 2 else fits
        cut += rest[cut : cut + 1] in tuple(_HANGING)
        rows.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return rows


def _fitting(text: str, columns: int) -> int:
    """How many characters fit."""
    width = 0
    for number, char in enumerate(text):
        width += 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if width > columns:
            return number
    return len(text)

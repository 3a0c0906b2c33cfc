"""Where the boxes and arrows of a flow go: layers from left to right, in the manner of Sugiyama. Pure arithmetic.

1. Arrows that lead back are turned round, so that what is left has no circle.
2. A box stands one layer behind the furthest box that leads to it; an arrow over several layers gets a bend in each.
3. Sweeps order each layer by the middle of its neighbours, and then pull boxes level with them.

Ends and hand-overs are drawn once for every box that leads there, small: one shared end would tie all into a knot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.conversation.diagram import Arrow, Box

WIDTH, HEIGHT = 172.0, 50.0
"""Of a box, in the drawing's units."""
SMALL_WIDTH, SMALL_HEIGHT = 86.0, 24.0
"""Of an end or a hand-over."""
COLUMN_GAP, ROW_GAP = 118.0, 18.0
MARGIN = 16.0
SWEEPS = 12

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Placed:
    """A box with its upper left corner."""

    box: Box
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """An arrow through its points. `back`: it leads to an earlier layer, so its head is at its first point."""

    arrow: Arrow
    points: tuple[Point, ...]
    back: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything in its place."""

    width: float
    height: float
    boxes: tuple[Placed, ...]
    lines: tuple[Line, ...]


@dataclass(eq=False, slots=True)
class _Cell:
    """A box, or the bend of a long arrow (`box` None), in a layer."""

    box: Box | None
    layer: int
    y: float = 0.0

    @property
    def height(self) -> float:
        return 6.0 if self.box is None else _size(self.box)[1]

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def lay_out(first: str, boxes: Sequence[Box], arrows: Sequence[Arrow]) -> Drawing:
    """The drawing of a flow that begins at `first`."""
    boxes, arrows = _ends_apart(boxes, _merged(arrows))
    order = _depth_first(first, boxes, arrows)
    forward = [(arrow, order[arrow.source] >= order[arrow.target]) for arrow in arrows]
    layers = _layers([box.name for box in boxes], forward)
    cells = {box.name: _Cell(box, layers[box.name]) for box in boxes}
    paths = [_path(arrow, back, cells) for arrow, back in forward]
    columns = _columns([*cells.values(), *(bend for path in paths for bend in path[1:-1])])
    _arrange(columns, paths)
    return _drawing(cells.values(), list(zip(forward, paths, strict=True)))


def _merged(arrows: Sequence[Arrow]) -> list[Arrow]:
    """One arrow from a box to another, with all its labels."""
    labels: dict[tuple[str, str], list[str]] = {}
    for arrow in arrows:
        labels.setdefault((arrow.source, arrow.target), []).append(arrow.label)
    return [
        Arrow(source, target, " / ".join(filter(None, names))) for (source, target), names in labels.items()
    ]


def _ends_apart(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> tuple[list[Box], list[Arrow]]:
    known = {box.name: box for box in boxes}
    leaves = {box.name for box in boxes if box.verb == "hand_over"}
    shown = [box for box in boxes if box.name not in leaves]
    drawn = []
    for number, arrow in enumerate(arrows):
        target = arrow.target
        if target not in known or target in leaves:
            end = known.get(target, Box(target, "say", ""))
            target = f"{target}@{number}"
            shown.append(Box(target, end.verb, end.text))
        drawn.append(Arrow(arrow.source, target, arrow.label))
    return shown, drawn


def is_end(box: Box) -> bool:
    """Whether a box is one of the small ones."""
    return "@" in box.name[1:]


def _size(box: Box) -> tuple[float, float]:
    if not is_end(box):
        return WIDTH, HEIGHT
    return (SMALL_WIDTH, SMALL_HEIGHT) if box.text else (SMALL_HEIGHT, SMALL_HEIGHT)


def _depth_first(first: str, boxes: Sequence[Box], arrows: Sequence[Arrow]) -> dict[str, int]:
    """A number for each box: an arrow to the same or a higher number leads back."""
    out: dict[str, list[str]] = {}
    for arrow in arrows:
        out.setdefault(arrow.source, []).append(arrow.target)
    done: dict[str, int] = {}
    for root in (first, *(box.name for box in boxes)):
        _visit(root, out, done)
    # Numbers were given when everything behind was done: the end has the lowest.
    return {name: -number for name, number in done.items()}


def _visit(root: str, out: Mapping[str, list[str]], done: dict[str, int]) -> None:
    stack, seen = [(root, iter(out.get(root, [])))], {root, *done}
    if root in done:
        return
    while stack:
        name, targets = stack[-1]
        for target in targets:
            if target not in seen:
                seen.add(target)
                stack.append((target, iter(out.get(target, []))))
                break
        else:
            done[name] = len(done)
            stack.pop()


def _layers(names: Iterable[str], forward: Sequence[tuple[Arrow, bool]]) -> dict[str, int]:
    """The longest way to each box. Without circles this settles in as many rounds as there are layers."""
    layers = dict.fromkeys(names, 0)
    pairs = [_ends(arrow, back) for arrow, back in forward]
    moved = True
    while moved:
        moved = False
        for left, right in pairs:
            if left != right and layers[right] <= layers[left]:
                layers[right] = layers[left] + 1
                moved = True
    return layers


def _ends(arrow: Arrow, back: bool) -> tuple[str, str]:
    return (arrow.target, arrow.source) if back else (arrow.source, arrow.target)


def _path(arrow: Arrow, back: bool, cells: Mapping[str, _Cell]) -> list[_Cell]:
    left, right = (cells[name] for name in _ends(arrow, back))
    return [left, *(_Cell(None, layer) for layer in range(left.layer + 1, right.layer)), right]


def _columns(cells: Iterable[_Cell]) -> list[list[_Cell]]:
    columns: dict[int, list[_Cell]] = {}
    for cell in cells:
        columns.setdefault(cell.layer, []).append(cell)
    return [columns[layer] for layer in sorted(columns)]


def _arrange(columns: Sequence[list[_Cell]], paths: Sequence[list[_Cell]]) -> None:
    near: dict[_Cell, list[_Cell]] = {}
    for path in paths:
        for one, other in pairwise(path):
            near.setdefault(one, []).append(other)
            near.setdefault(other, []).append(one)
    for column in columns:
        _stack(column)
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            side = -1 if sweep % 2 == 0 else 1
            wish = {cell: _wish(cell, near.get(cell, []), side) for cell in column}
            column.sort(key=wish.__getitem__)
            _settle(column, wish)


def _wish(cell: _Cell, near: Sequence[_Cell], side: int) -> float:
    """Where a cell would like its middle: level with its neighbours on one side, or else where it is."""
    asked = [one.middle for one in near if (one.layer - cell.layer) * side > 0]
    return sum(asked) / len(asked) if asked else cell.middle


def _stack(column: Sequence[_Cell]) -> None:
    y = 0.0
    for cell in column:
        cell.y, y = y, y + cell.height + ROW_GAP


def _settle(column: Sequence[_Cell], wish: Mapping[_Cell, float]) -> None:
    """As near to the wishes as the order and the gaps allow: each pushes the next, then the column is levelled."""
    floor = float("-inf")
    for cell in column:
        cell.y = max(wish[cell] - cell.height / 2, floor)
        floor = cell.y + cell.height + ROW_GAP
    drift = sum(cell.middle - wish[cell] for cell in column) / len(column)
    for cell in column:
        cell.y -= drift


def _drawing(cells: Iterable[_Cell], drawn: Sequence[tuple[tuple[Arrow, bool], list[_Cell]]]) -> Drawing:
    everything = [*cells, *(bend for _, path in drawn for bend in path[1:-1])]
    top = min((cell.y for cell in everything), default=0.0) - MARGIN
    for cell in everything:
        cell.y -= top
    placed = [
        Placed(cell.box, _left(cell), cell.y, *_size(cell.box)) for cell in everything if cell.box is not None
    ]
    lines = [Line(arrow, _points(path), back) for (arrow, back), path in drawn]
    width = max((one.x + one.width for one in placed), default=0.0) + MARGIN
    height = max((cell.y + cell.height for cell in everything), default=0.0) + MARGIN
    return Drawing(width, height, tuple(placed), tuple(lines))


def _left(cell: _Cell) -> float:
    return MARGIN + cell.layer * (WIDTH + COLUMN_GAP)


def _points(path: Sequence[_Cell]) -> tuple[Point, ...]:
    first, last = path[0], path[-1]
    width = WIDTH if first.box is None else _size(first.box)[0]
    start = (_left(first) + width, first.middle)
    bends = [
        point
        for cell in path[1:-1]
        for point in ((_left(cell), cell.middle), (_left(cell) + WIDTH, cell.middle))
    ]
    return (start, *bends, (_left(last), last.middle))

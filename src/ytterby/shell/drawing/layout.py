"""Where the boxes and ribbons of a Sankey picture stand, in pixels.

Heights share one scale. A stage is the length of the longest path that leads to a node; a node without feed stands
right before its first use. A flow over several stages passes the stages between through a lane of its own, so that
no ribbon runs through a box. Order within a stage is found by moving each box to the mean height of its
neighbours, a few sweeps each way; links are indexed by node, so the work grows with nodes plus links.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from ytterby.shell.drawing.flow import Link, Node

TOP = 30.0
GAP = 8.0
LANE_GAP = 5.0
BOX_WIDTH = 12.0
BOX_LEAST = 2.5
RIBBON_LEAST = 1.2
LABEL_HEIGHT = 30.0
LABEL_ROOM = 150.0
STEP_LEAST = 132.0
WIDTH_LEAST = 1160.0
HEIGHT_LEAST = 400.0
SWEEPS = 8

Ends = list[tuple[int, float]]


class Box(NamedTuple):
    """A node's place. The label stands right of it, its top at `label_y`, `LABEL_HEIGHT` high."""

    node: int
    stage: int
    x: float
    y: float
    width: float
    height: float
    label_y: float


class Ribbon(NamedTuple):
    """A link's outline as an SVG path."""

    link: int
    path: str


class Layout(NamedTuple):
    """A picture. `stage_x` is the left edge of each stage; `label_width` is what a label may take."""

    boxes: tuple[Box, ...]
    ribbons: tuple[Ribbon, ...]
    stage_x: tuple[float, ...]
    label_width: float
    width: float
    height: float


class _Slots:
    """Boxes and lanes of all stages: mass, stage, neighbours, height and place, by number; boxes come first."""

    def __init__(self, nodes: Sequence[Node], links: Sequence[Link], stages: Sequence[int]) -> None:
        self.box_count = len(nodes)
        self.stage = list(stages)
        self.mass = [node.mass_kg for node in nodes]
        self.into: list[Ends] = [[] for _ in nodes]
        self.out: list[Ends] = [[] for _ in nodes]
        self.chains: list[list[int]] = []
        for link in links:
            self.chains.append(self._lead(link))
        for place in range(self.box_count):
            flow_in, flow_out = sum(m for _, m in self.into[place]), sum(m for _, m in self.out[place])
            self.mass[place] = max(self.mass[place], flow_in, flow_out)
        self.columns: list[list[int]] = [[] for _ in range(max(self.stage, default=-1) + 1)]
        for slot, stage in enumerate(self.stage):
            self.columns[stage].append(slot)
        self.size = [0.0] * len(self.stage)
        self.y = [0.0] * len(self.stage)

    def _lead(self, link: Link) -> list[int]:
        """Add the lanes of a link and return its slots from source to target."""
        chain = [link.source]
        for stage in range(self.stage[link.source] + 1, self.stage[link.target]):
            chain.append(len(self.stage))
            self.stage.append(stage)
            self.mass.append(link.mass_kg)
            self.into.append([])
            self.out.append([])
        chain.append(link.target)
        for start, end in pairwise(chain):
            self.out[start].append((end, link.mass_kg))
            self.into[end].append((start, link.mass_kg))
        return chain

    def room_of(self, slot: int, scale: float) -> float:
        """Return the height that a slot takes at a scale: a box never less than its label."""
        if slot < self.box_count:
            return max(LABEL_HEIGHT, BOX_LEAST, self.mass[slot] * scale)
        return max(RIBBON_LEAST, self.mass[slot] * scale)

    def gap_after(self, slot: int) -> float:
        """Return the free space below a slot."""
        return GAP if slot < self.box_count else LANE_GAP


def find_stages(nodes: Sequence[Node], links: Sequence[Link]) -> list[int]:
    """Return the stage of each node: the length of the longest path to it; one without feed stands before its use.

    Raises:
        ValueError: the links run in a circle.
    """
    out: list[list[int]] = [[] for _ in nodes]
    waiting = [0] * len(nodes)
    for link in links:
        out[link.source].append(link.target)
        waiting[link.target] += 1
    has_feed = [count > 0 for count in waiting]
    stages = [0] * len(nodes)
    ready = [place for place, count in enumerate(waiting) if count == 0]
    seen = 0
    while ready:
        place = ready.pop()
        seen += 1
        for child in out[place]:
            stages[child] = max(stages[child], stages[place] + 1)
            waiting[child] -= 1
            if waiting[child] == 0:
                ready.append(child)
    if seen < len(nodes):
        raise ValueError(f"{len(nodes) - seen} of {len(nodes)} nodes stand in a circle; a trace has none")
    for place, children in enumerate(out):
        if children and not has_feed[place]:
            stages[place] = min(stages[child] for child in children) - 1
    return stages


def lay_out(
    nodes: Sequence[Node],
    links: Sequence[Link],
    *,
    stages: Sequence[int] | None = None,
    width: float = WIDTH_LEAST,
    height: float = HEIGHT_LEAST,
) -> Layout:
    """Return boxes and ribbons. The picture grows beyond `width` and `height` where labels need the room.

    Raises:
        ValueError: the links run in a circle, or a mass is not above zero.
    """
    if any(not link.mass_kg > 0 for link in links):
        raise ValueError("a ribbon needs a mass above zero")
    slots = _Slots(nodes, links, find_stages(nodes, links) if stages is None else stages)
    count = len(slots.columns)
    room = max([height - TOP, *(_labels_need(slots, column) for column in slots.columns)])
    scale = _find_scale(slots, room)
    slots.size = [slots.room_of(slot, scale) for slot in range(len(slots.stage))]
    bottom = TOP + max([room, *(_stack(slots, column) for column in slots.columns)])
    for sweep in range(SWEEPS):
        _sweep(slots, is_forward=sweep % 2 == 0, bottom=bottom)
    step = max(STEP_LEAST, (width - BOX_WIDTH - LABEL_ROOM) / max(1, count - 1))
    stage_x = tuple(round(stage * step, 1) for stage in range(count))
    boxes = tuple(_box(slots, place, stage_x, scale) for place in range(slots.box_count))
    return Layout(
        boxes=boxes,
        ribbons=tuple(_ribbons(slots, links, boxes, stage_x, scale)),
        stage_x=stage_x,
        label_width=(step if count > 1 else width) - BOX_WIDTH - 12,
        width=max(width, (count - 1) * step + BOX_WIDTH + LABEL_ROOM),
        height=bottom + 6,
    )


def _labels_need(slots: _Slots, column: list[int]) -> float:
    """Return the height a stage needs for its labels, and half as much again for its flows."""
    boxes = sum(slot < slots.box_count for slot in column)
    lanes = len(column) - boxes
    return boxes * (LABEL_HEIGHT + GAP) + lanes * (RIBBON_LEAST + LANE_GAP) + (120.0 if len(column) > 4 else 0.0)


def _stack(slots: _Slots, column: list[int]) -> float:
    """Return the height of a stage in whatever order it comes to stand: the last slot needs no gap below it."""
    return sum(slots.size[slot] + slots.gap_after(slot) for slot in column) - LANE_GAP


def _find_scale(slots: _Slots, room: float) -> float:
    """Return the largest scale, in pixels per kilogram, at which every stage fits."""
    heaviest = max((sum(slots.mass[slot] for slot in column) for column in slots.columns), default=0.0)
    if heaviest <= 0:
        return 0.0
    low, high = 0.0, room / heaviest
    for _ in range(18):
        middle = (low + high) / 2
        fits = all(
            sum(slots.room_of(slot, middle) + slots.gap_after(slot) for slot in column) - LANE_GAP <= room
            for column in slots.columns
        )
        low, high = (middle, high) if fits else (low, middle)
    return low


def _sweep(slots: _Slots, *, is_forward: bool, bottom: float) -> None:
    """Move each box to the mean height of the boxes it takes from (or gives to), then apart again."""
    near = slots.into if is_forward else slots.out
    y, size = slots.y, slots.size
    for column in slots.columns if is_forward else reversed(slots.columns):
        for slot in column:
            total = moment = 0.0
            for end, mass in near[slot]:
                total += mass
                moment += (y[end] + size[end] / 2) * mass
            if total > 0:
                y[slot] = moment / total - size[slot] / 2
        _push_apart(slots, column, bottom)


def _push_apart(slots: _Slots, column: list[int], bottom: float) -> None:
    """Remove overlaps in one stage, keeping its order and the picture's edges."""
    y, size = slots.y, slots.size
    column.sort(key=lambda slot: (y[slot] + size[slot] / 2, slot))
    at = TOP
    for slot in column:
        y[slot] = max(y[slot], at)
        at = y[slot] + size[slot] + slots.gap_after(slot)
    at = bottom
    for position in range(len(column) - 1, -1, -1):
        slot = column[position]
        y[slot] = min(y[slot], at - size[slot])
        at = y[slot] - (slots.gap_after(column[position - 1]) if position else 0.0)


def _box(slots: _Slots, place: int, stage_x: tuple[float, ...], scale: float) -> Box:
    height = max(BOX_LEAST, slots.mass[place] * scale)
    stage = slots.stage[place]
    y = slots.y[place] + (max(0.0, LABEL_HEIGHT - height) / 2)
    return Box(place, stage, stage_x[stage], y, BOX_WIDTH, height, slots.y[place])


def _ribbons(
    slots: _Slots, links: Sequence[Link], boxes: tuple[Box, ...], stage_x: tuple[float, ...], scale: float
) -> list[Ribbon]:
    """Return the outlines: at each box, flows are stacked in the order of the boxes at their other end."""
    thick = [max(RIBBON_LEAST, link.mass_kg * scale) for link in links]
    leave = _stack_ends(slots, boxes, thick, is_out=True)
    arrive = _stack_ends(slots, boxes, thick, is_out=False)
    found = []
    for number, chain in enumerate(slots.chains):
        points = [(boxes[chain[0]].x + BOX_WIDTH, leave[number])]
        for lane in chain[1:-1]:
            x = stage_x[slots.stage[lane]]
            points += [(x, slots.y[lane]), (x + BOX_WIDTH, slots.y[lane])]
        points.append((boxes[chain[-1]].x, arrive[number]))
        found.append(Ribbon(number, _outline(points, thick[number])))
    return found


def _stack_ends(slots: _Slots, boxes: tuple[Box, ...], thick: list[float], *, is_out: bool) -> list[float]:
    """Return the upper edge at which each link leaves (or reaches) its box."""
    by_box: list[list[int]] = [[] for _ in boxes]
    for number, chain in enumerate(slots.chains):
        by_box[chain[0] if is_out else chain[-1]].append(number)
    edge = [0.0] * len(slots.chains)
    for box, numbers in zip(boxes, by_box, strict=True):
        numbers.sort(key=lambda n: slots.y[slots.chains[n][1 if is_out else -2]])
        total = sum(thick[number] for number in numbers)
        # A box too thin to be seen is drawn thicker than its flows; they leave from its middle.
        at = box.y + max(0.0, (box.height - total) / 2) if box.height <= BOX_LEAST else box.y
        for number in numbers:
            edge[number] = at
            at += thick[number]
    return edge


def _outline(points: list[tuple[float, float]], thick: float) -> str:
    """Return the closed path of a band of one thickness through points: curve, then level through each lane."""
    parts = [f"M{points[0][0]:.1f},{points[0][1]:.1f}", *_edge(points)]
    back = [(x, y + thick) for x, y in reversed(points)]
    parts += [f"V{back[0][1]:.1f}", *_edge(back), "Z"]
    return "".join(parts)


def _edge(points: list[tuple[float, float]]) -> list[str]:
    parts = []
    for position, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
        if position % 2:
            parts.append(f"H{x1:.1f}")
            continue
        middle = (x0 + x1) / 2
        parts.append(f"C{middle:.1f},{y0:.1f} {middle:.1f},{y1:.1f} {x1:.1f},{y1:.1f}")
    return parts

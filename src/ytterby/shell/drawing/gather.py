"""Join boxes where a picture has more than people can follow.

Above about 60 boxes nobody reads a picture: in each stage the largest stay, the rest of one kind become one box
that says how many it stands for. Of a long chain the stages about the lot asked for stay; all that lies before the
first and after the last of them becomes one box of each kind. Flows lead to later stages only, so no circle is made.
"""

from collections.abc import Sequence

from ytterby.shell.drawing.flow import Flow, Link, Node
from ytterby.shell.drawing.label import write_mass
from ytterby.shell.drawing.layout import find_stages
from ytterby.shell.wording import fill, language_of, word

NODES_MAX = 60
STAGES_MAX = 18


def gather_small(flow: Flow, *, limit: int = NODES_MAX, language: str = "en") -> tuple[Flow, list[int]]:
    """Return a flow of about `limit` boxes in at most STAGES_MAX stages, and the stage of each box."""
    stages = find_stages(flow.nodes, flow.links)
    first, last = _window(flow, stages)
    if len(flow.nodes) <= limit and first == 0 and last == max(stages, default=0):
        return flow, stages
    inside = [first <= stage <= last for stage in stages]
    # What lies beyond the window stands in one stage before it or after it.
    near = [min(max(stage, first - 1), last + 1) - max(0, first - 1) for stage in stages]
    weight = _weights(flow)
    kept = _choose(flow.nodes, near, weight, limit, inside)
    place_of: list[int] = [-1] * len(flow.nodes)
    nodes: list[Node] = []
    new_stages: list[int] = []
    joined: dict[tuple[int, str], list[int]] = {}
    for place, node in enumerate(flow.nodes):
        if place in kept:
            place_of[place] = len(nodes)
            nodes.append(node)
            new_stages.append(near[place])
        else:
            joined.setdefault((near[place], node.kind), []).append(place)
    for (stage, kind), places in joined.items():
        for place in places:
            place_of[place] = len(nodes)
        # Beyond the window boxes feed each other: their sum would count the same kilogram many times.
        mass_kg = sum(weight[place] for place in places) if inside[places[0]] else 0.0
        nodes.append(_join([flow.nodes[place] for place in places], kind, mass_kg, language))
        new_stages.append(stage)
    return Flow(flow.element, tuple(nodes), _links(flow, place_of, nodes, new_stages)), new_stages


def _window(flow: Flow, stages: Sequence[int]) -> tuple[int, int]:
    """Return the first and last stage that are shown as they are: all, or those about the lot asked for."""
    deepest = max(stages, default=0)
    if deepest < STAGES_MAX:
        return 0, deepest
    middle = next((stage for node, stage in zip(flow.nodes, stages, strict=True) if node.kind == "focus"), deepest)
    shown = STAGES_MAX - 2
    first = min(max(0, middle - shown // 2), deepest - shown + 1)
    return first, first + shown - 1


def _weights(flow: Flow) -> list[float]:
    into, out = [0.0] * len(flow.nodes), [0.0] * len(flow.nodes)
    for link in flow.links:
        out[link.source] += link.mass_kg
        into[link.target] += link.mass_kg
    return [max(node.mass_kg, into[i], out[i]) for i, node in enumerate(flow.nodes)]


def _choose(
    nodes: Sequence[Node], stages: Sequence[int], weight: Sequence[float], limit: int, inside: Sequence[bool]
) -> set[int]:
    """Return the boxes that stay: the lot asked for, and in each stage inside the window the largest."""
    columns: list[list[int]] = [[] for _ in range(max(stages) + 1)]
    for place, stage in enumerate(stages):
        if inside[place]:
            columns[stage].append(place)
    kept: set[int] = set()
    room = limit
    # Stages with few boxes first: what they leave is shared by the others.
    for turn, column in enumerate(sorted(columns, key=len)):
        share = max(2, room // (len(columns) - turn))
        if len(column) <= share:
            kept.update(column)
            room -= len(column)
            continue
        ranked = sorted(column, key=lambda place: (nodes[place].kind != "focus", -weight[place], place))
        kept.update(ranked[: max(1, share - 1)])
        room -= share
    return kept


def _join(nodes: Sequence[Node], kind: str, mass_kg: float, language: str) -> Node:
    if len(nodes) == 1:
        return nodes[0]
    title = fill(word("picture", "more", language), {"count": len(nodes)})
    headings = {node.heading for node in nodes}
    heading = headings.pop() if len(headings) == 1 else ""
    comma = "，" if language_of(language) == "zh" else ", "
    detail = comma.join(part for part in (heading, f"{write_mass(mass_kg)} kg" if mass_kg else "") if part)
    return Node(title, detail, kind, mass_kg, heading)


def _links(flow: Flow, place_of: Sequence[int], nodes: Sequence[Node], stages: Sequence[int]) -> tuple[Link, ...]:
    sums: dict[tuple[int, int], list[Link]] = {}
    for link in flow.links:
        ends = (place_of[link.source], place_of[link.target])
        if stages[ends[0]] < stages[ends[1]]:
            sums.setdefault(ends, []).append(link)
    found = []
    for (start, end), links in sums.items():
        mass_kg = sum(link.mass_kg for link in links)
        kinds = {link.kind for link in links}
        title = f"{nodes[start].title} → {nodes[end].title}: {write_mass(mass_kg)} kg {flow.element}"
        found.append(Link(start, end, mass_kg, kinds.pop() if len(kinds) == 1 else "lot", title))
    return tuple(found)

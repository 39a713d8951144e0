"""Where boxes, labels and ribbons stand."""

import re
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.shell.drawing import Link, Node, find_stages, gather_small, lay_out
from ytterby.shell.drawing.flow import Flow
from ytterby.shell.drawing.layout import LABEL_HEIGHT, TOP


def node(mass_kg: float = 0.0, kind: str = "lot", title: str = "L") -> Node:
    return Node(title, "1 kg", kind, mass_kg)


def link(source: int, target: int, mass_kg: float = 1.0) -> Link:
    return Link(source, target, mass_kg, "lot")


@st.composite
def chains(draw):
    """Draw nodes and links without a circle: every link leads to a later node."""
    count = draw(st.integers(2, 24))
    ends = draw(st.sets(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), min_size=1, max_size=40))
    masses = st.floats(1e-6, 1e6)
    links = [link(a, b, draw(masses)) for a, b in sorted(ends) if a < b]
    return [node(draw(st.floats(0, 1e6))) for _ in range(count)], links


def test_a_stage_is_the_length_of_the_longest_path():
    links = [link(0, 1), link(1, 2), link(0, 2), link(2, 3)]
    assert find_stages([node()] * 4, links) == [0, 1, 2, 3]


def test_what_has_no_feed_stands_right_before_its_first_use():
    links = [link(0, 1), link(1, 2), link(3, 2)]
    assert find_stages([node()] * 4, links) == [0, 1, 2, 1]


def test_a_circle_is_a_programmers_mistake():
    with pytest.raises(ValueError, match="circle"):
        find_stages([node()] * 3, [link(0, 1), link(1, 2), link(2, 1)])


@pytest.mark.parametrize("mass_kg", [0.0, -1.0, float("nan")])
def test_a_ribbon_without_mass_is_a_programmers_mistake(mass_kg):
    with pytest.raises(ValueError, match="above zero"):
        lay_out([node(), node()], [link(0, 1, mass_kg)])


@settings(max_examples=60, deadline=None)
@given(chains())
def test_every_link_leads_to_a_later_stage(drawn):
    nodes, links = drawn
    stages = find_stages(nodes, links)
    assert all(stages[one.source] < stages[one.target] for one in links)
    assert min(stages) >= 0


@settings(max_examples=60, deadline=None)
@given(chains())
def test_no_box_and_no_label_overlaps_another(drawn):
    nodes, links = drawn
    layout = lay_out(nodes, links)
    for one, other in combinations(layout.boxes, 2):
        if one.stage != other.stage:
            continue
        upper, lower = sorted((one, other), key=lambda box: box.label_y)
        assert upper.label_y + LABEL_HEIGHT <= lower.label_y + 1e-6
        assert upper.y + upper.height <= lower.y + 1e-6


@settings(max_examples=60, deadline=None)
@given(chains())
def test_everything_stands_inside_the_picture(drawn):
    nodes, links = drawn
    layout = lay_out(nodes, links)
    for box in layout.boxes:
        assert box.label_y >= TOP - 1e-6
        assert max(box.y + box.height, box.label_y + LABEL_HEIGHT) <= layout.height + 1e-6
        assert 0 <= box.x <= layout.width - box.width
    for ribbon in layout.ribbons:
        assert all(-1 <= y <= layout.height + 1 for y in heights(ribbon.path))


@settings(max_examples=60, deadline=None)
@given(chains())
def test_labels_end_before_the_next_stage_begins(drawn):
    layout = lay_out(*drawn)
    for one, other in zip(layout.stage_x, layout.stage_x[1:], strict=False):
        assert one + 12 + 6 + layout.label_width <= other + 1e-6


@settings(max_examples=40, deadline=None)
@given(chains())
def test_no_ribbon_runs_through_a_box_of_a_stage_between(drawn):
    nodes, links = drawn
    layout = lay_out(nodes, links)
    stage = {box.node: box.stage for box in layout.boxes}
    for ribbon in layout.ribbons:
        one = links[ribbon.link]
        assert len(level_stretches(ribbon.path)) == stage[one.target] - stage[one.source] - 1
        for x, top, bottom in level_stretches(ribbon.path):
            for box in layout.boxes:
                if box.node not in (one.source, one.target) and abs(box.x - x) < 0.2:
                    assert bottom <= box.y + 0.2 or top >= box.y + box.height - 0.2


def test_heights_share_one_scale():
    nodes = [node(), node(), node(), node()]
    layout = lay_out(nodes, [link(0, 1, 30), link(0, 2, 60), link(2, 3, 60)])
    tall = {box.node: box.height for box in layout.boxes}
    assert tall[0] == pytest.approx(1.5 * tall[2])
    assert tall[2] == pytest.approx(2 * tall[1])
    assert tall[2] == pytest.approx(tall[3])


def test_a_lot_that_is_not_used_up_is_taller_than_what_leaves_it():
    layout = lay_out([node(100.0), node()], [link(0, 1, 25.0)])
    assert layout.boxes[0].height == pytest.approx(4 * layout.boxes[1].height)


def test_a_single_lot_without_flows_is_drawn():
    layout = lay_out([node(5.0)], [])
    assert len(layout.boxes) == 1
    assert layout.boxes[0].height > 100


def test_above_sixty_boxes_the_small_ones_of_a_stage_are_joined():
    nodes = [node(0.0, "focus", "F"), *(node(float(i + 1), title=f"L{i}") for i in range(200))]
    links = [link(0, i + 1, float(i + 1)) for i in range(200)]
    flow, stages = gather_small(Flow("Nd", tuple(nodes), tuple(links)))
    assert len(flow.nodes) <= 60
    assert len(stages) == len(flow.nodes)
    assert sum(one.mass_kg for one in flow.links) == pytest.approx(sum(one.mass_kg for one in links))
    joined = next(one for one in flow.nodes if "more" in one.title)
    shown = {one.title for one in flow.nodes}
    assert {"F", "L199", "L198"} <= shown
    assert joined.title == f"{201 - len(flow.nodes) + 1} more"


def test_joining_keeps_kinds_apart_and_makes_no_circle():
    nodes = [node(title="F", kind="focus")]
    links = []
    for i in range(300):
        nodes.append(node(1.0, kind=("lot", "loss", "export")[i % 3], title=f"L{i}"))
        links.append(link(i // 6 if i > 5 else 0, i + 1))
    flow, stages = gather_small(Flow("Nd", tuple(nodes), tuple(links)))
    assert all(stages[one.source] < stages[one.target] for one in flow.links)
    assert {one.kind for one in flow.nodes} == {"focus", "lot", "loss", "export"}
    assert len(flow.nodes) < 80


@settings(max_examples=40, deadline=None)
@given(st.integers(19, 120), st.data())
def test_of_a_long_chain_the_stages_about_the_lot_stay(length, data):
    focus = data.draw(st.integers(0, length - 1))
    nodes = [node(1.0, "focus" if i == focus else "lot", f"L{i}") for i in range(length)]
    flow, stages = gather_small(Flow("Nd", tuple(nodes), tuple(link(i, i + 1) for i in range(length - 1))))
    shown = {one.title for one in flow.nodes}
    assert f"L{focus}" in shown
    assert max(stages) < 18
    assert all(stages[one.source] < stages[one.target] for one in flow.links)
    stood_for = sum(int(one.title.split()[0]) if "more" in one.title else 1 for one in flow.nodes)
    assert stood_for == length
    assert {f"L{i}" for i in range(max(0, focus - 5), min(length, focus + 5))} <= shown


def test_up_to_sixty_boxes_nothing_is_joined():
    nodes = tuple(node(1.0, title=f"L{i}") for i in range(60))
    flow = Flow("Nd", nodes, tuple(link(i, i + 10) for i in range(50)))
    assert gather_small(flow)[0] == flow


def heights(path: str) -> list[float]:
    """Return every y of a path: second figure of each pair, and the figures of V."""
    return [float(y) for y in re.findall(r"[\d.-]+,([\d.-]+)", path)] + [
        float(y) for y in re.findall(r"V([\d.-]+)", path)
    ]


def level_stretches(path: str) -> list[tuple[float, float, float]]:
    """Return (x, top, bottom) where a ribbon passes a stage level: the H of its upper edge, with its thickness."""
    upper, lower = path.split("V", 1)
    start = float(re.match(r"M[\d.-]+,([\d.-]+)", upper).group(1))
    thick = float(re.findall(r"([\d.-]+)Z", lower)[0]) - start
    found = []
    for x, y in re.findall(r"([\d.-]+),([\d.-]+)(?=H)", upper):
        found.append((float(x), float(y), float(y) + thick))
    return found

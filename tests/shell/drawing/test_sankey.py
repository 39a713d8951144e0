"""The picture of a trace: what it shows, and what it never lets through."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.shell.drawing import add_stock, draw_sankey, flow_of_trace, join_directions
from ytterby.shell.drawing.label import cut, measure, write_mass

SVG = "{http://www.w3.org/2000/svg}"
SAMPLE = json.loads((Path(__file__).parent / "sample_traces.json").read_text(encoding="utf-8"))


@pytest.fixture
def forward():
    return json.loads(json.dumps(SAMPLE["concentrate_forward"]))


@pytest.fixture
def both():
    return join_directions(SAMPLE["magnet_back"], SAMPLE["magnet_forward"])


def trace(nodes, edges=(), **more):
    return {"lot": "L", "element": "Nd", "nodes": list(nodes), "edges": list(edges), "unaccounted_kg": 0.0} | more


def row(lot, mass_kg=1.0, form="metal", **more):
    return {"lot": lot, "form": form, "mass_kg": mass_kg, "u_kg": None, "is_target": lot == "L"} | more


def edge(start, end, mass_kg=1.0):
    return {"from": start, "to": end, "event_id": None, "mass_kg": mass_kg, "fraction": 1.0}


def test_a_lot_in_one_country_is_one_box(forward):
    titles = [node.title for node in flow_of_trace(forward).nodes]
    assert titles.count("NV-NdPr-31") == 1
    assert titles.count("OM-N42SH-0623") == 2, "the exported part is a box of its own"


def test_kinds_follow_from_form_and_way(forward):
    kinds = {(node.title, node.kind) for node in flow_of_trace(forward).nodes}
    assert ("KR-C-0418", "focus") in kinds
    assert ("NV-RAF-31", "loss") in kinds
    assert ("OM-SW-0623", "loop") in kinds
    assert ("FL-REC-05", "loop") in kinds, "made of nothing but swarf"
    assert ("OM-N42SH-0623", "export") in kinds
    assert ("TM-SC-12", "lot") in kinds


def test_masses_of_a_box_are_those_of_the_parcels_that_nobody_delivered(forward):
    by_title = {node.title: node for node in flow_of_trace(forward).nodes if node.kind != "export"}
    assert by_title["KR-C-0418"].mass_kg == pytest.approx(935.0)
    assert by_title["TM-SC-12"].mass_kg == pytest.approx(857.144)


def test_both_directions_meet_in_the_lot_asked_for(both):
    flow = flow_of_trace(both)
    focus = [place for place, node in enumerate(flow.nodes) if node.kind == "focus"]
    assert len(focus) == 1
    assert any(link.target == focus[0] for link in flow.links)
    assert any(link.source == focus[0] for link in flow.links)


def test_two_elements_never_share_a_picture():
    other = SAMPLE["magnet_forward"] | {"element": "Dy"}
    with pytest.raises(ValueError, match="one element"):
        join_directions(SAMPLE["magnet_back"], other)


def test_what_stays_of_a_lot_that_is_sent_on_has_its_box():
    held = SAMPLE["magnet_forward"]["nodes"][0]
    rest = {"kind": "stock", "mass_kg": 416.883} | {key: held[key] for key in ("lot", "holder", "site", "site_name")}
    flow = flow_of_trace(add_stock(SAMPLE["magnet_forward"], [rest]))
    stock = next(node for node in flow.nodes if node.title == "In stock")
    assert stock.detail == "416.9 kg, Oriel magnet plant"


def test_an_excess_that_nobody_can_account_for_is_drawn_as_unexplained():
    flow = flow_of_trace(trace([row("L", 10.0, origins=["unaccounted"])], unaccounted_kg=0.4))
    assert [(node.kind, node.mass_kg) for node in flow.nodes] == [("focus", 10.0), ("bad", 0.4)]
    assert [(link.kind, link.mass_kg) for link in flow.links] == [("bad", 0.4)]


@pytest.mark.parametrize(("u_kg", "kind"), [(None, "bad"), (1.0, "bad"), (2.0, "loss")])
def test_a_difference_within_measurement_is_not_called_unexplained(u_kg, kind):
    flow = flow_of_trace(trace([row("L", 10.0), row("", 5.0, "muf", u_kg=u_kg)], [edge(0, 1, 5.0)]))
    assert flow.nodes[1].kind == kind


def test_gains_and_unknown_masses_have_no_ribbon():
    edges = [edge(0, 1, -2.0), edge(0, 2, None), edge(0, 1, float("nan"))]
    flow = flow_of_trace(trace([row("L"), row("A"), row("B", None)], edges))
    assert flow.links == ()


def test_goods_that_come_back_over_the_border_are_drawn_parcel_by_parcel():
    nodes = [row("L", country="XA", holder="a"), row("L", country="XB", holder="b"), row("L", country="XA", holder="a")]
    flow = flow_of_trace(trace(nodes, [edge(0, 1), edge(1, 2)]))
    assert len(flow.nodes) == 3


def test_a_trace_without_the_element_says_so():
    drawn = draw_sankey(trace([row("L", 0.0)]), title="L", language="zh")
    assert "没有已知的钕流动" in drawn
    ElementTree.fromstring(drawn)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_file_stands_alone_on_a_ground_of_its_own(both, language):
    drawn = draw_sankey(both, title="Lot OM-N42SH-0623", language=language)
    root = ElementTree.fromstring(drawn)
    assert root.tag == f"{SVG}svg"
    ground = root.find(f"{SVG}rect")
    assert (ground.get("width"), ground.get("fill")) == ("100%", "#ffffff")
    assert "class=" not in drawn
    assert "href" not in drawn
    assert all(path.get("fill") for path in root.iter(f"{SVG}path"))
    assert all(text.get("fill") or text.get("font-size") == "16" for text in root.iter(f"{SVG}text"))


def test_every_ribbon_has_a_title_with_its_mass(both):
    root = ElementTree.fromstring(draw_sankey(both, title="x"))
    paths = list(root.iter(f"{SVG}path"))
    assert paths
    assert all(re.search(r" → .*: [\d.,]+ kg Nd$", path.find(f"{SVG}title").text) for path in paths)


def test_a_picture_shows_kilograms_of_one_element_and_no_other_unit(both):
    texts = [t.text for t in ElementTree.fromstring(draw_sankey(both, title="x")).iter(f"{SVG}text")]
    amounts = [text for text in texts if re.search(r"\d (?!kg\b)(g|t|pcs|%)", text)]
    assert amounts == []


def test_on_a_page_it_needs_no_style_and_links_each_lot(both):
    for place, node in enumerate(both["nodes"]):
        node["href"] = f"/en/lots/{place}/"
    drawn = draw_sankey(both, title="x", hrefs=True)
    assert "style=" not in drawn
    assert "<script" not in drawn
    assert "fill=" not in drawn, "colours are the stylesheet's, so that dark ground works"
    links = list(ElementTree.fromstring(drawn).iter("a"))
    assert len(links) == len(flow_of_trace(both).nodes)


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "https://elsewhere.example/", "//elsewhere.example/", "data:x"]
)
def test_a_link_leads_to_a_page_of_ours_or_nowhere(href):
    drawn = draw_sankey(trace([row("L", href=href)]), title="x", hrefs=True)
    assert "href" not in drawn


HOSTILE = [
    "<script>alert(1)</script>",
    '"/><image href=x onerror=alert(1)>',
    "]]></title><script>alert(1)</script>",
    "&lt;b&gt; & <b>",
    "' onload='alert(1)",
    "\x00\x08\ud800 \uffff",
    "\u202eevil",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("hrefs", [False, True])
def test_names_full_of_markup_stay_text(name, hrefs):
    """Threat X1."""
    nodes = [row("L", tail=name, href="/en/lots/" + name), row(name, form=name, site_name=name, country=name)]
    drawn = draw_sankey(trace(nodes, [edge(0, 1)], element="Nd"), title=name, language="en", hrefs=hrefs)
    root = ElementTree.fromstring(drawn)
    assert tags(root) <= {"svg", "g", "a", "path", "rect", "text", "title", "desc"}
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]
    assert not [key for element in root.iter() for key in element.attrib if key == "href" and not hrefs]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.booleans())
def test_any_name_gives_well_formed_xml(lot, title, hrefs):
    """Threat X1."""
    nodes = [row("L", tail=lot), row(lot, form=title, site_name=lot)]
    drawn = draw_sankey(trace(nodes, [edge(0, 1)]), title=title, hrefs=hrefs)
    assert tags(ElementTree.fromstring(drawn)) <= {"svg", "g", "path", "rect", "text", "title", "desc"}


@given(st.text(max_size=80), st.floats(8, 200))
def test_a_label_is_cut_to_its_room(text, room):
    assert measure(cut(text, 12, room), 12) <= max(room, measure("…", 12)) + 1e-9


@pytest.mark.parametrize(
    ("mass_kg", "text"),
    [
        (0.0, "0"),
        (1362.758, "1,363"),
        (625.324, "625.3"),
        (9.7, "9.700"),
        (0.50026, "0.5003"),
        (0.0000123, "0.00001230"),
    ],
)
def test_masses_show_four_figures_and_never_an_exponent(mass_kg, text):
    assert write_mass(mass_kg) == text


def tags(root: ElementTree.Element) -> set[str]:
    return {element.tag.removeprefix(SVG) for element in root.iter()}

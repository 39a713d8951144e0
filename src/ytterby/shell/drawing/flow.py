"""From the dictionary of `lot trace` to the nodes and links of a picture.

Drawn by lot: parcels of one lot in one country are one box, so that a delivery at home does not lengthen the
picture; what crosses a border is a box of its own, kind `export`. Where that would run in a circle (goods that come
back), each parcel is its own box. What is not above zero (a measured gain) has no ribbon and stands in the table.

Kinds: lot, focus (the lot asked for), loop (swarf, scrap and what is made of nothing else), export, loss (declared
losses, tailings, slag, residue), bad (unexplained: no output holds it, or nobody says where it came from).
"""

from collections.abc import Hashable, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

from ytterby.shell.drawing.label import write_mass
from ytterby.shell.wording import language_of, word

LOOP_FORMS = frozenset({"swarf", "scrap"})
LOSS_FORMS = frozenset({"loss", "tailings", "residue", "raffinate", "slag", "dross", "waste"})
UNEXPLAINED_FORMS = frozenset({"unaccounted", "undeclared"})
# A difference within three standard uncertainties is noise, and is not drawn as unexplained.
SCORE_LIMIT = 3.0

Json = Mapping[str, Any]


class Node(NamedTuple):
    """A box to be drawn. `mass_kg` is the least it stands for; its flows may make it larger."""

    title: str
    detail: str
    kind: str
    mass_kg: float
    heading: str = ""
    href: str = ""


class Link(NamedTuple):
    """A flow between two nodes, by their places in the list; kilograms above zero."""

    source: int
    target: int
    mass_kg: float
    kind: str
    title: str = ""


class Flow(NamedTuple):
    """What a picture shows: one element, kilograms throughout."""

    element: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]


class _Group(NamedTuple):
    """The members of one box, by their places in the trace; heads are those that no other member feeds."""

    members: list[int]
    heads: list[int]
    kind: str


def join_directions(back: Json, forward: Json) -> Json:
    """Return one trace with the ancestors of a lot on one side and its descendants on the other.

    Raises:
        ValueError: the two are not about the same lot and element.
    """
    if (back["lot"], back["element"]) != (forward["lot"], forward["element"]):
        raise ValueError("a picture shows one element of one lot")
    nodes = [dict(node) for node in back["nodes"]]
    # The lot asked for stands in both; all else is either behind it or before it.
    known = {_identity(node): place for place, node in enumerate(nodes) if _is_focus(node, back["lot"])}
    place_of = []
    for node in forward["nodes"]:
        place = known.get(_identity(node)) if _is_focus(node, back["lot"]) else None
        if place is None:
            place = len(nodes)
            nodes.append(dict(node))
        place_of.append(place)
    edges = [dict(edge) for edge in back["edges"]]
    edges += [{**edge, "from": place_of[edge["from"]], "to": place_of[edge["to"]]} for edge in forward["edges"]]
    return {**back, "direction": "both", "nodes": nodes, "edges": edges, "muf_kg": forward.get("muf_kg")}


def add_stock(trace: Json, destinations: Sequence[Json]) -> Json:
    """Return a forward trace with a box for what stays of a lot that is otherwise used or sent on.

    `destinations` are those of `lot destination` for the same lot and element.
    """
    nodes = [dict(node) for node in trace["nodes"]]
    edges = [dict(edge) for edge in trace["edges"]]
    gives = {edge["from"] for edge in edges}
    place_of = {
        (node.get("lot"), node.get("holder"), node.get("site")): place
        for place, node in enumerate(trace["nodes"])
        if place in gives and node.get("lot")
    }
    for one in destinations:
        place = place_of.get((one.get("lot"), one.get("holder"), one.get("site")))
        if one.get("kind") in {"stock", "holder"} and place is not None and _mass(one) > 0:
            nodes.append({"lot": "", "form": "stock", "mass_kg": one["mass_kg"], "site_name": one.get("site_name")})
            edges.append({"from": place, "to": len(nodes) - 1, "mass_kg": one["mass_kg"], "fraction": None})
    return {**trace, "nodes": nodes, "edges": edges}


def flow_of_trace(trace: Json, language: str = "en") -> Flow:
    """Return the nodes and links of a trace.

    Raises:
        ValueError: an edge leads to no node.
    """
    nodes = [dict(node) for node in trace["nodes"]]
    edges = [dict(edge) for edge in trace["edges"] if _mass(edge) > 0]
    if any(not 0 <= edge[end] < len(nodes) for edge in edges for end in ("from", "to")):
        raise ValueError("an edge of the trace leads to no node")
    _add_unaccounted(trace, nodes, edges)
    keys: list[Hashable] = [_key(node, place) for place, node in enumerate(nodes)]
    if _runs_in_a_circle(keys, edges):
        keys = list(range(len(nodes)))
    place_of, groups = _group(keys, nodes, edges, trace["lot"])
    sums: dict[tuple[int, int], float] = {}
    for edge in edges:
        ends = (place_of[keys[edge["from"]]], place_of[keys[edge["to"]]])
        if ends[0] != ends[1]:
            sums[ends] = sums.get(ends, 0.0) + _mass(edge)
    kinds = _kinds(groups, sums)
    made = tuple(_node(group, kind, nodes, language) for group, kind in zip(groups, kinds, strict=True))
    links = tuple(_link(ends, kg, made, trace["element"]) for ends, kg in sums.items())
    return Flow(trace["element"], made, links)


def _mass(row: Json) -> float:
    """Return kilograms of a node or edge, 0 where they are unknown."""
    value = row.get("mass_kg")
    return float(value) if isinstance(value, int | float) and isfinite(value) else 0.0


def _identity(node: Json) -> tuple[str, ...]:
    return tuple(str(node.get(key)) for key in ("lot", "holder", "site", "at", "form"))


def _is_focus(node: Json, lot: str) -> bool:
    return bool(node.get("is_target", node.get("lot") == lot))


def _key(node: Json, place: int) -> Hashable:
    """Return what a box stands for: a lot in a country, a tank, else this node alone."""
    form = node.get("form")
    if form in {"step", "transit", "loss", "muf", "stock", *UNEXPLAINED_FORMS} or not node.get("lot"):
        return place
    return (node["lot"], node.get("country"), node.get("kind") == "tank")


def _add_unaccounted(trace: Json, nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> None:
    """Draw the excess that nobody can account for, where the trace says which box it entered."""
    excess = trace.get("unaccounted_kg") or 0.0
    entered = [place for place, node in enumerate(nodes) if "unaccounted" in (node.get("origins") or ())]
    if excess > 0 and len(entered) == 1:
        nodes.append({"lot": "", "form": "unaccounted", "mass_kg": excess})
        edges.append({"from": len(nodes) - 1, "to": entered[0], "mass_kg": excess, "fraction": None})


def _runs_in_a_circle(keys: Sequence[Hashable], edges: Sequence[Json]) -> bool:
    out: dict[Hashable, set[Hashable]] = {}
    waiting = dict.fromkeys(keys, 0)
    for edge in edges:
        start, end = keys[edge["from"]], keys[edge["to"]]
        if start != end and end not in out.setdefault(start, set()):
            out[start].add(end)
            waiting[end] += 1
    ready = [key for key, count in waiting.items() if count == 0]
    seen = 0
    while ready:
        key = ready.pop()
        seen += 1
        for child in out.get(key, ()):
            waiting[child] -= 1
            if waiting[child] == 0:
                ready.append(child)
    return seen < len(waiting)


def _group(
    keys: Sequence[Hashable], nodes: Sequence[Json], edges: Sequence[Json], lot: str
) -> tuple[dict[Hashable, int], list[_Group]]:
    """Return the boxes and the place of each key among them."""
    place_of: dict[Hashable, int] = {}
    members: list[list[int]] = []
    for place, key in enumerate(keys):
        if key not in place_of:
            place_of[key] = len(members)
            members.append([])
        members[place_of[key]].append(place)
    crossed = {
        place_of[keys[edge["to"]]]
        for edge in edges
        if nodes[edge["from"]].get("lot") == nodes[edge["to"]].get("lot")
        and _differ(nodes[edge["from"]].get("country"), nodes[edge["to"]].get("country"))
    }
    derived = {edge["to"] for edge in edges if keys[edge["from"]] == keys[edge["to"]]}
    groups = []
    for number, places in enumerate(members):
        if any(_is_focus(nodes[place], lot) for place in places) and number not in crossed:
            kind = "focus"
        else:
            kind = "export" if number in crossed else _kind_of(nodes[places[0]])
        groups.append(_Group(places, [place for place in places if place not in derived], kind))
    return place_of, groups


def _differ(one: object, other: object) -> bool:
    return bool(one and other and one != other)


def _kind_of(node: Json) -> str:
    form = node.get("form")
    if form in UNEXPLAINED_FORMS or "undeclared" in (node.get("origins") or ()):
        return "bad"
    if form == "muf":
        u_kg = node.get("u_kg")
        return "loss" if u_kg is not None and _mass(node) <= SCORE_LIMIT * u_kg else "bad"
    if form in LOSS_FORMS:
        return "loss"
    return "loop" if form in LOOP_FORMS else "lot"


def _kinds(groups: Sequence[_Group], sums: Mapping[tuple[int, int], float]) -> list[str]:
    """Return the kind of each box; what is made of nothing but recycled material is recycled too."""
    kinds = [group.kind for group in groups]
    feeds: list[list[int]] = [[] for _ in groups]
    uses: list[list[int]] = [[] for _ in groups]
    for start, end in sums:
        feeds[end].append(start)
        uses[start].append(end)
    waiting = [place for place, kind in enumerate(kinds) if kind == "loop"]
    while waiting:
        for place in uses[waiting.pop()]:
            if kinds[place] == "lot" and all(kinds[feed] == "loop" for feed in feeds[place]):
                kinds[place] = "loop"
                waiting.append(place)
    return kinds


def _node(group: _Group, kind: str, nodes: Sequence[Json], language: str) -> Node:
    first = nodes[group.members[0]]
    mass_kg = sum(_mass(nodes[place]) for place in group.heads)
    form = word("form", first.get("form"), language)
    heading = word("picture", "export", language) if kind == "export" else form if first.get("lot") else ""
    title = str(first.get("tail") or _tail(str(first.get("lot") or "")) or form)
    what = form
    if kind == "export":
        what = f"→ {first['country']}"
    parts = [what, f"{write_mass(mass_kg)} kg"]
    if title == form:
        # What has no name of its own says how much it is first: the end of a label may be cut off.
        parts = [parts[1], str(first.get("site_name") or "")]
    comma = "，" if language_of(language) == "zh" else ", "
    detail = comma.join(part for part in parts if part)
    return Node(title, detail, kind, max(mass_kg, 0.0), heading, str(first.get("href") or ""))


def _tail(lot: str) -> str:
    return lot.rstrip("/").rsplit("/", 1)[-1]


def _link(ends: tuple[int, int], mass_kg: float, nodes: Sequence[Node], element: str) -> Link:
    source, target = nodes[ends[0]], nodes[ends[1]]
    kind = target.kind if target.kind in {"loss", "export"} else source.kind
    if target.kind == "loop" and source.kind != "bad":
        kind = "loop"
    if "bad" in (source.kind, target.kind):
        kind = "bad"
    if kind == "focus":
        kind = "lot"
    title = f"{source.title} → {target.title}: {write_mass(mass_kg)} kg {element}"
    return Link(ends[0], ends[1], mass_kg, kind, title)

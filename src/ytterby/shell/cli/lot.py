"""`ytterby lot list|trace|origin|destination`: where a lot came from, where it went, and for what.

LOT is a full identifier or any unique tail of it (`KR-C-0418`).
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import Any

from ytterby.shell.cli.arguments import Nouns, add_command, add_element, add_known, add_noun, whole_number
from ytterby.shell.cli.figures import decimals_for, write_count, write_exact, write_kg, write_share
from ytterby.shell.cli.lot_picture import draw_trace, write_picture
from ytterby.shell.cli.opening import Reading, find_lot, find_party, open_reading, with_data
from ytterby.shell.cli.outcome import Outcome
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.wording import word
from ytterby.terms.identifier import tail

Json = dict[str, Any]
LISTED_MOST = 100
SHOWN_SHARE = 0.99  # of the mass; what is beyond is one line


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "lot", "where a lot came from, where it went, and for what")
    parser = add_command(verbs, "list", run_list, "list the lots, newest first")
    parser.add_argument("--holder", metavar="PARTY", help="only lots that a party holds something of")
    parser.add_argument("--most", type=whole_number, default=LISTED_MOST, metavar="N", help="show at most so many")
    add_known(parser)
    trace = add_command(verbs, "trace", run_trace, "show every lot behind a lot, or everything made of it")
    direction = trace.add_mutually_exclusive_group()
    direction.add_argument("--back", dest="direction", action="store_const", const="back", help="the default")
    direction.add_argument("--forward", dest="direction", action="store_const", const="forward")
    _add_lot(trace, "the element to follow (default: the one of which the lot holds most)")
    trace.set_defaults(direction="back")
    origin = add_command(verbs, "origin", run_origin, "show where each element of a lot entered")
    _add_lot(origin, "one element (default: all)")
    destination = add_command(
        verbs, "destination", run_destination, "show where a lot is now, with declared beside realised use"
    )
    _add_lot(destination, "one element (default: the one of which the lot holds most; in JSON all)")


def _add_lot(parser: argparse.ArgumentParser, element_help: str) -> None:
    parser.add_argument("lot", metavar="LOT", help="identifier or unique tail")
    add_element(parser, element_help)
    parser.add_argument("--holder", metavar="PARTY", help="the parcels of one holder alone")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw it as a picture")
    add_known(parser)


# List


def run_list(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List the lots."""
    from ytterby.shell.store.reading.lots import list_lots

    reading = open_reading(args, screen)
    with screen.waiting(screen.texts("lot.list.waiting")):
        found = list_lots(reading.viewer, known=reading.known)
    if args.holder is not None:
        holder = find_party(reading, args.holder)
        found["lots"] = [row for row in found["lots"] if any(one["id"] == holder for one in row["holders"])]
    screen.answer(found, lambda: _show_list(screen, args, found["lots"]))
    return Outcome.GOOD


def _show_list(screen: Screen, args: argparse.Namespace, rows: Sequence[Json]) -> None:
    texts = screen.texts
    if not rows:
        screen.verdict(None, texts("lot.list.none"))
        screen.next(with_data(args, "ytterby event capture FILE --as PARTY"))
        return
    shown = rows[: args.most]
    masses = [sum(row["elements"].values()) if row["elements"] is not None else None for row in shown]
    decimals = decimals_for(masses)
    columns = [
        Column(texts("column.lot")),
        Column(texts("column.form")),
        Column(texts("column.maker")),
        Column(texts("column.made")),
        Column(texts("column.quantity"), is_number=True),
        Column(texts("column.unit")),
        Column(texts("column.ree"), is_number=True),
        Column(texts("column.findings"), is_number=True),
    ]
    table = [
        [
            row["tail"],
            word("form", row["form"], screen.language),
            row["maker"]["name"],
            row["at"][:10],
            write_exact(row["quantity"]),
            unit_word(row["unit"], screen),
            write_kg(mass, decimals),
            str(row["findings"]) if row["findings"] else "",
        ]
        for row, mass in zip(shown, masses, strict=True)
    ]
    screen.table(columns, table)
    if len(shown) < len(rows):
        screen.line(texts("more", count=write_count(len(rows) - len(shown)), option="--most"), "dim")
    findings = sum(row["findings"] for row in rows)
    head = texts("lot.list.verdict", count=write_count(len(rows)))
    screen.verdict(None, head, texts("lot.list.findings", count=findings))
    screen.next(with_data(args, f"ytterby lot trace {quote(shown[0]['tail'])} --back"))


# Trace


def run_trace(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Trace a lot back or forward."""
    reading = open_reading(args, screen)
    lot = find_lot(reading, args.lot)
    element = args.element or main_element(reading, lot)
    trace = read_trace(reading, screen, lot, args, element, args.direction)
    screen.answer(trace, lambda: show_trace(screen, trace))
    if args.svg is not None:
        write_picture(args.svg, draw_trace(screen, trace))
        screen.remark(screen.texts("picture.written", file=args.svg))
    if not screen.is_json:
        name = quote(tail(lot))
        other = f"ytterby lot origin {name}" if args.direction == "back" else f"ytterby lot destination {name}"
        screen.next(with_data(args, f"{other} --element {element}"))
    return Outcome.GOOD


def read_trace(
    reading: Reading, screen: Screen, lot: str, args: argparse.Namespace, element: str, direction: str
) -> Json:
    """Return a trace, showing that it goes on where it takes long."""
    from ytterby.shell.store.reading.traces import lot_trace

    holder = find_party(reading, args.holder) if args.holder else None
    with screen.waiting(screen.texts("lot.trace.waiting", lot=tail(lot))):
        return lot_trace(reading.viewer, lot, direction=direction, element=element, holder=holder, known=reading.known)


def main_element(reading: Reading, lot: str) -> str:
    """Return the element of which a lot holds most; neodymium where its composition is unknown or it holds none."""
    from ytterby.shell.store.reading.traces import lot_origin

    elements = lot_origin(reading.viewer, lot, known=reading.known)["elements"]
    return max(elements, key=lambda e: elements[e]["mass_kg"], default="Nd")


def show_trace(screen: Screen, trace: Json) -> None:
    """Write what a trace says: contributions in descending order until 99 % of the mass, the rest as one line."""
    texts, language = screen.texts, screen.language
    others = [node for node in trace["nodes"] if not node["is_target"]]
    total = write_kg(trace["total_kg"], decimals_for([trace["total_kg"]]))
    name = word("element", trace["element"], language)
    key = "lot.trace.back" if trace["direction"] == "back" else "lot.trace.forward"
    head = texts("lot.trace.holds", lot=tail(trace["lot"]), mass=total, element=name)
    screen.verdict(None, head, texts(key, count=write_count(len(others))))
    if others:
        _show_contributions(screen, trace, others)
    for kind in ("unaccounted_kg", "muf_kg"):
        if abs(trace[kind]) > 1e-9 * max(trace["total_kg"], 1e-9):
            decimals = decimals_for([trace[kind]], digits=3)
            screen.line("  " + texts(f"lot.trace.{kind}", mass=write_kg(abs(trace[kind]), decimals)))
    screen.line("  " + texts("lot.rule", rule=rule_words(trace["rule"], screen)), "dim")


def _show_contributions(screen: Screen, trace: Json, nodes: Sequence[Json]) -> None:
    texts = screen.texts
    ordered = sorted(nodes, key=lambda node: -node["mass_kg"])
    shown = _until_share(ordered)
    decimals = decimals_for(node["mass_kg"] for node in shown)
    has_bounds = any(_differ(node) for node in shown)
    columns = [
        Column(texts("column.lot")),
        Column(texts("column.form")),
        Column(texts("column.held_by")),
        Column(texts("column.on")),
        Column(texts("column.element_kg", element=trace["element"]), is_number=True),
        Column(texts("column.share"), is_number=True),
    ]
    if has_bounds:
        columns += [Column(texts("column.least"), is_number=True), Column(texts("column.greatest"), is_number=True)]
    rows = []
    for node in shown:
        row = [
            node["tail"],
            word("form", node["form"], screen.language),
            node["holder_name"],
            node["at"][:10],
            write_kg(node["mass_kg"], decimals),
            write_share(node["share"]),
        ]
        rows.append([*row, write_share(node["min_share"]), write_share(node["max_share"])] if has_bounds else row)
    screen.table(columns, rows)
    rest = ordered[len(shown) :]
    if rest:
        mass = sum(node["mass_kg"] for node in rest)
        together = write_kg(mass, decimals_for([mass], digits=3))
        screen.line("  " + texts("lot.trace.rest", count=len(rest), mass=together))


def _until_share(ordered: Sequence[Json]) -> Sequence[Json]:
    whole = sum(node["mass_kg"] for node in ordered)
    sum_kg = 0.0
    for count, node in enumerate(ordered):
        if sum_kg >= SHOWN_SHARE * whole and count:
            return ordered[:count]
        sum_kg += node["mass_kg"]
    return ordered


def _differ(node: Json) -> bool:
    ends = (node["min_share"], node["max_share"])
    return any(end is None or abs(end - node["share"]) > 5e-4 for end in ends)


def rule_words(rule: str, screen: Screen) -> str:
    """Return by which rules an answer was made, in words."""
    return ", ".join(screen.texts(f"rule.{one}") for one in rule.split("+"))


def unit_word(unit: str, screen: Screen) -> str:
    """Return a unit in words where it is one of the two bases."""
    return {"KGM": "kg", "H87": screen.texts("unit.pieces")}.get(unit, unit)


# Origin


def run_origin(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show the origins of a lot."""
    from ytterby.shell.store.reading.traces import lot_origin

    reading = open_reading(args, screen)
    lot = find_lot(reading, args.lot)
    holder = find_party(reading, args.holder) if args.holder else None
    with screen.waiting(screen.texts("lot.trace.waiting", lot=tail(lot))):
        found = lot_origin(reading.viewer, lot, element=args.element, holder=holder, known=reading.known)
    screen.answer(found, lambda: show_origin(screen, found))
    if args.svg is not None:
        element = args.element or main_element(reading, lot)
        write_picture(args.svg, draw_trace(screen, read_trace(reading, screen, lot, args, element, "back")))
        screen.remark(screen.texts("picture.written", file=args.svg))
    if not screen.is_json:
        screen.next(with_data(args, f"ytterby lot destination {quote(tail(lot))}"))
    return Outcome.GOOD


def show_origin(screen: Screen, found: Json) -> None:
    """Write the origins of each element."""
    texts = screen.texts
    elements = found["elements"]
    if not elements:
        screen.verdict(None, texts("lot.no_element", lot=tail(found["lot"])))
        return
    classes = {(o["class"], o["site"]) for one in elements.values() for o in one["origins"]}
    head = texts("lot.origin.verdict", lot=tail(found["lot"]), count=len(elements))
    screen.verdict(None, head, texts("lot.origin.classes", count=len(classes)))
    decimals = decimals_for(o["mass_kg"] for one in elements.values() for o in one["origins"])
    screen.table(
        [
            Column(texts("column.element")),
            Column(texts("column.origin")),
            Column(texts("column.site")),
            Column(texts("column.country")),
            Column(texts("column.kg"), is_number=True),
            Column(texts("column.share"), is_number=True),
            Column(texts("column.least"), is_number=True),
            Column(texts("column.greatest"), is_number=True),
        ],
        [
            [
                element if not place else "",
                word("origin", origin["class"], screen.language),
                origin["exporter"] or origin["site_name"],
                origin["country"] or "",
                write_kg(origin["mass_kg"], decimals),
                write_share(origin["share"]),
                write_share(origin["min"]),
                write_share(origin["max"]),
            ]
            for element, one in elements.items()
            for place, origin in enumerate(one["origins"])
        ],
    )
    rules = "+".join(dict.fromkeys(rule for one in elements.values() for rule in one["rule"].split("+")))
    screen.line("  " + texts("lot.rule", rule=rule_words(rules, screen)), "dim")


# Destination


def run_destination(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show the destinations of a lot."""
    from ytterby.shell.store.reading.traces import lot_destination

    reading = open_reading(args, screen)
    lot = find_lot(reading, args.lot)
    holder = find_party(reading, args.holder) if args.holder else None
    element = args.element or main_element(reading, lot)
    asked = args.element if screen.is_json else element
    with screen.waiting(screen.texts("lot.trace.waiting", lot=tail(lot))):
        found = lot_destination(reading.viewer, lot, element=asked, holder=holder, known=reading.known)
    screen.answer(found, lambda: show_destination(screen, found, element))
    if args.svg is not None:
        trace = read_trace(reading, screen, lot, args, element, "forward")
        stays = found["elements"][element]["destinations"]
        write_picture(args.svg, draw_trace(screen, trace, stays))
        screen.remark(screen.texts("picture.written", file=args.svg))
    if not screen.is_json:
        screen.next(with_data(args, f"ytterby lot trace {quote(tail(lot))} --forward --element {element}"))
    return Outcome.GOOD


def show_destination(screen: Screen, found: Json, element: str) -> None:
    """Write where one element of a lot is, and the uses that were declared beside those that came true."""
    texts, language = screen.texts, screen.language
    one = found["elements"][element]
    rows = one["destinations"]
    decimals = decimals_for(row["mass_kg"] for row in rows)
    mass = write_kg(one["mass_kg"], decimals_for([one["mass_kg"]]))
    head = texts("lot.trace.holds", lot=tail(found["lot"]), mass=mass, element=word("element", element, language))
    screen.verdict(None, head, texts("lot.destination.places", count=len(rows)))
    screen.table(
        [
            Column(texts("column.state")),
            Column(texts("column.lot")),
            Column(texts("column.where")),
            Column(texts("column.use")),
            Column(texts("column.kg"), is_number=True),
            Column(texts("column.share"), is_number=True),
        ],
        [
            [
                word("destination", row["kind"], language),
                tail(row["lot"]) if row["lot"] else "",
                row["holder_name"] or row["site_name"],
                word("use", row["use"], language),
                write_kg(row["mass_kg"], decimals, signed=row["mass_kg"] < 0),
                write_share(row["share"]),
            ]
            for row in rows
        ],
    )
    if one["uses"]:
        _show_uses(screen, one["uses"])
    screen.line("  " + texts("lot.rule", rule=rule_words(one["rule"], screen)), "dim")


def _show_uses(screen: Screen, uses: Sequence[Json]) -> None:
    texts = screen.texts
    parts = ("declared_kg", "realised_kg", "otherwise_kg", "open_kg")
    decimals = decimals_for(use[part] for use in uses for part in parts)
    screen.table(
        [
            Column(texts("column.use_declared")),
            Column(texts("column.end_user")),
            Column(texts("column.country")),
            *(Column(texts(f"column.{part}"), is_number=True) for part in parts),
        ],
        [
            [
                word("use", use["use"], screen.language),
                use["end_user_name"] or "",
                use["country"] or "",
                *(write_kg(use[part], decimals) for part in parts),
            ]
            for use in uses
        ],
    )

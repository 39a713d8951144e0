"""`ytterby lot list|trace|origin|destination`: where a lot came from, where it went, and for what.

LOT is a full identifier or any unique tail of it (`KR-C-0418`).
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import Any

from ytterby.chain.trace import WELL_MIXED
from ytterby.shell.cli.arguments import Nouns, add_command, add_element, add_known, add_noun, whole_number
from ytterby.shell.cli.figures import decimals_for, write_count, write_exact, write_kg, write_share
from ytterby.shell.cli.lot_picture import draw_trace, write_picture
from ytterby.shell.cli.opening import Names, Reading, find_lot, find_party, open_reading, with_data
from ytterby.shell.cli.outcome import Outcome
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.cli.texts import counted
from ytterby.shell.wording import word
from ytterby.terms.identifier import product_class, tail

Json = dict[str, Any]
LISTED_MOST = 100
# What is less than this share of the whole is told in one line, being a difference between sums and not a place.
LEAST_SHARE = 1e-6
TOLD_SHARE = 1e-4
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
    direction.add_argument(
        "--forward", dest="direction", action="store_const", const="forward", help="follow what became of it"
    )
    _add_lot(trace, "the element to follow (default: the one of which the lot holds most)")
    trace.add_argument("--whole", action="store_true", help="back: all of it, however long that takes")
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
    reading = open_reading(args, screen)
    from ytterby.shell.store.reading.lots import list_lots

    with screen.waiting(screen.texts("lot.list.waiting")):
        found = list_lots(reading.viewer, known=reading.known)
    if args.holder is not None:
        holder = find_party(reading, args.holder)
        found["lots"] = [row for row in found["lots"] if any(one["id"] == holder for one in row["holders"])]
    screen.answer(found, lambda: _show_list(screen, args, found["lots"], reading.names(screen.language)))
    return Outcome.GOOD


def _show_list(screen: Screen, args: argparse.Namespace, rows: Sequence[Json], names: Names) -> None:
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
            names(row["maker"]["id"]),
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
    head = counted(texts, "lot.list.verdict", len(rows))
    screen.verdict(None, head, counted(texts, "lot.list.findings", findings) if findings else "")
    screen.next(with_data(args, f"ytterby lot trace {quote(shown[0]['tail'])} --back"))


# Trace


def run_trace(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Trace a lot back or forward."""
    reading = open_reading(args, screen)
    lot = find_lot(reading, args.lot)
    element = args.element or _main_element(reading, lot)
    trace = read_trace(reading, screen, lot, args, element, args.direction)
    names = reading.names(screen.language)
    screen.answer(trace, lambda: show_trace(screen, trace, names, args.holder and find_party(reading, args.holder)))
    if not trace["is_whole"]:
        short_kg = (1.0 - trace["traced_share"]) * trace["total_kg"]
        mass = write_kg(short_kg, decimals_for([short_kg], digits=3))
        screen.remark(screen.texts("lot.trace.first", share=write_share(trace["traced_share"]), mass=mass))
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
        return lot_trace(
            reading.viewer,
            lot,
            direction=direction,
            element=element,
            holder=holder,
            known=reading.known,
            is_whole=getattr(args, "whole", False),
        )


def _main_element(reading: Reading, lot: str) -> str:
    from ytterby.shell.store.reading.lots import main_element

    return main_element(reading.viewer, lot, known=reading.known)


def show_trace(screen: Screen, trace: Json, names: Names, holder: str | None = None) -> None:
    """Write what a trace says: contributions in descending order until 99 % of the mass, the rest as one line."""
    texts, language = screen.texts, screen.language
    others = [node for node in trace["nodes"] if not node["is_target"]]
    total = write_kg(trace["total_kg"], decimals_for([trace["total_kg"]]))
    name = word("element", trace["element"], language)
    key = "lot.trace.back" if trace["direction"] == "back" else "lot.trace.forward"
    lot = tail(trace["lot"])
    head = texts("lot.trace.holds", lot=lot, mass=total, element=name)
    if holder:
        head = texts("lot.trace.holds_at", lot=lot, mass=total, element=name, holder=names(holder))
    screen.verdict(None, head, counted(texts, key, len(others)) if others else texts(f"{key}_none"))
    if others:
        _show_contributions(screen, trace, others, names)
    for kind in ("unaccounted_kg", "muf_kg"):
        if abs(trace[kind]) > TOLD_SHARE * trace["total_kg"]:
            decimals = decimals_for([trace[kind]], digits=3)
            screen.line("  " + texts(f"lot.trace.{kind}", mass=write_kg(abs(trace[kind]), decimals)))
    _show_rule(screen, trace["rule"])


def _show_contributions(screen: Screen, trace: Json, nodes: Sequence[Json], names: Names) -> None:
    texts = screen.texts
    ordered = sorted(nodes, key=lambda node: -node["mass_kg"])
    shown = _until_share(ordered)
    decimals = decimals_for(node["mass_kg"] for node in shown)
    has_bounds = trace["is_whole"] and any(_differ(node) for node in shown)
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
            names(node["holder"]),
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
        screen.line("  " + texts("lot.trace.rest", count=write_count(len(rest)), mass=together))


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


def _show_rule(screen: Screen, rule: str) -> None:
    """Say by which rule an answer was made where a tank made a rule matter."""
    if rule != WELL_MIXED:
        screen.line("  " + screen.texts("lot.rule", rule=rule_words(rule, screen)), "dim")


def rule_words(rule: str, screen: Screen) -> str:
    """Return by which rules an answer was made, in words."""
    return ", ".join(screen.texts(f"rule.{one}") for one in rule.split("+"))


def unit_word(unit: str, screen: Screen) -> str:
    """Return a unit in words where it is one of the two bases."""
    return {"KGM": "kg", "H87": screen.texts("unit.pieces")}.get(unit, unit)


# Origin


def run_origin(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show the origins of a lot."""
    reading = open_reading(args, screen)
    from ytterby.shell.store.reading.traces import lot_origin

    lot = find_lot(reading, args.lot)
    holder = find_party(reading, args.holder) if args.holder else None
    with screen.waiting(screen.texts("lot.trace.waiting", lot=tail(lot))):
        found = lot_origin(reading.viewer, lot, element=args.element, holder=holder, known=reading.known)
    screen.answer(found, lambda: show_origin(screen, found, reading.names(screen.language)))
    if args.svg is not None:
        element = args.element or _main_element(reading, lot)
        write_picture(args.svg, draw_trace(screen, read_trace(reading, screen, lot, args, element, "back")))
        screen.remark(screen.texts("picture.written", file=args.svg))
    if not screen.is_json:
        screen.next(with_data(args, f"ytterby lot destination {quote(tail(lot))}"))
    return Outcome.GOOD


def show_origin(screen: Screen, found: Json, names: Names) -> None:
    """Write the origins of each element."""
    texts = screen.texts
    elements = found["elements"]
    if not elements:
        screen.verdict(None, texts("lot.no_element", lot=tail(found["lot"])))
        return
    classes = {(o["class"], o["site"]) for one in elements.values() for o in one["origins"]}
    head = counted(texts, "lot.origin.verdict", len(elements), lot=tail(found["lot"]))
    screen.verdict(None, head, counted(texts, "lot.origin.classes", len(classes)))
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
                names(origin["exporter"] or origin["site"]),
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
    reading = open_reading(args, screen)
    from ytterby.shell.store.reading.traces import lot_destination

    lot = find_lot(reading, args.lot)
    holder = find_party(reading, args.holder) if args.holder else None
    element = args.element or _main_element(reading, lot)
    asked = args.element if screen.is_json else element
    with screen.waiting(screen.texts("lot.trace.waiting", lot=tail(lot))):
        found = lot_destination(reading.viewer, lot, element=asked, holder=holder, known=reading.known)
    screen.answer(found, lambda: show_destination(screen, found, element, reading.names(screen.language)))
    if args.svg is not None:
        trace = read_trace(reading, screen, lot, args, element, "forward")
        stays = found["elements"][element]["destinations"]
        write_picture(args.svg, draw_trace(screen, trace, stays))
        screen.remark(screen.texts("picture.written", file=args.svg))
    if not screen.is_json:
        screen.next(with_data(args, f"ytterby lot trace {quote(tail(lot))} --forward --element {element}"))
    return Outcome.GOOD


def show_destination(screen: Screen, found: Json, element: str, names: Names) -> None:
    """Write where one element of a lot is, and the uses that were declared beside those that came true."""
    texts, language = screen.texts, screen.language
    one = found["elements"][element]
    rows, rest = _gathered(one["destinations"], one["mass_kg"])
    decimals = decimals_for(row["mass_kg"] for row in rows)
    mass = write_kg(one["mass_kg"], decimals_for([one["mass_kg"]]))
    head = texts("lot.trace.holds", lot=tail(found["lot"]), mass=mass, element=word("element", element, language))
    screen.verdict(None, head, counted(texts, "lot.destination.places", len(rows)) if rows else "")
    columns = [
        Column(texts("column.state")),
        Column(texts("column.lot")),
        Column(texts("column.where")),
        Column(texts("column.use")),
        Column(texts("column.kg"), is_number=True),
        Column(texts("column.share"), is_number=True),
    ]
    table = [
        [
            word("destination", row["kind"], language),
            _lots_of(row),
            names(row["holder"] or row["site"]),
            word("use", row["use"], language),
            write_kg(row["mass_kg"], decimals, signed=row["mass_kg"] < 0),
            write_share(row["share"]),
        ]
        for row in rows
    ]
    if rows:
        screen.table(columns, table)
    if rest:
        largest = max(abs(row["mass_kg"]) for row in rest)
        screen.line("  " + counted(texts, "lot.destination.rest", len(rest), mass=f"{largest:.1g}"), "dim")
    if one["uses"]:
        _show_uses(screen, one["uses"], names)
    _show_rule(screen, one["rule"])


def _gathered(destinations: Sequence[Json], total_kg: float) -> tuple[list[Json], list[Json]]:
    """Return the rows to show, items of one product at one place as one row, and what is too little to show."""
    rows: dict[tuple[str, ...], Json] = {}
    rest = []
    for one in destinations:
        if abs(one["mass_kg"]) < LEAST_SHARE * total_kg:
            rest.append(one)
            continue
        lot = one["lot"] or ""
        same = product_class(lot) if "/21/" in lot else lot
        key = (one["kind"], same, one["holder"] or "", one["site"] or "", one["use"] or "")
        had = rows.setdefault(key, {**one, "mass_kg": 0.0, "share": 0.0, "lots": []})
        had["mass_kg"] += one["mass_kg"]
        had["share"] += one["share"]
        had["lots"].append(lot)
    return list(rows.values()), rest


def _lots_of(row: Json) -> str:
    more = len(row["lots"]) - 1
    return tail(row["lots"][0]) + (f" +{more}" if more else "") if row["lots"][0] else ""


def _show_uses(screen: Screen, uses: Sequence[Json], names: Names) -> None:
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
                names(use["end_user"]),
                use["country"] or "",
                *(write_kg(use[part], decimals) for part in parts),
            ]
            for use in uses
        ],
    )

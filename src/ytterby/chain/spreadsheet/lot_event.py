"""Rows of lot events become EPCIS events: rows that belong together are one event, each row a line of it.

Rows with the same event number, or the same eventID, are one event; else those with the same step, instant, site,
delivery note, run, tank and container. A cell that speaks of the whole event holds for all its rows, stands in any of
them, and may not differ between them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from ytterby.chain.profile_terms import TEXT_TERMS
from ytterby.chain.spreadsheet.cell import Place
from ytterby.chain.spreadsheet.column import SheetTables
from ytterby.chain.spreadsheet.draft import Draft
from ytterby.chain.spreadsheet.event_line import add_lines
from ytterby.chain.spreadsheet.moment import read_clock, read_moment, read_zone
from ytterby.chain.spreadsheet.number import read_number
from ytterby.chain.spreadsheet.reader import RowReader
from ytterby.chain.spreadsheet.step import LEAVING, NONE, STEPS, Step
from ytterby.chain.spreadsheet.table import Row, Table
from ytterby.terms.instant import write_instant
from ytterby.terms.problem import refuse

_TIED = ("site", "place", "document", "run", "pool", "container", "from_site", "to_site")
# Read the other way round by `event_rows`: kinds of source and destination with column and key, columns and kinds of
# documents.
PARTIES = (("owning_party", "party", "417"), ("possessing_party", "holder", "417"), ("location", "site", "414"))
DOCUMENTS = (("order", "po"), ("document", "desadv"), ("invoice", "inv"), ("certificate", "cert"))


class Group(NamedTuple):
    """The rows of one event, and what a cell of any of them says of it."""

    rows: list[Row]
    key: str

    def row_of(self, key: str) -> Row:
        """Return the first row with a cell under a column, else the first row."""
        return next((row for row in self.rows if key in row.cells), self.rows[0])


def lot_events(table: Table, reader: RowReader) -> list[Draft]:
    """Return the events of a sheet in the order of their first rows; what is wrong is in the reader."""
    drafts = []
    for group in _groups(table.rows, reader.tables):
        draft = _event(group, reader)
        if draft is not None:
            drafts.append(draft)
    return drafts


def _groups(rows: Sequence[Row], tables: SheetTables) -> list[Group]:
    found: dict[tuple[str, ...], Group] = {}
    for row in rows:
        name = _named(row, "event", tables), _named(row, "event_id", tables)
        if name[0]:
            key: tuple[str, ...] = ("event", name[0])
        elif name[1]:
            # An error declaration has the eventID of its original.
            key = ("event_id", name[1], _named(row, "error_time", tables))
        else:
            key = ("", *(_named(row, column, tables) for column in ("step", "date", "time", "zone", *_TIED)))
        found.setdefault(key, Group([], name[0])).rows.append(row)
    return list(found.values())


def _named(row: Row, key: str, tables: SheetTables) -> str:
    """Return what a cell means, however it is written: a day as text is the same as the day of a date cell."""
    cell = row.cells.get(key)
    if cell is None:
        return ""
    kind = tables.columns[key].value
    read: object = None
    if kind == "instant":
        place = row.place(key)
        read = read_moment(cell, row.table.orders.get(place.column, ""), epoch_1904=row.table.epoch_1904)
    elif kind == "time":
        read = read_clock(cell)
    elif kind == "zone":
        read = read_zone(cell.text)
    elif kind in ("number", "percent"):
        read = read_number(cell, row.table.signs.get(row.place(key).column, ""))
    elif kind in ("step", "pool_rule", "yes"):
        read = tables.code(kind, cell.text)
    return cell.text.strip() if read is None else str(read)


def _event(group: Group, reader: RowReader) -> Draft | None:
    """Return one event, or None where its step or instant cannot be read."""
    if not _agree(group, reader):
        return None
    first = group.rows[0]
    draft = Draft(Place(first.sheet, first.number), group.key)
    named = _step_and_instant(group, reader)
    if named is None:
        return None
    name, step, at, offset = named
    date_place = group.row_of("date").place("date")
    draft.put("type", step.kind, first.place("step"))
    event_id = reader.uri(group.row_of("event_id"), "event_id")
    if event_id is not None:
        draft.put("eventID", event_id, group.row_of("event_id").place("event_id"))
    draft.put("eventTime", write_instant(at), date_place)
    draft.put(
        "eventTimeZoneOffset",
        offset,
        group.row_of("zone").place("zone") if first.table.headings.get("zone") else date_place,
    )
    if step.action:
        draft.put("action", step.action, first.place("step"))
    _put_word(draft, group, reader, "biz_step", "bizStep", step.biz_step)
    _put_word(draft, group, reader, "disposition", "disposition", step.disposition)
    site = _put_places(draft, group, reader)
    _put_parties(draft, group, reader, name, site)
    _put_error(draft, group, reader)
    if step.kind != "AggregationEvent" and "run" in _keys(group):
        _put_uri(draft, group, reader, "run", "transformationID")
    elif step.kind == "TransformationEvent" and step.side and "pool" in _keys(group):
        # One side alone needs a run (EPCIS 2.0, 7.4.6); a tank is the run that has no end.
        _put_uri(draft, group, reader, "pool", "transformationID")
    _put_terms(draft, group, reader)
    add_lines(draft, group.rows, step, reader)
    return draft


def _keys(group: Group) -> set[str]:
    return {key for row in group.rows for key in row.cells}


def _agree(group: Group, reader: RowReader) -> bool:
    """Tell whether the rows of an event say the same of it as a whole."""
    is_same = True
    first: dict[str, tuple[str, Row]] = {}
    for row in group.rows:
        for key, cell in row.cells.items():
            column = reader.tables.columns[key]
            if column.level != "event" or key.startswith("use_"):
                continue
            means = _named(row, key, reader.tables)
            said, at = first.setdefault(key, (means, row))
            if said != means:
                other = at.cells[key].text
                facts = {"header": row.table.headings[key].header, "other": other, "row": at.number}
                reader.keep(refuse("sheet.rows_disagree", "", cell.text, **facts), row.place(key))
                is_same = False
    return is_same


def _step_and_instant(group: Group, reader: RowReader) -> tuple[str, Step, datetime, str] | None:
    row = group.row_of("step")
    name = reader.word(row, "step", "step")
    if "step" not in row.cells:
        reader.keep(refuse("sheet.cell_missing", "", row.table.headings["step"].header), row.place("step"))
    dated = group.row_of("date")
    if "date" not in dated.cells:
        reader.keep(refuse("sheet.cell_missing", "", dated.table.headings["date"].header), dated.place("date"))
    clocked = group.row_of("time")
    if "time" in clocked.cells and clocked is not dated:
        dated = Row(dated.sheet, dated.number, {**clocked.cells, **dated.cells}, dated.assays, dated.table)
    read = reader.instant(dated, "date", "time")
    if name is None or read is None:
        return None
    return name, STEPS[name], *read


def _put_word(draft: Draft, group: Group, reader: RowReader, key: str, name: str, default: str) -> None:
    row = group.row_of(key)
    said = reader.text(row, key) or default
    if said != NONE:
        draft.put(name, said, row.place(key) if key in row.cells else group.row_of("step").place("step"))


def _put_uri(draft: Draft, group: Group, reader: RowReader, key: str, name: str) -> None:
    row = group.row_of(key)
    value = reader.uri(row, key)
    if value is not None:
        draft.put(name, value, row.place(key))


def _put_places(draft: Draft, group: Group, reader: RowReader) -> str | None:
    """Put read point and business location; return the site."""
    row, within = group.row_of("site"), group.row_of("place")
    site = reader.named(row, "site", "414")
    place = reader.place(within, "place", site)
    if place is not None:
        draft.put("readPoint", {"id": place}, within.place("place"))
        draft.places["/readPoint/id"] = within.place("place")
    if site is not None:
        draft.put("bizLocation", {"id": site}, row.place("site"))
    elif place is None and "site" not in row.cells:
        reader.keep(refuse("sheet.cell_missing", "", reader.tables.columns["site"].names["en"]), row.place("site"))
    return site


def _put_parties(draft: Draft, group: Group, reader: RowReader, name: str, site: str | None) -> None:
    """Put documents, sources and destinations; goods that leave leave the site, goods that are received come to it."""
    ends: dict[str, dict[str, str | None]] = {"from": {}, "to": {}}
    for end, parts in ends.items():
        for kind, suffix, ai in PARTIES:
            key = f"{end}_{suffix}"
            parts[kind] = reader.named(group.row_of(key), key, ai)
    if name in LEAVING and ends["from"]["location"] is None:
        ends["from"]["location"] = site
    if name == "received" and ends["to"]["location"] is None:
        ends["to"]["location"] = site
    issuers = (ends["from"]["location"], ends["from"]["owning_party"], site)
    for key, kind in DOCUMENTS:
        row = group.row_of(key)
        # A delivery note is the shipper's; an order is the customer's.
        order = (ends["to"]["owning_party"], ends["to"]["location"], site) if key == "order" else issuers
        value = reader.document(row, key, next((i for i in order if i), None))
        if value is not None:
            draft.add("bizTransactionList", {"type": kind, "bizTransaction": value}, row.place(key))
    for end, field, member in (("from", "sourceList", "source"), ("to", "destinationList", "destination")):
        for kind, suffix, _ in PARTIES:
            value = ends[end][kind]
            if value is not None:
                key = f"{end}_{suffix}" if f"{end}_{suffix}" in _keys(group) else "site"
                draft.add(field, {"type": kind, member: value}, group.row_of(key).place(key))


def _put_error(draft: Draft, group: Group, reader: RowReader) -> None:
    row = group.row_of("error_time")
    at = reader.instant(row, "error_time")
    if at is None:
        return
    declared: dict[str, object] = {"declarationTime": write_instant(at[0])}
    reason = reader.text(group.row_of("error_reason"), "error_reason")
    if reason is not None:
        declared["reason"] = reason
    named = reader.text(group.row_of("corrective_ids"), "corrective_ids")
    if named is not None:
        declared["correctiveEventIDs"] = named.split()
    draft.put("errorDeclaration", declared, row.place("error_time"))


def _put_terms(draft: Draft, group: Group, reader: RowReader) -> None:
    """Put the terms of the profile that speak of the whole event."""
    for key, term in TEXT_TERMS:
        row = group.row_of(key)
        value = reader.text(row, key)
        if value is not None:
            draft.put(f"ree:{term}", value, row.place(key))
    user = group.row_of("end_user")
    end_user = reader.named(user, "end_user", "417")
    if end_user is not None:
        draft.put("ree:endUser", end_user, user.place("end_user"))
    row = group.row_of("destination_country")
    country = reader.text(row, "destination_country")
    if country is not None:
        draft.put("ree:destinationCountry", country, row.place("destination_country"))
    row = group.row_of("export_net_mass")
    net = reader.kilograms(row, "export_net_mass")
    if net is not None:
        draft.put("ree:netMassKilogram", net, row.place("export_net_mass"))
    _put_uri(draft, group, reader, "pool", "ree:pool")
    row = group.row_of("pool_rule")
    rule = reader.word(row, "pool_rule", "pool_rule")
    if rule is not None:
        draft.put("ree:poolRule", rule, row.place("pool_rule"))
    row = group.row_of("complete")
    if reader.yes(row, "complete"):
        draft.put("persistentDisposition", {"set": ["completeness_verified"]}, row.place("complete"))

"""An event becomes rows: the other way round of `lot_event`.

Rows that cannot say all that an event says do not read back as the same event; whoever writes them compares.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from ytterby.chain.profile_terms import TEXT_TERMS, strip
from ytterby.chain.spreadsheet.event_line import ASSAY_TEXTS, LOT_NUMBERS, LOT_TEXTS, USE_TEXTS
from ytterby.chain.spreadsheet.lot_event import DOCUMENTS, PARTIES
from ytterby.chain.spreadsheet.out_table import CONTENT, ERROR, SHARED, Value
from ytterby.chain.spreadsheet.reader import GS1
from ytterby.chain.spreadsheet.step import AGGREGATION, NONE, OBJECT, STEP_OF, STEPS, TRANSFORMATION
from ytterby.terms.gs1key import percent_decode
from ytterby.terms.identifier import is_container
from ytterby.terms.instant import read_instant, read_offset
from ytterby.terms.quantity import PIECES

Row = dict[str, Value]
Json = Mapping[str, Any]
_BY_ACTION = {
    (OBJECT, "ADD"): "commissioned",
    (OBJECT, "OBSERVE"): "accepted",
    (OBJECT, "DELETE"): "lost",
    (AGGREGATION, "ADD"): "packed",
    (AGGREGATION, "DELETE"): "unpacked",
    (TRANSFORMATION, ""): "processed",
}
_LISTS = {
    OBJECT: (("", "epcList", "quantityList"),),
    AGGREGATION: (("", "childEPCs", "childQuantityList"),),
    TRANSFORMATION: (("in", "inputEPCList", "inputQuantityList"), ("out", "outputEPCList", "outputQuantityList")),
}
# The tables of the way in, read the other way round; what they do not name has a column of its own kind there.
_PARTIES = {kind: suffix for kind, suffix, _ in PARTIES}
_DOCUMENTS = {kind: key for key, kind in DOCUMENTS}
_TERMS = {term: key for key, term in TEXT_TERMS} | {
    "endUser": "end_user",
    "destinationCountry": "destination_country",
    "netMassKilogram": "export_net_mass",
    "pool": "pool",
    "poolRule": "pool_rule",
}
_LOT_TERMS = {"form": "form"} | {term: key for key, term, _ in LOT_NUMBERS} | {term: key for key, term in LOT_TEXTS}
_USE_TERMS = {"share": "use_share", "endUser": "use_user"} | {term: key for key, term in USE_TEXTS}


_OF_ASSAY = (("milligramPerKilogram", CONTENT), ("standardUncertainty", ERROR), ("systematicUncertainty", SHARED))


def event_rows(tree: Json, prefixes: Mapping[str, str]) -> list[Row] | None:
    """Return the rows of an event; None where it has no step, or no instant, of ours."""
    kind, action, word = tree.get("type"), tree.get("action", ""), tree.get("bizStep", "")
    name = STEP_OF.get((kind, action, word)) or _BY_ACTION.get((kind, action))  # type: ignore[arg-type]
    when = _when(tree.get("eventTime"), tree.get("eventTimeZoneOffset"))
    if name is None or when is None or not isinstance(kind, str):
        return None
    step = STEPS[name]
    head: Row = {"step": name, **when}
    if word != step.biz_step:
        head["biz_step"] = word or NONE
    disposition = tree.get("disposition", NONE)
    if disposition != step.disposition:
        head["disposition"] = disposition
    _add_heads(head, tree, prefixes)
    rows = _line_rows(tree, kind, prefixes, head)
    uses = _objects(_ree(tree, prefixes).get("use"))
    while len(rows) < len(uses):
        rows.append({})
    for row, use in zip(rows, uses, strict=False):
        _add_terms(row, use, prefixes, _USE_TERMS)
    rows = rows or [{}]
    return [{**head, **row} for row in rows]


def _ree(node: Json, prefixes: Mapping[str, str]) -> dict[str, Any]:
    """Return the profile's terms of an object by bare term."""
    return {term: node[key] for term, key in strip(node, prefixes).items()}


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _when(at: object, offset: object, key: str = "date") -> Row | None:
    """Return the columns of an instant: the local day and time, and the zone."""
    if not isinstance(at, str) or not isinstance(offset, str):
        return None
    instant, minutes = read_instant(at)[0], read_offset(offset)[0]
    if instant is None or minutes is None:
        return None
    try:
        local = (instant + timedelta(minutes=minutes)).replace(tzinfo=None)
    except OverflowError:
        return None
    text = local.isoformat(" ", "microseconds" if local.microsecond else "seconds")
    return {key: text, "zone": f"UTC{offset}"}


def short_site(uri: str) -> str:
    """Return a GLN's digits of a site or party, else its identifier."""
    for ai in ("414", "417"):
        digits = uri[len(GS1) + 4 :]
        if uri.startswith(f"{GS1}{ai}/") and len(digits) == 13 and digits.isdecimal():
            return digits
    return uri


def split_lot(uri: str) -> Row:
    """Return product and lot number of a lot, else its identifier."""
    stem, mark, lot = uri.partition("/10/")
    gtin = stem.removeprefix(f"{GS1}01/")
    name = percent_decode(lot) or ""
    if mark and len(gtin) == 14 and gtin.isdecimal() and name and ":" not in name and name == name.strip():
        return {"product": gtin, "lot": name}
    return {"lot": uri}


def _add_heads(head: Row, tree: Json, prefixes: Mapping[str, str]) -> None:
    """Add what an event says as a whole."""
    if isinstance(tree.get("eventID"), str):
        head["event_id"] = tree["eventID"]
    site = (tree.get("bizLocation") or {}).get("id")
    place = (tree.get("readPoint") or {}).get("id")
    if isinstance(site, str):
        head["site"] = short_site(site)
    if isinstance(place, str):
        head["place"] = place.removeprefix(f"{site}/254/") if isinstance(site, str) else place
    if tree.get("type") != AGGREGATION and isinstance(tree.get("transformationID"), str):
        head["run"] = tree["transformationID"]
    if isinstance(tree.get("parentID"), str):
        head["container"] = tree["parentID"]
    for one in _objects(tree.get("bizTransactionList")):
        key = _DOCUMENTS.get(str(one.get("type")))
        if key and isinstance(one.get("bizTransaction"), str):
            head[key] = one["bizTransaction"]
    for field, member, end in (("sourceList", "source", "from"), ("destinationList", "destination", "to")):
        for one in _objects(tree.get(field)):
            suffix = _PARTIES.get(str(one.get("type")))
            if suffix and isinstance(one.get(member), str):
                head[f"{end}_{suffix}"] = short_site(one[member])
    if "persistentDisposition" in tree:
        head["complete"] = "yes"
    _add_terms(head, tree, prefixes, _TERMS)
    _add_error(head, tree)


def _add_error(head: Row, tree: Json) -> None:
    error = tree.get("errorDeclaration")
    if not isinstance(error, dict):
        return
    when = _when(error.get("declarationTime"), tree.get("eventTimeZoneOffset"), "error_time")
    if when is not None:
        head["error_time"] = when["error_time"]
    if isinstance(error.get("reason"), str):
        head["error_reason"] = error["reason"]
    named = _texts(error.get("correctiveEventIDs"))
    if named:
        head["corrective_ids"] = " ".join(named)


def _add_terms(row: Row, node: Json, prefixes: Mapping[str, str], names: Mapping[str, str]) -> None:
    for term, value in _ree(node, prefixes).items():
        if term not in names:
            continue
        if isinstance(value, str):
            row[names[term]] = short_site(value) if term == "endUser" else value
        elif isinstance(value, Decimal | int) and not isinstance(value, bool):
            row[names[term]] = Decimal(value)


def _line_rows(tree: Json, kind: str, prefixes: Mapping[str, str], head: Row) -> list[Row]:
    """Return a row for each piece and each quantity; the first container goes to the whole event."""
    told = _told(tree, prefixes)
    weighed: list[tuple[Row, Json]] = []
    rows: list[Row] = []
    for side, epcs, goods in _LISTS[kind]:
        sided: Row = {"side": side} if side else {}
        for epc in _texts(tree.get(epcs)):
            if kind == OBJECT and "container" not in head and is_container(epc):
                head["container"] = epc
            else:
                rows.append({**sided, **split_lot(epc)})
        for line in _objects(tree.get(goods)):
            lot = line.get("epcClass")
            if not isinstance(lot, str):
                continue
            row: Row = {**sided, **split_lot(lot)}
            if _add_quantity(row, line):
                weighed.append((row, line))
            if side != "in" and lot in told:
                _add_told(row, told.pop(lot), prefixes)
            rows.append(row)
    _add_weighings(weighed, _objects(tree.get("sensorElementList")), str(tree.get("eventTimeZoneOffset")))
    for row in rows:
        epc = str(row["lot"])
        if epc in told and "quantity" not in row:
            _add_told(row, told.pop(epc), prefixes)
    return rows


def _told(tree: Json, prefixes: Mapping[str, str]) -> dict[str, Json]:
    """Return what an event says of each lot that it makes."""
    ilmd = tree.get("ilmd")
    if not isinstance(ilmd, dict):
        return {}
    terms = _ree(ilmd, prefixes)
    found = _objects(terms["lotData"]) if "lotData" in terms else [ilmd]
    return {str(_ree(one, prefixes).get("lot")): one for one in found}


def _add_quantity(row: Row, line: Json) -> bool:
    """Add what a line says of its quantity; tell whether it says any."""
    quantity = line.get("quantity")
    if not isinstance(quantity, Decimal | int):
        return False
    unit = line.get("uom")
    row["quantity"], row["unit"] = Decimal(quantity), str(unit) if unit is not None else PIECES
    return True


def _add_weighings(lines: Sequence[tuple[Row, Json]], weighings: Iterable[Json], offset: str) -> None:
    """Add to each line its weighing: the next line that weighs as much, since both have one order.

    A line before may weigh the same and have no weighing of its own, when the next would be sought in vain.
    """
    start = 0
    for element in weighings:
        report = next(iter(_objects(element.get("sensorReport"))), {})
        for place in range(start, len(lines)):
            row, line = lines[place]
            if _is_weight_of(report, line):
                _add_weighing(row, element, report, offset)
                start = place + 1
                break


def _is_weight_of(report: Json, line: Json) -> bool:
    weight = report.get("type"), report.get("value"), report.get("uom")
    return weight == ("Mass", line["quantity"], line.get("uom"))


def _add_weighing(row: Row, element: Json, report: Json, offset: str) -> None:
    if isinstance(report.get("sDev"), Decimal | int):
        row["mass_u"] = Decimal(report["sDev"])
    metadata = element.get("sensorMetadata") or {}
    if isinstance(metadata.get("deviceID"), str):
        row["scale"] = metadata["deviceID"]
    when = _when(metadata.get("time"), offset, "weighed_at")
    if when is not None:
        row["weighed_at"] = when["weighed_at"]


def _add_told(row: Row, told: Json, prefixes: Mapping[str, str]) -> None:
    """Add form, masses and assays of a lot."""
    _add_terms(row, told, prefixes, _LOT_TERMS)
    add_assays(row, _objects(_ree(told, prefixes).get("assay")), prefixes)


def add_assays(row: Row, assays: Iterable[Json], prefixes: Mapping[str, str]) -> None:
    """Add the columns of assays."""
    for one in assays:
        terms = _ree(one, prefixes)
        element = terms.get("element")
        for term, mark in _OF_ASSAY:
            if isinstance(terms.get(term), Decimal | int):
                row[f"{mark}{element}"] = Decimal(terms[term])
        for key, term in ASSAY_TEXTS:
            if isinstance(terms.get(term), str):
                row[key] = terms[term]

"""The lines of an event: lots and pieces with their quantities, weighings, assays and declared uses."""

from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Any

from ytterby.chain.spreadsheet.cell import Place
from ytterby.chain.spreadsheet.draft import Draft
from ytterby.chain.spreadsheet.header import ASSAY, ASSAY_SHARED, ASSAY_U, OF_ASSAYS, Heading
from ytterby.chain.spreadsheet.reader import RowReader, plain
from ytterby.chain.spreadsheet.step import AGGREGATION, TRANSFORMATION, Step
from ytterby.chain.spreadsheet.table import Row
from ytterby.terms.identifier import read_identifier
from ytterby.terms.instant import write_instant
from ytterby.terms.problem import refuse
from ytterby.terms.quantity import PIECES

Json = dict[str, Any]
# A content that was converted is written to so many figures; what was declared in mg/kg of element is kept as written.
_FIGURES = Context(prec=10)
_HUNDRED = Decimal(100)
_INSTANCES = frozenset({"sgtin", "sscc", "grai", "giai"})
# Columns and terms, read the other way round by `event_rows`; a number of the unit that its term names.
LOT_NUMBERS = (
    ("reo_percent", "reoPercent", ""),
    ("piece_mass", "pieceMassGram", "GRM"),
    ("net_mass", "netMassKilogram", "KGM"),
    ("recycled", "recycledContentPercent", ""),
    ("pieces_per_unit", "magnetPiecesPerUnit", ""),
    ("magnet_mass", "magnetMassGramPerUnit", "GRM"),
)
LOT_TEXTS = (("grade", "grade"), ("origin_country", "originCountry"), ("deposit", "deposit"))
ASSAY_TEXTS = (("assay_method", "method"), ("laboratory", "laboratory"), ("assay_epoch", "epoch"))
USE_TEXTS = (
    ("use_code", "useCode"),
    ("use_basis", "basis"),
    ("use_product", "product"),
    ("use_model", "model"),
    ("use_country", "country"),
    ("use_text", "text"),
)


def add_lines(draft: Draft, rows: Sequence[Row], step: Step, reader: RowReader) -> None:
    """Add what each row says: its lot or piece, how much, how it was weighed, what it holds, what it is for."""
    _add_container(draft, rows, step, reader)
    told: list[tuple[Json, dict[str, Place]]] = []
    for row, lot, side in _ordered(rows, step, reader):
        _add_goods(draft, row, lot, side, reader)
        lot_data = lot_data_of(row, lot, reader)
        if lot_data is not None:
            told.append(lot_data)
    for row in rows:
        _add_use(draft, row, reader)
    _put_ilmd(draft, told, step)


def _ordered(rows: Sequence[Row], step: Step, reader: RowReader) -> list[tuple[Row, str, str]]:
    """Return rows with their lots and sides in the order of an event's lists: inputs first, pieces before quantities.

    So weighings and lot data have one order, however the rows are sorted.
    """
    found: list[tuple[Row, str, str]] = []
    for row in rows:
        lot = reader.lot(row, "lot", "product")
        if lot is None:
            if "lot" not in row.cells and "quantity" in row.cells:
                missing = reader.tables.columns["lot"].names["en"]
                reader.keep(refuse("sheet.cell_missing", "", missing), row.place("lot"))
            continue
        side = _side(row, step, reader)
        if side is not None:
            found.append((row, lot, side))
    return sorted(found, key=lambda one: (one[2] == "output", "quantity" in one[0].cells))


def _add_container(draft: Draft, rows: Sequence[Row], step: Step, reader: RowReader) -> None:
    row = next((row for row in rows if "container" in row.cells), None)
    container = reader.uri(row, "container") if row is not None else None
    if row is None or container is None:
        return
    if step.kind == AGGREGATION:
        draft.put("parentID", container, row.place("container"))
    else:
        field = "epcList" if step.kind != TRANSFORMATION else "outputEPCList"
        draft.add(field, container, row.place("container"))


def _side(row: Row, step: Step, reader: RowReader) -> str | None:
    """Return the beginning of the names of the lists in which a row stands; None where it does not say its side."""
    if step.kind == AGGREGATION:
        return "child"
    if step.kind != TRANSFORMATION:
        return ""
    side = step.side or reader.word(row, "side", "side")
    if side is None:
        if "side" not in row.cells:
            reader.keep(refuse("sheet.cell_missing", "", reader.tables.columns["side"].names["en"]), row.place("side"))
        return None
    return "input" if side == "in" else "output"


def _add_goods(draft: Draft, row: Row, lot: str, side: str, reader: RowReader) -> None:
    """Add a quantity of a lot, or a piece; and the weighing of it."""
    quantity = _quantity(row, reader)
    identifier, _ = read_identifier(lot)
    is_instance = identifier is not None and (identifier.scheme in _INSTANCES or "/item/" in lot)
    place = row.place("lot")
    if is_instance and quantity is None:
        names = {"": "epcList", "child": "childEPCs", "input": "inputEPCList", "output": "outputEPCList"}
        draft.add(names[side], lot, place)
        return
    line: Json = {"epcClass": lot}
    field = f"{side}QuantityList" if side else "quantityList"
    places = {
        "/epcClass": place,
        "/quantity": row.place("quantity"),
        "/uom": row.place("unit" if "unit" in row.cells else "quantity"),
    }
    unit = None
    if quantity is not None:
        unit = reader.unit(row, "unit", "quantity")
        if unit is None:
            return
        line["quantity"] = quantity
        if unit != PIECES:
            line["uom"] = unit
    elif "quantity" in row.cells:
        return
    draft.add(field, line, places)
    if quantity is not None and unit is not None:
        _add_weighing(draft, row, quantity, unit, reader)


def _quantity(row: Row, reader: RowReader) -> Decimal | None:
    """Return the quantity of a line: as stated, or gross less tare."""
    stated = reader.number(row, "quantity")
    if "gross" not in row.cells or "tare" not in row.cells:
        return stated
    gross, tare = reader.kilograms(row, "gross"), reader.kilograms(row, "tare")
    if gross is None or tare is None:
        return stated
    net = plain(gross - tare)
    unit = reader.unit(row, "unit", "quantity") if "quantity" in row.table.headings or "unit" in row.cells else None
    if unit is None:
        return stated
    factor = reader.units.base(Decimal(1), unit)
    if not isinstance(factor, tuple) or factor[1] != "mass":
        reader.keep(refuse("sheet.gross_of_pieces", "", gross), row.place("gross"))
        return stated
    if stated is None:
        return plain(net / factor[0])
    if plain(stated * factor[0]) != net:
        reader.keep(refuse("sheet.net_disagrees", "", stated, computed=plain(net / factor[0])), row.place("quantity"))
    return stated


def _add_weighing(draft: Draft, row: Row, quantity: Decimal, unit: str, reader: RowReader) -> None:
    """Add the weighing of a line: its value is what tells to which line it belongs."""
    u, device = reader.number(row, "mass_u"), reader.uri(row, "scale")
    weighed = reader.instant(row, "weighed_at")
    if u is None and device is None and weighed is None:
        return
    report: Json = {"type": "Mass", "value": quantity}
    if u is not None:
        u_unit = row.table.headings["mass_u"].unit
        if u_unit and u_unit != unit:
            kilograms = reader.in_base(row, "mass_u", u)
            factor = reader.units.base(Decimal(1), unit)
            if kilograms is None or not isinstance(factor, tuple):
                return
            u = plain(kilograms / factor[0])
        report["sDev"] = u
    report["uom"] = unit
    metadata: Json = {}
    if weighed is not None:
        metadata["time"] = write_instant(weighed[0])
    if device is not None:
        metadata["deviceID"] = device
    element: Json = {"sensorMetadata": metadata} if metadata else {}
    element["sensorReport"] = [report]
    places = {
        "/sensorMetadata/time": row.place("weighed_at"),
        "/sensorMetadata/deviceID": row.place("scale"),
        "/sensorReport/0/value": row.place("quantity"),
        "/sensorReport/0/sDev": row.place("mass_u"),
        "/sensorReport/0": row.place("mass_u"),
    }
    draft.add("sensorElementList", element, places)


# What a lot is


def lot_data_of(row: Row, lot: str, reader: RowReader, form_key: str = "form") -> tuple[Json, dict[str, Place]] | None:
    """Return what a row says of a lot that it makes, and from where; None where it says nothing."""
    told: Json = {"ree:lot": lot}
    places = {"": row.place("lot")}
    form = reader.form(row, form_key)
    if form is not None:
        told["ree:form"], places["/ree:form"] = form, row.place(form_key)
    for key, term, base in LOT_NUMBERS:
        value = reader.kilograms(row, key, base) if base else reader.number(row, key)
        if value is not None:
            told[f"ree:{term}"], places[f"/ree:{term}"] = value, row.place(key)
    assays = _assays(row, reader)
    if assays:
        told["ree:assay"] = [assay for assay, _ in assays]
        for number, (_, headings) in enumerate(assays):
            at = f"/ree:assay/{number}"
            for term, heading in headings.items():
                places[at + term] = Place(row.sheet, row.number, heading.column)
        places["/ree:assay"] = places["/ree:assay/0"]
    for key, term in LOT_TEXTS:
        text = reader.text(row, key)
        if text is not None:
            told[f"ree:{term}"], places[f"/ree:{term}"] = text, row.place(key)
    return (told, places) if len(told) > 1 else None


def _assays(row: Row, reader: RowReader) -> list[tuple[Json, dict[str, Heading]]]:
    """Return the assays of a row in the order of their columns, in mg/kg of the net mass as element.

    Beside each stands by pointer the column of what it says.
    """
    kept: dict[str, dict[str, tuple[Decimal, Heading]]] = {key: {} for key in OF_ASSAYS}
    for heading, cell in row.assays:
        if not heading.per_milligram:
            continue
        value = reader.number_of(row, heading, cell)
        if value is not None:
            kept[heading.key][heading.element] = (_milligrams(row, heading, value, reader), heading)
    texts = {f"ree:{term}": reader.text(row, key) for key, term in ASSAY_TEXTS}
    found = []
    contents = kept[ASSAY]
    for key in (ASSAY_U, ASSAY_SHARED):
        for element, (_, heading) in kept[key].items():
            if element not in contents:
                problem = refuse("sheet.uncertainty_alone", "", heading.header, element=element)
                reader.keep(problem, Place(row.sheet, row.number, heading.column))
    for element, (content, heading) in contents.items():
        assay: Json = {"ree:element": element, "ree:milligramPerKilogram": content}
        headings = {"": heading}
        for key, term in ((ASSAY_U, "ree:standardUncertainty"), (ASSAY_SHARED, "ree:systematicUncertainty")):
            if element in kept[key]:
                assay[term], headings["/" + term] = kept[key][element]
        assay |= {term: text for term, text in texts.items() if text is not None}
        found.append((assay, headings))
    return found


def _milligrams(row: Row, heading: Heading, value: Decimal, reader: RowReader) -> Decimal:
    """Return a content in mg/kg of net mass as element; the digits are kept where nothing is converted."""
    factor = heading.per_milligram
    if heading.is_oxide:
        per_oxide = reader.matter.factors.get(heading.element)
        if per_oxide is None:
            problem = refuse("sheet.no_oxide_factor", "", heading.header, element=heading.element)
            reader.keep_once(problem, Place(row.sheet, row.number, heading.column))
            return value
        factor *= per_oxide
    if "moisture" in row.cells:
        water = reader.number(row, "moisture")
        if water is not None and 0 <= water < _HUNDRED:
            factor *= (_HUNDRED - water) / _HUNDRED
        elif water is not None:
            reader.keep_once(refuse("sheet.moisture", "", water), row.place("moisture"))
    if factor == 1:
        return value
    return plain(_FIGURES.multiply(value, factor) if heading.is_oxide else value * factor)


def _put_ilmd(draft: Draft, told: list[tuple[Json, dict[str, Place]]], step: Step) -> None:
    """Put lot data: directly where one lot is made in an ObjectEvent, else one object for each lot."""
    if not told:
        return
    if step.kind != TRANSFORMATION and len(told) == 1:
        fields, places = told[0]
        draft.put("ilmd", fields, places[""])
        draft.places.update({f"/ilmd{below}": place for below, place in places.items()})
        return
    draft.put("ilmd", {"ree:lotData": [fields for fields, _ in told]})
    for number, (_, places) in enumerate(told):
        draft.place_row(f"/ilmd/ree:lotData/{number}", places)


def _add_use(draft: Draft, row: Row, reader: RowReader) -> None:
    """Add the declared use of a row."""
    if not any(key.startswith("use_") for key in row.cells):
        return
    share = reader.number(row, "use_share")
    use: Json = {"ree:share": Decimal(1) if share is None and "use_share" not in row.cells else share}
    if use["ree:share"] is None:
        return
    places = {"/ree:share": row.place("use_share")}
    for key, term in USE_TEXTS:
        text = reader.text(row, key)
        if text is not None:
            use[f"ree:{term}"], places[f"/ree:{term}"] = text, row.place(key)
    user = reader.named(row, "use_user", "417")
    if user is not None:
        use["ree:endUser"], places["/ree:endUser"] = user, row.place("use_user")
    draft.add("ree:use", use, places)

"""What an event says of the lots it makes: form, assay, masses, origin; in both shapes of ILMD.

Fields stand directly in `ilmd` and then hold for the lot they name or for every output; or `ree:lotData` holds one
object for each lot, for ILMD belongs to the event and not to an output.

Source: GS1 EPCIS 2.0 (2022), section 7.3.8 (ILMD); the register's profile (`profile_terms`).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ytterby.chain.event import PIECE, Goods, LotData
from ytterby.chain.event_fields import FieldReader
from ytterby.chain.profile_terms import ASSAY_BASES, ASSAY_TERMS, ILMD_TERMS, LOT_TERMS
from ytterby.chain.profile_values import TermReader
from ytterby.matter.assay import Assay, check_assays
from ytterby.matter.tables import MatterTables
from ytterby.terms.problem import Problem, refuse, remark
from ytterby.terms.problem import pointer as pointer_of

PERCENT = Decimal(100)
# No rare earth weighs less in its oxide than scandium: 100 % metal is 153.4 % REO.
REO_PERCENT_MAX = Decimal("153.5")
# A net mass that differs by more from pieces x piece mass is remarked (rounding of a printed piece mass).
PIECE_TOLERANCE = Decimal("0.01")
GRAM_PER_KILOGRAM = Decimal(1000)
# Term, field of LotData, greatest value.
_NUMBERS: Mapping[str, tuple[str, Decimal | None]] = {
    "pieceMassGram": ("piece_mass_gram", None),
    "netMassKilogram": ("net_mass_kg", None),
    "recycledContentPercent": ("recycled_percent", PERCENT),
    "magnetPiecesPerUnit": ("magnet_pieces_per_unit", None),
    "magnetMassGramPerUnit": ("magnet_mass_gram_per_unit", None),
}
_TEXTS = frozenset(["grade", "deposit"])
_USUAL_ASSAY = frozenset(["element", "milligramPerKilogram", "standardUncertainty", "method"])


def check_ilmd_names(ilmd: object, reader: FieldReader) -> None:
    """Keep a problem for each field of `ilmd` without a namespace (EPCIS 2.0, 7.3.8: extensions only)."""
    if type(ilmd) is dict:
        reader.names(ilmd, frozenset(), "/ilmd", has_profile=True)
    else:
        reader.wrong_type("/ilmd", ilmd, "object")


def read_lot_data(
    event: Mapping[str, object],
    outputs: tuple[Goods, ...],
    epcs: tuple[str, ...],
    terms: TermReader,
    matter: MatterTables,
) -> tuple[LotData, ...]:
    """Return the lot data of an event; `outputs` and `epcs` are what it makes.

    Codes: `profile.lot_not_in_event`, `profile.lot_twice`, `profile.both_shapes`, `profile.form_unknown`,
    `profile.out_of_range`, `profile.piece_mass_missing` (remark), `profile.net_mass_disagrees` (remark), and those of
    `check_assays` and `TermReader`.
    """
    ilmd = event["ilmd"]
    if type(ilmd) is not dict:
        return ()
    keys = terms.keys(ilmd, ILMD_TERMS, "/ilmd")
    found: list[LotData] = []
    if "lotData" in keys:
        if len(keys) > 1:
            others = ", ".join(sorted(keys.keys() - {"lotData"}))
            terms.reader.problems.append(refuse("profile.both_shapes", "/ilmd" + pointer_of(keys["lotData"]), others))
        rows = terms.reader.rows(ilmd, keys["lotData"], "/ilmd")
        found = _read_rows(rows, outputs, epcs, "/ilmd" + pointer_of(keys["lotData"]), terms, matter)
    elif keys:
        lot = _read_lot({k: ilmd[k] for k in keys.values()}, "/ilmd", terms, matter)
        if lot is not None:
            found.append(lot)
            _check_goods(lot, outputs, epcs, "/ilmd", terms)
    return tuple(found)


def read_observed_lots(
    event: Mapping[str, object],
    key: str,
    goods: tuple[Goods, ...],
    epcs: tuple[str, ...],
    terms: TermReader,
    matter: MatterTables,
) -> tuple[LotData, ...]:
    """Return what an event says, under `key` and outside of ILMD, of lots that it does not make.

    ILMD belongs to the making of a lot (EPCIS 2.0, 7.3.8); whoever receives or counts it says here what his own assay
    found. `goods` and `epcs` are all that the event names. Codes as for `read_lot_data`.
    """
    return tuple(_read_rows(terms.reader.rows(event, key), goods, epcs, pointer_of(key), terms, matter))


def _read_rows(
    rows: list[object],
    goods: tuple[Goods, ...],
    epcs: tuple[str, ...],
    where: str,
    terms: TermReader,
    matter: MatterTables,
) -> list[LotData]:
    """Return the data of lots of which each is named."""
    found = []
    for i, row in enumerate(rows):
        lot = _read_lot(row, f"{where}/{i}", terms, matter)
        if lot is not None:
            found.append(lot)
            if lot.lot is None:
                terms.reader.problems.append(refuse("field.missing", f"{where}/{i}", "ree:lot"))
            else:
                _check_goods(lot, goods, epcs, f"{where}/{i}", terms)
    _check_twice(found, where, terms)
    return found


def _read_lot(row: object, where: str, terms: TermReader, matter: MatterTables) -> LotData | None:
    """Return the data of one lot."""
    if type(row) is not dict:
        terms.reader.wrong_type(where, row, "object")
        return None
    keys = terms.keys(row, LOT_TERMS, where)
    form = terms.text(row, keys, "form", where)
    if form is not None and form not in matter.forms:
        terms.unknown_word(form, matter.forms, f"{where}{pointer_of(keys['form'])}", "form")
        form = None
    assays = _read_assays(row, keys, where, terms)
    reo_percent = terms.number(row, keys, "reoPercent", where, most=REO_PERCENT_MAX)
    if assays or reo_percent is not None:
        terms.reader.problems += check_assays(assays, reo_percent, form, matter, where)
    read: dict[str, Any] = {}
    for term in keys:
        if term in _NUMBERS:
            name, most = _NUMBERS[term]
            read[name] = terms.number(row, keys, term, where, most=most, is_positive=term == "pieceMassGram")
        elif term in _TEXTS:
            read[term] = terms.text(row, keys, term, where)
    if "originCountry" in keys:
        read["origin_country"] = terms.country(row, keys, "originCountry", where)
    if "lot" in keys:
        read["lot"] = terms.uri(row, keys, "lot", where)
    return LotData(form=form, assays=assays, reo_percent=reo_percent, **read)


def _read_assays(
    row: Mapping[str, object], keys: Mapping[str, str], where: str, terms: TermReader
) -> tuple[Assay, ...]:
    """Return the assays of a lot; one without element or content is left out and refused."""
    if "assay" not in keys:
        return ()
    found = []
    place = where + pointer_of(keys["assay"])
    for i, line in enumerate(terms.reader.rows(row, keys["assay"], where)):
        if type(line) is not dict:
            terms.reader.wrong_type(f"{place}/{i}", line, "object")
            continue
        assay = _read_assay(line, terms, place, i)
        if assay is not None:
            found.append(assay)
    return tuple(found)


def _read_assay(line: Mapping[str, object], terms: TermReader, place: str, position: int) -> Assay | None:
    """Return one assay. The fields that nearly all have are read here, without a call for each."""
    names = terms.names.strip(line)
    element = line.get(names.get("element", ""))
    content = line.get(names.get("milligramPerKilogram", ""))
    u = line.get(names.get("standardUncertainty", ""))
    method = line.get(names.get("method", ""))
    if (
        names.keys() == _USUAL_ASSAY
        and type(element) is str
        and type(content) is Decimal
        and type(u) is Decimal
        and type(method) is str
        and element.isalpha()
        and method.strip()
    ):
        return Assay(element, content, u, method)
    return _read_rare_assay(line, terms, f"{place}/{position}")


def _read_rare_assay(line: Mapping[str, object], terms: TermReader, at: str) -> Assay | None:
    """Return one assay, field by field."""
    names = terms.keys(line, ASSAY_TERMS, at)
    element = terms.text(line, names, "element", at)
    content = terms.number(line, names, "milligramPerKilogram", at, least=None)
    basis = terms.text(line, names, "basis", at)
    if basis is not None and basis not in ASSAY_BASES:
        terms.unknown_word(basis, ASSAY_BASES, at + pointer_of(names["basis"]), "basis")
    u = terms.number(line, names, "standardUncertainty", at, least=None)
    shared = terms.number(line, names, "systematicUncertainty", at, least=None)
    method, laboratory = terms.text(line, names, "method", at), terms.text(line, names, "laboratory", at)
    epoch = terms.text(line, names, "epoch", at)
    for name in ("element", "milligramPerKilogram"):
        if name not in names:
            terms.keep(refuse("field.missing", at, "ree:" + name))
    if element is None or content is None:
        return None
    return Assay(element, content, u, method, laboratory, basis or "element", epoch, shared)


def _check_twice(found: list[LotData], where: str, terms: TermReader) -> None:
    seen: set[str] = set()
    for data in found:
        if data.lot in seen:
            terms.reader.problems.append(refuse("profile.lot_twice", where, data.lot))
        elif data.lot is not None:
            seen.add(data.lot)


def _check_goods(
    data: LotData, outputs: tuple[Goods, ...], epcs: tuple[str, ...], where: str, terms: TermReader
) -> None:
    """Check lot data against the quantities of the event: the lot is there, and pieces have a mass that adds up."""
    mine = [goods for goods in outputs if data.lot in (None, goods.lot)]
    if data.lot is not None and not mine and data.lot not in epcs:
        terms.reader.problems.append(refuse("profile.lot_not_in_event", where, data.lot))
        return
    for goods in mine:
        if goods.unit != PIECE or goods.amount is None:
            continue
        problem = _judge_pieces(data, goods.lot, goods.amount, where)
        if problem is not None:
            terms.reader.problems.append(problem)


def _judge_pieces(data: LotData, lot: str, pieces: Decimal, where: str) -> Problem | None:
    if data.piece_mass_gram is None:
        if data.assays and data.net_mass_kg is None:
            return remark("profile.piece_mass_missing", where, lot)
        return None
    if data.net_mass_kg is None:
        return None
    computed = pieces * data.piece_mass_gram / GRAM_PER_KILOGRAM
    if abs(computed - data.net_mass_kg) <= PIECE_TOLERANCE * max(computed, data.net_mass_kg):
        return None
    return remark("profile.net_mass_disagrees", where, data.net_mass_kg, computed=format(computed.normalize(), "f"))

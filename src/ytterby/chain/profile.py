"""The rare-earth profile of an event: process, pool, export facts, end user, declared uses.

Source: the register's own profile (`profile_terms`), on EPCIS 2.0 extensions.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ytterby.chain.event import DeclaredUse
from ytterby.chain.ilmd import read_lot_data, read_observed_lots
from ytterby.chain.profile_terms import EVENT_TERMS, POOL_RULES, SHIPPING_STEPS, TEXT_TERMS, USE_BASES, USE_TERMS
from ytterby.chain.profile_values import TermReader
from ytterby.matter.tables import MatterTables
from ytterby.terms.problem import pointer as pointer_of
from ytterby.terms.problem import refuse, remark

OTHER_USE = "other"
WHOLE = Decimal(1)
_NUMBERED = ("declaration", "licence")
_GOODS = ("quantities", "child_quantities", "input_quantities", "output_quantities")
_EPCS = ("epcs", "child_epcs", "input_epcs", "output_epcs")


def read_profile(
    event: Mapping[str, object],
    read: dict[str, Any],
    terms: TermReader,
    matter: MatterTables,
    use_code_of_name: Mapping[str, str],
    use_codes: frozenset[str],
) -> None:
    """Add what the profile's terms of an event say to its fields `read`.

    Codes: `profile.term_unknown`, `profile.word_unknown`, `profile.out_of_range`, `profile.country`,
    `profile.only_digits` (remark), `profile.rule_without_pool` (remark), `use.shares_over_one`,
    `use.text_missing` (remark), `use.not_a_shipment` (remark), `use.beside_end_use` (remark), and those of
    `read_lot_data`.
    """
    if "ilmd" in event:
        outputs = (*read.get("output_quantities", ()), *read.get("quantities", ()))
        epcs = (*read.get("output_epcs", ()), *read.get("epcs", ()))
        read["lot_data"] = read_lot_data(event, outputs, epcs, terms, matter)
    keys = terms.keys(event, EVENT_TERMS, "")
    if not keys:
        return
    for name, term in TEXT_TERMS:
        if term in keys:
            read[name] = terms.text(event, keys, term, "")
    for name in _NUMBERED:
        if (read.get(name) or "").isdecimal():
            terms.keep(remark("profile.only_digits", pointer_of(keys[name]), read[name]))
    read["end_user"] = terms.party(event, keys, "endUser", "")
    read["destination_country"] = terms.country(event, keys, "destinationCountry", "")
    read["net_mass_kg"] = terms.number(event, keys, "netMassKilogram", "")
    _read_pool(event, keys, read, terms)
    if "lotData" in keys:
        goods = tuple(one for name in _GOODS for one in read.get(name, ()))
        epcs = tuple(one for name in _EPCS for one in read.get(name, ()))
        observed = read_observed_lots(event, keys["lotData"], goods, epcs, terms, matter)
        read["lot_data"] = (*read.get("lot_data", ()), *observed)
    if "use" in keys:
        read["uses"] = _read_uses(event, keys, read, terms, use_codes)
    elif read.get("end_use"):
        read["uses"] = (_sole_use(read, use_code_of_name),)


def _read_pool(event: Mapping[str, object], keys: Mapping[str, str], read: dict[str, Any], terms: TermReader) -> None:
    read["pool"] = terms.uri(event, keys, "pool", "")
    rule = terms.text(event, keys, "poolRule", "")
    if rule is None:
        return
    where = pointer_of(keys["poolRule"])
    if rule not in POOL_RULES:
        terms.unknown_word(rule, POOL_RULES, where, "poolRule")
        return
    read["pool_rule"] = rule
    if "pool" not in keys and read["kind"] != "TransformationEvent":
        terms.keep(remark("profile.rule_without_pool", where, rule))


def _sole_use(read: Mapping[str, Any], use_code_of_name: Mapping[str, str]) -> DeclaredUse:
    """Return the one use that an end-use text stands for: the code whose English name it is, else `other`."""
    text = read["end_use"]
    code = use_code_of_name.get(text.strip().casefold(), OTHER_USE)
    return DeclaredUse(
        WHOLE,
        code,
        read["end_user"],
        country=read["destination_country"],
        text=text if code == OTHER_USE else None,
    )


def _read_uses(
    event: Mapping[str, object],
    keys: Mapping[str, str],
    read: Mapping[str, Any],
    terms: TermReader,
    use_codes: frozenset[str],
) -> tuple[DeclaredUse, ...]:
    """Return the declared uses of a shipment; their shares sum to at most 1."""
    place = pointer_of(keys["use"])
    if read.get("biz_step") not in SHIPPING_STEPS:
        terms.keep(remark("use.not_a_shipment", place, read.get("biz_step") or "-"))
    if "endUse" in keys:
        terms.keep(remark("use.beside_end_use", pointer_of(keys["endUse"]), event[keys["endUse"]]))
    found = []
    for i, row in enumerate(terms.reader.rows(event, keys["use"])):
        use = _read_use(row, f"{place}/{i}", terms, use_codes)
        if use is not None:
            found.append(use)
    total = sum((use.share for use in found), Decimal(0))
    if total > WHOLE:
        terms.keep(refuse("use.shares_over_one", place, total))
    return tuple(found)


def _read_use(row: object, where: str, terms: TermReader, use_codes: frozenset[str]) -> DeclaredUse | None:
    """Return one declared use; None when it has no share or no code that can be relied on."""
    if type(row) is not dict:
        terms.reader.wrong_type(where, row, "object")
        return None
    terms.reader.names(row, frozenset(), where, has_profile=True)
    keys = terms.keys(row, USE_TERMS, where)
    for name in ("share", "useCode"):
        if name not in keys:
            terms.keep(refuse("field.missing", where, "ree:" + name))
    share = terms.number(row, keys, "share", where, most=WHOLE)
    code = terms.text(row, keys, "useCode", where)
    if code is not None and code not in use_codes:
        terms.unknown_word(code, use_codes, where + pointer_of(keys["useCode"]), "useCode")
        code = None
    basis = terms.text(row, keys, "basis", where)
    if basis is not None and basis not in USE_BASES:
        terms.unknown_word(basis, USE_BASES, where + pointer_of(keys["basis"]), "basis")
    text = terms.text(row, keys, "text", where)
    if code == OTHER_USE and text is None:
        terms.keep(remark("use.text_missing", where, code))
    end_user = terms.party(row, keys, "endUser", where)
    product, model = terms.text(row, keys, "product", where), terms.text(row, keys, "model", where)
    country = terms.country(row, keys, "country", where)
    if share is None or code is None:
        return None
    return DeclaredUse(share, code, end_user, product, model, country, basis, text)

"""What cannot be true of the part `casework` of a procedure, and of its kinds of licence, whose shape is right.

A card may count risks alone, its bounds rise with its tiers, and who approves stands once for each approval. A state
that is no phase is refused as one that no step reaches is: no case of the office would ever come to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ytterby.law.casework_fact import CASE_FACTS, FACT_WORDS, FactShape, Op, ops_of
from ytterby.law.casework_rule import ELEMENTS, Phase, ReasonKind
from ytterby.law.licence_kind import REPORT_AFTER, REPORTS, Measure
from ytterby.law.shape import twice
from ytterby.matter.element import ELEMENTS as SYMBOLS
from ytterby.terms.problem import Problem, pointer, refuse

Json = Mapping[str, Any]
_HERE = "procedure"
_CASEWORK = pointer(_HERE, "casework")
_FACTOR, _WORKING_DAY = "factor", "working_day"
_MASS, _PIECES = "KGM", "H87"
_MEASURED_IN = {Measure.ELEMENT_MASS: _MASS, Measure.PRODUCT_MASS: _MASS, Measure.PIECES: _PIECES}
_CURRENCY_LETTERS = 3


def casework_problems(procedure: Json) -> list[Problem]:
    """Return everything that a procedure says wrongly of casework or of kinds of licence, or against itself."""
    casework = procedure.get("casework")
    found = [problem for where, row in _kinds(procedure) for problem in _kind_problems(procedure, row, where)]
    if casework is None:
        return found
    return [
        *found,
        *_phases(procedure, casework),
        *_tiers(procedure, casework),
        *_card(casework),
        *_reasons(procedure, casework),
        *_appeal(procedure, casework),
        *_amendment(procedure, casework),
        *_customs(procedure, casework),
        *(
            problem
            for kind, name in casework.get("retention", {}).items()
            for problem in _known(name, _ids(procedure, "records"), _CASEWORK + pointer("retention", kind))
        ),
    ]


def _ids(procedure: Json, section: str) -> list[str]:
    return [row["id"] for row in procedure.get(section, ())]


def _kinds(procedure: Json) -> Iterator[tuple[str, Json]]:
    for place, row in enumerate(procedure.get("licence_kinds", ())):
        yield pointer(_HERE, "licence_kinds", place), row


def _known(name: str, names: Sequence[str], where: str) -> Iterator[Problem]:
    if name not in names:
        yield refuse("pack.unknown_reference", where, name, known=", ".join(sorted(names)))


def _all_known(named: Sequence[str], names: Sequence[str], where: str) -> Iterator[Problem]:
    for place, name in enumerate(named):
        yield from _known(name, names, where + pointer(place))
    yield from twice((where + pointer(place), name) for place, name in enumerate(named))


# Phases


def _phases(procedure: Json, casework: Json) -> Iterator[Problem]:
    states, here = _ids(procedure, "states"), _CASEWORK + pointer("phases")
    said = casework["phases"]
    for phase, state in said.items():
        yield from _known(state, states, here + pointer(phase))
    yield from twice((here + pointer(phase), state) for phase, state in said.items())
    if Phase.REVIEW not in said:
        yield refuse("pack.missing_field", here, Phase.REVIEW.value, name=Phase.REVIEW.value)
    for place, state in enumerate(states):
        if state not in said.values():
            yield refuse("casework.state_without_phase", pointer(_HERE, "states", place), state)


# Tiers and the card


def _tiers(procedure: Json, casework: Json) -> Iterator[Problem]:
    bodies, here = _ids(procedure, "bodies"), _CASEWORK + pointer("tiers")
    yield from twice((here + pointer(place, "id"), row["id"]) for place, row in enumerate(casework["tiers"]))
    for place, row in enumerate(casework["tiers"]):
        where = here + pointer(place)
        named, approvals, is_automatic = row.get("bodies", ()), row["approvals"], row.get("is_automatic", False)
        for number, name in enumerate(named):
            yield from _known(name, bodies, where + pointer("bodies", number))
        yield from _all_known(row.get("departments", ()), bodies, where + pointer("departments"))
        if named and len(named) != approvals:
            yield refuse("casework.approvals", where + pointer("bodies"), approvals, bodies=len(named))
        # Without anybody who approves only the register itself could decide, and what it decides is looked at again.
        if not approvals and not is_automatic:
            yield refuse("pack.contradiction", where + pointer("approvals"), approvals, what="is_automatic")
        if is_automatic and not Decimal(row.get("audit_share", "0")):
            yield refuse("casework.no_audit", where + pointer("audit_share"), row.get("audit_share", "0"))
        if is_automatic and place + 1 == len(casework["tiers"]):
            yield refuse("casework.all_automatic", where + pointer("is_automatic"), row["id"])


def _card(casework: Json) -> Iterator[Problem]:
    tiers, card = [row["id"] for row in casework["tiers"]], casework.get("score_card")
    here = _CASEWORK + pointer("score_card")
    if card is None:
        if len(tiers) > 1:
            yield refuse("casework.no_card", _CASEWORK + pointer("tiers"), ", ".join(tiers))
        return
    for section in ("rows", "hard_rules"):
        rows = card.get(section, ())
        yield from twice((here + pointer(section, place, "id"), row["id"]) for place, row in enumerate(rows))
        for place, row in enumerate(rows):
            yield from test_problems(row["when"], here + pointer(section, place, "when"), is_risk=True)
    for place, row in enumerate(card.get("hard_rules", ())):
        yield from _known(row["at_least"], tiers, here + pointer("hard_rules", place, "at_least"))
    for place, row in enumerate(card["rows"]):
        if row.get("unknown", 0) > row["points"]:
            yield refuse("pack.contradiction", here + pointer("rows", place, "unknown"), row["unknown"], what="points")
    yield from _bounds(card["bounds"], tiers, here + pointer("bounds"))


def _bounds(bounds: Mapping[str, int], tiers: Sequence[str], here: str) -> Iterator[Problem]:
    """Yield bounds of no tier, tiers but the lightest without one, and bounds that do not rise with the tiers."""
    heavier = tiers[1:]
    for tier in bounds:
        yield from _known(tier, heavier, here + pointer(tier))
    last = 0
    for tier in heavier:
        if tier not in bounds:
            yield refuse("pack.missing_field", here, tier, name=tier)
        elif bounds[tier] <= last:
            yield refuse("casework.bounds", here + pointer(tier), bounds[tier], before=last)
        else:
            last = bounds[tier]


def test_problems(test: Json, where: str, *, is_risk: bool) -> Iterator[Problem]:
    """Yield what is wrong with a question to a fact: how it is asked, with what, and whether it is a risk at all."""
    fact, op = test["fact"], test["op"]
    allowed = ops_of(fact, is_risk=is_risk)
    if op not in allowed:
        yield refuse("casework.op", where + pointer("op"), op, fact=fact, allowed=", ".join(allowed))
        return
    is_amount = CASE_FACTS[fact].shape is FactShape.AMOUNT
    needed = {"values"} if op in {Op.ANY_OF, Op.NONE_OF} else set()
    needed |= {"figure"} if op in {Op.AT_LEAST, Op.BELOW} else set()
    needed |= {"unit"} if is_amount else set()
    for name in sorted(needed - test.keys()):
        yield refuse("pack.missing_field", where, name, name=name)
    for name in sorted(test.keys() - needed - {"fact", "op"}):
        yield refuse("pack.unknown_field", where + pointer(name), name, allowed=", ".join(sorted(needed)) or "-")
    words = SYMBOLS if fact == "elements" else FACT_WORDS.get(fact)
    for place, value in enumerate(test.get("values", ())):
        if words is not None and value not in words:
            yield refuse("pack.choice", where + pointer("values", place), value, allowed=", ".join(words))


# Reasons, appeal, amendment, customs


def _reasons(procedure: Json, casework: Json) -> Iterator[Problem]:
    """Yield reasons that stand twice, and refusals that weigh none of the factors which the procedure names."""
    here, rows = _CASEWORK + pointer("coded_reasons"), casework.get("coded_reasons", ())
    factors = [row["id"] for row in procedure.get("provisions", ()) if row["kind"] == _FACTOR]
    yield from twice((here + pointer(place, "id"), row["id"]) for place, row in enumerate(rows))
    for place, row in enumerate(rows):
        if "factor" in row:
            yield from _known(row["factor"], factors, here + pointer(place, "factor"))
        elif factors and row["kind"] == ReasonKind.REFUSAL:
            yield refuse("pack.missing_field", here + pointer(place), "factor", name="factor")
    given = {row["kind"] for row in rows}
    if Phase.REFUSED in casework["phases"] and ReasonKind.REFUSAL not in given:
        yield refuse("casework.no_reason", here, ReasonKind.REFUSAL.value)


def _coded(casework: Json, kind: ReasonKind) -> list[str]:
    return [row["id"] for row in casework.get("coded_reasons", ()) if row["kind"] == kind]


def _appeal(procedure: Json, casework: Json) -> Iterator[Problem]:
    row, here = casework.get("appeal"), _CASEWORK + pointer("appeal")
    if row is None:
        return
    yield from _known(row["to"], _ids(procedure, "bodies"), here + pointer("to"))
    yield from _all_known(row["grounds"], _coded(casework, ReasonKind.APPEAL_GROUND), here + pointer("grounds"))
    yield from _counted(row, here)


def _counted(row: Json, where: str) -> Iterator[Problem]:
    if row["within"]["unit"] == _WORKING_DAY and "calendar" not in row:
        yield refuse("procedure.no_calendar", where, row.get("id", row["within"]["unit"]))


def _amendment(procedure: Json, casework: Json) -> Iterator[Problem]:
    row, here = casework.get("amendment"), _CASEWORK + pointer("amendment")
    if row is None:
        return
    if "clock" in row:
        yield from _known(row["clock"], _ids(procedure, "clocks"), here + pointer("clock"))
    yield from _all_known(row["key"], ELEMENTS, here + pointer("key"))
    yield from _all_known(row["amendable"], ELEMENTS, here + pointer("amendable"))
    for name in sorted(set(row["key"]) & set(row["amendable"])):
        yield refuse("pack.contradiction", here + pointer("amendable"), name, what="key, amendable")


def _customs(procedure: Json, casework: Json) -> Iterator[Problem]:
    row, here = casework.get("customs"), _CASEWORK + pointer("customs")
    if row is None:
        return
    yield from _known(row["body"], _ids(procedure, "bodies"), here + pointer("body"))
    adapter, inside = row["adapter"], here + pointer("adapter")
    units = adapter["units"].items()
    if not units:
        yield refuse("pack.kind", inside + pointer("units"), "{}", wanted="at least one unit")
    yield from twice((inside + pointer("units", code, "word"), unit["word"]) for code, unit in units)
    for letter, spelled in adapter.get("transliteration", {}).items():
        if not set(spelled) <= set(adapter["characters"]):
            yield refuse("pack.contradiction", inside + pointer("transliteration", letter), spelled, what="characters")


# Kinds of licence


def _kind_problems(procedure: Json, kind: Json, where: str) -> Iterator[Problem]:
    bodies, provisions = _ids(procedure, "bodies"), _ids(procedure, "provisions")
    holder = kind.get("holder", {})
    yield from _all_known(holder.get("bodies", ()), bodies, where + pointer("holder", "bodies"))
    yield from _all_known(holder.get("barred_by", ()), provisions, where + pointer("holder", "barred_by"))
    for section in ("ceilings", "eligibility", "reports"):
        rows = kind.get(section, ())
        yield from twice((where + pointer(section, place, "id"), row["id"]) for place, row in enumerate(rows))
    for place, row in enumerate(kind.get("ceilings", ())):
        yield from _ceiling(row, where + pointer("ceilings", place))
    for place, row in enumerate(kind.get("eligibility", ())):
        for number, test in enumerate(row["any_of"]):
            yield from test_problems(test, where + pointer("eligibility", place, "any_of", number), is_risk=False)
    causes = _coded(procedure.get("casework", {}), ReasonKind.REVOCATION)
    yield from _all_known(kind.get("revocation_causes", ()), causes, where + pointer("revocation_causes"))
    yield from _reports(kind.get("reports", ()), bodies, where + pointer("reports"))


def _ceiling(row: Json, where: str) -> Iterator[Problem]:
    measure, unit = row["measure"], row["unit"]
    wanted = _MEASURED_IN.get(measure)
    if wanted is not None and unit != wanted:
        yield refuse("pack.choice", where + pointer("unit"), unit, allowed=wanted)
    # A currency has three letters, none of which makes it a unit of mass or pieces.
    if wanted is None and (not unit.isalpha() or len(unit) != _CURRENCY_LETTERS or unit in {_MASS, _PIECES}):
        yield refuse("pack.kind", where + pointer("unit"), unit, wanted="a currency of three letters")
    if "element" in row and measure != Measure.ELEMENT_MASS:
        yield refuse("pack.contradiction", where + pointer("element"), row["element"], what=f"measure {measure}")
    elif "element" in row and row["element"] not in SYMBOLS:
        yield refuse("pack.unknown_element", where + pointer("element"), row["element"])


def _reports(rows: Sequence[Json], bodies: Sequence[str], here: str) -> Iterator[Problem]:
    """Yield reports by nobody, and those that count from one which comes later or is not asked for."""
    asked = {row["id"] for row in rows}
    for place, row in enumerate(rows):
        where = here + pointer(place)
        yield from _known(row["by"], bodies, where + pointer("by"))
        yield from _counted(row, where)
        order = REPORT_AFTER.index(row["after"])
        if order > REPORTS.index(row["id"]) or (order and row["after"] not in asked):
            yield refuse("pack.contradiction", where + pointer("after"), row["after"], what=row["id"])

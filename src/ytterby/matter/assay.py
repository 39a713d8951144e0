"""Assays: how much of an element a kilogram of a lot holds, and what cannot be true of one."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from ytterby.matter.element import POSITION
from ytterby.matter.oxide import reo_percent as reo_percent_of
from ytterby.terms.problem import Problem, refuse

if TYPE_CHECKING:
    from ytterby.matter.tables import MatterTables

WHOLE = Decimal(1_000_000)  # mg in a kg
# A declared REO content and the assay beside it may differ by this many percent points (rounding).
REO_TOLERANCE = Decimal("0.1")
COVERAGE = 3  # standard uncertainties


class Assay(msgspec.Struct, frozen=True, array_like=True):
    """One element of one lot, mg/kg of net mass as element, standard uncertainty (k = 1) in the same unit.

    `systematic_uncertainty` is the part of it that all assays of one laboratory, method, form, epoch and element share.
    """

    element: str
    milligram_per_kilogram: Decimal
    standard_uncertainty: Decimal | None = None
    method: str | None = None
    laboratory: str | None = None
    basis: str = "element"
    epoch: str | None = None
    systematic_uncertainty: Decimal | None = None


def check_assays(
    assays: Sequence[Assay],
    reo_percent: Decimal | None,
    form: str | None,
    tables: "MatterTables",
    pointer: str = "",
) -> list[Problem]:
    """Return all that cannot be true of a lot's assay: unknown or repeated elements, negative contents, more than a
    whole, more element than the form can hold, a REO content that the assay does not bear out.

    `pointer` leads to the lot's data; assays are looked for in its `ree:assay`.
    """
    problems = []
    seen: set[str] = set()
    for number, assay in enumerate(assays):
        at = f"{pointer}/ree:assay/{number}"
        problems += _check_one(assay, form, tables, at, is_repeated=assay.element in seen)
        seen.add(assay.element)
    total = sum((a.milligram_per_kilogram for a in assays), Decimal(0))
    if total > WHOLE:
        problems.append(refuse("assay.over_whole", f"{pointer}/ree:assay", total, limit=WHOLE))
    if not problems and assays and reo_percent is not None:
        problems += _check_reo(assays, reo_percent, tables, pointer)
    return problems


def _check_one(assay: Assay, form: str | None, tables: "MatterTables", at: str, *, is_repeated: bool) -> list[Problem]:
    if assay.element not in POSITION:
        return [refuse("assay.unknown_element", f"{at}/ree:element", assay.element, known=" ".join(POSITION))]
    problems = []
    if is_repeated:
        problems.append(refuse("assay.element_twice", f"{at}/ree:element", assay.element))
    amount, u = assay.milligram_per_kilogram, assay.standard_uncertainty
    if amount < 0:
        problems.append(refuse("assay.negative", f"{at}/ree:milligramPerKilogram", amount, element=assay.element))
    if u is not None and u < 0:
        problems.append(refuse("assay.negative_uncertainty", f"{at}/ree:standardUncertainty", u))
    problems += _check_systematic(assay, at)
    limit = _limit(assay.element, form, tables)
    if limit is not None and amount > limit + COVERAGE * max(u or Decimal(0), Decimal(0)):
        place = f"{at}/ree:milligramPerKilogram"
        facts = {"element": assay.element, "form": form or "", "limit": format(limit, ".1f")}
        problems.append(refuse("assay.over_stoichiometry", place, amount, **facts))
    return problems


def _check_systematic(assay: Assay, at: str) -> list[Problem]:
    """The shared part of an uncertainty is a part of a stated one: not below zero and not above the whole."""
    part, whole = assay.systematic_uncertainty, assay.standard_uncertainty
    place = f"{at}/ree:systematicUncertainty"
    if part is None:
        return []
    if part < 0:
        return [refuse("assay.negative_uncertainty", place, part)]
    if whole is None or part > whole:
        return [refuse("assay.systematic_over_whole", place, part, whole="-" if whole is None else str(whole))]
    return []


def _limit(element: str, form: str | None, tables: "MatterTables") -> Decimal | None:
    """Return the most mg/kg of an element that a form can hold; None where the form says nothing."""
    known = tables.forms.get(form or "")
    if known is None or known.limit != "oxide":
        return None
    factor = tables.factors.get(element)
    return None if factor is None else factor * WHOLE


def _check_reo(assays: Sequence[Assay], declared: Decimal, tables: "MatterTables", pointer: str) -> list[Problem]:
    computed = reo_percent_of(((a.element, a.milligram_per_kilogram) for a in assays), tables.factors)
    if computed is None or abs(computed - declared) <= REO_TOLERANCE:
        return []
    facts: Mapping[str, str] = {"computed": format(computed, ".3f")}
    return [refuse("assay.reo_disagrees", f"{pointer}/ree:reoPercent", declared, **facts)]

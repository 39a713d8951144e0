"""Vectors of the kind `casework` of `ytterby conform`: clocks of cases, draw-down, advice, approvals.

What computes is imported when a vector is run: every command loads this module. Quantities of the draw-down are texts
of exact decimals, and agree when their decimals are equal, however they are written.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

Json = dict[str, Any]
Compute = Callable[[Json], Any]
QUANTITIES = frozenset({"drawn", "free", "reserved", "unlicensed"})


def is_casework_vector(document: Any) -> bool:
    """Tell whether a document is a vector of casework: any of its keys, each a list of cases."""
    if not isinstance(document, dict):
        return False
    held = [document[key] for key in PREPARED if key in document]
    return bool(held) and all(isinstance(one, list) and all(isinstance(c, dict) for c in one) for one in held)


def run_casework(document: Json) -> Json:
    """Return for each key its cases in order: name, and what was computed.

    Raises:
        ValueError, TypeError, KeyError: a case that cannot be read.
    """
    return {
        key: [{"name": case.get("name"), "computed": answer} for case, answer in zip(cases, answers, strict=True)]
        for key, cases, answers in (
            (key, document[key], map(prepare(), document[key])) for key, prepare in PREPARED.items() if key in document
        )
    }


def expected_of_casework(document: Json) -> Json:
    """Return what the cases expect."""
    return {
        key: [
            {"name": case.get("name")} | ({"computed": _plain(key, case["expect"])} if "expect" in case else {})
            for case in document[key]
        ]
        for key in PREPARED
        if any("expect" in case for case in document.get(key, ()))
    }


def _plain(key: str, expected: Any) -> Any:
    """Return what a case expects, its quantities written as the ledger writes them; what is no quantity stays."""
    if key != "drawdown" or not isinstance(expected, dict):
        return expected
    from ytterby.licence.draw_down_vector import plain, quantity_of

    found = dict(expected)
    for name in QUANTITIES & found.keys():
        with suppress(ValueError, TypeError):
            found[name] = plain(quantity_of(found[name]))
    return found


def _sla() -> Compute:
    from ytterby.law.clock_vector import compute_sla
    from ytterby.shell.site.calendars import clock_rules, zone_of

    rule = clock_rules()["conform"]
    return lambda case: compute_sla(case, rule, zone_of)


def _drawdown() -> Compute:
    from ytterby.licence.draw_down_vector import outcome_of

    return outcome_of


def _combine() -> Compute:
    from ytterby.licence.casework_vector import compute_combine

    return compute_combine


def _approve() -> Compute:
    from ytterby.licence.casework_vector import compute_approve

    return compute_approve


PREPARED: dict[str, Callable[[], Compute]] = {
    "sla": _sla,
    "drawdown": _drawdown,
    "combine": _combine,
    "approve": _approve,
}

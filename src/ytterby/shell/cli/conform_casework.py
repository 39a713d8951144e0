"""Vectors of the kind `casework` of `ytterby conform`: the clock of a case, what advice comes to, who may approve.

What computes is imported when a vector is run: every command loads this module. Of a key that nobody computes nothing
is said to agree: it is told.
"""

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Compute = Callable[[Json], Any]
KEYS = ("sla", "drawdown", "combine", "approve")


def is_casework_vector(document: Any) -> bool:
    """Tell whether a document is a vector of casework: any of its keys, each a list of cases."""
    if not isinstance(document, dict):
        return False
    held = [document[key] for key in KEYS if key in document]
    return bool(held) and all(isinstance(one, list) and all(isinstance(c, dict) for c in one) for one in held)


def run_casework(document: Json) -> Json:
    """Return for each key that is computed its cases in order: name, and what was computed.

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
    """Return what the cases of the keys that are computed expect."""
    return {
        key: [
            {"name": case.get("name")} | ({"computed": case["expect"]} if "expect" in case else {})
            for case in document[key]
        ]
        for key in PREPARED
        if any("expect" in case for case in document.get(key, ()))
    }


def not_built(document: Json) -> list[str]:
    """Return the keys of a file of which nothing is computed."""
    return [key for key in KEYS if key in document and key not in PREPARED]


def _sla() -> Compute:
    from ytterby.law.clock_vector import compute_sla
    from ytterby.shell.site.calendars import clock_rules, zone_of

    rule = clock_rules()["conform"]
    return lambda case: compute_sla(case, rule, zone_of)


def _combine() -> Compute:
    from ytterby.licence.casework_vector import compute_combine

    return compute_combine


def _approve() -> Compute:
    from ytterby.licence.casework_vector import compute_approve

    return compute_approve


PREPARED: dict[str, Callable[[], Compute]] = {"sla": _sla, "combine": _combine, "approve": _approve}

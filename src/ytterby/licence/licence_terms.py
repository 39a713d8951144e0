"""What a licence takes over from the pack by which it is issued, so that its ledger needs nothing beside it.

Source: docs/packs.md, "Procedures"; sections 1 and 2 of the issue on the licence office.
"""

from typing import Any

from ytterby.law.casework_rule import CaseworkRules, Check
from ytterby.law.licence_kind import SEVERAL, DoneWhen, LicenceKind
from ytterby.licence.ceiling_terms import terms_of


def licence_terms(kind: LicenceKind | None, rules: CaseworkRules | None) -> dict[str, Any]:
    """Return the fields of `Licence` that the pack decides: exports, what ends it, tolerance, what restores it, whether
    customs must have acknowledged it, how old lists may be at a draw, its ceilings.

    Where a procedure knows no kinds of licence it lets out many exports, and is ended by its last day alone. Lists are
    asked for at a draw where screening blocks; where it does not, nothing is checked, and the decision says so.
    """
    customs = None if rules is None else rules.customs
    is_screened = rules is not None and rules.blocks(Check.SCREENING) and customs is not None
    return {
        "exports": SEVERAL if kind is None else kind.exports,
        "done_when": (DoneWhen.NEVER if kind is None else kind.done_when).value,
        "tolerance": "0" if kind is None else f"{kind.tolerance:f}",
        "counting_unit": "" if kind is None else kind.counting_unit,
        "ceilings": terms_of(kind),
        "restores": () if kind is None else kind.restores,
        "needs_acknowledgement": customs is not None,
        "list_hours": customs.list_age_hours if is_screened and customs is not None else None,
    }

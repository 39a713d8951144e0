"""Vectors of the kind `casework`, keys `combine` and `approve`: what advice comes to, and who may approve.

Contract: vectors/README.md of this project. What a case holds beyond its own keys is passed over.
"""

from collections.abc import Mapping
from typing import Any

from ytterby.licence.advice import combine
from ytterby.licence.approval import Approval, ApprovalVerdict, Draft, may_approve

Json = Mapping[str, Any]


def compute_combine(case: Json) -> str:
    """Return the word that the advice of a case comes to.

    Raises:
        ValueError, TypeError, KeyError: a case that cannot be read.
    """
    return combine(str(one["verdict"]) for one in case["advice"])


def compute_approve(case: Json) -> str:
    """Return "" where the user of a case may approve, or why not.

    Raises:
        ValueError, TypeError, KeyError: a case that cannot be read.
    """
    order = case["order"]
    if not isinstance(order, int) or isinstance(order, bool):
        raise TypeError(f"the order {order!r} is no whole number")
    return may_approve(str(case["user"]), order, _draft(case["draft"]))


def _draft(draft: Json) -> Draft:
    return Draft(
        author=str(draft["author"]),
        digest=str(draft["digest"]),
        tier=str(draft["tier"]),
        assessors=tuple(map(str, draft.get("assessors", ()))),
        approvals=tuple(
            Approval(str(one["by"]), int(one["order"]), str(one["digest"]), ApprovalVerdict(one["verdict"]))
            for one in draft.get("approvals", ())
        ),
        applicant_users=tuple(map(str, draft.get("applicant_users", ()))),
    )

"""Who may approve a draft decision, and what the approvals of it come to.

An approval is of one draft, told by its digest: any change of the draft makes another digest, and the approvals of the
old one stay on record and count no more (I7). The n-th approval is by somebody who is neither the draft's author, nor
of the applicant's side, nor among those who approved it already, nor, in the tier of high risk, among its assessors
(I6).

Sources: vectors/README.md of this project (casework, approve); casework page of this project, sections 0.3, 2.5 and 5.2
(I6, I7); threats D.
"""

from collections.abc import Collection
from enum import StrEnum

import msgspec

HIGH = "H"


class ApprovalVerdict(StrEnum):
    """What somebody who is asked to approve says."""

    APPROVE = "approve"
    REJECT = "reject"


class Approval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one account said of a draft: `order` counts from 1, `digest` is of the draft that was signed."""

    by: str
    order: int
    digest: str
    verdict: ApprovalVerdict


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A draft as far as it concerns who may approve it. Persons are accounts; approvals of any digest are held."""

    author: str
    digest: str
    tier: str
    assessors: tuple[str, ...] = ()
    approvals: tuple[Approval, ...] = ()
    applicant_users: tuple[str, ...] = ()

    @property
    def counted(self) -> tuple[Approval, ...]:
        """The approvals of the draft as it is now."""
        return tuple(one for one in self.approvals if one.digest == self.digest)


def may_approve(user: str, order: int, draft: Draft) -> str:
    """Return "" where somebody may give an approval of an order, or the first reason why not.

    Reasons, in this order: `author`, `assessor`, `applicant`, `already_signed`, `order`.
    """
    if user == draft.author:
        return "author"
    if draft.tier == HIGH and user in draft.assessors:
        return "assessor"
    if user in draft.applicant_users:
        return "applicant"
    if any(one.by == user for one in draft.counted):
        return "already_signed"
    return "" if order == 1 or (order - 1) in approved_orders(draft) else "order"


def approved_orders(draft: Draft) -> Collection[int]:
    """Return the orders in which the draft as it is now was approved."""
    return frozenset(one.order for one in draft.counted if one.verdict is ApprovalVerdict.APPROVE)


def is_rejected(draft: Draft) -> bool:
    """Tell whether somebody rejected the draft as it is now: it needs to be drafted anew, whoever approves it else."""
    return any(one.verdict is ApprovalVerdict.REJECT for one in draft.counted)


def next_order(draft: Draft, needed: int) -> int | None:
    """Return the order of the approval that a draft waits for; None where it has all that it needs, or is rejected."""
    if is_rejected(draft):
        return None
    given = approved_orders(draft)
    return next((order for order in range(1, needed + 1) if order not in given), None)


def is_approved(draft: Draft, needed: int) -> bool:
    """Tell whether a draft has every approval that its tier asks for, and no rejection."""
    return not is_rejected(draft) and next_order(draft, needed) is None

"""Approvals: vectors of the project and our own, digests, forged rows, and every branch turned round."""

import json
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licence.flipped_branches import unnoticed
from ytterby.licence import approval as shipped
from ytterby.licence.approval import Approval, ApprovalVerdict, Draft, approved_orders, is_approved, may_approve

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
CASES = [
    case
    for name in ("casework.json", "casework_approve.json")
    for case in json.loads((VECTORS / name).read_text(encoding="utf-8"))["approve"]
]
PEOPLE = ("author", "assessor", "applicant", "u1", "u2", "u3")
steps = st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(1, 4), st.sampled_from(ApprovalVerdict)), max_size=12)


def draft(tier: str = "S", *approvals: tuple[str, int, str, str], digest: str = "X", module: ModuleType = shipped):
    held = [module.Approval(by, order, of, module.ApprovalVerdict(verdict)) for by, order, of, verdict in approvals]
    return module.Draft("author", digest, tier, ("assessor",), tuple(held), ("applicant",))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_who_may_approve(case):
    assert may_approve(case["user"], case["order"], msgspec.convert(case["draft"], Draft)) == case["expect"]


@given(st.sampled_from(("G", "S", "H")), steps)
def test_whatever_is_tried_the_orders_given_are_by_as_many_persons_none_of_them_barred(tier, tried):
    """I6: whoever tries what in which order, only what may_approve lets pass is on the draft."""
    now = draft(tier)
    for user, order, verdict in tried:
        if not may_approve(user, order, now):
            one = Approval(user, order, now.digest, verdict)
            now = msgspec.structs.replace(now, approvals=(*now.approvals, one))
    people = [one.by for one in now.approvals]
    assert len(set(people)) == len(people)
    assert not {"author", "applicant"} & set(people)
    assert tier != "H" or "assessor" not in people
    assert approved_orders(now) == set(range(1, len(approved_orders(now)) + 1))


@given(steps)
def test_a_changed_draft_has_no_approval(tried):
    """I7: every approval is of a digest, whoever gave it."""
    held = [(user, order, "X", verdict) for user, order, verdict in tried]
    changed = draft("S", *held, digest="Y")
    assert not changed.counted
    assert not is_approved(changed, 1)
    assert may_approve("u1", 1, changed) == ""


def check_semantics(module: ModuleType) -> None:
    for case in CASES:
        read = msgspec.convert(case["draft"], module.Draft)
        assert module.may_approve(case["user"], case["order"], read) == case["expect"], case["name"]
    first, second = ("u1", 1, "X", "approve"), ("u2", 2, "X", "approve")
    for approvals, needed, waits_for in (
        ((), 0, None), ((), 1, 1), ((first,), 1, None), ((first,), 2, 2), ((first, second), 2, None),
        ((("u1", 1, "W", "approve"),), 1, 1), ((second,), 2, 1),
    ):  # fmt: skip
        one = draft("S", *approvals, module=module)
        assert module.next_order(one, needed) == waits_for
        assert module.is_approved(one, needed) is (waits_for is None)
        assert not module.is_rejected(one)
    # A rejection of this digest holds, even beside an approval of the same order; one of another digest is past.
    for reject in (("u3", 1, "X", "reject"), ("u3", 2, "X", "reject")):
        one = draft("S", first, second, reject, module=module)
        assert module.is_rejected(one)
        assert module.next_order(one, 3) is None
        assert not module.is_approved(one, 2)
    old = draft("S", first, ("u3", 1, "W", "reject"), module=module)
    assert not module.is_rejected(old)
    assert module.is_approved(old, 1)
    # There is no order before the first.
    assert module.may_approve("u1", 0, draft("S", module=module)) == "order"
    assert module.may_approve("u1", -1, draft("S", module=module)) == "order"


def test_every_branch_turned_round_is_noticed():
    assert unnoticed(shipped, check_semantics) == []

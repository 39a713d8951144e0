"""The audit of what no person decided: nobody can steer it, every tier is in it, and what was found is looked at."""

from decimal import Decimal
from types import ModuleType

from hypothesis import given
from hypothesis import strategies as st

from licence.case_card import refuses
from licence.flipped_branches import unnoticed
from ytterby.licence import audit_sample as shipped
from ytterby.licence.audit_sample import AutomaticDecision, Why, audit_sample
from ytterby.screening.suppressed_sample import sample_of

SEED, SHARE = b"s" * 32, {"G": Decimal("0.05")}


def drawn(decided, seed=SEED, month="2026-11", shares=SHARE):
    return audit_sample(decided, month=month, seed=seed, shares=shares)


def test_of_two_thousand_about_a_twentieth_is_drawn_and_anybody_can_draw_it_again():
    decided = [AutomaticDecision(f"C-{n}", "G") for n in range(2000)]
    found = drawn(decided)
    assert 60 < len(found) < 140  # 100 expected, four standard deviations to each side
    assert {one.why for one in found} == {Why.DRAWN}
    assert found == drawn(decided[::-1])
    assert found != drawn(decided, seed=b"t" * 32)
    assert found != drawn(decided, month="2026-12")


def test_the_seed_of_another_sample_tells_nothing_of_this_one():
    """One who knows which hits of a month were drawn does not know which decisions will be."""
    numbers = [f"C-{n}" for n in range(400)]
    hits = sample_of(numbers, month="2026-11", seed=SEED, share=SHARE["G"])
    assert {one.case for one in drawn([AutomaticDecision(n, "G") for n in numbers])} != set(hits)


@given(st.sets(st.integers(0, 200), min_size=1), st.sets(st.integers(0, 200)))
def test_a_finding_takes_no_place_of_the_sample(cases, found):
    decided = [AutomaticDecision(str(n), "G", has_finding=n in found) for n in cases]
    sample = {one.case for one in drawn([one._replace(has_finding=False) for one in decided])}
    looked = drawn(decided)
    assert {one.case for one in looked if one.why is Why.DRAWN} == sample
    assert {one.case for one in looked} == sample | {str(n) for n in cases & found}


def check_semantics(module: ModuleType) -> None:
    one = module.AutomaticDecision
    light, other = one("a", "light"), one("b", "other", has_finding=True)

    def looked(decided, **shares):
        told = {name: Decimal(share) for name, share in shares.items()}
        found = module.audit_sample(decided, month="2026-11", seed=SEED, shares=told)
        return [(each.case, each.why.value) for each in found]

    # At least one of each tier, however small its share.
    assert looked([light, other], light="0.0001", other="1") == [("a", "drawn"), ("b", "drawn")]
    many = [one(str(n), "light", has_finding=n == 3) for n in range(9)]
    found = dict(looked(many, light="0.0001"))
    assert len(found) == 2
    assert found["3"] == "found"
    assert looked([], light="1") == []
    # A tier without a share would lie outside of the audit.
    for shares in ({}, {"light": "0"}, {"light": "1.1"}, {"light": "-1"}):
        told = {name: Decimal(share) for name, share in shares.items()}
        assert refuses(module.audit_sample, [light], month="2026-11", seed=SEED, shares=told), shares
    assert refuses(module.audit_sample, [light], month="2026-11", seed=b"", shares={"light": Decimal(1)})


def test_the_audit_means_what_it_says():
    check_semantics(shipped)
    assert unnoticed(shipped, check_semantics) == []

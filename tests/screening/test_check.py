"""`check` fails closed, and suppresses what people cleared and nothing else (threat D6)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.screening.check import Answer, Gap, ListStanding, Screening, check
from ytterby.screening.disposition import Disposition, Opinion, Verdict
from ytterby.screening.entry import EntrySchema
from ytterby.screening.hit import Band, Ground, Hit, hit_number
from ytterby.screening.screened_party import ScreenedParty, party_digest
from ytterby.screening.suppressed_sample import sample_of

ON = date(2026, 3, 2)
PARTY = ScreenedParty("p", EntrySchema.ORGANIZATION, ("Example Works", "示例厂"), ("CN",), (("tax", "7"),))
LISTS = (ListStanding("control", "s1", is_stale=False), ListStanding("own", "s2", is_stale=False))
HIT = Hit(
    "p", party_digest(PARTY), "control", "e1", "d" * 64, Ground.NAME, Band.ALERT, 0.9, "Example Works", "Exampel Works"
)
SCREENED = {"p": Screening(party_digest(PARTY), {"control": "s1", "own": "s2"}, 1, ())}


def answer(**changes):
    given = {"parties": [PARTY], "lists": LISTS, "screened": SCREENED, "dispositions": {}, "on": ON, "hours_most": 24}
    given |= changes
    return check(given.pop("parties"), given.pop("lists"), given.pop("screened"), given.pop("dispositions"), **given)


def with_hits(*hits):
    return {"p": replace(SCREENED["p"], hits=hits)}


def cleared(until=ON):
    return Disposition(tuple(Opinion(Verdict.NO_MATCH, "other_name", "t", by, ON, until=until) for by in "ab"))


def test_a_party_that_nothing_hit_passes():
    assert answer().answer is Answer.PASSED


def test_what_hit_is_an_alert_until_two_people_cleared_it():
    assert answer(screened=with_hits(HIT)).alerts == (HIT,)
    found = answer(screened=with_hits(HIT), dispositions={HIT.number: cleared()})
    assert (found.answer, found.suppressed) == (Answer.PASSED, (HIT,))
    assert answer(screened=with_hits(HIT), dispositions={HIT.number: cleared()}, on=ON + timedelta(1)).alerts == (HIT,)


@pytest.mark.parametrize("side", ["party_digest", "entry_digest"])
def test_a_clearance_is_void_as_soon_as_either_side_changes(side):
    changed = replace(HIT, **{side: "e" * 64})
    assert answer(screened=with_hits(changed), dispositions={HIT.number: cleared()}).alerts == (changed,)


@pytest.mark.parametrize(
    ("changes", "gap"),
    [
        ({"parties": []}, Gap.NO_PARTIES),
        ({"lists": ()}, Gap.NO_LISTS),
        ({"lists": (replace(LISTS[0], snapshot=None), LISTS[1])}, Gap.LIST_MISSING),
        ({"lists": (replace(LISTS[0], is_stale=True), LISTS[1])}, Gap.LIST_STALE),
        ({"lists": (replace(LISTS[0], snapshot="s9"), LISTS[1])}, Gap.LIST_CHANGED),
        ({"lists": (*LISTS, ListStanding("new", "s3", is_stale=False))}, Gap.LIST_CHANGED),
        ({"screened": {}}, Gap.NOT_SCREENED),
        ({"parties": [replace(PARTY, names=("Other",))]}, Gap.PARTY_CHANGED),
        ({"hours_most": 0}, Gap.SCREENED_TOO_LONG_AGO),
    ],
)
def test_it_is_not_checked_where_anything_is_missing(changes, gap):
    found = answer(**changes)
    assert found.answer is Answer.NOT_CHECKED
    assert [one.gap for one in found.missing] == [gap]


def test_where_no_greatest_age_is_asked_for_an_old_screening_will_do():
    assert answer(screened={"p": replace(SCREENED["p"], age_hours=9999)}, hours_most=None).answer is Answer.PASSED


def test_alerts_are_told_also_where_it_was_not_checked():
    found = answer(screened=with_hits(HIT), lists=(replace(LISTS[0], is_stale=True), LISTS[1]))
    assert (found.answer, found.alerts) == (Answer.NOT_CHECKED, (HIT,))


def test_the_review_band_stands_in_the_way_where_the_goods_ask_for_it_or_somebody_doubted():
    weak = replace(HIT, band=Band.REVIEW)
    assert answer(screened=with_hits(weak)).reviews == (weak,)
    assert answer(screened=with_hits(weak)).answer is Answer.PASSED
    assert answer(screened=with_hits(weak), with_review=True).answer is Answer.ALERTS
    doubt = Disposition((Opinion(Verdict.CANNOT_TELL, "facts_missing", "t", "a", ON),))
    assert answer(screened=with_hits(weak), dispositions={weak.number: doubt}).answer is Answer.ALERTS


@given(st.lists(st.booleans(), min_size=2, max_size=2), st.booleans(), st.booleans(), st.integers(0, 48), st.booleans())
def test_it_passes_only_where_every_list_and_party_is_whole(stale, is_there, is_same, age, hit):
    lists = tuple(replace(one, is_stale=old) for one, old in zip(LISTS, stale, strict=True))
    screening = replace(SCREENED["p"], age_hours=age, hits=(HIT,) if hit else ())
    party = PARTY if is_same else replace(PARTY, names=("Other",))
    found = answer(parties=[party], lists=lists, screened={"p": screening} if is_there else {})
    assert (found.answer is Answer.PASSED) == (not any(stale) and is_there and is_same and age <= 24 and not hit)


def test_a_hit_is_known_by_both_versions():
    assert len({hit_number(a, b) for a in ("1", "2") for b in ("1", "2")}) == 4


def test_a_version_of_a_party_is_what_identifies_it_in_whatever_order():
    same = replace(PARTY, names=PARTY.names[::-1])
    assert party_digest(same) == party_digest(PARTY)
    others = {
        "id": "q",
        "schema": EntrySchema.PERSON,
        "names": ("Example Works",),
        "countries": ("DE",),
        "identifiers": (("lei", "7"),),
        "addresses": ("Road 1",),
        "born": ("1990",),
    }
    assert set(others) == set(ScreenedParty.__dataclass_fields__)
    digests = {party_digest(replace(PARTY, **{name: value})) for name, value in others.items()}
    assert len(digests | {party_digest(PARTY)}) == len(others) + 1


def test_a_sample_is_drawn_that_the_seed_alone_decides():
    numbers = [f"{place:016x}" for place in range(5000)]
    drawn = sample_of(numbers, month="2026-11", seed=b"s" * 32, share=Decimal("0.02"))
    assert drawn == sample_of(numbers[::-1], month="2026-11", seed=b"s" * 32, share=Decimal("0.02"))
    assert 60 < len(drawn) < 140  # 100 expected, four standard deviations to each side
    assert drawn != sample_of(numbers, month="2026-11", seed=b"t" * 32, share=Decimal("0.02"))
    assert drawn != sample_of(numbers, month="2026-12", seed=b"s" * 32, share=Decimal("0.02"))


def test_a_sample_of_few_holds_one_and_of_none_nothing():
    assert len(sample_of(["a", "b"], month="2026-11", seed=b"s" * 32, share=Decimal("0.02"))) == 1
    assert sample_of([], month="2026-11", seed=b"s" * 32, share=Decimal("0.02")) == ()
    assert sample_of(["a"], month="2026-11", seed=b"s" * 32, share=Decimal(0)) == ()
    for seed, share in ((b"s", Decimal(0)), (b"s" * 32, Decimal(2))):
        with pytest.raises(ValueError, match="seed"):
            sample_of(["a"], month="2026-11", seed=seed, share=share)

"""Whether lots suffice: by mass and by element, beside what others may take (invariant I15)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.licence.lot_claim import Held
from ytterby.licence.lot_evidence import Content, LineAsked, LotStanding, OtherClaim, lots_section

D = Decimal


def standing(lot="a", kg="100", unit="KGM", left=None, u="0", **elements):
    content = {name: Content(D(part), D(u)) for name, part in elements.items()}
    held = Held(lot, D(left or kg), unit, None if kg is None else D(kg))
    return LotStanding(lot, held, content, "magnet", "balances", "whole", "matched")


def asked(amount, *lots, line=1, unit="KGM", **composition):
    return LineAsked(line, D(amount), unit, lots, {name: D(part) for name, part in composition.items()})


def judged(lines, *standings, others=()):
    found = lots_section(lines, {one.lot: one for one in standings}, others, "party:a")
    return found, {one.line: one for one in found.lines}


def test_what_is_there_is_enough_and_a_gram_more_is_not():
    for amount, word in (("100", "yes"), ("100.001", "no")):
        _, lines = judged([asked(amount, "a")], standing(Nd="30"))
        assert lines[1].is_enough == word, amount
    assert lines[1].available_kg == "100"


def test_what_others_may_take_is_not_there():
    other = OtherClaim("C-2#1", D("60"), "KGM", ("a",))
    found, lines = judged([asked("41", "a")], standing(Nd="30"), others=[other])
    assert (lines[1].is_enough, lines[1].available_kg, found.lots[0].reserved_kg) == ("no", "40", "60")
    # The other may as well take it of a lot that this line does not name.
    freed = OtherClaim("C-2#1", D("60"), "KGM", ("a", "b"))
    _, lines = judged([asked("41", "a")], standing(Nd="30"), standing("b", "60", Nd="1"), others=[freed])
    assert lines[1].is_enough == "yes"


def test_lines_of_one_case_share_a_lot():
    _, lines = judged([asked("60", "a"), asked("60", "a", line=2)], standing(Nd="30"))
    assert {one.is_enough for one in lines.values()} == {"no"}


def test_claims_beyond_what_is_held_are_told():
    over = OtherClaim("C-2#1", D("600"), "KGM", ("a",))
    _, lines = judged([asked("1", "a")], standing(Nd="30"), others=[over])
    assert (lines[1].is_enough, lines[1].why) == ("no", "claims_exceed_lots")


def test_goods_declared_richer_than_their_lots_are_short_of_the_element():
    """I15: 4 % of dysprosium in 100 kg are 4 kg, and the lot holds 1."""
    _, lines = judged([asked("100", "a", Dy="4")], standing(Dy="1", Nd="30"))
    need = lines[1].elements["Dy"]
    assert (need.asked_kg, need.available_kg, need.is_enough, lines[1].is_enough) == ("4", "1", "no", "no")


def test_within_twice_the_uncertainty_nothing_is_short():
    for percent, word in (("1.2", "yes"), ("1.21", "no")):
        _, lines = judged([asked("100", "a", Dy=percent)], standing(Dy="1", u="0.1"))
        assert lines[1].elements["Dy"].is_enough == word


def test_of_part_of_a_lot_part_of_its_elements_is_there():
    other = OtherClaim("C-2#1", D("50"), "KGM", ("a",))
    _, lines = judged([asked("50", "a")], standing(Nd="30"), others=[other])
    assert (lines[1].elements["Nd"].asked_kg, lines[1].elements["Nd"].available_kg) == ("15", "15")


@pytest.mark.parametrize(
    ("line", "lot", "why"),
    [
        (asked("1", line=1), standing(Nd="1"), "no_lots"),
        (asked("1", "a"), LotStanding("a", Held("a", D(9), "H87", None)), "mass_unknown"),
        (asked("1", "a", unit="H87"), standing(Nd="1"), "mass_unknown"),
        (asked("1", "a", Dy="1"), standing(), "composition_unknown"),
    ],
)
def test_what_nobody_knows_is_never_enough(line, lot, why):
    _, lines = judged([line, asked("1", "z", line=2)], lot)
    assert (lines[1].is_enough, lines[1].why) == ("unknown", why)


def test_a_claim_of_unknown_mass_on_the_same_lot_leaves_it_open():
    pieces = OtherClaim("C-2#1", D("5"), "H87", ("a",))
    found, lines = judged([asked("1", "a")], standing(Nd="1"), others=[pieces])
    assert (lines[1].why, found.lots[0].reserved_kg) == ("claims_unknown", "")
    elsewhere = OtherClaim("C-2#1", D("5"), "H87", ("b",))
    _, lines = judged([asked("1", "a")], standing(Nd="1"), others=[elsewhere])
    assert lines[1].is_enough == "yes"


def test_pieces_are_held_against_pieces_by_their_mass():
    _, lines = judged([asked("10", "a", unit="H87")], standing(kg="1", left="10", unit="H87", Nd="0.3"))
    assert (lines[1].asked_kg, lines[1].is_enough) == ("1", "yes")


def test_a_lot_that_the_applicant_does_not_hold_is_named_without_a_figure():
    found, lines = judged([asked("1", "ghost")])
    assert (found.lots[0].holder, found.lots[0].left, lines[1].is_enough) == ("", "0", "no")


def test_an_application_without_lots_was_not_checked():
    found, _ = judged([asked("1")])
    assert (found.status, found.why) == ("not_checked", "no_lots")


kilograms = st.decimals("0.001", "100", places=3)


@given(kilograms, st.lists(kilograms, max_size=3), kilograms)
def test_never_is_more_licensed_than_is_held(held, others, wanted):
    claims = [OtherClaim(f"C-{number}#1", one, "KGM", ("a",)) for number, one in enumerate(others)]
    _, lines = judged([asked(str(wanted), "a")], standing(kg=str(held), Nd=str(held / 4)), others=claims)
    fits = wanted + sum(others, D(0)) <= held
    assert (lines[1].is_enough == "yes") == fits

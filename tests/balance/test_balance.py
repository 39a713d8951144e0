"""Closure, mirror pairs, findings: verdicts by hand-worked figures, and their laws."""

from datetime import timedelta
from decimal import Decimal
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.chain_of import START, Chain, line, world
from ytterby.balance.closure import close_steps
from ytterby.balance.finding import list_findings
from ytterby.balance.mirror import MirrorState, judge_pairs
from ytterby.chain.book import Book
from ytterby.chain.posting import Line
from ytterby.matter.assay import Assay
from ytterby.matter.mass import MassUncertainty


def step_of(in_kg: float, out_kg: float, u: float = 0.004) -> Book:
    chain = Chain()
    chain.source("plant", line("a", 100, Nd=in_kg, u=u))
    chain.step("plant", [line("a", 100)], [line("b", 100, Nd=out_kg, u=u)])
    return chain.book()


@pytest.mark.parametrize(
    ("in_kg", "out_kg", "verdict"),
    [(100.0, 99.5, "closed"), (100.0, 97.0, "loss"), (100.0, 103.0, "gain"), (100.0, 100.0, "closed")],
)
def test_a_step_closes_within_three_standard_uncertainties(in_kg, out_kg, verdict):
    (found,) = close_steps(step_of(in_kg, out_kg))
    assert found.verdict == verdict
    u = 0.004 * (in_kg**2 + out_kg**2) ** 0.5
    assert found.u_kg == pytest.approx(u)
    assert found.z == pytest.approx((in_kg - out_kg) / u)


def test_a_gain_is_as_suspect_as_a_loss_and_both_are_findings():
    assert [f.problem.code for f in list_findings(step_of(100, 90))] == ["step.loss"]
    (gain,) = list_findings(step_of(100, 110))
    assert (gain.problem.code, gain.element, gain.parties) == ("step.gain", "Nd", ("party:plant",))
    assert gain.size_kg == pytest.approx(-10.0)


def test_a_step_with_an_output_that_was_not_assayed_is_not_testable():
    chain = Chain()
    chain.source("plant", line("a", 100, Nd=50, u=0.01))
    chain.step("plant", [line("a", 100)], [line("b", 60, Nd=30, u=0.01), line("c", 40)])
    (found,) = close_steps(chain.book())
    assert (found.verdict, found.z, found.u_kg) == ("not testable", None, None)
    assert found.out_kg == pytest.approx(50.0)


def test_elements_that_take_no_part_are_left_out_and_others_can_be_chosen():
    chain = Chain()
    chain.source("plant", line("a", 100, Nd=50, Dy=5, u=0.01))
    chain.step("plant", [line("a", 100)], [line("b", 100, Nd=50, Dy=5, u=0.01)])
    assert [c.element for c in close_steps(chain.book())] == ["Nd", "Dy"]
    assert [c.element for c in close_steps(chain.book(), elements=["Dy"])] == ["Dy"]
    assert close_steps(chain.book(), site="elsewhere") == ()


@given(st.floats(1, 1e4), st.floats(1, 1e4))
def test_swapping_input_and_output_negates_the_score(first, second):
    (one,), (other,) = close_steps(step_of(first, second)), close_steps(step_of(second, first))
    assert one.z == pytest.approx(-other.z)


def delivery(sent: Line, received: Line | None, **rest: object) -> MirrorState:
    chain = Chain()
    chain.source("mine", line("a", 20_000, unit=sent.unit, Nd=1))
    chain.ship("mine", "plant", sent, document="d")
    if received is not None:
        chain.receive("plant", "mine", received, document="d", **rest)
    (state,) = judge_pairs(chain.book())
    return state


def test_a_delivery_is_matched_within_three_standard_uncertainties():
    state = delivery(line("a", 11000, u_kg=6), line("a", 10994, u_kg=6))
    assert (state.state, state.compared) == ("matched", "declared")
    assert state.d == pytest.approx(6 / 72**0.5)
    assert delivery(line("a", 11000, u_kg=6), line("a", 10900, u_kg=6)).state == "differs"


def test_a_count_is_exact():
    state = delivery(line("a", 100, unit="H87"), line("a", 99, unit="H87"))
    assert (state.state, state.d) == ("differs", inf)
    assert delivery(line("a", 100, unit="H87"), line("a", 100, unit="H87")).d == 0.0


def test_a_shared_scale_cancels_so_that_less_may_differ():
    def on_scale(amount: int) -> Line:
        one = line("a", amount)
        u = MassUncertainty(1.0, {"scale x": 10.0}, assumed=False)
        return Line(lot=one.lot, amount=one.amount, unit=one.unit, net_kg=one.net_kg, mass_u=u)

    state = delivery(on_scale(1000), on_scale(990))
    assert state.u == pytest.approx(2**0.5)
    assert state.state == "differs"


def test_where_both_sides_assayed_elements_are_compared():
    def assayed(amount: int, nd: int, dy: int) -> Line:
        rows = (Assay("Nd", Decimal(nd), Decimal(1000)), Assay("Dy", Decimal(dy), Decimal(100)))
        one = line("a", amount)
        return Line(lot="a", amount=one.amount, unit="KGM", net_kg=one.net_kg, mass_u=one.mass_u, assays=rows)

    state = delivery(assayed(1000, 200_000, 10_000), assayed(1000, 200_500, 9_000))
    assert (state.compared, state.element, state.state) == ("element", "Dy", "differs")
    assert state.d == pytest.approx(1.0 / (0.1 * 2**0.5))


def test_part_deliveries_are_added():
    chain = Chain()
    chain.source("mine", line("a", 100, Nd=1))
    chain.ship("mine", "plant", line("a", 100), document="d")
    chain.receive("plant", "mine", line("a", 60), document="d")
    chain.receive("plant", "mine", line("a", 40), document="d")
    (state,) = judge_pairs(chain.book())
    assert (state.state, state.received) == ("matched", Decimal(100))


def test_goods_under_way_are_in_transit_and_overdue_only_when_asked_for_a_day():
    state = delivery(line("a", 100), None)
    assert state.state == "in_transit"
    assert not state.is_overdue(START + timedelta(days=30), 45)
    assert state.is_overdue(START + timedelta(days=46), 45)


def test_a_use_without_a_receipt_is_implied_and_a_receipt_without_a_shipment_the_receivers_word_only():
    chain = Chain()
    chain.source("mine", line("a", 100, Nd=1))
    chain.ship("mine", "plant", line("a", 100), document="d")
    chain.step("plant", [line("a", 100)], [line("b", 100, Nd=1)])
    chain.receive("user", None, line("x", 5, Nd=1))
    assert [s.state for s in judge_pairs(chain.book())] == ["implied", "receiver_only"]


def test_a_void_delivery_is_none():
    chain = Chain()
    chain.source("mine", line("a", 100, Nd=1))
    chain.ship("mine", "plant", line("a", 100), document="d")
    chain.void("mine", line("a", 100), document="d")
    assert judge_pairs(chain.book()) == ()


def test_a_delivery_that_differs_is_a_finding_of_both_parties_and_its_events():
    chain = Chain()
    chain.source("mine", line("a", 11000, Nd=100))
    sent = chain.ship("mine", "plant", line("a", 11000, u_kg=6), document="d")
    got = chain.receive("plant", "mine", line("a", 10594, u_kg=6), document="d")
    (found,) = list_findings(chain.book())
    assert (found.problem.code, found.parties, found.events) == (
        "mirror.differs",
        ("party:mine", "party:plant"),
        (sent, got),
    )


def test_findings_keep_their_number_whatever_else_comes():
    chain = Chain()
    chain.step("plant", [line("iron", 5)], [line("alloy", 5, Nd=1)])
    before = list_findings(chain.book())[0].id
    chain.source("mine", line("a", 1, Nd=1))
    assert list_findings(chain.book())[0].id == before
    assert world("plant").directory.is_customs("plant") is False


def test_a_gain_over_inputs_of_unknown_content_is_explained_by_the_finding_on_them():
    chain = Chain()
    chain.source("plant", line("a", 100, Nd=10, u=0.01))
    chain.step("plant", [line("a", 100), line("mystery", 5)], [line("b", 100, Nd=30, u=0.01)])
    assert [f.problem.code for f in list_findings(chain.book())] == ["lot.not_created"]
    assert [c.verdict for c in close_steps(chain.book())] == ["gain"]
    chain = Chain()
    chain.source("plant", line("a", 100, Nd=30, u=0.01))
    chain.step("plant", [line("a", 100), line("mystery", 5)], [line("b", 100, Nd=10, u=0.01)])
    assert sorted(f.problem.code for f in list_findings(chain.book())) == ["lot.not_created", "step.loss"]

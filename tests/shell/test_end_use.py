"""What the register tells of an end user: arrivals, history by quarters, stock and consumption by its own reports."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from chain.chain_of import Chain, line
from ytterby.chain.event import DeclaredUse
from ytterby.shell.store.reading import end_use
from ytterby.shell.store.reading.end_use import EndUseQuestion, end_use_flags, end_user_facts, list_end_users
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import AUDIT, CUSTOMS, LICENSING, OPERATOR_VIEWER, PROVINCE, TRACING, Viewer

QUARTER_HOURS = 91 * 24
USER = "party:user"
ON = date(2028, 11, 1)  # nearly three years after the first delivery


def magnet(lot, kg):
    return msgspec.structs.replace(line(lot, kg, Nd=kg * 0.3), form="magnet")


def deliver(chain, kg, hour, *, number, reports=True):
    lot = f"lot-{number}"
    chain.source("maker", magnet(lot, kg), hour=hour)
    chain.ship("maker", "user", line(lot, kg), uses=[DeclaredUse(Decimal(1), "hdd")], document=lot, hour=hour + 1)
    if reports:
        chain.receive("user", "maker", line(lot, kg), document=lot, hour=hour + 2)
    return lot


@pytest.fixture
def told(monkeypatch, register):
    """Return how to ask of a chain."""

    def of(chain, **more):
        book = chain.book()
        monkeypatch.setattr(end_use, "book_of", lambda viewer, known: book)
        asked = EndUseQuestion(**{
            "party": USER, "use_code": "hdd", "quantity_kg": Decimal(100), "on": ON,
            "known_on": date(2026, 11, 26), **more,
        })  # fmt: skip
        return end_user_facts(OPERATOR_VIEWER, asked, known=known_at(OPERATOR_VIEWER, None))

    return of


def steady(kg=100, quarters=12, **rest):
    chain = Chain()
    for number in range(quarters):
        deliver(chain, kg, number * QUARTER_HOURS, number=number, **rest)
    return chain


def test_history_is_the_twelve_months_before_the_end_of_each_quarter(told):
    facts = told(steady())
    # Whole years of deliveries end from January 2027 on: eight quarters until October 2028, of four or five deliveries.
    assert len(facts.demand.history_kg) == 8
    assert set(facts.demand.history_kg) <= {Decimal("400.000000"), Decimal("500.000000")}
    assert told(Chain()).demand.history_kg is None


def test_what_arrived_in_the_rest_of_the_year_counts_beside_a_smaller_order(told):
    whole, part = told(steady()), told(steady(), months=3)
    assert (whole.demand.arrivals_kg.value, whole.demand.rolling_kg) == (0, 100)
    assert part.demand.arrivals_kg.value == Decimal("300.000000")
    assert part.demand.rolling_kg == Decimal("400.000000")


def test_stock_and_use_are_what_the_firm_itself_reports(told):
    chain = steady(quarters=12)
    chain.step("user", [magnet("lot-11", 73)], [line("motor", 73, Nd=20)], hour=11 * QUARTER_HOURS + 9)
    facts = told(chain)
    assert facts.demand.stock_kg.value == Decimal("1127.000000")
    assert facts.demand.daily_kg.value == Decimal("0.200000")
    assert facts.end_user.has_verified_delivery is True


def test_a_firm_that_reports_nothing_has_an_unknown_stock_and_never_none(told):
    facts = told(steady(reports=False))
    assert (facts.demand.stock_kg, facts.demand.daily_kg) == (None, None)
    assert facts.end_user.has_verified_delivery is False
    assert facts.demand.history_kg is not None


def test_kilograms_of_an_element_count_every_form(told):
    facts = told(steady(), element="Nd", months=3)
    assert facts.demand.arrivals_kg.value == Decimal("90.000000")
    assert facts.use.item == "Nd"


def test_a_trader_names_nobody_behind_it(told):
    assert told(steady()).end_user.names_end_user is False
    assert told(steady()).end_user.consignee_roles == {"other"}


def test_who_licenses_and_audits_is_told_and_nobody_else(told):
    """Threats A5 and C7."""
    told(steady())
    known = known_at(OPERATOR_VIEWER, None)
    asked = EndUseQuestion(USER, "hdd", Decimal(1), ON, date(2026, 11, 26))
    for viewer in (
        Viewer(USER),
        Viewer(None),
        *(Viewer("b", frozenset({one})) for one in (TRACING, PROVINCE, CUSTOMS)),
    ):
        with pytest.raises(KeyError):
            end_use_flags(viewer, asked, known=known)
        assert list_end_users(viewer, known=known, on=ON) == []
    answers = [
        end_use_flags(viewer, asked, known=known)
        for viewer in (OPERATOR_VIEWER, Viewer("b", frozenset({LICENSING})), Viewer(None, frozenset({AUDIT})))
    ]
    assert answers[0] == answers[1] == answers[2]
    with pytest.raises(KeyError):
        end_use_flags(OPERATOR_VIEWER, EndUseQuestion("party:none", "hdd", Decimal(1), ON, ON), known=known)


def test_end_users_of_the_last_year_are_listed(told):
    told(steady())
    (row,) = list_end_users(OPERATOR_VIEWER, known=known_at(OPERATOR_VIEWER, None), on=ON)
    assert (row["party"]["id"], row["use"], row["kg"], row["whole_kg"]) == (USER, "hdd", "400.000", 400.0)

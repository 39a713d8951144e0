"""What the demo's one case came to is read from the log, and one case alone is never published (threat X9)."""

from datetime import UTC, date, datetime
from decimal import Decimal

from ytterby.shell.site.register import open_register
from ytterby.shell.store.reading.case_outcomes import case_outcomes
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER


def test_the_magnets_of_the_demo_as_statistics_take_them(demo):
    open_register(demo.data)
    (told,) = case_outcomes(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None), datetime(2025, 12, 1, tzinfo=UTC))
    assert (told.received, told.decided, told.outcome) == (date(2025, 6, 24), date(2025, 7, 1), "approved")
    assert (told.is_complete, told.is_within, told.queries, told.stopped_days) == (True, True, 0, 0)
    assert told.first_days is not None
    licensed = {one.element: one.kg for one in told.licensed}
    assert set(licensed) == {"Nd", "Pr", "Dy"}
    # Of 900 kg of magnets some three tenths are rare earths.
    assert Decimal(250) < sum(licensed.values()) < Decimal(300)


def test_one_case_is_one_party_and_nothing_of_it_is_published(ask):
    told = ask("case", "statistics", "--from", "2025-06", "--to", "2025-07", "--region", "XB", "--json")
    assert told.code == 0, told.err
    assert {cell["value"] for table in told.json["tables"] for cell in table["cells"]} == {None}
    assert {one["value"] for one in told.json["figures"]} == {None}

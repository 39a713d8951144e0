"""No question and no step of a derivation goes through a whole edition: SQLite is asked how it would go about each."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from postgres import ON_POSTGRESQL
from ytterby.shell.actions.capture import capture
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.lots import main_element, match_lots
from ytterby.shell.store.reading.traces import lot_destination, lot_trace
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

LARGE = ("store_postingrecord", "store_lotcell", "store_eventcell", "store_touch", "store_eventrecord", "store_thread")
# Through what began up to a log size, or through an edition: all there is.
WIDE = ("(edition=? AND known_from<?)", "(edition=?)", "(edition=? AND known_to>?)")


def plans_of(queries: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Return table and plan of each step of each query that was asked."""
    found = []
    with connection.cursor() as cursor:
        for query in queries:
            if query["sql"].startswith("SELECT"):
                cursor.execute("EXPLAIN QUERY PLAN " + query["sql"].replace("%", "%%"))
                found += [(query["sql"], row[3]) for row in cursor.fetchall()]
    return found


def is_wide(step: str) -> bool:
    named = next((table for table in LARGE if f" {table}" in step), None)
    return named is not None and (step.startswith("SCAN") or any(wide in step for wide in WIDE))


@pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL knows what its columns hold")
def test_a_step_and_the_questions_after_it_look_up_what_they_need(register, part_of):
    derive_to(capture(register, part_of(*range(12)), submitter="operator").size)
    size = capture(register, part_of(*range(12, 20)), submitter="operator").size
    viewer, known = OPERATOR_VIEWER, Known(size)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        derive_to(size)
        (lot,) = match_lots(viewer, "KR-C-0418", known=known)
        main_element(viewer, lot, known=known)
        lot_trace(viewer, lot, direction="back", element="Nd", known=known, is_whole=False)
        lot_destination(viewer, lot, known=known)
        earlier = Known(size - 2)
        lot_trace(viewer, lot, direction="forward", element="Nd", known=earlier)
    assert len(asked) > 20
    wide = {plan: sql[:300] for sql, plan in plans_of(asked.captured_queries) if is_wide(plan)}
    assert not wide

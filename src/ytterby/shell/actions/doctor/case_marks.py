"""What cases leave for others to find, held against the cases: reservations of lots, asks, precedents (I15, P6)."""

from collections.abc import Iterator

from ytterby.shell.actions.doctor.unsound import Unsound
from ytterby.shell.site.case_rules import transition_table
from ytterby.shell.store.case_marks import case_mark, mark_digest, mark_fields, mark_rows, marked_cases
from ytterby.shell.store.cases import case_numbers, stored_case
from ytterby.shell.store.models import CaseMarkRow
from ytterby.terms.problem import finding


def unsound_case_marks() -> Iterator[Unsound]:
    """Name each case whose reservations, asks or precedent are not those that its records make, and rows of no case."""
    digests = dict(CaseMarkRow.objects.values_list("case", "digest"))
    rest = marked_cases()
    for number in case_numbers():
        rest.discard(number)
        case = stored_case(number)
        if case is None:
            continue
        mark = case_mark(case, transition_table(case.kind))
        if mark_rows(number) != mark_fields(mark) or digests.get(number, "") != mark_digest(mark):
            yield Unsound(finding("case.marks"), number, "the tables hold something else than the case leaves")
    for number in sorted(rest):
        yield Unsound(finding("case.marks"), number, "the tables hold what no case left")

"""What is known of a case beside its evidence when its tier is worked out: all of it a function of the log up to a
size, so that replay finds the same and a record that says otherwise is noticed.

Who may read: nobody by this; what comes of it is a step of the case.
"""

from collections.abc import Collection, Iterator
from dataclasses import fields
from datetime import date
from decimal import Decimal

from ytterby.licence.case import Case
from ytterby.licence.case_facts import Beside, EndUserStanding, deviation_of
from ytterby.licence.evidence import Evidence
from ytterby.licence.year import year_before
from ytterby.shell.site.register import current_register
from ytterby.shell.store.audits import pairs_of, stored_audits
from ytterby.shell.store.holder_history import exporter_record
from ytterby.shell.store.holder_past import past_licences
from ytterby.shell.store.reading.known import Known

_FIELDS = frozenset(one.name for one in fields(EndUserStanding))


def beside_at(case: Case, evidence: Evidence, known: Known, today: date) -> Beside:
    """Return what is known beside a case: of its end users what the evidence tells, of the exporter its record, how
    many times the largest quantity of the past year is asked for, whether a decision by rule for both was found wrong.
    """
    return Beside(
        end_users=end_users_told(evidence),
        exporter=exporter_record(case.applicant, known, today),
        deviation=_deviation(case, known, today),
        audited_wrong=not pairs_of(case).isdisjoint(stored_audits(current_register(), known.size).wrong_pairs()),
    )


def end_users_told(evidence: Evidence) -> tuple[EndUserStanding, ...]:
    """Return what the evidence tells of each end user."""
    rows = ({name: row[name] for name in row if name in _FIELDS} for row in evidence.end_users.rows)
    return tuple(EndUserStanding(**row) for row in rows)


def _deviation(case: Case, known: Known, today: date) -> Decimal | None:
    """Return how many times the largest quantity of a licence of the past year to the same end users is asked for; None
    where several units are, or there is no such licence.
    """
    units = {line.unit for line in case.application.lines}
    users = {one.party for one in case.application.of_role("end_user")}
    if len(units) != 1 or not users:
        return None
    asked = sum((line.amount for line in case.application.lines), Decimal(0))
    return deviation_of(asked, _past(case.applicant, users, units, known, today))


def _past(holder: str, users: Collection[str], units: Collection[str], known: Known, today: date) -> Iterator[Decimal]:
    """Yield what licences of the past year to one of some end users held, in a unit."""
    for one in past_licences(holder, year_before(today).isoformat(), known):
        if not one.end_users.isdisjoint(users):
            yield sum((quantity for quantity, unit in one.lines if unit in units), Decimal(0))

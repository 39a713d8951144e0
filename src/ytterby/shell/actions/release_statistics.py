"""Publish the office's statistics of some months: the release is a record of the log, and every later one is held
against it (threat X9). Who may: the licensing office and the register's operator; everybody may read what is published.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ytterby.chain.party import OPERATOR
from ytterby.licence.case_record import CaseRecord, month_number
from ytterby.licence.statistics import Made, Release, make_release
from ytterby.licence.statistics_table import Statistics
from ytterby.proof.key import PrivateKey
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight, check_key, party_of_key, signed_record
from ytterby.shell.site.register import Register
from ytterby.shell.store.reading.viewer import LICENSING
from ytterby.shell.store.registering import register_documents
from ytterby.shell.store.rights import stored_rights
from ytterby.shell.store.statistics import OTHER, office_statistics, release_record, stored_releases
from ytterby.terms.problem import Problem, refuse

TRIES = 5
ReadRecords = Callable[[], Sequence[CaseRecord]]


@dataclass(frozen=True, slots=True)
class Published:
    """What was, or would be, published; with problems nothing. `is_new` where this made it so."""

    release: Release | None
    problems: tuple[Problem, ...]
    size: int
    is_new: bool = False

    @property
    def statistics(self) -> Statistics:
        """The tables that the release fills."""
        regions = () if self.release is None else self.release.regions
        return office_statistics([one for one in regions if one != OTHER])


class _Stale(Exception):  # noqa: N818 -- it is no error: the release is made anew
    """Another release came first."""


def preview_statistics(
    register: Register,
    records: Sequence[CaseRecord],
    first: str,
    last: str,
    *,
    regions: Sequence[str] = (),
    at: datetime | None = None,
) -> Published:
    """Return what would be published, or was, of some months; nothing is entered."""
    made = _made(records, first, last, regions, at or now())
    return Published(made.release, made.problems, register.size)


def release_statistics(
    register: Register,
    read_records: ReadRecords,
    first: str,
    last: str,
    *,
    regions: Sequence[str] = (),
    by: PrivateKey | None = None,
    at: datetime | None = None,
) -> Published:
    """Publish some months; what was published before is told again as it was."""
    moment = at or now()
    for _ in range(TRIES):
        count = len(stored_releases())
        made = _made(read_records(), first, last, regions, moment)
        if made.release is None or made.release in stored_releases():
            return Published(made.release, made.problems, register.size)
        record = signed_record(register, release_record(made.release), by)

        def check(count: int = count) -> None:
            _check_office(register, by, moment)
            if len(stored_releases()) != count:
                raise _Stale

        try:
            size = register_documents([record], OPERATOR, moment, check=check)
        except _Stale:
            continue
        except RefusedRight as refused:
            return Published(None, refused.problems, register.size)
        publish_or_leave(register)
        return Published(made.release, (), size, is_new=True)
    raise RuntimeError(f"{TRIES} releases came while one was made")


def _check_office(register: Register, by: PrivateKey | None, at: datetime) -> None:
    rights = stored_rights(register)

    def may(key: PrivateKey) -> bool:
        party = party_of_key(rights, key)
        return party is not None and rights.is_office(party, {LICENSING}, at.date())

    needed, refused = refuse("statistics.account_needed"), refuse("statistics.not_the_office")
    check_key(register, by, may, needed=needed, refused=refused)


def _made(records: Sequence[CaseRecord], first: str, last: str, regions: Sequence[str], at: datetime) -> Made:
    """Return a release beside all that was published; without regions by those of the releases before."""
    earlier = stored_releases()
    wanted = regions or tuple(one for one in (earlier[-1].regions if earlier else ()) if one != OTHER)
    statistics = office_statistics(wanted)
    return make_release(
        records, first, last, this_month=month_number(at.date()), statistics=statistics, earlier=earlier
    )

"""The law that a page goes by: of the present instant, or of the log size that the address asks for."""

from typing import NamedTuple

from django.http import HttpRequest

from ytterby.law.book import LawBook
from ytterby.shell.actions.clock import now
from ytterby.shell.portal.audience import Seat
from ytterby.shell.portal.moment import Moment, moment_of
from ytterby.shell.store.reading.law import Instant, law_at, law_notices
from ytterby.shell.store.reading.naming import Json


class GoingBy(NamedTuple):
    """Where a page stands, the instant of which it asks (None: that of the log size), and the book of law then."""

    moment: Moment
    instant: Instant
    book: LawBook


def going_by(request: HttpRequest, seat: Seat) -> GoingBy:
    """Return the law that a request asks for."""
    moment = moment_of(request, seat)
    instant = None if moment.is_past else now()
    return GoingBy(moment, instant, law_at(seat.viewer, moment.known, instant))


def notices_of(seat: Seat, asked: GoingBy) -> dict[str, list[Json]]:
    """Return what a page of law tells beside its answer: changes that wait, and those that were made lately."""
    return {"law_notices": law_notices(seat.viewer, asked.moment.known, asked.instant)}

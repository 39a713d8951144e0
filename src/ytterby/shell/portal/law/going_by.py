"""The law that a page goes by: of the present instant, or of the log size that the address asks for.

Where the packs in force do not fit together a page of law says so and answers nothing.
"""

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from ytterby.law.book import LawBook
from ytterby.shell.actions.clock import now
from ytterby.shell.portal.audience import Seat
from ytterby.shell.portal.law.typed import wrong_of
from ytterby.shell.portal.moment import Moment, moment_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.store.reading.law import Instant, LawUnfitError, law_at, law_notices
from ytterby.shell.store.reading.naming import Json
from ytterby.shell.wording import language_of

UNAVAILABLE = 503


class GoingBy(NamedTuple):
    """Where a page stands, the instant of which it asks (None: that of the log size), and the book of law then."""

    moment: Moment
    instant: Instant
    book: LawBook


def going_by(request: HttpRequest, seat: Seat) -> GoingBy:
    """Return the law that a request asks for.

    Raises:
        LawUnfitError: the packs in force do not fit together.
    """
    moment = moment_of(request, seat)
    instant = instant_of(moment)
    return GoingBy(moment, instant, law_at(seat.viewer, moment.known, instant))


def instant_of(moment: Moment) -> Instant:
    """Return the present instant; None where the address asks for a log size, whose own instant counts."""
    return None if moment.is_past else now()


def unfit_page(request: HttpRequest, seat: Seat, unfit: LawUnfitError, here: str) -> HttpResponse:
    """Say where the packs in force do not fit together; nothing is answered by half a law."""
    language = language_of(get_language() or "en")
    wrong = [(one.where.pointer, wrong_of(one, language)) for one in unfit.problems]
    response = show_page(request, seat, "law/unfit.html", {"wrong": wrong}, here=here)
    response.status_code = UNAVAILABLE
    return response


def notices_of(seat: Seat, asked: GoingBy) -> dict[str, list[Json]]:
    """Return what a page of law tells beside its answer: changes that wait, and those that were made lately."""
    return {"law_notices": law_notices(seat.viewer, asked.moment.known, asked.instant)}

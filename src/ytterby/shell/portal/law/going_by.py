"""The law that a page goes by: of the present instant, or of the log size that the address asks for.

Where the packs in force do not fit together a page of law says so and answers nothing.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, NamedTuple, ParamSpec

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

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Seat, P], HttpResponse]


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


def says_where_unfit(here: str) -> Callable[[View[P]], View[P]]:
    """Let a view say where the packs in force do not fit together; `here` is its line of the rail."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def shown(request: HttpRequest, seat: Seat, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                return view(request, seat, *args, **kwargs)
            except LawUnfitError as unfit:
                return unfit_page(request, seat, unfit, here)

        return shown

    return decorate


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

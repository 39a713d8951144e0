"""Who may see a page. A view names its audience; to everybody else it does not exist.

"Not there" and "not yours" are the same 404, made by the same code (threats.md section 4). A seat is looked up at
every request, so a right that was withdrawn counts at once (threat X10).
"""

import hmac
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, Protocol, cast

from django.http import Http404, HttpRequest, HttpResponseBase

from ytterby.shell.actions.clock import now
from ytterby.shell.actions.demo_user import NAME, session_mark
from ytterby.shell.portal.place import is_demo, keys_folder
from ytterby.shell.store.reading.entries import whole_directory
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.law import LawUnfitError
from ytterby.shell.store.reading.rights import viewer_of
from ytterby.shell.store.reading.viewer import AUDIT, OPERATOR_VIEWER, Viewer
from ytterby.terms.identifier import tail

SESSION_KEY, PARTY_KEY = "seat", "party"


class Audience(StrEnum):
    """Who a page is made for."""

    EVERYBODY = "everybody"
    AUDITOR = "auditor"
    PARTY = "party"


class Seat(NamedTuple):
    """Who is signed in: the name shown, the role, and what the store lets this person read."""

    name: str
    role: Audience
    viewer: Viewer


Arguments = ParamSpec("Arguments")
SeatedView = Callable[Concatenate[HttpRequest, Seat, Arguments], HttpResponseBase]
View = Callable[..., HttpResponseBase]


class NamesAudience(Protocol):
    """A view that says who may see it."""

    audience: frozenset[Audience]


def audience(*who: Audience, here: str = "law") -> Callable[[SeatedView[Arguments]], View]:
    """Let a view be seen by these roles alone, and hand it the seat.

    Where the packs in force do not fit together the view says so, at the line `here` of the rail.
    """

    def mark(view: SeatedView[Arguments]) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            seat = seat_of(request)
            if seat is None or seat.role not in who:
                raise Http404
            try:
                return view(request, seat, *args, **kwargs)
            except LawUnfitError as unfit:
                from ytterby.shell.portal.law.going_by import unfit_page

                return unfit_page(request, seat, unfit, here)

        cast(NamesAudience, guarded).audience = frozenset(who)
        return guarded

    return mark


def for_everybody(view: View) -> View:
    """Let a view be seen by strangers too."""
    cast(NamesAudience, view).audience = frozenset({Audience.EVERYBODY})
    return view


def seat_of(request: HttpRequest) -> Seat | None:
    """Return who is signed in; None for a stranger, and for a session of an earlier run."""
    session = getattr(request, "session", None)
    held = session.get(SESSION_KEY) if session is not None else None
    if not isinstance(held, str) or not is_demo():
        return None
    mark = session_mark(keys_folder())
    if mark is None or not hmac.compare_digest(held, mark):
        return None
    party = session.get(PARTY_KEY) if session is not None else None
    return _demo_seat() if party is None else _party_seat(party)


def _demo_seat() -> Seat:
    return Seat(NAME, Audience.AUDITOR, Viewer(party=None, mandates=frozenset({AUDIT})))


def _party_seat(party: object) -> Seat | None:
    """Return the seat of a party with the rights that it has at this request; None for one that is not known."""
    named = whole_directory(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None)).parties.get(str(party))
    if named is None:
        return None
    viewer = viewer_of(OPERATOR_VIEWER, named.id, now().date())
    return Seat(named.name, Audience.AUDITOR if viewer.reads_all else Audience.PARTY, viewer)


def party_called(text: str) -> str | None:
    """Return the party that somebody signing in means: its identifier, the end of it, or its name; None for none."""
    parties = whole_directory(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None)).parties.values()
    found = {p.id for p in parties if text in {p.id, tail(p.id), p.name, p.name_zh} and p.id != OPERATOR_VIEWER.party}
    return found.pop() if text and len(found) == 1 else None

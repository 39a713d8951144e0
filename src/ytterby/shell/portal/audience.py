"""Who may see a page. A view names its audience; to everybody else it does not exist.

"Not there" and "not yours" are the same 404, made by the same code (threats.md section 4). A seat is looked up at
every request, so a right that was withdrawn counts at once (threat X10).
"""

import hmac
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, Protocol, cast

from django.http import Http404, HttpRequest, HttpResponseBase

from ytterby.shell.actions.clock import now
from ytterby.shell.actions.demo_people import demo_person
from ytterby.shell.actions.demo_user import NAME, session_mark
from ytterby.shell.actions.login import has_code
from ytterby.shell.actions.web_session import session_of
from ytterby.shell.portal.place import is_demo, keys_folder
from ytterby.shell.site.people_limits import people_limits
from ytterby.shell.store.reading.entries import whole_directory
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.law import LawUnfitError
from ytterby.shell.store.reading.people import Person, person_of
from ytterby.shell.store.reading.rights import viewer_of
from ytterby.shell.store.reading.viewer import AUDIT, CONSULTED, CUSTOMS, LICENSING, OPERATOR_VIEWER, PROVINCE, Viewer
from ytterby.terms.identifier import tail

SESSION_KEY, PARTY_KEY, PERSON_KEY, PROVED_KEY, NUMBER_KEY = "seat", "party", "person", "proved", "number"


class Audience(StrEnum):
    """Who a page is made for."""

    EVERYBODY = "everybody"
    AUDITOR = "auditor"
    PARTY = "party"
    APPLICANT = "applicant"
    END_USER = "end_user"
    OFFICER = "officer"
    PROVINCE = "province"
    DEPARTMENT = "department"
    CUSTOMS = "customs"


# Whoever is signed in, as whatever.
SEATED = frozenset(Audience) - {Audience.EVERYBODY}
# What a mandate of a party makes of its people; a party without any of these applies, and is an end user of others.
ROLE_OF = {
    LICENSING: Audience.OFFICER,
    PROVINCE: Audience.PROVINCE,
    CONSULTED: Audience.DEPARTMENT,
    CUSTOMS: Audience.CUSTOMS,
}


class Seat(NamedTuple):
    """Who is signed in: the name shown, what it is first of all, and what the store lets this person read.

    `roles` are all that it is: `role` and what the party's mandates make of it. What somebody is *in a case* is asked
    of the case (`actions.speaker.speaking`). `account` is empty for a demo's auditor and parties, who are nobody's.
    `proved_at` is when every factor was last given.
    """

    name: str
    role: Audience
    viewer: Viewer
    roles: frozenset[Audience] = frozenset()
    account: str = ""
    party: str = ""
    proved_at: datetime | None = None

    def is_one_of(self, who: Collection[Audience]) -> bool:
        """Tell whether this person is of an audience."""
        return self.role in who or not self.roles.isdisjoint(who)

    def is_fresh(self, at: datetime) -> bool:
        """Tell whether every factor was given so lately that keys may be changed and used (threat X10)."""
        limit = timedelta(minutes=people_limits().proof_minutes)
        return self.proved_at is not None and at - self.proved_at <= limit


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
            if seat is None or not seat.is_one_of(who):
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
    """Return who is signed in; None for a stranger, for a session of an earlier run, and while a factor is owed."""
    session = getattr(request, "session", None)
    if session is None:
        return None
    return _seat_of_demo(session) if is_demo() else _seat_of_person(session)


def _seat_of_demo(session: Mapping[str, object]) -> Seat | None:
    held, mark = session.get(SESSION_KEY), session_mark(keys_folder())
    if not isinstance(held, str) or mark is None or not hmac.compare_digest(held, mark):
        return None
    person, party = session.get(PERSON_KEY), session.get(PARTY_KEY)
    if person is not None:
        return _demo_person_seat(str(person), session.get(PROVED_KEY))
    return _demo_seat() if party is None else _party_seat(party)


def _demo_seat() -> Seat:
    return Seat(NAME, Audience.AUDITOR, Viewer(party=None, mandates=frozenset({AUDIT})))


def _demo_person_seat(login: str, proved_at: object) -> Seat | None:
    known = demo_person(keys_folder(), login)
    person = None if known is None else person_of(OPERATOR_VIEWER, known.account, now().date())
    at = datetime.fromtimestamp(proved_at, UTC) if isinstance(proved_at, int) else None
    return None if person is None else _seat_of(person, at)


def _seat_of_person(session: Mapping[str, object]) -> Seat | None:
    """Return the seat of whoever signed in with a password, where no factor is owed and the account is in force."""
    at = now()
    held = session_of(str(session.get(NUMBER_KEY, "")), at)
    if held is None or held.proved_at is None:
        return None
    person = person_of(OPERATOR_VIEWER, held.account, at.date())
    # A mandate that came after the sign-in asks for the second factor at the next request.
    if person is None or (person.is_of_an_office and not has_code(held.account)):
        return None
    return _seat_of(person, held.proved_at)


def _seat_of(person: Person, proved_at: datetime | None) -> Seat:
    role, roles = _roles(person.viewer)
    return Seat(person.name, role, person.viewer, roles, person.account, person.party, proved_at)


def _roles(viewer: Viewer) -> tuple[Audience, frozenset[Audience]]:
    held = {ROLE_OF[mandate] for mandate in viewer.mandates if mandate in ROLE_OF}
    if not viewer.mandates and viewer != OPERATOR_VIEWER:
        held |= {Audience.APPLICANT, Audience.END_USER}
    role = Audience.AUDITOR if viewer.reads_all else Audience.PARTY
    return role, frozenset({role, *held})


def _party_seat(party: object) -> Seat | None:
    """Return the seat of a party with the rights that it has at this request; None for one that is not known."""
    named = whole_directory(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None)).parties.get(str(party))
    if named is None:
        return None
    viewer = viewer_of(OPERATOR_VIEWER, named.id, now().date())
    role, roles = _roles(viewer)
    return Seat(named.name, role, viewer, roles, party=named.id)


def party_called(text: str) -> str | None:
    """Return the party that somebody signing in means: its identifier, the end of it, or its name; None for none."""
    parties = whole_directory(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None)).parties.values()
    found = {p.id for p in parties if text in {p.id, tail(p.id), p.name, p.name_zh} and p.id != OPERATOR_VIEWER.party}
    return found.pop() if text and len(found) == 1 else None

"""Licences: the list of those that a reader may know of, and one with what is left of it and what left on it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from ytterby.shell.actions import clock
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.law.typed import Wrong, wrong_of
from ytterby.shell.portal.licences import READERS
from ytterby.shell.portal.moment import Moment, moment_of, query_of
from ytterby.shell.portal.names import Names
from ytterby.shell.portal.page import link_to, show_page
from ytterby.shell.portal.paging import cursor_links
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.store.reading.case_choices import party_names
from ytterby.shell.store.reading.licence_choices import licence_choices
from ytterby.shell.store.reading.licence_list import PAGE_MOST, WantedLicences, list_licences
from ytterby.shell.store.reading.licences import show_licence
from ytterby.shell.wording import language_of
from ytterby.terms.identifier import tail
from ytterby.terms.problem import Problem, Severity, Where

LIST = "licences"
COLUMNS = ("licence", "version", "status", "customs", "holder", "destination", "validity.from", "validity.to")
STATUS_TAGS = {"active": "good", "issued": "wait", "amending": "wait", "suspended": "warn", "revoked": "bad"}
EXIT_TAGS = {"agrees": "good", "differs": "bad", "one_sided": "wait"}
RESERVABLE = "active"
NONE: Mapping[str, Any] = {"commands": [], "may_amend": False}
PER_PAGE, NUMBER_MOST = 50, 100

Json = dict[str, Any]


@audience(*READERS, here=LIST)
@require_safe
def licences(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the licences that a reader may know of."""
    moment, query = moment_of(request, seat), query_of(request)
    answer = _page(seat, moment, query, PER_PAGE)
    names = _names(seat, moment, *(row["holder"] for row in answer["licences"]))
    rows = [
        {**row, "tag": STATUS_TAGS.get(row["status"], "none"), "holder_name": names[row["holder"]]}
        for row in answer["licences"]
    ]
    context = {"rows": rows, **cursor_links(LIST, moment, query, answer["next"])}
    return show_page(request, seat, "licences/licences.html", context, moment=moment, here=LIST)


@audience(*READERS, here=LIST)
@require_safe
def licences_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same as CSV or JSON, with the keys of `licence list`; `after` goes on behind a number."""
    answer = _page(seat, moment_of(request, seat), query_of(request), PAGE_MOST)
    if kind == "csv":
        return answer_csv(COLUMNS, answer["licences"], "licences.csv")
    return answer_json(answer, "licences.json")


@audience(*READERS, here=LIST)
@require_safe
def licence(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Show a licence."""
    moment = moment_of(request, seat)
    return licence_page(request, seat, moment, licence_told(seat, moment, number))


@audience(*READERS, here=LIST)
@require_safe
def licence_file(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Answer the same as JSON."""
    return answer_json(licence_told(seat, moment_of(request, seat), number), f"licence-{number}.json")


def licence_told(seat: Seat, moment: Moment, number: str) -> Json:
    """Return a licence as somebody may read it.

    Raises:
        Http404: there is none for them.
    """
    try:
        return show_licence(seat.viewer, number, known=moment.known, on=clock.now().date())
    except KeyError:
        raise Http404 from None


def _page(seat: Seat, moment: Moment, query: Mapping[str, str], limit: int) -> Json:
    wanted = WantedLicences(
        number=query.get("q", "").strip()[:NUMBER_MOST], after=query.get("after", "")[:NUMBER_MOST], limit=limit
    )
    return list_licences(seat.viewer, known=moment.known, on=clock.now().date(), wanted=wanted)


def _names(seat: Seat, moment: Moment, *parties: str) -> dict[str, str]:
    known = party_names(seat.viewer, parties, moment.known, language_of(get_language() or "en"))
    return {one: known.get(one) or tail(one) for one in parties}


def licence_page(
    request: HttpRequest,
    seat: Seat,
    moment: Moment,
    told: Json,
    *,
    wrong: Sequence[Wrong] = (),
    said: Sequence[Wrong] = (),
    typed: Json | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show a licence; `wrong` is what refused an entry, `said` what is to be known of one that was made."""
    names = Names(seat, moment, get_language() or "en")
    holder = told["holder"]
    may_speak = bool(seat.account) and not moment.is_past
    is_customs = Audience.CUSTOMS in seat.roles
    is_holder = holder == seat.party
    language = language_of(get_language() or "en")
    choices = licence_choices(seat.viewer, told["licence"], clock.now(), moment.known, language) if may_speak else NONE
    context = {
        "licence": told,
        "commands": choices["commands"],
        "may_amend": choices["may_amend"],
        "waiting": [{**one, "is_own": one["by"] == seat.account} for one in told.get("waiting", ())],
        "may_second": may_speak and Audience.OFFICER in seat.roles,
        "tag": STATUS_TAGS.get(told["status"], "none"),
        "holder_name": _names(seat, moment, holder)[holder],
        "exits": [{**one, "tag": EXIT_TAGS.get(one["state"], "none")} for one in told["exits"]],
        "entries": told.get("entries"),
        "findings": [_sentence(one) for one in told["findings"]],
        # What an event left beyond its licence is told as a finding, with the figures.
        "events": [
            (one["index"], one["why"].removeprefix("licence."))
            for one in told["events"]
            if one["record"] == one["index"]
        ],
        "wrong": wrong,
        "said": said,
        "typed": typed or {},
        "today": clock.now().date().isoformat(),
        # What is refused is kept under its number, so each page that is shown has another.
        "seq": int(clock.now().timestamp()),
        "may_reserve": may_speak and is_holder and told["status"] == RESERVABLE,
        "may_confirm": may_speak and is_customs,
        "confirmable": _confirmable(told) if is_customs else [],
        "places": sorted(seat.viewer.places),
        "place_names": {place: names.name_of(place) for place in seat.viewer.places},
        "files": [("JSON", link_to("licence_file", moment, told["licence"]))],
    }
    page = show_page(request, seat, "licences/licence.html", context, moment=moment, here=LIST)
    page.status_code = status
    return page


def _sentence(one: Json) -> Wrong:
    """Return a finding of the reading as a sentence with its cure."""
    told = Problem(one["code"], Where(), str(one.get("value", "")), one.get("facts", {}), Severity.FINDING)
    return wrong_of(told, language_of(get_language() or "en"))


def _confirmable(told: Json) -> list[Json]:
    """Return the exits that the exporter announced and customs has not confirmed, each with the number that the
    confirmation will have, so that the same form sent twice is one confirmation.
    """
    entries = [one for one in told.get("entries", ()) if one["declaration"]]
    units = {one["line"]: one["unit"] for one in told["lines"]}
    found = []
    for one in told["exits"]:
        if one["exporter"] is None or one["customs"] is not None:
            continue
        own = [row for row in entries if (row["declaration"], row["line"]) == (one["declaration"], one["line"])]
        found.append(
            {
                **one,
                "unit": units.get(one["line"], ""),
                "seq": max((row["seq"] for row in own), default=0) + 1,
                "declaration_line": own[0]["declaration_line"] if own else 1,
            }
        )
    return found

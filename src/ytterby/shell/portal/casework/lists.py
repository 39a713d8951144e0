"""Lists of cases: an officer's work, those of a body that is asked, a party's own.

They are read a page at a time by a cursor, since there may be a million; those that are due first come first.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.shell.actions import clock
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.casework import BODIES, EVERY_READER
from ytterby.shell.portal.moment import moment_of, query_of
from ytterby.shell.portal.page import link_to, show_page
from ytterby.shell.portal.paging import cursor_links
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.store.reading.case_choices import party_names
from ytterby.shell.store.reading.casework import Wanted, list_cases, team_of
from ytterby.shell.wording import language_of
from ytterby.terms.identifier import tail

COLUMNS = (
    *("case", "kind", "state", "holder", "applicant", "destination", "received_at", "decided_at", "due"),
    *("version", "officer", "tier"),
)
QUEUES = ("mine", "team", "signing", "waiting", "open", "all")
PER_PAGE, FILE_ROWS = 50, 500
CURSOR_MOST = 100
WORKLIST = "cases"

Json = dict[str, Any]


def case_tag(state: str) -> str:
    """Return the shape of the tag of a state."""
    return {
        **dict.fromkeys(("granted", "issued", "no_licence", "passed", "ruled"), "good"),
        **dict.fromkeys(("refused", "not_accepted", "failed"), "bad"),
        **dict.fromkeys(("proposed", "appeal_proposed"), "warn"),
        **dict.fromkeys(("supplement", "returned", "pre_check"), "wait"),
        **dict.fromkeys(("draft", "withdrawn", "closed"), "none"),
    }.get(state, "open")


@audience(*EVERY_READER, here=WORKLIST)
@require_safe
def cases(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show a page of the cases that a reader may know of."""
    moment, query = moment_of(request, seat), query_of(request)
    queue = _queue(seat, query)
    answer = list_cases(seat.viewer, _wanted(seat, query, queue, PER_PAGE))
    applicants = {row["applicant"] for row in answer["cases"]}
    names = party_names(seat.viewer, applicants, moment.known, language_of(get_language() or "en"))
    today = clock.now().date().isoformat()
    rows = [
        {
            **row,
            "tag": case_tag(row["state"]),
            "applicant_name": names.get(row["applicant"]) or tail(row["applicant"]),
            "is_overdue": bool(row["due"]) and row["due"] < today,
        }
        for row in answer["cases"]
    ]
    is_office = seat.is_one_of(BODIES)
    context = {
        "rows": rows,
        "queue": queue,
        "queues": [(name, title, link_to(WORKLIST, moment, query={"queue": name})) for name, title in _queues(seat)],
        **cursor_links(WORKLIST, moment, query, answer["next"]),
        "is_office": is_office,
        "may_apply": Audience.APPLICANT in seat.roles and bool(seat.account),
        "today": today,
    }
    return show_page(request, seat, "casework/cases.html", context, moment=moment, here=WORKLIST)


@audience(*EVERY_READER, here=WORKLIST)
@require_safe
def cases_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same as CSV or JSON, with the keys of `case list`; `after` goes on behind a cursor."""
    query = query_of(request)
    wanted = _wanted(seat, query, _queue(seat, query), FILE_ROWS)
    answer = list_cases(seat.viewer, wanted)
    if kind == "csv":
        columns = COLUMNS if seat.is_one_of((Audience.AUDITOR, Audience.OFFICER)) else COLUMNS[:9]
        return answer_csv(columns, answer["cases"], "cases.csv")
    return answer_json(answer, "cases.json")


def _queues(seat: Seat) -> list[tuple[str, str]]:
    if Audience.OFFICER in seat.roles and seat.account:
        titles = (
            _("Mine"),
            _("My team's"),
            _("To be signed"),
            _("Waiting for the office"),
            _("All open"),
            _("Closed ones too"),
        )
        return list(zip(QUEUES, titles, strict=True))
    return [("open", _("All open")), ("all", _("Closed ones too"))]


def _queue(seat: Seat, query: Mapping[str, str]) -> str:
    known = [name for name, _title in _queues(seat)]
    asked = query.get("queue", "")
    return asked if asked in known else known[0]


def _wanted(seat: Seat, query: Mapping[str, str], queue: str, limit: int) -> Wanted:
    wanted = Wanted(after=query.get("after", "")[:CURSOR_MOST] or None, limit=limit)
    if queue == "mine":
        return replace(wanted, officer=seat.account)
    if queue == "team":
        return replace(wanted, team=team_of(seat.viewer, seat.account))
    if queue == "signing":
        return replace(wanted, holder="signer")
    if queue == "waiting":
        return replace(wanted, holder="officer")
    return replace(wanted, closed_too=queue == "all")

"""Flow returns: which month or quarter of which enterprise was entered when, what is missing, what differs."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.law.return_period import ReturnPeriod, read_period
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.facet import Facet, narrow
from ytterby.shell.portal.judged_day import judged_day
from ytterby.shell.portal.moment import moment_of, query_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.paging import page_of
from ytterby.shell.portal.progress import shows_progress
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.portal.tail_address import TailAddresses
from ytterby.shell.portal.templatetags.ytterby import name as name_of
from ytterby.shell.portal.templatetags.ytterby import period as write_period
from ytterby.shell.store.reading.flow_returns import RETURNS, list_returns
from ytterby.shell.wording import word

COLUMNS = (
    "party.id",
    "party.name",
    "month",
    "every",
    "state",
    "is_nil",
    "due_day",
    "entered_at",
    "late_by_seconds",
    "late_events",
    "lines",
    "sites",
    "differing",
    "corrections",
    "corrected_at",
    "first_size",
)
# States of a return, the first shown first.
STATES = ("not_entered", "entered_late", "owing_disputed", "not_due_yet", "entered_in_time", "entered")
MISSING, LATE = STATES[:2]
NIL, DIFFERS, CORRECTED = "nil", "differs", "corrected"

Row = Mapping[str, Any]


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
@shows_progress("returns")
def returns(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the returns that the facets leave, the newest period first, in it what is missing."""
    moment, query = moment_of(request, seat, RETURNS), query_of(request)
    day = judged_day(query)
    rows = _in_order(list_returns(seat.viewer, known=moment.known, on=day.on)["returns"])
    narrowed = narrow(rows, _facets(), query)
    paging = page_of(narrowed.rows, query)
    addresses = TailAddresses([row["party"]["id"] for row in rows], moment, "party")
    context = {
        "query": query,
        "day": day,
        "narrowed": narrowed,
        "paging": paging,
        "rows": [
            {**row, "href": addresses.page("flow_return", row["party"]["id"], row["month"], query=day.query)}
            for row in paging.rows
        ],
        "missing": sum(row["state"] == MISSING for row in narrowed.rows),
        "late": sum(row["state"] == LATE for row in narrowed.rows),
    }
    return show_page(request, seat, "auditor/returns.html", context, moment=moment, here="returns")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def returns_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same list as CSV or JSON (the keys of `return list`), all pages of it."""
    moment, query = moment_of(request, seat), request.GET.dict()
    answer = list_returns(seat.viewer, known=moment.known, on=judged_day(query).on)
    rows = narrow(_in_order(answer["returns"]), _facets(), query).rows
    if kind == "csv":
        return answer_csv(COLUMNS, [{**row, "sites": len(row["sites"])} for row in rows], "returns.csv")
    return answer_json({**answer, "returns": rows}, "returns.json")


def _in_order(rows: Sequence[Row]) -> list[Row]:
    by_state = sorted(rows, key=lambda row: (STATES.index(row["state"]), row["party"]["name"], row["party"]["id"]))
    return sorted(by_state, key=lambda row: end_of(row["month"]), reverse=True)


def end_of(text: str) -> ReturnPeriod:
    """Return a period as written in an answer, which stands in order of its end."""
    found = read_period(text)
    assert found is not None, "the register wrote it"
    return found


def _facets() -> list[Facet]:
    language = get_language() or "en"

    def standing(row: Row) -> list[tuple[str, str]]:
        marks = [(row["state"], word("return", row["state"], language))]
        more = (
            (NIL, _("nil"), row["is_nil"]),
            (DIFFERS, _("deliveries differ"), row["differing"]),
            (CORRECTED, _("corrected"), row["corrections"]),
        )
        return [*marks, *((code, said) for code, said, is_so in more if is_so)]

    return [
        Facet("state", _("State"), standing),
        Facet("month", _("Period"), lambda r: [(r["month"], write_period(r["month"]))], is_newest_first=True),
        Facet("party", _("Enterprise"), lambda r: [(r["party"]["id"], name_of(r["party"]))]),
    ]

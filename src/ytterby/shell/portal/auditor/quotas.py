"""Quotas: how much of each is used, when it will be used up, which are exceeded, what could not be counted."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

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
from ytterby.shell.store.reading.flow_returns import RETURNS
from ytterby.shell.store.reading.quotas import quota_positions
from ytterby.shell.wording import word

COLUMNS = (
    "party.id",
    "party.name",
    "year",
    "kind",
    "standing",
    "quota_t_reo",
    "source",
    "produced_t_reo",
    "u_t_reo",
    "share",
    "left_t_reo",
    "z",
    "used_up.day",
    "used_up.earliest",
    "used_up.latest",
    "used_up.level",
    "used_up.months",
    "not_counted",
)
# How a quota stands; the first is shown first.
EXCEEDED, RUNS_OUT, WITHIN, UNKNOWN, NONE = "exceeded", "runs_out", "within", "unknown", "no_quota"
STANDINGS = (EXCEEDED, RUNS_OUT, WITHIN, UNKNOWN, NONE)
NOT_COUNTED = "not_counted"

Row = Mapping[str, Any]
Json = dict[str, Any]


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
@shows_progress("quotas")
def quotas(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the quotas that the facets leave, the newest year first, in it those that are exceeded."""
    moment, query = moment_of(request, seat, RETURNS), query_of(request)
    day = judged_day(query)
    language = get_language() or "en"
    rows = positions_in_order(quota_positions(seat.viewer, known=moment.known, on=day.on, language=language))
    narrowed = narrow(rows, _facets(), query)
    paging = page_of(narrowed.rows, query)
    addresses = TailAddresses([row["party"]["id"] for row in rows], moment, "party")
    context = {
        "query": query,
        "day": day,
        "narrowed": narrowed,
        "paging": paging,
        "rows": [
            {**row, "href": addresses.page("quota", row["party"]["id"], str(row["year"]), row["kind"], query=day.query)}
            for row in paging.rows
        ],
        "exceeded": sum(row["standing"] == EXCEEDED for row in narrowed.rows),
    }
    return show_page(request, seat, "auditor/quotas.html", context, moment=moment, here="quotas")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def quotas_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same list as CSV or JSON (the keys of `quota show`), all pages of it."""
    moment, query = moment_of(request, seat), request.GET.dict()
    language = get_language() or "en"
    answer = quota_positions(seat.viewer, known=moment.known, on=judged_day(query).on, language=language)
    rows = narrow(positions_in_order(answer), _facets(), query).rows
    if kind == "csv":
        lots = [{**row, "not_counted": [lot for left in row["not_counted"] for lot in left["lots"]]} for row in rows]
        return answer_csv(COLUMNS, lots, "quotas.csv")
    said = [row["finding"] for row in rows if row["finding"]]
    return answer_json({**answer, "positions": rows, "findings": said}, "quotas.json")


def positions_in_order(answer: Json) -> list[Json]:
    """Return the positions of an answer, each with how it stands and the finding where it is exceeded."""
    found = {(one["parties"][0][0], one["year"], one["quota_kind"]): one for one in answer["findings"]}
    rows = [
        {**row, "standing": standing_of(row), "finding": found.get((row["party"]["id"], row["year"], row["kind"]))}
        for row in answer["positions"]
    ]
    return sorted(rows, key=lambda row: (-row["year"], STANDINGS.index(row["standing"]), row["party"]["name"]))


def standing_of(row: Row) -> str:
    """Return how a quota stands; it runs out where it will be used up before its year ends, at the pace so far."""
    if row["quota_t_reo"] is None:
        return NONE
    if row["produced_t_reo"] is None:
        return UNKNOWN
    if row["is_exceeded"]:
        return EXCEEDED
    ends = row["used_up"]
    is_ending = bool(ends and ends["day"]) and date.fromisoformat(ends["day"]).year <= row["year"]
    return RUNS_OUT if is_ending else WITHIN


def standing_words() -> dict[str, str]:
    """Return the words for how a quota stands."""
    return {
        EXCEEDED: _("exceeded"),
        RUNS_OUT: _("runs out this year"),
        WITHIN: _("within the quota"),
        UNKNOWN: _("production not known"),
        NONE: _("no quota registered"),
    }


def _facets() -> Sequence[Facet]:
    language, words = get_language() or "en", standing_words()

    def standing(row: Row) -> list[tuple[str, str]]:
        marks = [(row["standing"], words[row["standing"]])]
        return [*marks, (NOT_COUNTED, _("not all counted"))] if row["not_counted"] else marks

    return [
        Facet("standing", _("State"), standing),
        Facet("year", _("Year"), lambda r: [(str(r["year"]), str(r["year"]))], is_newest_first=True),
        Facet("kind", _("Kind"), lambda r: [(r["kind"], word("quota", r["kind"], language))]),
        Facet("party", _("Enterprise"), lambda r: [(r["party"]["id"], name_of(r["party"]))]),
    ]

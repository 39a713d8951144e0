"""Closed months: every close, and of one month what was stored beside what is known now, and what came in between.

Auditors alone: what is stored is made of the whole book, in which both sides of every delivery show (threats C2, C3).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.chain.period import parse_month
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.auditor.figure_names import month_figure_names
from ytterby.shell.portal.auditor.plant_address import PlantAddresses
from ytterby.shell.portal.facet import Facet, narrow
from ytterby.shell.portal.moment import Moment, moment_of, query_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.paging import page_of
from ytterby.shell.portal.progress import shows_progress
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.portal.templatetags.ytterby import name as name_of
from ytterby.shell.store.reading.accounts import ACCOUNTS
from ytterby.shell.store.reading.beside import Work
from ytterby.shell.store.reading.closed import closed_month
from ytterby.shell.store.reading.closes import CHANGED, REPLACED, SAME, list_closes
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.viewer import Viewer

COLUMNS = (
    "month",
    "state",
    "changed_sites",
    "same_tables",
    "known_at",
    "at",
    "by",
    "accounts",
    "derivation",
    "tables",
    "digest",
    "index",
)
ACCOUNT_COLUMNS = (
    "site.id",
    "site.name",
    "element",
    "differs",
    "stored.muf_kg",
    "stored.sigma_kg",
    "now.muf_kg",
    "now.sigma_kg",
    "changed",
    "same_inputs",
    "same_tables",
    "events",
)
# Late events, registrations and findings that a page shows of each; the file holds all.
SHOWN_MOST = 50
MONTHS_KEPT = 8

Row = Mapping[str, Any]
Json = dict[str, Any]

_months = Kept[Json](MONTHS_KEPT)


@audience(Audience.AUDITOR)
@require_safe
@shows_progress("closes")
def closes(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the closes that the facets leave."""
    moment = moment_of(request, seat, ACCOUNTS)
    query = query_of(request)
    rows = list_closes(seat.viewer, known=moment.known)["closes"]
    narrowed = narrow(rows, _facets(), query)
    context = {
        "query": query,
        "narrowed": narrowed,
        "paging": page_of(narrowed.rows, query),
        "months_closed": len({row["month"] for row in rows}),
        "months_changed": sum(row["state"] == CHANGED for row in rows),
    }
    return show_page(request, seat, "auditor/closes.html", context, moment=moment, here="closes")


@audience(Audience.AUDITOR)
@require_safe
def closes_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same closes as CSV or JSON, all pages of them."""
    moment = moment_of(request, seat)
    answer = list_closes(seat.viewer, known=moment.known)
    rows = narrow(answer["closes"], _facets(), request.GET.dict()).rows
    if kind == "csv":
        return answer_csv(COLUMNS, rows, "closes.csv")
    return answer_json({**answer, "closes": rows}, "closes.json")


@audience(Audience.AUDITOR)
@require_safe
@shows_progress("closes")
def close(request: HttpRequest, seat: Seat, month: str) -> HttpResponse:
    """Show a closed month: each balance as stored and as known now, and why they differ."""
    moment = moment_of(request, seat, _work(month))
    found = _found(seat, moment, month)
    query = query_of(request)
    accounts = sorted(found["accounts"], key=lambda row: not row["differs"])
    narrowed = narrow(accounts, _account_facets(), query)
    paging = page_of(narrowed.rows, query)
    addresses = PlantAddresses([row["site"]["id"] for row in accounts], moment)
    context = {
        "query": query,
        "month": month,
        "found": found,
        "last": found["closes"][-1],
        "earlier": found["closes"][-2::-1],
        "stale": sum(row["differs"] for row in accounts),
        "narrowed": narrowed,
        "paging": paging,
        "rows": [_account(row, month, addresses) for row in paging.rows],
        "facet_argument": month,
        "lists": _lists(found),
    }
    return show_page(request, seat, "auditor/close.html", context, moment=moment, here="closes")


@audience(Audience.AUDITOR)
@require_safe
def close_file(request: HttpRequest, seat: Seat, month: str, kind: str) -> HttpResponse:
    """Answer the balances of a closed month as CSV, or with all that came since as JSON."""
    moment = moment_of(request, seat)
    found = _found(seat, moment, month)
    rows = narrow(found["accounts"], _account_facets(), request.GET.dict()).rows
    if kind == "csv":
        return answer_csv(ACCOUNT_COLUMNS, rows, f"{month}-accounts.csv")
    return answer_json({**found, "accounts": rows}, f"{month}-accounts.json")


def _work(month: str) -> Work:
    """Return what a closed month needs: every balance of it is worked out, as known then and now."""
    _check(month)
    language = get_language() or "en"
    return Work(f"close {month} {language}", lambda viewer, known, _: _closed(viewer, known, month, language))


def _closed(viewer: Viewer, known: Known, month: str, language: str) -> Json:
    """Return a closed month, kept for those asked for last."""
    key = (register_id(viewer), known.size, viewer, month, language)
    return _months.get(key, lambda: closed_month(viewer, month, known=known, language=language))


def _check(month: str) -> None:
    try:
        parse_month(month)
    except ValueError as no_month:
        raise Http404 from no_month


def _found(seat: Seat, moment: Moment, month: str) -> Json:
    _check(month)
    found = _closed(seat.viewer, moment.known, month, get_language() or "en")
    if not found["closes"]:
        raise Http404
    return found


def _account(row: Row, month: str, addresses: PlantAddresses) -> Json:
    """Return a balance with where its months are shown, and what its figures that changed are called."""
    page = addresses.page(row["site"]["id"], row["element"], {"month": month}) if row["now"] else ""
    return {**row, "href": f"{page}#month" if page else "", "figures": month_figure_names(row["changed"])}


def _lists(found: Row) -> Json:
    """Return what came since, each list cut to what a page holds, with how many more there are."""
    parts = {
        "events": found["events"],
        "registrations": found["registrations"],
        "appeared": found["findings"]["appeared"],
        "vanished": found["findings"]["vanished"],
    }
    return {name: {"rows": rows[:SHOWN_MOST], "more": max(0, len(rows) - SHOWN_MOST)} for name, rows in parts.items()}


def _facets() -> Sequence[Facet]:
    words = {SAME: _("same as stored"), CHANGED: _("inputs changed"), REPLACED: _("closed again")}
    return [
        Facet("state", _("State"), lambda r: [(r["state"], words[r["state"]])]),
        Facet("year", _("Year"), lambda r: [(r["month"][:4], r["month"][:4])]),
    ]


def _account_facets() -> Sequence[Facet]:
    words = {"changed": _("changed since"), "same": _("same as stored")}
    return [
        Facet("state", _("State"), lambda r: [(code := "changed" if r["differs"] else "same", words[code])]),
        Facet("element", _("Element"), lambda r: [(r["element"], r["element"])]),
        Facet("site", _("Site"), lambda r: [(r["site"]["id"], name_of(r["site"]))]),
    ]

"""Month balances: how the last month of each plant and element stands, and whether Page's test ever alarmed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.balance.operating_point import ASK_FOR_PAPER, expected_false_alarms
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.auditor.plant_address import PlantAddresses
from ytterby.shell.portal.facet import Facet, narrow
from ytterby.shell.portal.moment import moment_of, query_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.paging import page_of
from ytterby.shell.portal.progress import shows_progress
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.portal.templatetags.ytterby import name as name_of
from ytterby.shell.site.balance_packs import operating_points
from ytterby.shell.store.reading.beside import Work
from ytterby.shell.store.reading.entries import directory
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.months import balanced, month_rows
from ytterby.shell.store.reading.naming import site_in
from ytterby.shell.store.reading.viewer import Viewer

COLUMNS = (
    "site.id",
    "site.name",
    "element",
    "standing",
    "month",
    "muf_kg",
    "sigma_kg",
    "sitmuf",
    "cumuf_kg",
    "sigma_cumuf_kg",
    "alarms",
    "last_alarm",
    "months_tested",
    "months_not_testable",
)
LAST = ("month", "muf_kg", "sigma_kg", "sitmuf", "cumuf_kg", "sigma_cumuf_kg")
# How a plant and element stands; the first is shown first.
ALARM, QUIET, UNTESTED = "alarm", "quiet", "not_testable"
STANDINGS = (ALARM, QUIET, UNTESTED)
LISTS_KEPT = 8

Row = Mapping[str, Any]
Json = dict[str, Any]

_lists = Kept[list[Json]](LISTS_KEPT)
MONTHS = Work("months", lambda viewer, known, _: _rows(viewer, known))


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
@shows_progress("months")
def months(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the plants and elements that the facets leave, those with alarms first."""
    moment = moment_of(request, seat, MONTHS)
    rows = _rows(seat.viewer, moment.known)
    query = query_of(request)
    narrowed = narrow(rows, _facets(), query)
    paging = page_of(narrowed.rows, query)
    addresses = PlantAddresses([row["site"]["id"] for row in rows], moment)
    context = {
        "query": query,
        "narrowed": narrowed,
        "paging": paging,
        "rows": [{**row, "href": addresses.page(row["site"]["id"], row["element"])} for row in paging.rows],
        **_counts(rows),
    }
    return show_page(request, seat, "auditor/months.html", context, moment=moment, here="months")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def months_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same list as CSV or JSON, all pages of it."""
    moment = moment_of(request, seat)
    rows = narrow(_rows(seat.viewer, moment.known), _facets(), request.GET.dict()).rows
    if kind == "csv":
        return answer_csv(COLUMNS, rows, "months.csv")
    return answer_json({"as_of_size": moment.known.size, **_counts(rows), "plants": rows}, "months.json")


def _rows(viewer: Viewer, known: Known) -> list[Json]:
    """Return a row for each plant and element, kept for the log sizes asked for last."""
    return _lists.get((register_id(viewer), known.size, viewer), lambda: _make_rows(viewer, known))


def _make_rows(viewer: Viewer, known: Known) -> list[Json]:
    named = directory(viewer, known)
    rows = [
        _row(site_in(named, site), element, month_rows(viewer, site, element, known=known))
        for site, element in balanced(viewer, known=known)
    ]
    return sorted(rows, key=lambda row: STANDINGS.index(row["standing"]))


def _row(site: Json, element: str, found: Sequence[Row]) -> Json:
    tested = [row for row in found if row["testable"]]
    alarms = [row["month"] for row in tested if row["alarm"]]
    last = tested[-1] if tested else {}
    return {
        "site": site,
        "element": element,
        "standing": ALARM if alarms else QUIET if tested else UNTESTED,
        **{key: last.get(key) for key in LAST},
        "alarms": len(alarms),
        "last_alarm": alarms[-1] if alarms else None,
        "months_tested": len(tested),
        "months_not_testable": len(found) - len(tested),
    }


def _counts(rows: Sequence[Row]) -> Json:
    """Return how many alarms there are, and how many chance alone would have brought."""
    rate = operating_points()[ASK_FOR_PAPER].rate_per_plant_year
    tested = sum(row["months_tested"] for row in rows)
    return {
        "months_tested": tested,
        "alarms": sum(row["alarms"] for row in rows),
        "expected_false_alarms": round(expected_false_alarms((rate,), tested), 3),
        "false_alarms_per_plant_year": rate,
    }


def _facets() -> list[Facet]:
    words = {ALARM: _("with alarms"), QUIET: _("without alarm"), UNTESTED: _("not testable")}
    return [
        Facet("element", _("Element"), lambda r: [(r["element"], r["element"])]),
        Facet("site", _("Site"), lambda r: [(r["site"]["id"], name_of(r["site"]))]),
        Facet("standing", _("State"), lambda r: [(r["standing"], words[r["standing"]])]),
    ]

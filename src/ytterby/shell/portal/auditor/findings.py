"""The list of findings: what does not fit, how large, what would settle it, which events say so."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.facet import Facet, narrow
from ytterby.shell.portal.moment import moment_of, query_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.paging import page_of
from ytterby.shell.portal.progress import shows_progress
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.portal.templatetags.ytterby import name as name_of
from ytterby.shell.store.reading.findings import list_findings
from ytterby.shell.store.reading.inquiries import numbers_of_cases
from ytterby.shell.store.reading.watching import FINDINGS
from ytterby.shell.wording import word

COLUMNS = (
    "id",
    "kind",
    "text",
    "settles",
    "parties",
    "lot",
    "site.id",
    "site.name",
    "element",
    "size_kg",
    "sd_kg",
    "statistic",
    "events",
    "state",
)

Row = Mapping[str, Any]


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
@shows_progress("findings")
def findings(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the findings that the facets leave."""
    moment = moment_of(request, seat, FINDINGS)
    answer = list_findings(seat.viewer, known=moment.known, language=get_language() or "en")
    query = query_of(request)
    narrowed = narrow(answer["findings"], _facets(query), query)
    paging = page_of(narrowed.rows, query)
    cases = numbers_of_cases(seat.viewer, known=moment.known)
    context = {
        "query": query,
        "narrowed": narrowed,
        "paging": paging,
        "rows": [{**row, "case": cases.get(row["id"])} for row in paging.rows],
        "expected_false_alarms": answer["expected_false_alarms"],
    }
    return show_page(request, seat, "auditor/findings.html", context, moment=moment, here="findings")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def findings_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same findings as CSV or JSON."""
    moment = moment_of(request, seat)
    answer = list_findings(seat.viewer, known=moment.known, language=get_language() or "en")
    query = request.GET.dict()
    rows = narrow(answer["findings"], _facets(query), query).rows
    if kind == "csv":
        return answer_csv(COLUMNS, rows, "findings.csv")
    return answer_json({**answer, "findings": rows}, "findings.json")


def _facets(query: Mapping[str, str]) -> list[Facet]:
    language = get_language() or "en"
    # Of one finding a case links here; as a facet of all of them it would be as long as the list.
    asked = query.get("finding")
    only = [Facet("finding", _("Finding"), lambda r: [(r["id"], r["id"])] if r["id"] == asked else [])] if asked else []
    return [
        *only,
        Facet("kind", _("Kind"), lambda r: [(r["kind"], word("finding", r["kind"], language))]),
        Facet("site", _("Site"), lambda r: [((r.get("site") or {}).get("id", ""), name_of(r.get("site")))]),
        Facet("element", _("Element"), lambda r: [(r.get("element") or "", r.get("element") or "")]),
    ]

"""Balance of each step: is each element that went in found in what came out, within what can be measured?"""

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
from ytterby.shell.portal.table import answer_csv, answer_json, pick
from ytterby.shell.portal.templatetags.ytterby import name as name_of
from ytterby.shell.store.reading.balance import step_closures
from ytterby.shell.store.reading.book import BOOK
from ytterby.shell.wording import word

COLUMNS = (
    "event_id",
    "at",
    "site.id",
    "site.name",
    "run",
    "process",
    "element",
    "in_kg",
    "out_kg",
    "difference_kg",
    "u_kg",
    "z",
    "verdict",
    "inputs_unknown",
    "assumed",
    "inputs",
    "outputs",
)

Row = Mapping[str, Any]


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
@shows_progress("balance")
def balance(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the closures that the facets leave, in book order."""
    moment = moment_of(request, seat, BOOK)
    answer = step_closures(seat.viewer, known=moment.known)
    query = query_of(request)
    narrowed = narrow(answer["steps"], _facets(), query)
    beyond = sum(step["verdict"] in {"loss", "gain"} for step in answer["steps"])
    context = {
        "query": query,
        "narrowed": narrowed,
        "paging": page_of(narrowed.rows, query),
        "limit": answer.get("limit", 3.0),
        "beyond": beyond,
        "tested": sum(step["z"] is not None for step in answer["steps"]),
    }
    return show_page(request, seat, "auditor/balance.html", context, moment=moment, here="balance")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def balance_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same closures as CSV or JSON."""
    moment = moment_of(request, seat)
    answer = step_closures(seat.viewer, known=moment.known)
    rows = narrow(answer["steps"], _facets(), request.GET.dict()).rows
    if kind == "csv":
        return answer_csv(COLUMNS, rows, "balance.csv")
    return answer_json({**answer, "steps": rows}, "balance.json")


def _facets() -> list[Facet]:
    language = get_language() or "en"
    return [
        Facet("element", _("Element"), lambda r: [(r["element"], r["element"])]),
        Facet("site", _("Site"), lambda r: [(str(pick(r, "site.id") or ""), name_of(r["site"]))]),
        Facet("verdict", _("Verdict"), lambda r: [(r["verdict"], word("verdict", r["verdict"], language))]),
    ]

"""Mirror pairs: for each delivery, what the shipper says beside what the receiver says."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.facet import Facet, narrow
from ytterby.shell.portal.moment import Moment, moment_of, query_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.paging import page_of
from ytterby.shell.portal.progress import shows_progress
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.portal.templatetags.ytterby import name as name_of
from ytterby.shell.site.packs import limits
from ytterby.shell.store.reading.balance import mirror_pairs
from ytterby.shell.store.reading.book import BOOK
from ytterby.shell.wording import word

COLUMNS = (
    "lot",
    "document",
    "shipper.id",
    "shipper.name",
    "receiver.id",
    "receiver.name",
    "sent_at",
    "received_at",
    "shipped",
    "received",
    "unit",
    "compared",
    "element",
    "difference",
    "u",
    "d",
    "state",
    "overdue",
    "corrections",
)
# The longest limit that can be asked for, ten years.
TRANSIT_LIMIT_MOST = 3660

Row = Mapping[str, Any]


class Asked(NamedTuple):
    """As of which day a delivery is overdue, and after how many days under way."""

    on: date | None
    limit_days: int
    is_misread: bool


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
@shows_progress("deliveries")
def deliveries(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the deliveries that the facets leave."""
    moment = moment_of(request, seat, BOOK)
    asked = _asked(request)
    answer = _answer(seat, moment, asked)
    query = query_of(request)
    narrowed = narrow(answer["pairs"], _facets(), query)
    context = {
        "query": query,
        "asked": asked,
        "narrowed": narrowed,
        "paging": page_of(narrowed.rows, query),
    }
    return show_page(request, seat, "auditor/deliveries.html", context, moment=moment, here="deliveries")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def deliveries_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same deliveries as CSV or JSON."""
    moment = moment_of(request, seat)
    answer = _answer(seat, moment, _asked(request))
    rows = narrow(answer["pairs"], _facets(), request.GET.dict()).rows
    if kind == "csv":
        return answer_csv(COLUMNS, rows, "deliveries.csv")
    return answer_json({**answer, "pairs": rows}, "deliveries.json")


def _answer(seat: Seat, moment: Moment, asked: Asked) -> dict[str, Any]:
    return mirror_pairs(seat.viewer, known=moment.known, on=asked.on, transit_limit_days=asked.limit_days)


def _asked(request: HttpRequest) -> Asked:
    """Return the day and limit asked for; what cannot be read is said and left out."""
    text, limit = request.GET.get("known_on", "").strip(), request.GET.get("transit_days", "").strip()
    is_misread = False
    on = None
    if text:
        try:
            on = date.fromisoformat(text)
        except ValueError:
            is_misread = True
    days = limits().transit_days
    if limit:
        if limit.isascii() and limit.isdigit() and len(limit) <= 4 and int(limit) <= TRANSIT_LIMIT_MOST:
            days = int(limit)
        else:
            is_misread = True
    return Asked(on, days, is_misread)


def _facets() -> list[Facet]:
    language = get_language() or "en"

    def standing(row: Row) -> list[tuple[str, str]]:
        marks = [(row["state"], word("state", row["state"], language))]
        return [*marks, ("overdue", _("overdue"))] if row["overdue"] else marks

    return [
        Facet("state", _("State"), standing),
        Facet("shipper", _("Shipper"), lambda r: [(r["shipper"]["id"], name_of(r["shipper"]))]),
        Facet("receiver", _("Receiver"), lambda r: [(r["receiver"]["id"], name_of(r["receiver"]))]),
    ]

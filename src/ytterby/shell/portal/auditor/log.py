"""The log: its signed head, its entries in order, and from which sizes the register can be asked."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.moment import moment_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.paging import ROWS_PER_PAGE, paging_of
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.store.reading.log import list_entries, log_head

COLUMNS = ("index", "kind", "entry", "at", "submitter", "event_id", "digest", "ends_submission")
ENTRIES_MAX = 10_000


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def log(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the head of the log and one page of its entries, newest first."""
    moment = moment_of(request, seat)
    size = moment.known.size
    query = {key: value for key, value in request.GET.dict().items() if key == "page"}
    paging = paging_of(size, query)
    # Page 1 holds the newest entries; entries count from 0.
    start = max(0, size - paging.last)
    count = min(ROWS_PER_PAGE, size - paging.first + 1) if size else 0
    answer = list_entries(seat.viewer, start, count)
    context = {
        "query": query,
        "head": log_head(seat.viewer),
        "paging": replace(paging, rows=list(reversed(answer["entries"]))),
        "size": size,
    }
    return show_page(request, seat, "auditor/log.html", context, moment=moment, here="log")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def log_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the entries as CSV or JSON, at most 10,000 from `start` on."""
    moment = moment_of(request, seat)
    text = request.GET.get("start", "0")
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
    count = min(ENTRIES_MAX, max(0, moment.known.size - start))
    answer = list_entries(seat.viewer, start, count)
    if kind == "csv":
        return answer_csv(COLUMNS, answer["entries"], "log.csv")
    return answer_json(answer, "log.json")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def checkpoint(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Answer the signed checkpoint as it is verified, byte for byte (C2SP tlog-checkpoint)."""
    text = log_head(seat.viewer).get("checkpoint")
    if not text:
        raise Http404
    return HttpResponse(text, content_type="text/plain; charset=utf-8")

"""Messages to customs about licences: what waits, and the answer of customs to each."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from ytterby.licence.customs_message import CustomsAnswer, Verdict
from ytterby.shell.actions import clock
from ytterby.shell.actions.answer_customs import answer_customs
from ytterby.shell.actions.speaker import session_speaker
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.law.typed import Wrong, wrongs
from ytterby.shell.portal.licences import OF_CUSTOMS
from ytterby.shell.portal.moment import moment_of, query_of
from ytterby.shell.portal.page import link_to, show_page
from ytterby.shell.portal.paging import page_of
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.site.register import current_register
from ytterby.shell.store.reading.customs import alarms, list_messages

LIST = "customs_messages"
COLUMNS = ("message", "licence", "version", "sequence", "attempt", "action", "sent_at", "state")
TAGS = {"acknowledged": "good", "rejected": "bad", "waiting": "wait"}
CODES_MOST, CODE_MOST, TEXT_MOST = 10, 40, 1_000

Json = dict[str, Any]


@audience(*OF_CUSTOMS, here=LIST)
@require_safe
def messages(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the messages, those that wait first."""
    return _page(request, seat)


@audience(*OF_CUSTOMS, here=LIST)
@require_safe
def messages_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same as CSV or JSON, with the keys of `customs list`."""
    answer = list_messages(seat.viewer, moment_of(request, seat).known)
    if kind == "csv":
        return answer_csv(COLUMNS, answer["messages"], "customs-messages.csv")
    return answer_json(answer, "customs-messages.json")


@audience(Audience.CUSTOMS, here=LIST)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, seat: Seat, message: str) -> HttpResponse:
    """Acknowledge a message, or reject it with codes; the same again changes nothing."""
    if not seat.account:
        raise Http404
    if request.method != "POST":
        return HttpResponseRedirect(link_to(LIST, None))
    is_rejected = request.POST.get("verdict") == Verdict.REJECTED.value
    text = request.POST.get("codes", "")[: CODES_MOST * CODE_MOST]
    codes = tuple(text.replace(",", " ").split())[:CODES_MOST] if is_rejected else ()
    why = request.POST.get("text", "").strip()[:TEXT_MOST] if is_rejected else ""
    said = CustomsAnswer(message, Verdict.REJECTED if is_rejected else Verdict.ACKNOWLEDGED, codes, why)
    speaker = session_speaker(seat.account, seat.party)
    made = answer_customs(current_register(), [said], speaker, at=clock.now())
    if made.problems:
        return _page(request, seat, wrongs(made.problems), 400)
    return HttpResponseRedirect(link_to(LIST, None))


def _page(request: HttpRequest, seat: Seat, wrong: Sequence[Wrong] = (), status: int = 200) -> HttpResponse:
    moment, query = moment_of(request, seat), query_of(request)
    told = list_messages(seat.viewer, moment.known)["messages"]
    rows = sorted(told, key=lambda row: row["state"] != "waiting")
    late = alarms(seat.viewer, moment.known, clock.now())
    context = {
        "paging": page_of([{**row, "tag": TAGS.get(row["state"], "none")} for row in rows], query),
        "query": query,
        "waiting": sum(row["state"] == "waiting" for row in rows),
        "late": wrongs(late),
        "wrong": wrong,
        "may_answer": Audience.CUSTOMS in seat.roles and bool(seat.account) and not moment.is_past,
    }
    page = show_page(request, seat, "licences/messages.html", context, moment=moment, here=LIST)
    page.status_code = status
    return page

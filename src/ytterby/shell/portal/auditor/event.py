"""One event: what was submitted, who said so when, and the proof that it stands in the log unchanged."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.moment import Moment, moment_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.table import answer_json
from ytterby.shell.store.reading.log import event_proof


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def event(request: HttpRequest, seat: Seat, event: str) -> HttpResponse:
    """Show an event by its eventID or digest."""
    moment = moment_of(request, seat)
    proof = _proof(seat, moment, event)
    receipts = [(_("Arrival, signed"), proof.get("arrival")), (_("Outcome, signed"), proof.get("outcome"))]
    context = {
        "event": event,
        "name": proof["event"].get("eventID") or event,
        "proof": proof,
        "text": _readable(proof["event"]),
        "receipts": [(title, _readable(receipt)) for title, receipt in receipts if receipt],
    }
    return show_page(request, seat, "auditor/event.html", context, moment=moment, here="log")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def event_file(request: HttpRequest, seat: Seat, event: str) -> HttpResponse:
    """Answer the event as it was submitted, as JSON."""
    return answer_json(_proof(seat, moment_of(request, seat), event)["event"], "event.json")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def proof_file(request: HttpRequest, seat: Seat, event: str) -> HttpResponse:
    """Answer the proof of an event, for `ytterby log verify` or anybody's own program."""
    return answer_json(_proof(seat, moment_of(request, seat), event), "proof.json")


def _readable(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _proof(seat: Seat, moment: Moment, event: str) -> dict[str, Any]:
    try:
        return event_proof(seat.viewer, event, known=moment.known)
    except KeyError as missing:
        raise Http404 from missing

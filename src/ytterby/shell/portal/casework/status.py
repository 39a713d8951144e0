"""The status of a case for whoever waits for it: one date, whose turn it is, what moves the date.

It is computed from what the applicant saw alone (threat C7). An officer reads the same page, to know what is told.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from ytterby.shell.actions import clock
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.casework import OFFICES, PARTIES
from ytterby.shell.portal.casework.lists import WORKLIST
from ytterby.shell.portal.moment import Moment, moment_of
from ytterby.shell.portal.page import link_to, show_page
from ytterby.shell.portal.table import answer_json
from ytterby.shell.store.reading.case_status import case_status
from ytterby.shell.wording import language_of

# The way of a case as everybody knows it; a phase beside it is told where the case is in it.
WAY = ("received", "review", "granted", "delivered")
PHASE_TAGS = {"granted": "good", "delivered": "good", "refused": "bad", "not_accepted": "bad", "supplement": "wait"}

Json = dict[str, Any]


@audience(*OFFICES, *PARTIES, here=WORKLIST)
@require_safe
def status(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Show where a case stands, with its date in the title."""
    moment = moment_of(request, seat)
    told = _told(seat, moment, number)
    phase = told["phase"]
    place = WAY.index(phase) if phase in WAY else (1 if phase in {"supplement", "pre_check"} else -1)
    context = {
        "status": told,
        "tag": PHASE_TAGS.get(phase, "open"),
        "way": [
            {"phase": one, "is_done": n < place, "is_now": n == place} for n, one in enumerate(WAY)
        ] if place >= 0 else [],
        "reads_case": seat.is_one_of((Audience.AUDITOR, Audience.OFFICER)) or told["audience"] == "applicant",
        "files": [("JSON", link_to("case_status_file", moment, number))],
    }  # fmt: skip
    return show_page(request, seat, "casework/status.html", context, moment=moment, here=WORKLIST)


@audience(*OFFICES, *PARTIES, here=WORKLIST)
@require_safe
def status_file(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Answer the same as JSON."""
    return answer_json(_told(seat, moment_of(request, seat), number), f"status-{number}.json")


def _told(seat: Seat, moment: Moment, number: str) -> Json:
    language = language_of(get_language() or "en")
    try:
        return case_status(seat.viewer, number, clock.now(), moment.known, language)
    except KeyError:
        raise Http404 from None

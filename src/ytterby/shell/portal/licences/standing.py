"""What is done about where a licence stands on its page: the office proposes and confirms, the holder hands it back or
asks that it be amended.
"""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from ytterby.shell.actions import clock
from ytterby.shell.actions.casework import begin_case
from ytterby.shell.actions.change_licence import TEXT_MAX, change_licence, confirm_change
from ytterby.shell.actions.speaker import Speaker, session_speaker
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.law.typed import wrongs
from ytterby.shell.portal.licences.entries import DIGITS_MOST
from ytterby.shell.portal.licences.licence import LIST, licence_page, licence_told
from ytterby.shell.portal.moment import moment_of
from ytterby.shell.portal.page import link_to
from ytterby.shell.site.register import current_register
from ytterby.terms.problem import Problem

WORD_MOST = 200
AMENDMENT = "amendment"


@audience(Audience.OFFICER, Audience.APPLICANT, here=LIST)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Give a command on a licence; what takes two people waits for the other one."""
    speaker = _speaker(request, seat, number)
    if request.method != "POST":
        return _back(number)
    command, reason = (request.POST.get(name, "")[:WORD_MOST] for name in ("command", "reason"))
    text = request.POST.get("text", "")[: TEXT_MAX + 1]
    done = change_licence(current_register(), number, command, speaker, reason=reason, text=text, at=clock.now())
    return _answer(request, seat, number, done.problems)


@audience(Audience.OFFICER, here=LIST)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Confirm what another person of the office proposed."""
    speaker = _speaker(request, seat, number)
    proposal = request.POST.get("proposal", "")
    if request.method != "POST":
        return _back(number)
    if not (proposal.isascii() and proposal.isdigit() and len(proposal) <= DIGITS_MOST):
        raise Http404
    done = confirm_change(current_register(), number, int(proposal), speaker, at=clock.now())
    return _answer(request, seat, number, done.problems)


@audience(Audience.APPLICANT, here=LIST)
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Begin an amendment with what the licence was applied for, and go on to its form."""
    speaker = _speaker(request, seat, number)
    if request.method != "POST":
        return _back(number)
    begun = begin_case(current_register(), AMENDMENT, None, speaker, amends=number, at=clock.now())
    if begun.problems:
        return _answer(request, seat, number, begun.problems)
    return HttpResponseRedirect(link_to("case_application", None, begun.number))


def _speaker(request: HttpRequest, seat: Seat, number: str) -> Speaker:
    """Return who speaks of a licence that is there for them.

    Raises:
        Http404: there is none, or nobody is signed in as a person.
    """
    licence_told(seat, moment_of(request, seat), number)
    if not seat.account:
        raise Http404
    return session_speaker(seat.account, seat.party)


def _back(number: str) -> HttpResponse:
    return HttpResponseRedirect(link_to("licence", None, number))


def _answer(request: HttpRequest, seat: Seat, number: str, problems: Sequence[Problem]) -> HttpResponse:
    if not problems:
        return _back(number)
    moment = moment_of(request, seat)
    told = licence_told(seat, moment, number)
    return licence_page(request, seat, moment, told, wrong=wrongs(problems), status=400)

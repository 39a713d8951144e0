"""Entries on a licence that are made on its page: the holder reserves, customs confirms an exit.

The exporter's figures are shown to customs, and what customs measured is typed anew beside them. Each entry has its
number in the form, so that what is sent twice is one entry (`actions.draw_down`).
"""

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from ytterby.licence.draw_down import Entry, Kind
from ytterby.shell.actions import clock
from ytterby.shell.actions.draw_down import Asked, enter_draw_down
from ytterby.shell.actions.speaker import session_speaker
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.law.typed import wrongs
from ytterby.shell.portal.licences.licence import LIST, licence_page, licence_told
from ytterby.shell.portal.moment import moment_of
from ytterby.shell.portal.page import link_to
from ytterby.shell.site.register import current_register
from ytterby.terms.problem import Problem, is_refused, refuse
from ytterby.terms.quantity import plain_decimal

TEXT_MOST, DIGITS_MOST = 200, 12
FIELDS = ("line", "declaration", "declaration_line", "seq", "quantity", "on", "site")

Json = dict[str, Any]


@audience(Audience.APPLICANT, here=LIST)
@require_http_methods(["GET", "HEAD", "POST"])
def reserve(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Reserve for a declaration, as the holder."""
    return _enter(request, seat, number, Kind.RESERVE)


@audience(Audience.CUSTOMS, here=LIST)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Confirm an exit with the mass that was measured, as customs at a place of its own."""
    return _enter(request, seat, number, Kind.EXIT)


def _enter(request: HttpRequest, seat: Seat, number: str, kind: Kind) -> HttpResponse:
    moment = moment_of(request, seat)
    told = licence_told(seat, moment, number)
    if not seat.account:
        raise Http404
    if request.method != "POST":
        return HttpResponseRedirect(link_to("licence", None, number))
    typed = {name: request.POST.get(name, "").strip()[:TEXT_MOST] for name in FIELDS}
    asked, problems = _asked(seat, told, kind, typed)
    if asked is not None:
        speaker = session_speaker(seat.account, seat.party)
        problems = list(enter_draw_down(current_register(), asked, speaker, at=clock.now()).problems)
    if asked is None or is_refused(problems):
        return licence_page(request, seat, moment, told, wrong=wrongs(problems), typed=typed, status=400)
    if problems:
        again = moment_of(request, seat)
        return licence_page(request, seat, again, licence_told(seat, again, number), said=wrongs(problems))
    return HttpResponseRedirect(link_to("licence", None, number))


def _asked(seat: Seat, told: Json, kind: Kind, typed: Json) -> tuple[Asked | None, list[Problem]]:
    quantity = plain_decimal(typed["quantity"])
    if quantity is None or quantity <= 0:
        return None, [refuse("application.quantity", "/quantity", typed["quantity"])]
    numbers = [typed[name] or "1" for name in ("seq", "declaration_line")]
    if not all(text.isascii() and text.isdigit() and len(text) <= DIGITS_MOST for text in numbers):
        return None, [refuse("licence.entry_number", "/seq", typed["seq"])]
    units = {one["line"]: one["unit"] for one in told["lines"]}
    day = typed["on"] or clock.now().date().isoformat()
    unit = units.get(typed["line"], "")
    entry = Entry(kind, typed["declaration"], int(numbers[0]), day, Decimal(quantity), unit, int(numbers[1]))
    if kind is Kind.RESERVE:
        return Asked(told["licence"], typed["line"], entry), []
    site = typed["site"] if typed["site"] in seat.viewer.places else ""
    return Asked(told["licence"], typed["line"], entry, site, told["holder"]), []

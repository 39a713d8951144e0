"""Who was sent something in the last year: the end users of whom there is something to ask."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ytterby.shell.actions.clock import now
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.moment import Moment, moment_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.portal.tail_address import TailAddresses
from ytterby.shell.store.reading.end_use import list_end_users, reads_flags

COLUMNS = ("party.id", "party.name", "use", "kg", "whole_kg")

Json = dict[str, Any]


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def end_users(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the end users, the largest first."""
    moment, rows = _listed(request, seat)
    addresses = TailAddresses([row["party"]["id"] for row in rows], moment, "party")
    shown = [
        {**row, "href": addresses.page("flags", row["party"]["id"], query={"use": row["use"], "quantity": row["kg"]})}
        for row in rows
    ]
    return show_page(
        request, seat, "screening/end_users.html", {"rows": shown, "query": {}}, moment=moment, here="end_users"
    )


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def end_users_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same as CSV or JSON."""
    moment, rows = _listed(request, seat)
    if kind == "csv":
        return answer_csv(COLUMNS, rows, "end-users.csv")
    return answer_json({"as_of_size": moment.known.size, "end_users": rows}, "end-users.json")


def _listed(request: HttpRequest, seat: Seat) -> tuple[Moment, list[Json]]:
    if not reads_flags(seat.viewer):
        raise Http404
    moment = moment_of(request, seat)
    return moment, list_end_users(seat.viewer, known=moment.known, on=now().date())

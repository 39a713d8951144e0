"""One flow return of a month or quarter: its state, lines, totals, what the other side says, what was entered first."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.matter.element import ELEMENTS
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.auditor.returns import end_of
from ytterby.shell.portal.judged_day import judged_day
from ytterby.shell.portal.moment import moment_of, query_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.progress import shows_progress
from ytterby.shell.portal.table import answer_csv, answer_json, file_name_of
from ytterby.shell.portal.tail_address import TailAddresses
from ytterby.shell.portal.templatetags.ytterby import name as name_of
from ytterby.shell.portal.templatetags.ytterby import period as write_period
from ytterby.shell.store.reading.beside import Work
from ytterby.shell.store.reading.flow_returns import RETURNS, list_returns, show_return
from ytterby.shell.wording import word

COLUMNS = (
    "site.id",
    "site.name",
    "product",
    "move",
    "counterparty.id",
    "counterparty.name",
    "amount",
    "unit",
    "t_reo",
    "u_t_reo",
    "events",
)
FILE_KINDS = ("csv", "json")

Row = Mapping[str, Any]
Json = dict[str, Any]


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
@shows_progress("returns")
def flow_return(request: HttpRequest, seat: Seat, party: str, month: str) -> HttpResponse:
    """Show the return of an enterprise for a month or quarter."""
    page = _ReturnPage(request, seat, party, month, RETURNS)
    return show_page(request, seat, "auditor/flow_return.html", page.context(), moment=page.moment, here="returns")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def flow_return_file(request: HttpRequest, seat: Seat, party: str, month: str, kind: str) -> HttpResponse:
    """Answer the return as JSON (the keys of `return show`), or its lines as CSV."""
    page = _ReturnPage(request, seat, party, month)
    name = f"{file_name_of(page.answer['return']['party']['name'], 60)}-{file_name_of(month, 7)}-return.{kind}"
    return answer_csv(COLUMNS, page.answer["lines"], name) if kind == "csv" else answer_json(page.answer, name)


class _ReturnPage:
    """What the page of a return asks the store for, each question once."""

    def __init__(self, request: HttpRequest, seat: Seat, party: str, month: str, needs: Work | None = None) -> None:
        self.seat, self.moment = seat, moment_of(request, seat, needs)
        query = query_of(request)
        self.day, self.language = judged_day(query), get_language() or "en"
        listed = list_returns(seat.viewer, known=self.moment.known, on=self.day.on)["returns"]
        self.addresses = TailAddresses([row["party"]["id"] for row in listed], self.moment, "party")
        found = self.addresses.find(party, query)
        if found is None:
            raise Http404
        self.party = found
        self.months = sorted((row["month"] for row in listed if row["party"]["id"] == found), key=end_of)
        if month not in self.months:
            raise Http404
        self.month = month
        self.answer = show_return(seat.viewer, found, month, known=self.moment.known, on=self.day.on)

    def context(self) -> Json:
        """Return what the page shows."""
        row = self.answer["return"]
        place = self.months.index(self.month)
        beside = [*self.months[max(0, place - 1) : place], *self.months[place : place + 2]]
        facts = {"party": name_of(row["party"]), "month": write_period(self.month)}
        return {
            "title": _("%(party)s, return of %(month)s") % facts,
            "row": row,
            "day": self.day,
            "form_query": {} if self.addresses.is_short(self.party) else {"party": self.party},
            "months": [(one, self._href("flow_return", one), one == self.month) for one in beside],
            "lines": self.answer["lines"],
            "totals": _beside_first(self.answer["totals"], self.answer["first_totals"]),
            "is_corrected": self.answer["first_totals"] is not None,
            "first_href": self._first_href(row["first_size"]),
            **_element_table(self.answer["elements"], self.language),
            "deliveries": self.answer["deliveries"],
            "files": [(kind.upper(), self._href("flow_return_file", self.month, kind)) for kind in FILE_KINDS],
        }

    def _href(self, name: str, month: str, *rest: str) -> str:
        return self.addresses.page(name, self.party, month, *rest, query=self.day.query)

    def _first_href(self, size: int | None) -> str:
        """Return where the first version is shown, by the log size at which it stood alone."""
        if size is None:
            return ""
        return self.addresses.page("flow_return", self.party, self.month, query={**self.day.query, "known_at": size})


def _beside_first(totals: Sequence[Row], first: Sequence[Row] | None) -> list[Json]:
    """Return the totals, where the return was corrected each with what it was first; what is gone since too."""
    if first is None:
        return [{**row, "is_changed": False} for row in totals]

    def key(row: Row) -> tuple[str, str, str]:
        return row["product"], row["move"], row["unit"]

    def figures(row: Row) -> tuple[object, object]:
        return row["amount"], row["t_reo"]

    before = {key(row): row for row in first}
    found = []
    for row in totals:
        was = before.pop(key(row), None)
        found.append({**row, "first": was, "is_changed": was is None or figures(was) != figures(row)})
    unknown = {"amount": None, "t_reo": None, "u_t_reo": None}
    gone = ({**row, **unknown, "is_gone": True, "is_changed": True, "first": row} for row in before.values())
    return [*found, *gone]


def _element_table(moves: Sequence[Row], language: str) -> Json:
    """Return the kilograms of each element as rows, a column for each move; None where not all of it is known."""
    named = {element for move in moves for element in move["elements"] or {}}
    rows = [
        (element, [None if move["elements"] is None else move["elements"].get(element, [0.0, 0.0]) for move in moves])
        for element in ELEMENTS
        if element in named
    ]
    return {"moves": [word("move", move["move"], language) for move in moves], "elements": rows}

"""One quota: the figure of its year, month by month, where the production came from, what was not counted."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.shell.drawing import draw_quota
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.auditor.quotas import positions_in_order
from ytterby.shell.portal.judged_day import judged_day
from ytterby.shell.portal.moment import moment_of, query_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.progress import shows_progress
from ytterby.shell.portal.table import answer_csv, answer_json, answer_svg, file_name_of
from ytterby.shell.portal.tail_address import TailAddresses
from ytterby.shell.portal.templatetags.ytterby import name as name_of
from ytterby.shell.store.reading.beside import Work
from ytterby.shell.store.reading.flow_returns import RETURNS
from ytterby.shell.store.reading.quotas import quota_positions
from ytterby.shell.wording import word
from ytterby.terms.identifier import tail

COLUMNS = (
    "month",
    "t_reo",
    "u_t_reo",
    "sum_t_reo",
    "sum_u_t_reo",
    "is_whole",
    "projected_t_reo",
    "low",
    "high",
)
LOTS_SHOWN = 12
FILE_KINDS = ("svg", "csv", "json")

Row = Mapping[str, Any]
Json = dict[str, Any]


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
@shows_progress("quotas")
def quota(request: HttpRequest, seat: Seat, party: str, year: int, of: str) -> HttpResponse:
    """Show the quota of an enterprise, a year and a kind."""
    page = _QuotaPage(request, seat, party, year, of, RETURNS)
    return show_page(request, seat, "auditor/quota.html", page.context(), moment=page.moment, here="quotas")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def quota_file(request: HttpRequest, seat: Seat, party: str, year: int, of: str, kind: str) -> HttpResponse:
    """Answer the quota as JSON (the keys of `quota show`), its months as CSV, or the figure."""
    page = _QuotaPage(request, seat, party, year, of)
    name = f"{file_name_of(page.row['party']['name'], 60)}-{year}-{file_name_of(of, 20)}-quota.{kind}"
    if kind == "svg":
        return answer_svg(draw_quota(page.row, title=page.title(), language=page.language, is_page=False), name)
    if kind == "csv":
        return answer_csv(COLUMNS, page.months(), name)
    return answer_json({"as_of_size": page.moment.known.size, "on": page.day.on.isoformat(), **page.row}, name)


class _QuotaPage:
    """What the page of a quota asks the store for, each question once."""

    def __init__(
        self, request: HttpRequest, seat: Seat, party: str, year: int, of: str, needs: Work | None = None
    ) -> None:
        self.moment = moment_of(request, seat, needs)
        query = query_of(request)
        self.day, self.language = judged_day(query), get_language() or "en"
        answer = quota_positions(seat.viewer, known=self.moment.known, on=self.day.on, language=self.language)
        listed = positions_in_order(answer)
        self.addresses = TailAddresses([row["party"]["id"] for row in listed], self.moment, "party")
        self.party = self.addresses.find(party, query) or ""
        self.own = [row for row in listed if row["party"]["id"] == self.party]
        found = [row for row in self.own if (row["year"], row["kind"]) == (year, of)]
        if not found:
            raise Http404
        self.row = found[0]

    def title(self) -> str:
        """Return the heading: whose quota, which year, of what."""
        facts = {
            "party": name_of(self.row["party"]),
            "year": self.row["year"],
            "kind": word("quota", self.row["kind"], self.language),
        }
        return _("%(party)s, %(kind)s %(year)s") % facts

    def months(self) -> list[Json]:
        """Return the months of the year with what was told of them and what the pace leads to, one row each."""
        told = {row["month"]: {**row, "is_told": True} for row in self.row["months"]}
        ahead = {
            row["month"]: {"projected_t_reo": row["sum_t_reo"], "low": row["low"], "high": row["high"]}
            for row in self.row["projected"]
        }
        return [{"month": month, **told.get(month, {}), **ahead.get(month, {})} for month in sorted({*told, *ahead})]

    def context(self) -> Json:
        """Return what the page shows."""
        others = sorted(self.own, key=lambda row: (row["year"], row["kind"]))
        return {
            "title": self.title(),
            "row": self.row,
            "day": self.day,
            "form_query": {} if self.addresses.is_short(self.party) else {"party": self.party},
            "others": [(row["year"], row["kind"], self._href("quota", row), row is self.row) for row in others],
            "figure": self._figure(),
            "months": self.months(),
            "not_counted": [
                {**left, "lots": [(lot, tail(lot)) for lot in left["lots"][:LOTS_SHOWN]], "count": len(left["lots"])}
                for left in self.row["not_counted"]
            ],
            "files": [(kind.upper(), self._href("quota_file", self.row, kind)) for kind in FILE_KINDS],
        }

    def _href(self, name: str, row: Row, *rest: str) -> str:
        place = (str(row["year"]), row["kind"], *rest)
        return self.addresses.page(name, self.party, *place, query=self.day.query)

    def _figure(self) -> SafeString:
        """Return the wide and the narrow drawing; they escape every text themselves (threat X1)."""
        both = (
            draw_quota(self.row, title=self.title(), language=self.language, is_page=True, is_narrow=is_narrow)
            for is_narrow in (False, True)
        )
        return mark_safe("".join(both))

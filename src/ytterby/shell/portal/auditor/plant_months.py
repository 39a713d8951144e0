"""The months of one plant and element: figures, table, what makes the chosen month unsure, what cannot be tested."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.shell.drawing import draw_cumuf, draw_months, draw_muf, draw_page, month_words
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.auditor.figure_names import month_figure_names
from ytterby.shell.portal.auditor.plant_address import PlantAddresses
from ytterby.shell.portal.lot_address import IN_QUERY, lot_page
from ytterby.shell.portal.moment import moment_of, query_of
from ytterby.shell.portal.page import link_to, show_page
from ytterby.shell.portal.paging import page_of
from ytterby.shell.portal.progress import shows_progress
from ytterby.shell.portal.table import answer_csv, answer_json, answer_svg, file_name_of
from ytterby.shell.portal.templatetags.ytterby import month as write_month
from ytterby.shell.portal.templatetags.ytterby import name as name_of
from ytterby.shell.store.reading.accounts import ACCOUNTS
from ytterby.shell.store.reading.beside import Work
from ytterby.shell.store.reading.closes import stored_beside
from ytterby.shell.store.reading.entries import directory
from ytterby.shell.store.reading.lots import match_lots
from ytterby.shell.store.reading.months import balanced, month_rows
from ytterby.shell.store.reading.naming import site_in
from ytterby.shell.wording import word
from ytterby.terms.identifier import tail

COLUMNS = (
    "month",
    "muf_kg",
    "sigma_kg",
    "sigma_random_kg",
    "sigma_systematic_kg",
    "cumuf_kg",
    "sigma_cumuf_kg",
    "itmuf_kg",
    "sitmuf",
    "page_up_05",
    "page_down_05",
    "page_up_10",
    "page_down_10",
    "threshold_05",
    "threshold_10",
    "alarm",
    "testable",
    "reason",
    "reason_lot",
)
LOTS_SHOWN = 12
FILE_KINDS = ("svg", "csv", "json")
# An item that nobody reported received stands on the event of another party.
IMPLIED, GROUP = "implied", "group"

Row = Mapping[str, Any]
Json = dict[str, Any]


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
@shows_progress("months")
def plant_months(request: HttpRequest, seat: Seat, site: str, element: str) -> HttpResponse:
    """Show the months of a plant and element."""
    page = _PlantPage(request, seat, site, element, ACCOUNTS)
    return show_page(request, seat, "auditor/plant_months.html", page.context(), moment=page.moment, here="months")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def plant_months_file(request: HttpRequest, seat: Seat, site: str, element: str, kind: str) -> HttpResponse:
    """Answer the months as JSON (the keys of `balance report`), CSV, or the three figures below one another."""
    page = _PlantPage(request, seat, site, element)
    name = f"{page.file_name}.{kind}"
    if kind == "svg":
        return answer_svg(draw_months(page.rows, page.title(), page.language), name)
    if kind == "csv":
        return answer_csv(COLUMNS, page.rows, name)
    answer = {"as_of_size": page.moment.known.size, "site": page.site, "element": element, "months": page.rows}
    return answer_json(answer, name)


class _PlantPage:
    """What a plant's page asks the store for, each question once."""

    def __init__(self, request: HttpRequest, seat: Seat, site: str, element: str, needs: Work | None = None) -> None:
        self.seat, self.moment = seat, moment_of(request, seat, needs)
        self.query = query_of(request)
        self.language, self.element = get_language() or "en", element
        pairs = balanced(seat.viewer, known=self.moment.known)
        self.addresses = PlantAddresses([one for one, _ in pairs], self.moment)
        found = self.addresses.find(self.query.get("site", "") if site == IN_QUERY else site)
        if found is None or (found, element) not in pairs:
            raise Http404
        self.site = found
        self.elements = [one for plant, one in pairs if plant == found]
        self.plant = site_in(directory(seat.viewer, self.moment.known), found)
        self.rows = month_rows(seat.viewer, found, element, known=self.moment.known)

    @property
    def file_name(self) -> str:
        """Return the name of a file of this page, without its kind."""
        return f"{file_name_of(self.plant['name'], 60)}-{self.element}-months"

    def title(self) -> str:
        """Return the heading: which plant, which element."""
        facts = {"site": name_of(self.plant), "element": word("element", self.element, self.language)}
        return _("%(site)s, %(element)s month by month") % facts

    def context(self) -> Json:
        """Return what the page shows."""
        tested = [row for row in self.rows if row["testable"]]
        chosen = self._chosen(tested)
        # Auditors alone: a party is told nothing of what was stored.
        found = stored_beside(self.seat.viewer, self.site, self.element, self.rows, known=self.moment.known)
        stored = {month: {**one, "figures": month_figure_names(one["changed"])} for month, one in found.items()}
        newest_first = [
            {**row, "href": self._month_href(row["month"]), "since_close": stored.get(row["month"])}
            for row in reversed(self.rows)
        ]
        paging = page_of(newest_first, self.query)
        return {
            "plant": self.plant,
            "title": self.title(),
            "element": self.element,
            "elements": [(one, self.addresses.page(self.site, one), one == self.element) for one in self.elements],
            "tested": len(tested),
            "alarms": [row["month"] for row in tested if row["alarm"]],
            "paging": paging,
            "before_href": self._page_href(paging.before),
            "after_href": self._page_href(paging.after),
            "chosen": chosen,
            "chosen_stored": stored.get(chosen["month"]) if chosen else None,
            "changed_months": len(stored),
            "contributors": [self._contributor(part) for part in chosen["contributors"]] if chosen else [],
            "untestable": self._untestable(),
            "figures": self._figures() if tested else [],
            "files": [(kind.upper(), self.addresses.page(self.site, self.element, kind=kind)) for kind in FILE_KINDS],
        }

    def _page_href(self, number: int | None) -> str:
        return self.addresses.page(self.site, self.element, {"page": number}) if number else ""

    def _month_href(self, month: str) -> str:
        kept = {"page": self.query["page"]} if "page" in self.query else {}
        return f"{self.addresses.page(self.site, self.element, {'month': month, **kept})}#month"

    def _chosen(self, tested: Sequence[Row]) -> Row | None:
        """Return the month asked for, else the newest that could be tested."""
        asked = [row for row in self.rows if row["month"] == self.query.get("month")]
        return asked[0] if asked else tested[-1] if tested else None

    def _figures(self) -> list[tuple[str, str, SafeString]]:
        heads: tuple[tuple[Callable[..., str], str, str], ...] = (
            (draw_muf, _("Missing each month"), _("MUF, with what errors of measurement explain")),
            (draw_cumuf, _("Missing since the first month"), _("CUMUF, for a loss that was there from the beginning")),
            (draw_page, _("Many small differences of one sign"), _("Page's test on SITMUF, with its limits")),
        )
        return [(name, hint, self._drawn(draw, name)) for draw, name, hint in heads]

    def _drawn(self, draw: Callable[..., str], title: str) -> SafeString:
        """Return the wide and the narrow drawing; they escape every name themselves (threat X1)."""
        both = (
            draw(self.rows, title=title, language=self.language, is_page=True, is_narrow=is_narrow)
            for is_narrow in (False, True)
        )
        return mark_safe("".join(both))

    def _contributor(self, part: Row) -> Json:
        """Return what makes up a part of a month's variance, with links to what this reader may open."""
        is_own = self.seat.viewer.reads_all or part["what"] != IMPLIED
        event = part["event_id"] if part["event_id"] and is_own else ""
        return {
            **part,
            "is_group": part["what"] == GROUP,
            "lot_href": self._lot_href(part["lot"], {"element": self.element}) if part["lot"] else "",
            "event_href": link_to("event", self.moment, event) if event else "",
        }

    def _lot_href(self, lot: str, query: Mapping[str, object]) -> str:
        """Return where a lot is shown; nowhere for a stock that is a count of a tank and no lot."""
        found = match_lots(self.seat.viewer, lot, known=self.moment.known)
        return lot_page(lot, lot, self.moment, query) if any(tail(one) == lot for one in found) else ""

    def _untestable(self) -> list[Json]:
        """Return why months cannot be tested: the reason, its cure, the months, and the lots that are meant."""
        reasons: dict[str, list[Row]] = {}
        for row in self.rows:
            if not row["testable"]:
                reasons.setdefault(row["reason"], []).append(row)
        return [
            {
                "reason": reason,
                "cure": cure_of(reason),
                "months": month_words.months([row["month"] for row in rows], self.language, write=write_month),
                "lots": [(lot, self._lot_href(lot, {})) for lot in _lots_of(rows)[:LOTS_SHOWN]],
            }
            for reason, rows in reasons.items()
        ]


def _lots_of(rows: Sequence[Row]) -> list[str]:
    """Return the lots that make these months untestable, each once."""
    return list(dict.fromkeys(row["reason_lot"] for row in rows if row["reason_lot"]))


def cure_of(reason: str) -> str:
    """Return what makes a month testable; empty for a reason that has no cure."""
    cures = {
        "no_stock_taking": _(
            "Count the stock at the end of the month and say that the count is complete; until then these months"
            " count with the next that has one."
        ),
        "before_first_stock_taking": _(
            "The first complete stock-taking opens the account, so what came before it has no opening stock. Enter the"
            " opening stock to begin earlier."
        ),
        "content_unknown": _("Assay the lot, or register its product as free of rare earths."),
        "no_variance": _(
            "Declare the standard uncertainty of the weighing and of the assay; without, nothing can be judged."
        ),
    }
    return cures.get(reason, "")

"""The list of lots: search, facets by form, holder and site, CSV and JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.facet import Facet, narrow
from ytterby.shell.portal.moment import moment_of, query_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.paging import page_of
from ytterby.shell.portal.table import answer_csv, answer_json, pick
from ytterby.shell.portal.templatetags.ytterby import name as name_of
from ytterby.shell.store.reading.lots import list_lots
from ytterby.shell.wording import word

COLUMNS = (
    "lot",
    "tail",
    "form",
    "grade",
    "product",
    "maker.id",
    "maker.name",
    "site.id",
    "site.name",
    "site.country",
    "at",
    "quantity",
    "unit",
    "mass_kg",
    "elements",
    "held",
    "status",
    "findings",
)
QUERY_LENGTH_MAX = 200
ELEMENTS_SHOWN = 3

Row = Mapping[str, Any]


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def lots(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the lots that the search and the facets leave, newest first."""
    moment = moment_of(request, seat)
    answer = list_lots(seat.viewer, known=moment.known)
    query = query_of(request)
    found = _search(answer["lots"], query.get("q", ""))
    narrowed = narrow(found, _facets(), query)
    context = {
        "query": query,
        "q": query.get("q", ""),
        "narrowed": narrowed,
        "paging": page_of([_shown(row) for row in narrowed.rows], query),
        "has_lots": bool(answer["lots"]),
        "is_searched": bool(query.get("q")) or narrowed.is_narrowed,
    }
    return show_page(request, seat, "auditor/lots.html", context, moment=moment, here="lots")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def lots_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same lots as CSV or JSON, all pages of them."""
    moment = moment_of(request, seat)
    answer = list_lots(seat.viewer, known=moment.known)
    query = request.GET.dict()
    rows = narrow(_search(answer["lots"], query.get("q", "")), _facets(), query).rows
    if kind == "csv":
        return answer_csv(COLUMNS, rows, "lots.csv")
    return answer_json({**answer, "lots": rows}, "lots.json")


def _facets() -> list[Facet]:
    language = get_language() or "en"

    def standing(row: Row) -> list[tuple[str, str]]:
        marks = [(row["status"], word("status", row["status"], language))]
        return [*marks, ("findings", _("with findings"))] if row.get("findings") else marks

    return [
        Facet("form", _("Form"), lambda r: [(r.get("form") or "", word("form", r.get("form"), language))]),
        Facet("holder", _("Held by"), lambda r: [(holder["id"], name_of(holder)) for holder in r.get("holders") or ()]),
        Facet("site", _("Made at"), lambda r: [(_at(r, "site.id"), name_of(r.get("site")))]),
        Facet("standing", _("Status"), standing),
    ]


def _at(row: Row, path: str) -> str:
    return str(pick(row, path) or "")


def _search(rows: Sequence[Row], text: str) -> list[Row]:
    """Return the rows in which every word of a search occurs, in any field that names something."""
    words = text[:QUERY_LENGTH_MAX].casefold().split()
    if not words:
        return list(rows)
    return [row for row in rows if all(one in _searched(row) for one in words)]


def _searched(row: Row) -> str:
    forms = (word("form", row.get("form"), language) for language in ("en", "zh"))
    fields = (
        row["lot"],
        row.get("product"),
        row.get("grade"),
        _at(row, "maker.name"),
        _at(row, "maker.name_zh"),
        _at(row, "site.name"),
        _at(row, "site.name_zh"),
        *(holder.get("name", "") for holder in row.get("holders") or ()),
        *forms,
    )
    return "\n".join(str(field) for field in fields if field).casefold()


def _shown(row: Row) -> dict[str, Any]:
    """Return a row with its heaviest elements named first."""
    elements = row.get("elements") or {}
    ranked = sorted(elements.items(), key=lambda item: -item[1])
    return {**row, "heaviest": ranked[:ELEMENTS_SHOWN], "more_elements": max(0, len(ranked) - ELEMENTS_SHOWN)}

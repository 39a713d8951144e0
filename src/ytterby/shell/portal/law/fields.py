"""All fields that anybody is asked for: on what each rests, and what gets worse where it is left out.

Read by parties and auditors alike.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.law.basis import Basis
from ytterby.law.book import LawBook
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.facet import Facet, narrow
from ytterby.shell.portal.law.going_by import going_by, notices_of
from ytterby.shell.portal.moment import query_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.paging import page_of
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.site.law_answer import packs_json
from ytterby.shell.site.law_fields import COLUMNS, field_rows, ground_rows
from ytterby.shell.site.law_texts import law_text
from ytterby.shell.wording import language_of

Row = Mapping[str, Any]
# How a field is asked for, as it is narrowed by.
REQUIRED, OPTIONAL, IN_A_CASE = "required", "optional", "in_a_case"


@audience(Audience.AUDITOR, Audience.PARTY, here="law_fields")
@require_safe
def fields(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the fields that the facets leave."""
    law, query = going_by(request, seat), query_of(request)
    rows = _rows(law.book)
    narrowed = narrow(rows, _facets(), query)
    paging = page_of(narrowed.rows, query)
    context = {
        "query": query,
        "narrowed": narrowed,
        "paging": paging,
        "rows": paging.rows,
        "counts": [(sum(basis in row["basis"] for row in narrowed.rows), basis.value) for basis in Basis],
        **notices_of(seat, law),
    }
    return show_page(request, seat, "law/fields.html", context, moment=law.moment, here="law_fields")


@audience(Audience.AUDITOR, Audience.PARTY, here="law_fields")
@require_safe
def fields_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same list as JSON, or as CSV with a row for each reason; all pages of it."""
    book = going_by(request, seat).book
    rows = narrow(_rows(book), _facets(), request.GET.dict()).rows
    if kind == "csv":
        return answer_csv(COLUMNS, ground_rows(rows), "fields.csv")
    return answer_json({"fields": list(rows), "packs": packs_json(book)}, "fields.json")


def _rows(book: LawBook) -> list[dict[str, Any]]:
    return field_rows(book, language_of(get_language() or "en"))


def _facets() -> Sequence[Facet]:
    language = language_of(get_language() or "en")
    asked = {REQUIRED: _("required"), OPTIONAL: _("optional"), IN_A_CASE: _("not asked for by default")}

    def bases(row: Row) -> list[tuple[str, str]]:
        return [(one, law_text(f"law.basis.{one}", language)) for one in row["basis"]]

    def how(row: Row) -> list[tuple[str, str]]:
        code = REQUIRED if row["required"] else OPTIONAL if row["asked"] else IN_A_CASE
        return [(code, asked[code])]

    return [
        Facet("form", _("Form or document"), lambda r: [(r["form"], r["form_title"])]),
        Facet("basis", _("Basis"), bases),
        Facet("asked", _("Asked"), how),
    ]

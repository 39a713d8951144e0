"""The packs that are loaded, and one entry of them with the source of each of its words.

Read by parties and auditors alike.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from ytterby.law.book import LawBook
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.law.asked_days import asked_days
from ytterby.shell.portal.law.going_by import going_by, notices_of
from ytterby.shell.portal.law.in_force import row_of
from ytterby.shell.portal.moment import query_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.site.law_entry import find_entry, list_packs
from ytterby.shell.wording import language_of

COLUMNS = ("id", "group", "title", "knows", "rules", "items", "flow_returns", "quotas", "lines", "digest")

Json = dict[str, Any]


@audience(Audience.AUDITOR, Audience.PARTY, here="law_packs")
@require_safe
def packs(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show every pack that is loaded, with what it holds."""
    asked = going_by(request, seat)
    book = asked.book
    language = language_of(get_language() or "en")
    rows = _packs(book, language)
    names = [*book.parameters, *book.cited]
    context = {
        "query": query_of(request),
        "rows": rows,
        "latest": str(book.latest_known),
        "named": [found for name in names if (found := find_entry(book, name, language)) is not None],
        **notices_of(seat, asked),
    }
    return show_page(request, seat, "law/packs.html", context, moment=asked.moment, here="law_packs")


@audience(Audience.AUDITOR, Audience.PARTY, here="law_packs")
@require_safe
def packs_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the packs as CSV or JSON."""
    rows = _packs(going_by(request, seat).book, language_of(get_language() or "en"))
    return answer_csv(COLUMNS, rows, "packs.csv") if kind == "csv" else answer_json({"packs": rows}, "packs.json")


def _packs(book: LawBook, language: str) -> list[Json]:
    rows = list_packs(book, language)["packs"]
    return [{**row, "lines": len(book.packs[row["id"]].tariff.lines)} for row in rows]


@audience(Audience.AUDITOR, Audience.PARTY, here="law_packs")
@require_safe
def rule(request: HttpRequest, seat: Seat, name: str) -> HttpResponse:
    """Show one rule, item, or entry about returns or quotas: how it stands on the day, what it says, its sources."""
    asked, query = going_by(request, seat), query_of(request)
    book = asked.book
    language = language_of(get_language() or "en")
    entry = _entry(book, name, language)
    days = asked_days(query, book)
    limits = {part["limit"] for part in entry.get("parts", ()) if part["limit"]}
    found = [find_entry(book, one, language) for one in sorted(limits)]
    context = {
        "entry": entry,
        "title": entry.get("title") or entry["text"],
        "days": days,
        "row": row_of(book, entry["id"], days, language),
        "limits": [one for one in found if one is not None],
        "items": [(code, book.items[code].text[language]) for code in entry.get("items", ())],
        "pack": next(one for one in _packs(book, language) if one["id"] == entry["pack"]),
        **notices_of(seat, asked),
    }
    return show_page(request, seat, "law/rule.html", context, moment=asked.moment, here="law_packs")


@audience(Audience.AUDITOR, Audience.PARTY, here="law_packs")
@require_safe
def rule_file(request: HttpRequest, seat: Seat, name: str) -> HttpResponse:
    """Answer the same rule or item as JSON, with the keys of `law show`."""
    book = going_by(request, seat).book
    return answer_json(_entry(book, name, language_of(get_language() or "en")), "rule.json")


def _entry(book: LawBook, name: str, language: str) -> Json:
    """Return a rule, an item, or an entry about returns or quotas; what is none of them has no page of its own.

    Raises:
        Http404: no loaded pack holds it.
    """
    found = find_entry(book, name, language)
    if found is None or found["kind"] not in {"rule", "item", "flow_return", "quota"}:
        raise Http404
    return found

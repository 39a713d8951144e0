"""What is in force on a day, as known on a day, and why: every rule and item of the loaded packs.

Read by parties and auditors alike.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.law.book import LawBook
from ytterby.law.dated_rule import Rule
from ytterby.law.flow_entry import FlowEntry
from ytterby.law.standing import DISPUTED, IN_FORCE, NOT_KNOWN, Standing, standing_of
from ytterby.law.trust import Trust
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.facet import Facet, narrow
from ytterby.shell.portal.law.asked_days import AskedDays, asked_days
from ytterby.shell.portal.law.going_by import going_by, notices_of
from ytterby.shell.portal.moment import query_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.paging import page_of
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.portal.templatetags.law import standing_words
from ytterby.shell.site.law_answer import days_notes, packs_json, readings_json, reason_json
from ytterby.shell.site.law_texts import law_text
from ytterby.shell.site.law_words import trust_json
from ytterby.shell.wording import language_of

COLUMNS = (
    "kind",
    "id",
    "rule",
    "pack",
    "title",
    "state",
    "since",
    "until",
    "begins",
    "why",
    "source",
    "confidence",
    "confidence_note",
)
# The day lies before all that a rule's pack knows.
OUTSIDE = "outside"
RULE, ITEM, RETURN, QUOTA = "rule", "item", "flow_return", "quota"

Row = Mapping[str, Any]
Json = dict[str, Any]


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def in_force(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the rules and items that the facets leave, with how they stand on the day."""
    asked, query = going_by(request, seat), query_of(request)
    book, language = asked.book, language_of(get_language() or "en")
    days = asked_days(query, book)
    narrowed = narrow(standing_rows(book, days.on, days.known, language), _facets(book), query)
    paging = page_of(narrowed.rows, query)
    context = {
        "query": query,
        "days": days,
        "narrowed": narrowed,
        "paging": paging,
        "rows": paging.rows,
        "notes": days_notes(book, days.on, days.known, language),
        "counts": [(sum(row["state"] == one for row in narrowed.rows), one) for one in (IN_FORCE, DISPUTED)],
        **notices_of(seat, asked),
    }
    return show_page(request, seat, "law/in_force.html", context, moment=asked.moment, here="law")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def in_force_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same list as CSV or JSON, all pages of it."""
    book, language, query = going_by(request, seat).book, language_of(get_language() or "en"), request.GET.dict()
    days = asked_days(query, book)
    rows = narrow(standing_rows(book, days.on, days.known, language), _facets(book), query).rows
    if kind == "csv":
        return answer_csv(COLUMNS, rows, "law.csv")
    answer = {
        "on": str(days.on),
        "known_on": str(days.known),
        "rows": rows,
        "notes": days_notes(book, days.on, days.known, language),
        "packs": packs_json(book),
    }
    return answer_json(answer, "law.json")


def standing_rows(book: LawBook, on: date, known: date, language: str) -> list[Json]:
    """Return each rule with how it stands, and after it its items, which stand as it does; then returns and quotas."""
    rows = []
    for rule in book.rules.values():
        row = standing_row(book, rule.id, on, known, language)
        rows.append(row)
        for item in book.items.values():
            if item.rule != rule.id:
                continue
            own = {"kind": ITEM, "id": item.code, "pack": item.pack, "title": item.text[language]}
            is_known = item.trust.is_known(known) or row["state"] == OUTSIDE
            rows.append({**row, **own, **({} if is_known else _unknown_row()), **trust_json(item.trust)})
    for kind, entries in ((RETURN, book.flow_returns), (QUOTA, book.quotas)):
        rows += [{**standing_row(book, name, on, known, language), "kind": kind} for name in entries]
    return rows


def standing_row(book: LawBook, name: str, on: date, known: date, language: str) -> Json:
    """Return how one rule stands."""
    rule = dated_of(book, name)
    base = {"kind": RULE, "id": name, "rule": name, "pack": rule.pack, "title": rule.title[language]}
    if min(on, known) < book.packs[rule.pack].knows[0]:
        return {**base, **_unknown_row(), "state": OUTSIDE, **trust_json(rule.trust)}
    found = standing_of(rule, book.disputes, on=on, known=known)
    return {
        **base,
        "state": found.word,
        "since": _day(found.since),
        "until": _day(found.until),
        "begins": _day(found.begins),
        "why": _why(found, language),
        "reasons": [reason_json(one, language) for one in found.reasons],
        "readings": readings_json(found.readings, language),
        "settled_by": [one[language] for one in found.settled_by],
        **trust_json(_trust_of(found, rule.trust)),
    }


def dated_of(book: LawBook, name: str) -> Rule:
    """Return the rule of a name, or the dates of an entry about returns or quotas.

    Raises:
        KeyError: the book holds none.
    """
    if name in book.rules:
        return book.rules[name]
    entry: FlowEntry = book.flow_returns[name] if name in book.flow_returns else book.quotas[name]
    return entry.dated


def _unknown_row() -> Json:
    """Return the fields of what could not be known, or is told by no pack."""
    nothing: Json = {"reasons": [], "readings": [], "settled_by": []}
    return {"state": NOT_KNOWN, "since": None, "until": None, "begins": None, "why": "", **nothing}


def _why(found: Standing, language: str) -> str:
    """Return in one line why a rule stands so; of what is disputed each reading with what follows from it."""
    if not found.readings:
        return reason_json(found.reasons[0], language)["text"] if found.reasons else ""
    words = standing_words()
    said = [f"{one.text[language]} → {words[one.answer]}" for one in found.readings]
    return ("；" if language == "zh" else "; ").join(said)


def _trust_of(found: Standing, rule: Trust) -> Trust:
    return found.reasons[0].trust if found.reasons else rule


def _day(one: date | None) -> str | None:
    return None if one is None else str(one)


def _facets(book: LawBook) -> Sequence[Facet]:
    language, words = language_of(get_language() or "en"), standing_words()
    kinds = {RULE: _("Rule"), ITEM: _("Code"), RETURN: _("Return"), QUOTA: _("Quota")}
    titles = {pack.id: pack.title[language] for pack in book.packs.values()}

    def sure(row: Row) -> list[tuple[str, str]]:
        return [(row["confidence"], law_text(f"law.sure.{row['confidence']}", language))]

    return [
        Facet("state", _("State"), lambda r: [(r["state"], words[r["state"]])]),
        Facet("pack", _("Pack"), lambda r: [(r["pack"], titles[r["pack"]])]),
        Facet("kind", _("Kind"), lambda r: [(r["kind"], kinds[r["kind"]])]),
        Facet("confidence", _("How sure"), sure),
    ]


def row_of(book: LawBook, name: str, days: AskedDays, language: str) -> Json:
    """Return how the rule of an entry stands on the days that are asked."""
    rule = book.items[name].rule if name in book.items else name
    return standing_row(book, rule, days.on, days.known, language)

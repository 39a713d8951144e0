"""Classify goods: a form, and an answer that explains itself as `law classify` does; its address holds the question.

Read by parties and auditors alike; nothing that is typed is kept.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.law.book import LawBook
from ytterby.law.form import FORMS, MAGNET_TYPES
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.law.asked_days import KNOWN_ON, ON, AskedDays, asked_days
from ytterby.shell.portal.law.going_by import going_by, notices_of
from ytterby.shell.portal.law.goods_form import GoodsForm
from ytterby.shell.portal.law.sources import NumberedSources
from ytterby.shell.portal.law.typed import Field, fields_of, same_query, wrong_json
from ytterby.shell.portal.moment import Moment
from ytterby.shell.portal.page import link_to, show_page
from ytterby.shell.portal.table import answer_json
from ytterby.shell.site.law_answer import classify_json, first_day, is_recalled, packs_of_items
from ytterby.shell.site.law_fields import without_words
from ytterby.shell.wording import language_of, word

# Goods that show how an answer reads: form fields, and rows of elements as "symbol content".
EXAMPLES: tuple[tuple[Mapping[str, str], tuple[tuple[str, str, str], ...]], ...] = (
    ({"form": "magnet", "magnet_type": "NdFeB"}, (("Nd", "29", "0.2"), ("Dy", "2.1", "0.05"))),
    ({"form": "assembly", "magnet_type": "SmCo", "built_in": "yes"}, (("Sm", "5", "0.1"),)),
    ({"form": "oxide", "formula": "Ho2O3"}, ()),
)

Json = dict[str, Any]


@audience(Audience.AUDITOR, Audience.PARTY, here="law_classify")
@require_safe
def classify(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the form, and below what was asked the answer, or what is wrong at each field."""
    asked, language = going_by(request, seat), language_of(get_language() or "en")
    moment, book = asked.moment, asked.book
    form, days = _asked(request, book, language)
    answer = _answer(book, form, days, language)
    context = {
        "form": form,
        "days": days,
        "fields": {**form.fields, **_day_fields(book, days, language, is_asked=form.is_asked)},
        "contents": form.contents,
        "on": days.typed["on"] or str(days.on),
        "forms": [(code, word("form", code, language)) for code in FORMS],
        "magnet_types": [(code, _("another") if code == "other" else code) for code in MAGNET_TYPES],
        "built_in": [("yes", _("yes")), ("no", _("no"))],
        "wrong_count": sum(map(len, (*form.wrong.values(), *days.wrong.values()))) if form.is_asked else 0,
        "answer": None if answer is None else _with_sources(answer),
        "file_href": same_query(request, "law_classify_json"),
        "examples": [_example(*one, moment, language) for one in EXAMPLES],
        "latest": book.latest_known,
        **notices_of(seat, asked),
    }
    return show_page(request, seat, "law/classify.html", context, moment=moment, here="law_classify")


@audience(Audience.AUDITOR, Audience.PARTY, here="law_classify")
@require_safe
def classify_file(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Answer the same as JSON, with the keys of `law classify`; what is wrong by field, where something is."""
    book, language = going_by(request, seat).book, language_of(get_language() or "en")
    form, days = _asked(request, book, language)
    answer = _answer(book, form, days, language)
    if answer is not None:
        return answer_json(answer, "classification.json")
    response = answer_json(wrong_json({**form.wrong, **days.wrong}), "classification.json")
    response.status_code = 400
    return response


def _asked(request: HttpRequest, book: LawBook, language: str) -> tuple[GoodsForm, AskedDays]:
    days = asked_days(request.GET.dict(), book, first_day(book, packs_of_items(book)))
    return GoodsForm(request.GET, language, without_words(book, "goods", language)), days


def _day_fields(book: LawBook, days: AskedDays, language: str, *, is_asked: bool) -> dict[str, Field]:
    """Return the fields of the two days; nothing is wrong with them before anything is asked."""
    without = without_words(book, "asked-days", language)
    return fields_of((ON, KNOWN_ON), days.typed, days.wrong if is_asked else {}, without)


def _answer(book: LawBook, form: GoodsForm, days: AskedDays, language: str) -> Json | None:
    if form.goods is None or days.wrong:
        return None
    return classify_json(book, form.goods, days.on, days.known, language)


def _with_sources(answer: Json) -> Json:
    """Return an answer whose reasons, readings and lines carry the number of their source."""
    sources = NumberedSources()
    numbered = {name: sources.numbered(answer[name]) for name in ("reasons", "readings", "tried")}
    lines = sources.numbered(answer["tariff"]["lines"])
    return {
        **answer,
        **numbered,
        "lines": lines,
        "sources": sources.listed(),
        "is_doubtful": is_recalled(answer["reasons"]),
    }


def _example(
    fields: Mapping[str, str], rows: tuple[tuple[str, str, str], ...], moment: Moment, language: str
) -> tuple[str, str]:
    """Return what an example is called, and its address."""
    pairs = [*fields.items(), *(pair for row in rows for pair in zip(("element", "wt", "u"), row, strict=True))]
    said = [word("form", fields["form"], language), fields.get("magnet_type", ""), fields.get("formula", "")]
    said += [f"{symbol} {content} wt%" for symbol, content, _u in rows]
    if fields.get("built_in") == "yes":
        said.append(_("built in"))
    address = link_to("law_classify", moment)
    return ", ".join(filter(None, said)), f"{address}{'&' if '?' in address else '?'}{urlencode(pairs)}"

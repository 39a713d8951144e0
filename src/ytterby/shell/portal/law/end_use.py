"""Describe an end use: a form, and the sentence that it makes, with what is missing and what says too little.

Read by parties and auditors alike; nothing that is typed is kept, and the page's address holds it.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from ytterby.law.book import LawBook
from ytterby.law.end_use import TEXT_MAX, VALUE_MAX, Told
from ytterby.law.end_use_rule import EndUseRules
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.law.going_by import going_by, notices_of
from ytterby.shell.portal.law.sources import NumberedSources
from ytterby.shell.portal.law.typed import Field, Wrong, fields_of, same_query, wrong_json, wrong_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.table import answer_json
from ytterby.shell.site.end_use_answer import end_use_json, rules_of
from ytterby.shell.site.law_fields import without_words
from ytterby.shell.wording import language_of
from ytterby.terms.problem import refuse

FORM, TEXT = "end-use", "text"

Json = dict[str, Any]


class _Asked:
    """What was typed: the elements of the rules, or a text; and what that says."""

    def __init__(self, request: HttpRequest, book: LawBook) -> None:
        self.language = language_of(get_language() or "en")
        self.book, found = book, rules_of(book, None)
        assert found is not None, "the packaged packs hold one set of rules for end uses"
        self.rules: EndUseRules = found
        self.names = (*self.rules.elements, TEXT)
        self.query = {name: request.GET.get(name, "").strip() for name in self.names}
        self.is_asked = any(self.query.values())
        self.wrong = self._wrong()
        self.answer = self._answer(book) if self.is_asked and not self.wrong else None

    def _wrong(self) -> dict[str, list[Wrong]]:
        limits = dict.fromkeys(self.rules.elements, VALUE_MAX) | {TEXT: TEXT_MAX}
        return {
            name: [wrong_of(refuse("end_use.too_long", "", len(text), limit=limits[name]), self.language)]
            for name, text in self.query.items()
            if len(text) > limits[name]
        }

    def _answer(self, book: LawBook) -> Json:
        values = {name: {"": self.query[name]} for name in self.rules.elements if self.query[name]}
        return end_use_json(book, Told(values, self.query[TEXT]), self.rules, self.language)

    @property
    def fields(self) -> list[tuple[str, str, Field]]:
        """Label, question and field of each element, in the order of the sentence."""
        held = fields_of(self.names, self.query, self.wrong, without_words(self.book, FORM, self.language))
        elements = self.rules.elements.values()
        return [(one.title[self.language], one.question[self.language], held[one.id]) for one in elements]

    @property
    def text(self) -> Field:
        """The field of the text."""
        return fields_of((TEXT,), self.query, self.wrong)[TEXT]


@audience(Audience.AUDITOR, Audience.PARTY, here="law_end_use")
@require_safe
def end_use(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the form, and what was typed as one sentence, with what it lacks."""
    law = going_by(request, seat)
    asked = _Asked(request, law.book)
    context = {
        "fields": asked.fields,
        "text": asked.text,
        "wrong_count": sum(map(len, asked.wrong.values())),
        "answer": None if asked.answer is None else _with_sources(asked.answer),
        "file_href": same_query(request, "law_end_use_json"),
        **notices_of(seat, law),
    }
    return show_page(request, seat, "law/end_use.html", context, moment=law.moment, here="law_end_use")


@audience(Audience.AUDITOR, Audience.PARTY, here="law_end_use")
@require_safe
def end_use_file(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Answer the same as JSON, with the keys of `law end-use`; what is wrong by field, where something is."""
    book = going_by(request, seat).book
    asked = _Asked(request, book)
    if asked.wrong:
        response = answer_json(wrong_json(asked.wrong), "end-use.json")
        response.status_code = 400
        return response
    told = asked.answer or end_use_json(book, Told({}, ""), asked.rules, asked.language)
    return answer_json(told, "end-use.json")


def _with_sources(answer: Json) -> Json:
    """Return an answer whose rows carry the number of their source."""
    sources = NumberedSources()
    numbered = {name: sources.numbered(answer[name]) for name in ("missing", "vague")}
    return {**answer, **numbered, "sources": sources.listed()}

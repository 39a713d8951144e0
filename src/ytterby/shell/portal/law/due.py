"""When a period ends, and how sure that is: the day, by the other convention too, and what its years rest on.

Read by parties and auditors alike.
"""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.law.calendar import Calendar
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.law.asked_days import read_day, unread_day
from ytterby.shell.portal.law.going_by import going_by, notices_of
from ytterby.shell.portal.law.typed import Wrong, fields_of, same_query, wrong_json
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.table import answer_json
from ytterby.shell.site.due_answer import due_json
from ytterby.shell.site.law_fields import without_words
from ytterby.shell.site.law_texts import law_text
from ytterby.shell.store.reading.law import calendars_at
from ytterby.shell.wording import language_of

FIELDS = ("calendar", "from", "days", "first")
DIGITS_MAX = 7
OPEN = ("provisional", "unlisted")

Json = dict[str, Any]


class _Asked:
    """What was asked: a calendar, a day, a number of days, and whether the first one counts."""

    def __init__(self, request: HttpRequest, seat: Seat) -> None:
        self.law = going_by(request, seat)
        self.calendars = calendars_at(seat.viewer, self.law.moment.known, self.law.instant)
        self.query = {name: request.GET.get(name, "").strip() for name in FIELDS}
        self.language = language_of(get_language() or "en")
        self.is_asked = any(name in request.GET for name in ("from", "days"))
        self.is_first_counted = bool(self.query["first"])
        self.wrong: dict[str, list[Wrong]] = {}
        self.due_after = ""
        self.answer = self._answer() if self.is_asked else None

    def _answer(self) -> Json | None:
        calendar, start, days = self._calendar(), read_day(self.query["from"]), self._days()
        if start is None:
            self.wrong["from"] = [unread_day(self.query["from"])]
        if calendar is None or start is None or days is None:
            return None
        try:
            self.due_after = due_json(calendar, start, days, is_first_counted=False)["due"]
            return due_json(calendar, start, days, is_first_counted=self.is_first_counted)
        except ValueError:
            said = law_text("law.due.no_period", self.language, days=days, start=start)
            self.wrong["days"] = [Wrong(said, "")]
            return None

    def _calendar(self) -> Calendar | None:
        known = self.calendars
        found = known.get(self.query["calendar"] or next(iter(known)))
        if found is None:
            said = _("There is no calendar “%(name)s”.") % {"name": self.query["calendar"]}
            self.wrong["calendar"] = [Wrong(said, _("Choose one of: %(known)s.") % {"known": ", ".join(known)})]
        return found

    def _days(self) -> int | None:
        text = self.query["days"]
        if text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX:
            return int(text)
        said = _("“%(text)s” is no number of days.") % {"text": text}
        self.wrong["days"] = [Wrong(said, _("Write a whole number from 1 on, as 45."))]
        return None


@audience(Audience.AUDITOR, Audience.PARTY, here="law_due")
@require_safe
def due(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the form, and the due date or what is wrong at each field."""
    asked = _Asked(request, seat)
    answer = asked.answer
    without = without_words(asked.law.book, "due-date", asked.language)
    context = {
        "fields": fields_of(FIELDS, asked.query, asked.wrong, without),
        "calendars": list(asked.calendars),
        "is_first_counted": asked.is_first_counted,
        "wrong_count": sum(map(len, asked.wrong.values())),
        "answer": answer,
        "due_after": asked.due_after,
        "years": [] if answer is None else _years(answer),
        "open_years": "" if answer is None else _spans([y["year"] for y in answer["years"] if y["status"] in OPEN]),
        "file_href": same_query(request, "law_due_json"),
        **notices_of(seat, asked.law),
    }
    return show_page(request, seat, "law/due.html", context, moment=asked.law.moment, here="law_due")


@audience(Audience.AUDITOR, Audience.PARTY, here="law_due")
@require_safe
def due_file(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Answer the same as JSON, with the keys of `law due`; what is wrong by field, where something is."""
    asked = _Asked(request, seat)
    if asked.answer is not None:
        return answer_json(asked.answer, "due.json")
    response = answer_json(wrong_json(asked.wrong), "due.json")
    response.status_code = 400
    return response


def _years(answer: Json) -> list[Json]:
    """Return what the years rest on; years that rest on the same in one row."""
    groups = groupby(answer["years"], key=lambda one: (one["status"], one["source"], one["confidence"]))
    return [
        {"years": _spans([one["year"] for one in years]), "status": status, "source": source, "confidence": confidence}
        for (status, source, confidence), years in groups
    ]


def _spans(years: list[int]) -> str:
    """Return years as 2026, or as 2027–2030 where they follow one another."""
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return ", ".join(str(one[0]) if len(one) == 1 else f"{one[0]}–{one[-1]}" for one in spans)

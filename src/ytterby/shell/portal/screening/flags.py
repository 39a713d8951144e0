"""The red flags of one end user, a use and a quantity: each with its figure, limits, weight, source and question."""

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.matter.element import ELEMENTS
from ytterby.shell.actions.clock import now
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.law.asked_days import read_day, unread_day
from ytterby.shell.portal.law.typed import Wrong, fields_of, wrong_json
from ytterby.shell.portal.moment import moment_of, query_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.table import answer_json, file_name_of
from ytterby.shell.portal.tail_address import TailAddresses
from ytterby.shell.site.packs import use_codes
from ytterby.shell.site.screening_tables import flag_tables
from ytterby.shell.store.reading.end_use import EndUseQuestion, end_use_flags, reads_flags
from ytterby.shell.store.reading.entries import whole_directory
from ytterby.shell.wording import word
from ytterby.terms.quantity import plain_decimal

FIELDS = ("use", "quantity", "element", "months", "units", "capacity", "yield", "item", "grade", "on")
AMOUNTS = ("quantity", "units", "capacity", "yield")
NEEDED = ("use", "quantity")
TAGS = {"strong": "bad", "weak": "warn", "none": "good", "unknown": "none"}
MONTHS_MAX = 12

Json = dict[str, Any]


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def flags(request: HttpRequest, seat: Seat, party: str) -> HttpResponse:
    """Show the form, and every flag for what it says."""
    page = _FlagsPage(request, seat, party)
    return show_page(request, seat, "screening/flags.html", page.context(), moment=page.moment, here="end_users")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def flags_file(request: HttpRequest, seat: Seat, party: str) -> HttpResponse:
    """Answer the same as JSON, with the keys of `party flags`; what is wrong by field, where something is."""
    page = _FlagsPage(request, seat, party)
    if page.answer is not None:
        return answer_json(page.answer, f"{file_name_of(page.name, 60)}-flags.json")
    response = answer_json(wrong_json(page.wrong), "flags.json")
    response.status_code = 400
    return response


class _FlagsPage:
    """What the page of an end user's flags asks the store for."""

    def __init__(self, request: HttpRequest, seat: Seat, party: str) -> None:
        if not reads_flags(seat.viewer):
            raise Http404
        self.moment, self.language = moment_of(request, seat), get_language() or "en"
        parties = whole_directory(seat.viewer, self.moment.known).parties
        query = query_of(request)
        self.addresses = TailAddresses(list(parties), self.moment, "party")
        self.party = self.addresses.find(party, query) or ""
        if self.party not in parties:
            raise Http404
        known = parties[self.party]
        self.name = known.name
        self.title = (known.name_zh if self.language.startswith("zh") else "") or known.name
        self.typed = {name: query.get(name, "").strip() for name in FIELDS}
        self.wrong: dict[str, list[Wrong]] = {}
        self.query = query
        asked = self._asked() if any(self.typed[name] for name in NEEDED) else None
        self.answer = (
            None
            if asked is None
            else end_use_flags(seat.viewer, asked, known=self.moment.known, language=self.language)
        )

    def _asked(self) -> EndUseQuestion | None:
        """Return what is asked; None where a field is wrong."""
        typed, amounts = self.typed, {name: self._amount(name) for name in AMOUNTS}
        day = read_day(typed["on"]) if typed["on"] else now().date()
        if day is None:
            self.wrong["on"] = [unread_day(typed["on"])]
        for name, choices in (("use", list(use_codes().by_code)), ("element", list(ELEMENTS)), ("item", self._items())):
            if typed[name] not in choices and (typed[name] or name == "use"):
                said = _("“%(text)s” is not among the choices.") % {"text": typed[name]}
                self.wrong[name] = [Wrong(said, "")]
        months = typed["months"] or str(MONTHS_MAX)
        if not (months.isascii() and months.isdigit() and 1 <= int(months[:4]) <= MONTHS_MAX):
            self.wrong["months"] = [Wrong(_("Write a number of months from 1 to 12."), "")]
        if amounts["yield"] is not None and not 0 < amounts["yield"] <= 1:
            self.wrong["yield"] = [Wrong(_("Write a share over 0 and up to 1, as 0.8."), "")]
        quantity = amounts["quantity"]
        if self.wrong or quantity is None or day is None:
            return None
        return EndUseQuestion(
            party=self.party,
            use_code=typed["use"],
            quantity_kg=quantity,
            on=day,
            known_on=now().date(),
            element=typed["element"],
            months=int(months),
            units=amounts["units"],
            capacity_kg=amounts["capacity"],
            yield_share=amounts["yield"],
            item=typed["item"],
            grade=typed["grade"],
        )

    def _amount(self, name: str) -> Decimal | None:
        text = self.typed[name]
        if not text and name not in NEEDED:
            return None
        found = plain_decimal(text)
        if found is None:
            said = _("“%(text)s” is no figure.") % {"text": text}
            self.wrong[name] = [Wrong(said, _("Write plain digits, as 1200 or 0.5."))]
        return found

    def _items(self) -> list[str]:
        day = now().date()
        return sorted({item for item, _use in flag_tables(day, day).matrix})

    def context(self) -> Json:
        """Return what the page shows."""
        rows = [] if self.answer is None else self.answer["flags"]
        shown = [
            {**row, "tag": TAGS[row["grade"]], "grade_word": self._grade(row["grade"]), "said": self._said(row)}
            for row in rows
        ]
        by_id = {row["id"]: row for row in shown}
        order = [] if self.answer is None else self.answer["questions"]
        asking = [by_id[name] for name in order]
        return {
            "title": self.title,
            "fields": fields_of(FIELDS, {**self.typed, "months": self.typed["months"] or str(MONTHS_MAX)}, self.wrong),
            "wrong_count": sum(map(len, self.wrong.values())),
            "form_query": {} if self.addresses.is_short(self.party) else {"party": self.party},
            "uses": [(code, word("use", code, self.language)) for code in use_codes().by_code],
            "elements": [(one, word("element", one, self.language)) for one in ELEMENTS],
            "items": [(one, one) for one in self._items()],
            "answer": self.answer,
            "use_word": word("use", self.typed["use"], self.language),
            "r": None if self.answer is None else f"{self.answer['r']:.2f}",
            "raised": [row for row in asking if row["grade"] != "unknown"],
            "unknown": [row for row in asking if row["grade"] == "unknown"],
            "rows": shown,
            "page_href": self.addresses.page("flags", self.party),
            "file_href": self.addresses.page(
                "flags_file", self.party, query={name: text for name, text in self.typed.items() if text}
            ),
        }

    def _grade(self, grade: str) -> str:
        return {
            "strong": _("strong"),
            "weak": _("weak"),
            "none": _("not raised"),
            "unknown": _("unknown"),
        }[grade]

    def _said(self, row: Json) -> list[tuple[str, str]]:
        """Return each figure with its limits, as people read them."""
        said = [(one["text"], one["limits"]) for one in row["figures"]]
        facts = " · ".join(filter(None, row["facts"].values()))
        return said or ([(facts, "")] if facts else [])

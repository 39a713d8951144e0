"""Screen a name, or all the names of one party, against the lists that stand: who it may be, and why.

The question stands in the address. Where a list that is required is missing or too old, that is said first, and
nobody is cleared by what follows. Nothing is recorded.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.screening.entry import EntrySchema, entry_at
from ytterby.screening.name_check import check_name
from ytterby.screening.party_screening import Candidate
from ytterby.screening.reasons import reasons_of
from ytterby.screening.screened_party import ScreenedParty
from ytterby.shell.actions.clock import now
from ytterby.shell.lists.tables import list_tables
from ytterby.shell.portal.audience import Seat
from ytterby.shell.portal.law.typed import Wrong, fields_of, same_query, wrong_json, wrong_of
from ytterby.shell.portal.moment import moment_of, query_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.screening import for_screeners
from ytterby.shell.portal.screening.aligned import aligned_of
from ytterby.shell.portal.table import answer_json
from ytterby.shell.site.register import current_register
from ytterby.shell.store.reading.listed_names import ListedNames, names_at_hand
from ytterby.shell.store.reading.screening_lists import MISSING, list_lists
from ytterby.shell.wording import language_of
from ytterby.terms.problem import Problem, is_refused

FIELDS = ("name", "schema", "country")
SCHEMAS = {"": EntrySchema.LEGAL_ENTITY, "person": EntrySchema.PERSON, "firm": EntrySchema.ORGANIZATION}
NAMES_MOST = 10
# A file of all lists is no name; longer ones are refused by `check_name` one by one.
TEXT_MOST = 60_000
TAGS = {"alert": "bad", "review": "warn"}

Json = dict[str, Any]


@for_screeners
@require_safe
def names(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the form, and whom the lists that stand hold that is like the name."""
    page = _NamesPage(request, seat)
    return show_page(
        request, seat, "screening/names.html", page.context(request), moment=page.moment, here="screening_names"
    )


@for_screeners
@require_safe
def names_json(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Answer the same as JSON; what is wrong by field, where something is."""
    page = _NamesPage(request, seat)
    answer = page.answer()
    if answer is not None:
        return answer_json(answer, "screened.json")
    response = answer_json(wrong_json(page.wrong), "screened.json")
    response.status_code = 400
    return response


class _NamesPage:
    """A question of the page, checked, and what it finds."""

    def __init__(self, request: HttpRequest, seat: Seat) -> None:
        query = query_of(request)
        self.moment, self.language = moment_of(request, seat), language_of(get_language() or "en")
        self.typed = {
            "name": query.get("name", "")[:TEXT_MOST],
            **{one: query.get(one, "").strip() for one in FIELDS[1:]},
        }
        self.at = now()
        self.names = tuple(dict.fromkeys(line.strip() for line in self.typed["name"].splitlines() if line.strip()))
        self.wrong: dict[str, list[Wrong]] = {}
        self.remarks: list[Wrong] = []
        self.is_unreadable = False
        self.lists = list_lists(seat.viewer, known=self.moment.known, at=self.at, language=self.language)
        self.party = self._asked() if "name" in query or "name" in request.GET else None
        self.searched: ListedNames | None = None
        self.candidates = self._screen(seat) if self.party is not None else []

    def _asked(self) -> ScreenedParty | None:
        """Return whom the form describes; None where a field is wrong."""
        typed = self.typed
        problems = [problem for name in self.names[:NAMES_MOST] or ("",) for problem in check_name(name, "/name")]
        refused = [one for one in problems if is_refused([one])]
        if refused:
            self.wrong["name"] = [self._said(one) for one in refused]
        elif len(self.names) > NAMES_MOST:
            said = _("These are %(count)s names; one party is asked about at a time.") % {"count": len(self.names)}
            self.wrong["name"] = [Wrong(said, _("Write at most %(most)s, one a line.") % {"most": NAMES_MOST})]
        self.remarks = [self._said(one) for one in problems if one not in refused]
        if typed["schema"] not in SCHEMAS:
            said = _("“%(text)s” is not among the choices.") % {"text": typed["schema"]}
            self.wrong["schema"] = [Wrong(said, "")]
        country = list_tables().countries.code_of(typed["country"]) if typed["country"] else None
        if typed["country"] and country is None:
            said = _("“%(text)s” is no country that is known.") % {"text": typed["country"][:80]}
            self.wrong["country"] = [Wrong(said, _("Write its two letters, as SE, or its name."))]
        if self.wrong:
            return None
        return ScreenedParty("", SCHEMAS[typed["schema"]], self.names, (country,) if country else ())

    def _said(self, problem: Problem) -> Wrong:
        return wrong_of(problem, self.language)

    def _screen(self, seat: Seat) -> list[Candidate]:
        """Return who is like the party; nobody where no list stands, or one cannot be read, which is said."""
        if self.party is None or not self.standing:
            return []
        try:
            self.searched = names_at_hand(seat.viewer, current_register(), self.moment.known, self.at.date())
            return self.searched.screen(self.party)
        except LookupError:
            self.is_unreadable = True
            return []

    @property
    def standing(self) -> list[Json]:
        """The lists that are screened against, those that are too old too."""
        return [row for row in self.lists["lists"] if row["standing"] != MISSING]

    @property
    def stopped(self) -> list[Json]:
        """The lists that keep anybody from being cleared: required, and missing or too old."""
        return [row for row in self.lists["lists"] if row["keeps_from_checking"]]

    def answer(self) -> Json | None:
        """Return what was found as a machine reads it; None where nothing was, or could be, asked."""
        if self.party is None:
            return None
        return {
            "names": list(self.party.names),
            "schema": self.party.schema.value,
            "countries": list(self.party.countries),
            "as_of_size": self.moment.known.size,
            "at": self.lists["at"],
            "is_unreadable": self.is_unreadable,
            "keeps_from_checking": self.lists["keeps_from_checking"],
            "lists": [
                {
                    name: row[name]
                    for name in ("list", "title", "standing", "required", "snapshot", "imported_at", "age_hours")
                }
                for row in self.lists["lists"]
                if row["standing"] != MISSING or row["keeps_from_checking"]
            ],
            "candidates": [_candidate_json(one) for one in self.candidates],
            **wrong_json({"name": self.remarks} if self.remarks else {}),
        }

    def context(self, request: HttpRequest) -> Json:
        """Return what the page shows."""
        titles = {row["list"]: row["title"] for row in self.lists["lists"]}
        shown = [self._shown(one, titles) for one in self.candidates if one.band.value in TAGS]
        return {
            "fields": fields_of(FIELDS, self.typed, self.wrong),
            "wrong_count": sum(map(len, self.wrong.values())),
            "remarks": self.remarks,
            "schemas": [("person", _("a person")), ("firm", _("a firm or body"))],
            "asked": self.party,
            "stopped": self.stopped,
            "standing": self.standing,
            "is_unreadable": self.is_unreadable,
            "shown": shown,
            "alerts": sum(one["band"] == "alert" for one in shown),
            "rest": len(self.candidates) - len(shown),
            "json_href": same_query(request, "screening_names_json") if self.party is not None else "",
        }

    def _shown(self, one: Candidate, titles: dict[str, str]) -> Json:
        list_id, entry_id = entry_at(one.key)
        entry = self.searched.entries.get(one.key) if self.searched is not None else None
        said = {
            "alert": _("So alike that people must look at it."),
            "review": _("Somewhat alike: looked at where the goods ask for it."),
        }
        return {
            "band": one.band.value,
            "tag": TAGS[one.band.value],
            "said": said[one.band.value],
            "score": f"{one.score:.2f}",
            "name": one.name,
            "listed_name": one.listed_name or (entry.names[0].text if entry is not None else ""),
            "list": list_id,
            "title": titles.get(list_id, list_id),
            "entry_id": entry_id,
            "entry": entry,
            "is_short": one.is_short,
            "aligned": aligned_of(reasons_of(one)),
        }


def _candidate_json(one: Candidate) -> Json:
    list_id, entry = entry_at(one.key)
    return {
        "list": list_id,
        "entry": entry,
        "band": one.band.value,
        "score": one.score,
        "name": one.name,
        "listed_name": one.listed_name,
        "listed_kind": one.listed_kind.value if one.listed_kind else None,
        "reasons": list(reasons_of(one)),
    }

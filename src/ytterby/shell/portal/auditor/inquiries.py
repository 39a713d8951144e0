"""Cases of findings: the list, whoever waits first, and one case step by step.

A party is shown what the store's reading gives it and nothing that is worked out beside: no finding, no other side.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.auditor.figure_names import finding_field_name, finding_field_value
from ytterby.shell.portal.facet import Facet, narrow
from ytterby.shell.portal.lot_address import lot_page
from ytterby.shell.portal.moment import Moment, moment_of, query_of
from ytterby.shell.portal.names import Names
from ytterby.shell.portal.page import link_to, show_page
from ytterby.shell.portal.paging import page_of
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.store.reading.inquiries import recorded_case, recorded_cases
from ytterby.shell.store.reading.log import readable_among
from ytterby.shell.store.reading.lots import match_lots
from ytterby.shell.wording import word
from ytterby.terms.identifier import tail

COLUMNS = (
    "number",
    "state",
    "phase",
    "finding",
    "kind",
    "parties",
    "site",
    "lot",
    "element",
    "months",
    "size_kg",
    "sd_kg",
    "since",
    "due",
    "answered",
    "judgement",
    "is_found",
)
# A party's own columns: what others are asked or told shows in none of them.
PARTY_COLUMNS = ("number", "state", "lot", "since", "due", "version")
# The shape and colour of a state's tag; the word stands in it.
TAGS = {
    "open": "none",
    "asked": "wait",
    "ordered": "wait",
    "hearing": "wait",
    "answered": "open",
    "visited": "open",
    "explained": "good",
    "set_aside": "none",
    "confirmed": "warn",
    "inquiry": "bad",
    "decided": "",
}
# States in which the last outcome or reason that was given stands.
AT_AN_END = frozenset({"decided", "set_aside"})

Row = Mapping[str, Any]
Json = dict[str, Any]


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def inquiries(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the cases that the facets leave."""
    moment = moment_of(request, seat)
    query = query_of(request)
    narrowed = narrow(recorded_cases(seat.viewer, known=moment.known)["cases"], _facets(seat, moment), query)
    paging = page_of(narrowed.rows, query)
    names = Names(seat, moment, get_language() or "en")
    context = {
        "query": query,
        "narrowed": narrowed,
        "paging": paging,
        "rows": [_shown(row, names) for row in paging.rows],
        "awaited": sum(bool(row["due"]) and TAGS.get(_phase(row)) == "wait" for row in narrowed.rows),
    }
    return show_page(request, seat, "auditor/inquiries.html", context, moment=moment, here="inquiries")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def inquiries_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same cases as CSV or JSON, all pages of them."""
    moment = moment_of(request, seat)
    answer = recorded_cases(seat.viewer, known=moment.known)
    rows = narrow(answer["cases"], _facets(seat, moment), request.GET.dict()).rows
    if kind == "csv":
        return answer_csv(COLUMNS if seat.viewer.reads_all else PARTY_COLUMNS, rows, "inquiries.csv")
    return answer_json({**answer, "cases": rows}, "inquiries.json")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def inquiry(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Show one case: where it stands, each step of it, and what it is about."""
    moment = moment_of(request, seat)
    page = _CasePage(seat, moment, _case(seat, moment, number))
    return show_page(request, seat, "auditor/inquiry.html", page.context(), moment=moment, here="inquiries")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def inquiry_file(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Answer the same case as JSON."""
    return answer_json(_case(seat, moment_of(request, seat), number), "case.json")


def _case(seat: Seat, moment: Moment, number: str) -> Json:
    try:
        return recorded_case(seat.viewer, number, known=moment.known)
    except KeyError as missing:
        raise Http404 from missing


def _phase(row: Row) -> str:
    """Return the state that lists show: the office's phase, a party's state as it is told."""
    return str(row.get("phase") or row["state"])


def _shown(row: Row, names: Names) -> Json:
    """Return a row with its names, and its state as a tag."""
    months = row.get("months") or []
    return {
        **row,
        "phase": _phase(row),
        "tag": TAGS.get(_phase(row), ""),
        "party_names": [names.name_of(party) for party in row.get("parties", ())],
        "site_name": names.name_of(row.get("site")),
        "month_range": (months[0], months[-1]) if months else None,
    }


class _CasePage:
    """One case for people: names for identifiers, words for codes, links to what this reader may open."""

    def __init__(self, seat: Seat, moment: Moment, case: Row) -> None:
        self.seat, self.moment, self.case = seat, moment, case
        self.language = get_language() or "en"
        self.names = Names(seat, moment, self.language)
        named = [event for step in case["steps"] for event in step["events"] or ()]
        then = case.get("finding_then")
        named += then["events"] if then else []
        self.readable = readable_among(seat.viewer, named, known=moment.known)

    def context(self) -> Json:
        """Return what the page shows."""
        then = self.case.get("finding_then")
        steps = [self._step(step) for step in self.case["steps"]]
        return {
            "case": _shown(self.case, self.names),
            "lot_href": self._lot_href(self.case["lot"]),
            "steps": steps,
            "outcome": next((step["said"] for step in reversed(steps) if step["said"]), [])
            if self.case["state"] in AT_AN_END
            else [],
            "finding": then,
            "facts": self._fields(_facts_of(then)) if then else [],
            "finding_events": [(one, self._event_href(one)) for one in then["events"]] if then else [],
            "disclosed": self._disclosed(),
            "corrections": self.case.get("corrections", ()),
        }

    def _step(self, step: Row) -> Json:
        said = [one for one in (step["outcome"], step["reason"]) if one]
        return {
            **step,
            "who": self.names.name_of(step["party"]) if step["party"] else _("the office"),
            "to_name": self.names.name_of(step["to"]),
            "told_names": [self.names.name_of(party) for party in step["told"] or ()],
            "site_name": self.names.name_of(step["site"]),
            "said": [word("case", code, self.language) for code in said],
            "evidence": [(one, self._event_href(one)) for one in step["events"] or ()],
            "field_names": [finding_field_name(name) for name in step["fields"] or ()],
            "counted": [self._measured(one) for one in step["counts"] or ()],
            "sampled": [self._sample(one) for one in step["samples"] or ()],
        }

    def _measured(self, one: Row) -> Json:
        return {**one, "tail": tail(one["lot"]), "lot_href": self._lot_href(one["lot"])}

    def _sample(self, one: Row) -> Json:
        hands = [{**hand, "did": _hand_name(hand["did"])} for hand in one["custody"]]
        return {**self._measured(one), "hands": hands}

    def _lot_href(self, lot: str | None) -> str:
        """Return where a lot is shown; nowhere for one that the reader has not."""
        found = match_lots(self.seat.viewer, lot, known=self.moment.known) if lot else []
        return lot_page(lot, tail(lot), self.moment, {}) if lot and lot in found else ""

    def _event_href(self, event: str) -> str:
        return link_to("event", self.moment, event) if event in self.readable else ""

    def _disclosed(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return what was disclosed, by the name of whom; a party is told of itself alone, without a name."""
        disclosed = self.case["disclosed"]
        if not self.seat.viewer.reads_all:
            return [("", self._fields(disclosed))] if disclosed else []
        return [(self.names.name_of(party), self._fields(fields)) for party, fields in disclosed.items()]

    def _fields(self, fields: Row) -> list[tuple[str, str]]:
        return [(finding_field_name(name), self._value(name, value)) for name, value in fields.items()]

    def _value(self, name: str, value: object) -> str:
        if name in {"site", "other"}:
            return self.names.name_of(str(value))
        return tail(str(value)) if name == "document" and value else finding_field_value(name, value)


def _facts_of(finding: Row) -> Json:
    """Return the facts of a finding that its figures do not say already."""
    said = {"element", "kg", "sd", "site", "since", "until"}
    return {name: fact for name, fact in finding["facts"].items() if fact and name not in said}


def _hand_name(did: str) -> str:
    words = {
        "took": _("took"),
        "sealed": _("sealed"),
        "carried": _("carried"),
        "received": _("received"),
        "assayed": _("assayed"),
    }
    return words.get(did, did)


def _facets(seat: Seat, moment: Moment) -> Sequence[Facet]:
    language = get_language() or "en"
    state = Facet("state", _("State"), lambda r: [(_phase(r), word("case", _phase(r), language))])
    if not seat.viewer.reads_all:
        return [state]
    names = Names(seat, moment, language)
    return [
        state,
        Facet("kind", _("Kind"), lambda r: [(r["kind"], word("finding", r["kind"], language))]),
        Facet("party", _("Party"), lambda r: [(party, names.name_of(party)) for party in r["parties"]]),
    ]

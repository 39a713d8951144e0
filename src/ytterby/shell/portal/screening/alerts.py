"""Hits of screening: those that wait, and one of them, party beside entry, with what people say of it.

In a demo a person gives an opinion here and reads those of others once it has given its own. In any other register
opinions are signed with a key that never lies on the server, so the page shows the command and no opinion at all.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ytterby.screening.disposition import Verdict
from ytterby.screening.policy import months_after, policy_on
from ytterby.screening.screened_party import party_digest
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.judge_hit import SHORTEST, give_opinion
from ytterby.shell.portal.audience import Seat
from ytterby.shell.portal.facet import Facet, Narrowed, narrow
from ytterby.shell.portal.law.asked_days import read_day, unread_day
from ytterby.shell.portal.law.typed import Wrong, fields_of, wrong_of
from ytterby.shell.portal.moment import Moment, moment_of, query_of
from ytterby.shell.portal.page import link_to, show_page
from ytterby.shell.portal.paging import page_of
from ytterby.shell.portal.place import is_demo
from ytterby.shell.portal.screening import for_screeners
from ytterby.shell.portal.screening.aligned import aligned_of
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.site.alert_answer import alert_json, waits
from ytterby.shell.site.register import current_register
from ytterby.shell.site.screening_tables import screening_policies
from ytterby.shell.store.reading.screening import Alert, find_alert, judges_hits, list_alerts, registered_parties
from ytterby.shell.store.reading.screening_lists import entry_version, list_lists
from ytterby.shell.wording import language_of, word

COLUMNS = (
    *("number", "outcome", "given", "is_found", "cleared_until", "ground", "band", "score"),
    *("party", "name", "listed_name", "list", "entry"),
)
FIELDS = ("person", "verdict", "reason", "text", "until")
PERSON_MOST, TEXT_MOST = 100, 5_000
BAND_TAGS = {"alert": "bad", "review": "warn"}
OUTCOME_TAGS = {
    "open": "open",
    "lapsed": "warn",
    "second_wanted": "wait",
    "further_wanted": "wait",
    "match": "bad",
    "cleared": "good",
}

Json = dict[str, Any]
Row = Mapping[str, Any]


@for_screeners
@require_safe
def alerts(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the hits that wait, the strongest first; all of them where the address says so."""
    moment, query = moment_of(request, seat), query_of(request)
    found, narrowed = _narrowed(seat, moment, query)
    context = {
        "query": query,
        "narrowed": narrowed,
        "paging": page_of(narrowed.rows, query),
        "waiting": sum(map(waits, found)),
        "rest": sum(not waits(one) for one in found),
        "is_all": bool(query.get("all")),
        "all_query": {"all": "1"},
    }
    return show_page(request, seat, "screening/alerts.html", context, moment=moment, here="screening_alerts")


@for_screeners
@require_safe
def alerts_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same as CSV or JSON, with the keys of `party alerts`."""
    moment = moment_of(request, seat)
    rows = _narrowed(seat, moment, query_of(request))[1].rows
    if kind == "csv":
        return answer_csv(COLUMNS, rows, "alerts.csv")
    plain = [{name: value for name, value in row.items() if name not in SHOWN_ONLY} for row in rows]
    return answer_json({"alerts": plain, "as_of_size": moment.known.size}, "alerts.json")


@for_screeners
@require_safe
def alert(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Show one hit."""
    return _page(request, seat, number)


@for_screeners
@require_safe
def alert_file(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Answer the same as JSON."""
    moment = moment_of(request, seat)
    one = _found(seat, moment, number, _person(request.GET))
    return answer_json({**alert_json(one), "as_of_size": moment.known.size}, f"hit-{one.hit.number}.json")


@for_screeners
@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Give an opinion, in a demo (threat X10: a form without its token changes nothing)."""
    one = _found(seat, moment_of(request, seat), number, "")
    if request.method != "POST":
        # A page that said what was wrong stands here; its languages lead back to the hit.
        return HttpResponseRedirect(link_to("screening_alert", None, one.hit.number))
    if not _may_say(seat, one):
        raise Http404
    typed = {name: request.POST.get(name, "").strip()[: TEXT_MOST + 1] for name in FIELDS}
    person, until = typed["person"][:PERSON_MOST], read_day(typed["until"]) if typed["until"] else None
    if typed["until"] and until is None:
        return _page(request, seat, number, typed=typed, wrong={"until": [unread_day(typed["until"])]})
    result = give_opinion(
        current_register(),
        one.hit.number,
        typed["verdict"],
        reason=typed["reason"],
        text=typed["text"],
        until=until,
        person=person,
    )
    if not result.problems:
        return HttpResponseRedirect(link_to("screening_alert", None, one.hit.number, query={"person": person}))
    wrong: dict[str, list[Wrong]] = {}
    for problem in result.problems:
        field = problem.where.pointer.lstrip("/")
        wrong.setdefault(field if field in FIELDS else "person", []).append(wrong_of(problem, _language()))
    return _page(request, seat, number, typed=typed, wrong=wrong)


def _language() -> str:
    return language_of(get_language() or "en")


def _person(query: Mapping[str, str]) -> str:
    """Return who reads: what a demo's address says. Elsewhere nobody, since only a key could show it."""
    return query.get("person", "").strip()[:PERSON_MOST] if is_demo() else ""


def _may_say(seat: Seat, one: Alert) -> bool:
    """Tell whether opinions on a hit are given here: in a demo, by those who dispose of hits, never by who was hit."""
    return is_demo() and judges_hits(seat.viewer) and seat.viewer.party != one.hit.party


def _found(seat: Seat, moment: Moment, number: str, person: str) -> Alert:
    one = find_alert(seat.viewer, moment.known, number, now().date(), person) if len(number) >= SHORTEST else None
    if one is None:
        raise Http404
    return one


# The list

SHOWN_ONLY = ("band_tag", "outcome_tag", "title", "shown_score")


def _narrowed(seat: Seat, moment: Moment, query: Mapping[str, str]) -> tuple[list[Alert], Narrowed]:
    at = now()
    found = list_alerts(seat.viewer, moment.known, at.date())
    titles = _titles(seat, moment)
    rows = [_row(one, titles) for one in found if query.get("all") or waits(one)]
    return found, narrow(rows, _facets(titles), query)


def _row(one: Alert, titles: Mapping[str, str]) -> Json:
    return {
        **alert_json(one),
        "shown_score": f"{one.hit.score:.2f}",
        "band_tag": BAND_TAGS[one.hit.band.value],
        "outcome_tag": OUTCOME_TAGS[one.outcome.value],
        "title": titles.get(one.hit.list, one.hit.list),
    }


def _titles(seat: Seat, moment: Moment) -> dict[str, str]:
    rows = list_lists(seat.viewer, known=moment.known, at=now(), language=_language())["lists"]
    return {row["list"]: row["title"] for row in rows}


def _facets(titles: Mapping[str, str]) -> Sequence[Facet]:
    language = _language()

    def said(name: str) -> Any:
        return lambda row: [(row[name], word("screening", row[name], language))]

    return [
        Facet("outcome", _("Where it stands"), said("outcome")),
        Facet("band", _("Band"), said("band")),
        Facet("list", _("List"), lambda row: [(row["list"], titles.get(row["list"], row["list"]))]),
    ]


# One hit


def _page(
    request: HttpRequest,
    seat: Seat,
    number: str,
    *,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, list[Wrong]] | None = None,
) -> HttpResponse:
    moment, person = moment_of(request, seat), _person(request.GET)
    one = _found(seat, moment, number, person)
    said = typed if typed is not None else {"person": person}
    party = registered_parties(seat.viewer, moment.known).get(one.hit.party)
    policy = policy_on(screening_policies(), now().date())
    row = _row(one, _titles(seat, moment))
    context = {
        "one": one,
        "row": row,
        "party": party.party if party is not None else None,
        "is_party_changed": party is None or party_digest(party.party) != one.hit.party_digest,
        "entry": entry_version(seat.viewer, one.hit.entry_digest),
        "aligned": aligned_of(one.hit.reasons),
        "opinions": row["opinions"],
        "person": person,
        "is_signed": not is_demo(),
        "may_say": _may_say(seat, one) and not moment.is_past,
        "fields": fields_of(FIELDS, said, wrong or {}),
        "wrong_count": sum(map(len, (wrong or {}).values())),
        "verdicts": [(each.value, word("screening", each.value, _language())) for each in Verdict],
        "reasons": _reasons(policy.reasons),
        "latest": months_after(now().date(), policy.clearance_months).isoformat(),
        "files": [("JSON", link_to("screening_alert_json", moment, one.hit.number, query={"person": person}))],
    }
    page = show_page(request, seat, "screening/alert.html", context, moment=moment, here="screening_alerts")
    if wrong:
        page.status_code = 400
    return page


def _reasons(by_verdict: Mapping[str, Sequence[str]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the coded reasons under the word of the verdict they may stand for."""
    language = _language()
    return [
        (word("screening", verdict, language), [(code, word("screening", code, language)) for code in codes])
        for verdict, codes in by_verdict.items()
    ]

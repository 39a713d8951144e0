"""Lists of the listed: which are in force and how old, their imports, what changed, what vanished; release and delist.

Read by those who screen; released and delisted by those who keep lists (licensing bodies).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ytterby.shell.actions.clock import now
from ytterby.shell.actions.release_list import ListJudged, delist_entry, release_list
from ytterby.shell.portal.audience import Seat
from ytterby.shell.portal.facet import Facet, narrow
from ytterby.shell.portal.moment import Moment, moment_of, query_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.paging import page_of
from ytterby.shell.portal.screening import for_keepers, for_readers
from ytterby.shell.portal.table import answer_csv, answer_json, file_name_of
from ytterby.shell.site.register import current_register
from ytterby.shell.store.reading.screening_lists import keeps_lists, list_changes, list_lists, show_list
from ytterby.shell.wording import language_of, sentence, word
from ytterby.terms.problem import is_refused, problem_of

COLUMNS = (
    *("list", "title", "jurisdiction", "required", "standing", "keeps_from_checking", "published", "imported_at"),
    *("age_hours", "stale_after_hours", "entries", "vanished", "imports", "held", "holds", "snapshot", "record"),
)
CHANGE_COLUMNS = ("change", "id", "name", "schema", "countries", "names", "fields", "digest")
TEXT_MOST = 2_000
SHOWN_MOST = 50

Json = dict[str, Any]
Row = Mapping[str, Any]


@for_readers
@require_safe
def lists(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show every list that rules name or that was imported."""
    moment = moment_of(request, seat)
    query = query_of(request)
    found = list_lists(seat.viewer, known=moment.known, at=now(), language=_language())
    narrowed = narrow(found["lists"], _facets(), query)
    context = {
        "query": query,
        "narrowed": narrowed,
        "rows": narrowed.rows,
        "stopped": found["keeps_from_checking"],
        "waiting": sum(row["held"] is not None for row in found["lists"]),
    }
    return show_page(request, seat, "screening/lists.html", context, moment=moment, here="screening_lists")


@for_readers
@require_safe
def lists_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same lists as CSV or JSON."""
    moment = moment_of(request, seat)
    found = list_lists(seat.viewer, known=moment.known, at=now(), language=_language())
    rows = narrow(found["lists"], _facets(), request.GET.dict()).rows
    return (
        answer_csv(COLUMNS, rows, "lists.csv") if kind == "csv" else answer_json({**found, "lists": rows}, "lists.json")
    )


@for_readers
@require_safe
def one_list(request: HttpRequest, seat: Seat, list_id: str) -> HttpResponse:
    """Show a list: its imports, what changed between two of them, what vanished, and what waits."""
    return _page(request, seat, list_id)


@for_readers
@require_safe
def changes_file(request: HttpRequest, seat: Seat, list_id: str, kind: str) -> HttpResponse:
    """Answer what changed between two snapshots as CSV, or with the list's imports as JSON."""
    moment = moment_of(request, seat)
    found, changes = _found(seat, moment, list_id), _changes(seat, moment, list_id, request.GET.dict())
    name = file_name_of(list_id, 60)
    if kind == "csv":
        return answer_csv(CHANGE_COLUMNS, _change_rows(changes), f"{name}-changes.csv")
    return answer_json({**found, "changes": changes}, f"{name}.json")


@for_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, seat: Seat, list_id: str) -> HttpResponse:
    """Let the import that waits be in force, with a reason (threat X10: a form without its token changes nothing)."""
    found = _found(seat, moment_of(request, seat), list_id)
    if request.method != "POST":
        # A page that said what was wrong stands here; its languages lead back to the list.
        return HttpResponseRedirect(reverse("screening_list", args=[list_id]))
    which = request.POST.get("record", "")[:64]
    if which not in {row["record"] for row in found["snapshots"]}:
        raise Http404
    reason = request.POST.get("reason", "")[: TEXT_MOST + 1]
    result = release_list(current_register(), which, reason=reason, party=seat.viewer.party or "")
    return _done(request, seat, list_id, result, {"reason": reason})


@for_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def delist(request: HttpRequest, seat: Seat, list_id: str) -> HttpResponse:
    """Take an entry that vanished off the list, by a named act."""
    _found(seat, moment_of(request, seat), list_id)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("screening_list", args=[list_id]))
    entry, act = request.POST.get("entry", "")[:200], request.POST.get("act", "")[: TEXT_MOST + 1]
    result = delist_entry(current_register(), list_id, entry, act=act, party=seat.viewer.party or "")
    return _done(request, seat, list_id, result, {"entry": entry, "act": act})


def _done(request: HttpRequest, seat: Seat, list_id: str, result: ListJudged, typed: Row) -> HttpResponse:
    """Lead back to the list; where something refuses show it again, with what was typed."""
    if not is_refused(result.problems):
        return HttpResponseRedirect(reverse("screening_list", args=[list_id]))
    said = [" ".join(sentence(problem, _language())) for problem in result.problems]
    return _page(request, seat, list_id, said=said, typed=typed, status=400)


def _page(
    request: HttpRequest,
    seat: Seat,
    list_id: str,
    *,
    said: Sequence[str] = (),
    typed: Row | None = None,
    status: int = 200,
) -> HttpResponse:
    moment = moment_of(request, seat)
    query = query_of(request)
    found, changes = _found(seat, moment, list_id), _changes(seat, moment, list_id, query)
    rows = _change_rows(changes)
    narrowed = narrow(rows, _change_facets(), query)
    waiting = next((row for row in found["snapshots"] if row["state"] == "held"), None)
    context = {
        "query": query,
        "found": found,
        "changes": changes,
        "narrowed": narrowed,
        "paging": page_of(narrowed.rows, query),
        "facet_argument": list_id,
        "waiting": waiting,
        "problems": [_problem(fields) for fields in (waiting["problems"] if waiting else ())],
        "vanished": found["vanished_entries"][:SHOWN_MOST],
        "vanished_more": max(0, len(found["vanished_entries"]) - SHOWN_MOST),
        "may_keep": keeps_lists(seat.viewer) and not moment.is_past,
        "said": said,
        "typed": typed or {},
    }
    page = show_page(request, seat, "screening/list.html", context, moment=moment, here="screening_lists")
    page.status_code = status
    return page


def _language() -> str:
    return language_of(get_language() or "en")


def _found(seat: Seat, moment: Moment, list_id: str) -> Json:
    found = show_list(seat.viewer, list_id, known=moment.known, at=now(), language=_language())
    if found is None:
        raise Http404
    return found


def _changes(seat: Seat, moment: Moment, list_id: str, query: Mapping[str, str]) -> Json | None:
    """Return what changed; None where nothing was imported yet. A snapshot that is not there is not found."""
    before, after = query.get("from") or None, query.get("to") or None
    found = list_changes(seat.viewer, list_id, known=moment.known, before=before, after=after)
    if found is None and (before or after):
        raise Http404
    return found


def _change_rows(changes: Json | None) -> list[Json]:
    kinds = ("removed", "changed", "added") if changes else ()
    return [{**row, "change": kind} for kind in kinds for row in (changes or {})[kind]]


def _problem(fields: Row) -> Json:
    problem = problem_of(fields)
    text, cure = sentence(problem, _language())
    where = f"{problem.where.file}:{problem.where.row}" if problem.where.row else problem.where.file
    return {
        "severity": problem.severity.value,
        "where": where,
        "pointer": problem.where.pointer,
        "text": text,
        "cure": cure,
    }


def _facets() -> Sequence[Facet]:
    language = _language()
    return [
        Facet("standing", _("State"), lambda r: [(r["standing"], word("list", r["standing"], language))]),
        Facet("jurisdiction", _("Jurisdiction"), lambda r: [(r["jurisdiction"] or "", r["jurisdiction"] or "")]),
    ]


def _change_facets() -> Sequence[Facet]:
    words = {"added": _("added"), "changed": _("changed"), "removed": _("gone from the file")}
    return [Facet("change", _("What changed"), lambda r: [(r["change"], words[r["change"]])])]

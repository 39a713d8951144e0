"""What changed in the law that the register goes by: proposals and activations in plain words, and settlements.

Read by parties and auditors alike: who proposed and who confirmed is told by the numbers of their accounts.
"""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.law.going_by import instant_of
from ytterby.shell.portal.moment import Moment, moment_of, query_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.store.reading.law import changes_of_law
from ytterby.shell.store.reading.naming import Json
from ytterby.shell.wording import language_of

COLUMNS = (
    *("id", "state", "from", "proposed_by", "proposed_at", "closed_by", "closed_at", "packs", "reason", "going_back"),
)
# Of one proposal that many changes stand on the page; the file has all.
CHANGES_SHOWN = 40
TAGS = {"proposed": "wait", "in_force": "open", "withdrawn": "none", "lapsed": "none"}


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def changes(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show every proposal, the latest first, and every settlement."""
    moment = moment_of(request, seat)
    answer = _answer(seat, moment)
    proposals = [
        {**row, "tag": TAGS[row["state"]], "shown": row["changes"][:CHANGES_SHOWN], "more": _more(row)}
        for row in answer["proposals"]
    ]
    context = {
        "query": query_of(request),
        "proposals": proposals,
        "settlements": answer["settlements"],
        "law": answer["law"],
        "waiting": sum(row["state"] == "proposed" for row in proposals),
        "activated": sum(row["state"] == "in_force" for row in proposals),
    }
    return show_page(request, seat, "law/changes.html", context, moment=moment, here="law_changes")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def changes_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same as JSON, with the keys of `law changes`; as CSV the proposals."""
    answer = _answer(seat, moment_of(request, seat))
    if kind == "json":
        return answer_json(answer, "changes.json")
    rows = [{**row, "packs": [pack["id"] for pack in row["packs"]]} for row in answer["proposals"]]
    return answer_csv(COLUMNS, rows, "changes.csv")


def _answer(seat: Seat, moment: Moment) -> Json:
    language = language_of(get_language() or "en")
    return changes_of_law(seat.viewer, moment.known, instant_of(moment), language=language)


def _more(row: Json) -> int:
    return max(0, len(row["changes"]) - CHANGES_SHOWN)

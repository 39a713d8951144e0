"""What a change of law would do: the law that holds beside a change that waits, and whose answer differs.

Read by parties and auditors alike; a party reads what concerns its own lots, products and lists, in plain words too.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.shell.actions.clock import now
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.facet import Facet, narrow
from ytterby.shell.portal.law.asked_days import ON, before_first, read_day, unread_day
from ytterby.shell.portal.law.going_by import instant_of
from ytterby.shell.portal.law.typed import Wrong
from ytterby.shell.portal.moment import Moment, moment_of, query_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.paging import page_of
from ytterby.shell.portal.progress import shows_progress
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.portal.templatetags.ytterby import day as write_day
from ytterby.shell.portal.templatetags.ytterby import name as name_of
from ytterby.shell.site.impact_notice import answer_word, notices
from ytterby.shell.site.law_answer import first_day, packs_of_items
from ytterby.shell.site.law_texts import law_text
from ytterby.shell.store.reading.impact import Pending, Question, pending_changes
from ytterby.shell.store.reading.impact_answer import impact_work, list_impact
from ytterby.shell.store.reading.law import law_at
from ytterby.shell.wording import language_of

HERE = "law_impact"
CHANGE = "change"
COLUMNS = (
    *("kind", "id", "tail", "holder.id", "holder.name", "what.about", "what.name", "what.form", "what.site.id"),
    *("what.amount", "what.unit", "since", "old.answer", "old.codes", "old.by", "new.answer", "new.codes", "new.by"),
    *("gained", "lost", "rules", "why", "sources"),
)

Row = Mapping[str, Any]
Json = dict[str, Any]


class Asked(NamedTuple):
    """What a page asks: which of the changes that wait, from which day on; what was wrong with the day."""

    pending: Sequence[Pending]
    chosen: Pending | None
    on: date
    wrong: Sequence[Wrong]

    @property
    def query(self) -> dict[str, str]:
        """Return what a link to the same question carries."""
        return {} if self.chosen is None else {CHANGE: self.chosen.id, ON: str(self.on)}


@audience(Audience.AUDITOR, Audience.PARTY, here=HERE)
@require_safe
@shows_progress(HERE)
def impact(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show whose answer changes by the change that is chosen; that there is none where none waits."""
    moment, query = moment_of(request, seat), query_of(request)
    asked = _asked(seat, moment, query)
    context: Json = {"query": query, "asked": asked, "answer": None}
    if asked.chosen is not None:
        question = _question(seat, moment, asked)
        moment = moment_of(request, seat, impact_work(seat.viewer, question))
        answer = _answer(seat, moment, question)
        narrowed = narrow(answer["rows"], _facets(seat), query)
        paging = page_of(narrowed.rows, query)
        own = notices(answer, get_language() or "en").get(seat.viewer.party or "", "")
        context |= {
            "answer": answer,
            "narrowed": narrowed,
            "paging": paging,
            "rows": [_shown(row, answer) for row in paging.rows],
            "counts": [(answer["changed"][kind], answer["asked"][kind], kind) for kind in answer["asked"]],
            "notice": [part.splitlines() for part in own.strip().split("\n\n")[1:]],
        }
    return show_page(request, seat, "law/impact.html", context, moment=moment, here=HERE)


@audience(Audience.AUDITOR, Audience.PARTY, here=HERE)
@require_safe
def impact_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Answer the same list as CSV or JSON (the keys of `law impact`), all pages of it.

    Raises:
        Http404: no change of law waits.
    """
    moment, query = moment_of(request, seat), query_of(request)
    asked = _asked(seat, moment, query)
    if asked.chosen is None:
        raise Http404
    answer = _answer(seat, moment, _question(seat, moment, asked))
    rows = narrow(answer["rows"], _facets(seat), query).rows
    if kind == "csv":
        return answer_csv(COLUMNS, [_written(row, answer) for row in rows], "law-impact.csv")
    return answer_json({**answer, "rows": rows}, "law-impact.json")


def _asked(seat: Seat, moment: Moment, query: Mapping[str, str]) -> Asked:
    """Return the question of an address: the first change that waits from today on, where it says nothing.

    Raises:
        Http404: it names a change that does not wait.
    """
    pending = pending_changes(seat.viewer, moment.known, instant_of(moment))
    name, text = query.get(CHANGE), query.get(ON, "").strip()
    chosen = next((one for one in pending if name in (None, one.id)), None)
    if name is not None and chosen is None:
        raise Http404
    on = read_day(text) if text else now().date()
    if on is None:
        return Asked(pending, chosen, now().date(), [unread_day(text)])
    old = law_at(seat.viewer, moment.known, instant_of(moment))
    first = first_day(old, packs_of_items(old))
    if on < first:
        return Asked(pending, chosen, now().date(), [before_first(on, first)])
    return Asked(pending, chosen, on, [])


def _question(seat: Seat, moment: Moment, asked: Asked) -> Question:
    assert asked.chosen is not None, "without a change nothing is asked"
    before = asked.chosen.before or law_at(seat.viewer, moment.known, instant_of(moment))
    return Question(before, asked.chosen.book, asked.on)


def _answer(seat: Seat, moment: Moment, question: Question) -> Json:
    language = language_of(get_language() or "en")
    return list_impact(seat.viewer, question, known=moment.known, language=language)


def _shown(row: Row, answer: Json) -> Json:
    """Return a row with its reasons written out, of the old answer where the new one has none."""
    return {**row, "why": _reasons(row["new"], answer) or _reasons(row["old"], answer), "about": _about(row)}


def _reasons(side: Json, answer: Json) -> list[Json]:
    return [answer["reasons"][number] for number in side["reasons"]]


def _about(row: Row) -> str:
    what = row["what"]
    if not what["about"]:
        return ""
    return law_text(f"law.impact.about.{what['about']}", get_language() or "en", name=what["name"])


def _written(row: Row, answer: Json) -> Json:
    """Return a row as cells can hold it."""
    why = _reasons(row["new"], answer)
    rules = [f"{one['rule']}: {one['old']['answer']} > {one['new']['answer']}" for one in row["rules"]]
    sources = "; ".join(dict.fromkeys(one["source"] for one in why))
    return {**row, "rules": "; ".join(rules), "why": " ".join(one["text"] for one in why), "sources": sources}


def _facets(seat: Seat) -> list[Facet]:
    language = get_language() or "en"

    def then(row: Row) -> list[tuple[str, str]]:
        return [(row["new"]["answer"], answer_word(row["new"]["answer"], language))]

    holders = [Facet("holder", _("Holder"), lambda r: [(r["holder"]["id"], name_of(r["holder"]))])]
    return [
        Facet("kind", _("Kind"), lambda r: [(r["kind"], law_text(f"law.impact.kind.{r['kind']}", language))]),
        Facet("then", _("Then"), then),
        Facet("since", _("From"), lambda r: [(r["since"], write_day(r["since"]))]),
        *(holders if seat.viewer.reads_all else []),
    ]

"""One case: to each reader what the store shows it, with the forms of what it may say.

An officer reads findings with what triggered them, law, screening, lots, flags, consumption and precedents; an
applicant its application, what it was told and the decision; a body that is asked its part; an end user that it is on
it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from ytterby.shell.actions import clock
from ytterby.shell.portal.audience import Seat, audience
from ytterby.shell.portal.casework import EVERY_READER
from ytterby.shell.portal.casework.forms import Asked, adjudications, forms_of, rejection
from ytterby.shell.portal.casework.input import Form
from ytterby.shell.portal.casework.lists import WORKLIST, case_tag
from ytterby.shell.portal.casework.told import changes_of, evidence_told, findings_told, history_told
from ytterby.shell.portal.law.typed import Wrong
from ytterby.shell.portal.moment import Moment, moment_of
from ytterby.shell.portal.page import link_to, show_page
from ytterby.shell.portal.sign import Subject, sign_context
from ytterby.shell.portal.table import answer_json
from ytterby.shell.store.reading.case_choices import case_choices
from ytterby.shell.store.reading.casework import check_case, show_case
from ytterby.shell.wording import language_of, word
from ytterby.terms.identifier import tail

OFFICER, APPLICANT, END_USER = "officer", "applicant", "end_user"
# States, as their applicant is told them, in which the application is the applicant's to change.
EDITED, SUPPLIED = frozenset({"draft", "returned"}), frozenset({"supplement"})
# What is applied for again as it was: an amendment is of one licence, a check of one shipment.
COPIED_KINDS = frozenset({"individual", "open", "general_registration", "classification", "consultation"})
TEMPLATES = {OFFICER: "casework/case.html", APPLICANT: "casework/own.html"}

Json = dict[str, Any]


class Looked(NamedTuple):
    """A case as its reader is shown it, and what it may say in it."""

    moment: Moment
    at: datetime
    told: Json
    choices: Json

    @property
    def part(self) -> str:
        """As who it is read."""
        return str(self.choices["part"])

    def name_of(self, party: str) -> str:
        """Return what a party on the case is called, else the end of its identifier."""
        return str(self.choices["parties"].get(party) or tail(party))


class Refused(NamedTuple):
    """A form that was sent and not entered: as it was typed, and what is wrong beside its fields."""

    form: Form
    wrong: Sequence[Wrong]


@audience(*EVERY_READER, here=WORKLIST)
@require_safe
def case(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Show a case."""
    return case_page(request, seat, look_at(request, seat, number))


@audience(*EVERY_READER, here=WORKLIST)
@require_safe
def case_file(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Answer the same as JSON, with the keys of `case show`."""
    return answer_json(look_at(request, seat, number).told, f"case-{number}.json")


def look_at(request: HttpRequest, seat: Seat, number: str) -> Looked:
    """Return a case as somebody may read it.

    Raises:
        Http404: there is none for them.
        LawUnfitError: the packs in force do not fit together.
    """
    moment, at = moment_of(request, seat), clock.now()
    said = language_of(get_language() or "en")
    try:
        told = show_case(seat.viewer, number, at, moment.known, said)
        choices = case_choices(seat.viewer, number, "" if moment.is_past else seat.account, at, moment.known, said)
        if choices["part"] == OFFICER:
            told = {**told, "gaps": _gaps(check_case(seat.viewer, number, at, moment.known, said))}
    except KeyError:
        raise Http404 from None
    return Looked(moment, at, told, choices)


def _gaps(answer: Json) -> list[Json]:
    """Return what is missing, each with the key by which a notice names it."""
    found = []
    for one in answer["gaps"]:
        where = f"{one.get('document') or ''}#{one.get('field') or ''}"
        found.append({**one, "key": f"{one['code']} {where}".rstrip("#")})
    return found


def forms_for(looked: Looked) -> dict[str, Form]:
    """Return every form of a case that its reader may send, by its identifier."""
    asked = Asked(looked.told, looked.choices, looked.name_of)
    found = [*forms_of(asked), *adjudications(asked).values()]
    if looked.choices["orders"] and "reject" in looked.choices["commands"]:
        found.append(rejection(asked))
    return {form.id: form for form in found}


def subject_of(looked: Looked) -> Subject | None:
    """Return what the reader is to approve; None where nothing waits for it."""
    draft, orders = looked.told.get("draft"), looked.choices["orders"]
    if draft is None or not orders or "approve" not in looked.choices["commands"]:
        return None
    return Subject(looked.told["case"], looked.told["version"], draft["digest"], orders[0])


def case_page(
    request: HttpRequest, seat: Seat, looked: Looked, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    """Show a case with its forms; the one that was refused as it was typed, with what is wrong."""
    told, part = looked.told, looked.part
    forms = forms_for(looked)
    if refused is not None and refused.form.id in forms:
        forms[refused.form.id] = refused.form
    subject = subject_of(looked)
    own = {key for key in forms if key.startswith(("adjudicate-", "reject"))}
    context: Json = {
        "case": told,
        "state_tag": case_tag(told["state"]),
        "forms": [form for key, form in forms.items() if key not in own and not form.is_first],
        "first": [form for key, form in forms.items() if key not in own and form.is_first],
        "reject": forms.get("reject"),
        "wrong": list(refused.wrong) if refused is not None else [],
        "subject": subject,
        "people": looked.choices["people"],
        "applicant_name": looked.name_of(told["applicant"]),
        "parties": _parties(looked),
        "papers": _papers(looked),
        "files": [("JSON", link_to("case_file", looked.moment, told["case"]))],
        "status_href": link_to("case_status", looked.moment, told["case"]),
        **(_office_context(looked, forms) if part == OFFICER else {}),
        **(_own_context(seat, looked) if part == APPLICANT else {}),
        **(sign_context(request, seat, subject) if subject is not None else {}),
    }
    template = TEMPLATES.get(part, "casework/consulted.html")
    page = show_page(request, seat, template, context, moment=looked.moment, here=WORKLIST)
    page.status_code = status
    return page


def _parties(looked: Looked) -> list[Json]:
    rows = (looked.told.get("application") or {}).get("parties", ())
    return [{**one, "shown": one["name"] or looked.name_of(one["party"])} for one in rows]


def _papers(looked: Looked) -> list[Json]:
    """Return the documents of an application under the titles that the pack gives them."""
    titles, rows = looked.choices["documents"], (looked.told.get("application") or {}).get("documents", ())
    language = get_language() or "en"
    return [
        {**one, "title": titles.get(one["document"]) or word("document", one["document"], language)} for one in rows
    ]


def _own_context(seat: Seat, looked: Looked) -> Json:
    """Return what an applicant's page has beside the case: what is missing, while something can be added."""
    told = looked.told
    may_edit = told["state"] in EDITED | SUPPLIED and bool(seat.account) and not looked.moment.is_past
    language = language_of(get_language() or "en")
    return {
        "may_edit": may_edit,
        "is_own_turn": told["state"] in EDITED | SUPPLIED or bool(told["queries"]) or told["appeal_until"] is not None,
        "is_handed_in": told["state"] not in EDITED | SUPPLIED,
        "may_copy": told["state"] not in EDITED and told["kind"] in COPIED_KINDS and bool(seat.account),
        # Once it is handed in, what is missing is what the office tells.
        "check": (
            check_case(seat.viewer, told["case"], looked.at, looked.moment.known, language)
            if told["state"] in EDITED | SUPPLIED
            else None
        ),
    }


def _office_context(looked: Looked, forms: Mapping[str, Form]) -> Json:
    told = looked.told
    findings = findings_told(told["findings"], looked.choices["parties"], get_language() or "en")
    for one in findings:
        one["form"] = forms.get(f"adjudicate-{one['key']}")
    draft = told["draft"]
    return {
        "findings": findings,
        "open_count": sum(one["blocks"] and not one["is_settled"] for one in findings),
        "changed": changes_of(told["history"]),
        "history": history_told(told["history"], looked.choices["people"], get_language() or "en"),
        "evidence": evidence_told(told["evidence"]),
        "is_drafted": draft is not None and told["decision"] is None,
        "approvals_left": 0 if draft is None else told["approvals_wanted"] - len(draft["approvals"]),
    }

"""An application as a list of tasks: what is asked, what it lacks, handing it in. For its applicant alone.

The check is the one that the office makes (`reading.casework.check_application`), without anything that an applicant
may not know. A file in JSON brings a whole application; the form changes its main facts.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from ytterby.licence.application import Application
from ytterby.licence.step import Edit, Step, Supply
from ytterby.shell.actions import clock
from ytterby.shell.actions.casework import begin_case, take_step
from ytterby.shell.actions.speaker import session_speaker
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.casework.application_form import (
    FILE_BYTES_MOST,
    ROLES,
    at_field,
    begun,
    read_file,
    read_form,
    shown,
)
from ytterby.shell.portal.casework.case import APPLICANT, COPIED_KINDS, EDITED, SUPPLIED, look_at
from ytterby.shell.portal.casework.lists import WORKLIST
from ytterby.shell.portal.casework.steps import CHANGED, seen_version
from ytterby.shell.portal.law.typed import Wrong, wrongs
from ytterby.shell.portal.moment import Moment, moment_of
from ytterby.shell.portal.page import link_to, show_page
from ytterby.shell.site.case_rules import KINDS
from ytterby.shell.site.register import current_register
from ytterby.shell.store.reading.case_choices import party_names, procedures_at, same_draft
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.wording import language_of, word
from ytterby.terms.identifier import tail
from ytterby.terms.problem import Problem, refuse

KIND, FILE = "individual", "file"
QUESTIONS = frozenset({"classification", "consultation"})
REFUSED = 400

Json = dict[str, Any]


@audience(Audience.APPLICANT, here=WORKLIST)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Begin an application, by a file or by the form."""
    if not seat.account:
        raise Http404
    procedures = procedures_at(seat.viewer, clock.now(), known_at(seat.viewer, None), _language())
    first = procedures[0] if procedures else {"procedure": "", "kinds": []}
    kind = next((one["code"] for one in first["kinds"]), "")
    before = begun(first["procedure"], kind, seat.party)
    if request.method != "POST":
        return _page(request, seat, before, procedures)
    if "copy_of" in request.POST:
        return _copied(request, seat)
    asked = _kind(request)
    application, problems, typed = _sent(request, before)
    if application is not None:
        found = same_draft(seat.viewer, application, asked)
        if found:
            return HttpResponseRedirect(link_to("case", None, found))
        speaker = session_speaker(seat.account, seat.party)
        change = begin_case(current_register(), asked, application, speaker, at=clock.now())
        if not change.problems:
            return HttpResponseRedirect(link_to("case", None, change.number))
        problems = list(change.problems)
    return _page(request, seat, typed, procedures, problems)


def _kind(request: HttpRequest) -> str:
    """Return which kind of case is begun; the individual licence where none is named."""
    kind = request.POST.get("kind", KIND)
    if kind not in COPIED_KINDS:
        raise Http404
    return kind


def _copied(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Begin an application by what an earlier one of the party's own asked for; sent twice it is one draft."""
    looked = look_at(request, seat, request.POST["copy_of"])
    if looked.part != APPLICANT or looked.told["kind"] not in COPIED_KINDS:
        raise Http404
    asked = msgspec.convert(looked.told["application"], Application)
    number = same_draft(seat.viewer, asked, looked.told["kind"])
    if not number:
        speaker, case = session_speaker(seat.account, seat.party), looked.told["case"]
        change = begin_case(current_register(), looked.told["kind"], None, speaker, copy_of=case, at=clock.now())
        if change.problems:
            raise Http404
        number = change.number
    return HttpResponseRedirect(link_to("case_application", None, number))


@audience(Audience.APPLICANT, here=WORKLIST)
@require_http_methods(["GET", "HEAD", "POST"])
def application(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Change what is applied for, while it is the applicant's turn."""
    looked = look_at(request, seat, number)
    told = looked.told
    if looked.part != APPLICANT or not seat.account or told["state"] not in EDITED | SUPPLIED:
        raise Http404
    procedures = procedures_at(seat.viewer, looked.at, looked.moment.known, _language())
    if request.method != "POST":
        return _page(request, seat, told["application"], procedures, case=told)
    made, problems, typed = _sent(request, told["application"])
    if made is not None:
        step: Step = Supply(made, request.POST.get("text", "")) if told["state"] in SUPPLIED else Edit(made)
        speaker = session_speaker(seat.account, seat.party)
        found = take_step(current_register(), number, step, speaker, expected=seen_version(request), at=clock.now())
        problems = list(found.problems)
        is_there = {one.code for one in problems} == {CHANGED} and told["application"] == msgspec.to_builtins(made)
        if not problems or is_there:
            return HttpResponseRedirect(link_to("case", None, number))
    return _page(request, seat, typed, procedures, problems, case=told)


def _language() -> str:
    return language_of(get_language() or "en")


def _sent(request: HttpRequest, before: Json) -> tuple[Application | None, list[Problem], Json]:
    """Return the application that was sent, what is wrong with it, and what the form shows then."""
    file = request.FILES.get(FILE)
    if isinstance(file, UploadedFile):
        raw = file.read(FILE_BYTES_MOST + 1)
        if len(raw) > FILE_BYTES_MOST:
            return None, [refuse("case.file_too_long", f"/{FILE}", len(raw), limit=FILE_BYTES_MOST)], before
        made, problems = read_file(raw)
        return made, problems, before if made is None else msgspec.to_builtins(made)
    return read_form(request.POST, before)


def _page(
    request: HttpRequest,
    seat: Seat,
    told: Json,
    procedures: Sequence[Json],
    problems: Sequence[Problem] = (),
    case: Json | None = None,
) -> HttpResponse:
    moment, said = moment_of(request, seat), wrongs(problems)
    wrong = at_field(list(problems), said)
    names = whose(seat, told, moment)
    form = shown(told)
    for group in ("lines", "parties"):
        form[group] = [_with_wrong(one, group, place, wrong, names) for place, one in enumerate(form[group])]
    context: Json = {
        "form": form,
        "case": case,
        "kinds": [one for one in KINDS if one in COPIED_KINDS],
        "asked": request.POST.get("kind", KIND),
        "is_question": case is not None and case["kind"] in QUESTIONS,
        "procedures": procedures,
        "roles": [(role, word("case_role", role, get_language() or "en")) for role in ROLES],
        "wrong": [one for name, held in wrong.items() for one in held],
        "head_wrong": wrong,
        "is_supply": case is not None and case["state"] in SUPPLIED,
    }
    page = show_page(request, seat, "casework/application.html", context, moment=moment, here=WORKLIST)
    page.status_code = REFUSED if problems else 200
    return page


def whose(seat: Seat, told: Json, moment: Moment) -> dict[str, str]:
    """Return what the parties of an application are called, as far as the applicant may know by their identifier."""
    parties = [one.get("party", "") for one in told.get("parties", ())]
    return party_names(seat.viewer, parties, moment.known, _language())


def _with_wrong(row: Json, group: str, place: int, wrong: dict[str, list[Wrong]], names: dict[str, str]) -> Json:
    name = "line" if group == "lines" else "party"
    at = {key.rpartition("-")[2]: held for key, held in wrong.items() if key.startswith(f"{name}-{place}-")}
    return {
        **row,
        "place": place,
        "wrong": at,
        "shown": row.get("name") or names.get(row.get("party", "")) or tail(row.get("party", "")),
    }

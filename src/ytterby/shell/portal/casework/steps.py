"""Steps that are sent from the page of a case: each with the version that was seen, and entered once.

What is refused comes back as the page with the form as it was typed, each problem with its cure. What was sent twice is
found entered by the same account as the version after the one that was seen, and leads to the case like the first
(a form without its token changes nothing: threat X10).
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from ytterby.licence.step import Approve, Step, read_step
from ytterby.shell.actions import clock
from ytterby.shell.actions.casework import take_step
from ytterby.shell.actions.speaker import session_speaker
from ytterby.shell.portal.audience import Seat, audience
from ytterby.shell.portal.casework import EVERY_READER, OFFICES
from ytterby.shell.portal.casework.case import Looked, Refused, case_page, forms_for, look_at, subject_of
from ytterby.shell.portal.casework.input import Form, Input, fields_of_form, read_inputs, with_wrong
from ytterby.shell.portal.casework.lists import WORKLIST
from ytterby.shell.portal.law.typed import Wrong, wrongs
from ytterby.shell.portal.page import link_to
from ytterby.shell.portal.sign import read_approval
from ytterby.shell.site.register import current_register
from ytterby.terms.problem import Problem, refuse

ID_BYTES = 4
DIGITS_MOST = 9
DRAWN = frozenset({"query", "stop", "open_work"})
CHANGED = "case.changed_meanwhile"
GRANTED, NO_LICENCE = "granted", "no_licence_required"

Json = dict[str, Any]


@audience(*EVERY_READER, here=WORKLIST)
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, seat: Seat, number: str, form: str) -> HttpResponse:
    """Take a step in a case."""
    looked = look_at(request, seat, number)
    if request.method != "POST":
        # A page that said what was wrong stands here; its languages lead back to the case.
        return HttpResponseRedirect(link_to("case", None, number))
    held = forms_for(looked).get(form)
    if held is None:
        return _gone(request, seat, looked, form)
    sent = read_inputs(held, request.POST)
    try:
        made = _step_of(sent, looked)
    except (msgspec.ValidationError, ValueError):
        return _refused(request, seat, looked, sent, [refuse("case.form_unread")])
    seen = seen_version(request)
    problems = _take(seat, looked, made, seen)
    if not problems or _is_taken(problems, seat, looked, made, seen):
        return HttpResponseRedirect(link_to("case", None, number))
    return _refused(request, seat, looked, sent, problems)


@audience(*OFFICES, here=WORKLIST)
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Approve a draft with the signature that the browser brought, or a demo's key made."""
    looked = look_at(request, seat, number)
    subject = subject_of(looked)
    if request.method != "POST":
        return HttpResponseRedirect(link_to("case", None, number))
    if subject is None:
        return _gone(request, seat, looked, "approve")
    if (seen_version(request), request.POST.get("sign_draft", "")) != (subject.version, subject.draft):
        return case_page(request, seat, looked, _said([refuse("case.changed_meanwhile", "", seen_version(request),
                                                             now=subject.version)]), 400)  # fmt: skip
    at = clock.now()
    signature, problems = read_approval(request, seat, subject, at)
    if signature is not None:
        made = Approve(subject.draft, subject.order, msgspec.to_builtins(signature))
        problems = list(_take(seat, looked, made, subject.version))
    if problems:
        return case_page(request, seat, look_at(request, seat, number), _said(problems), 400)
    return HttpResponseRedirect(link_to("case", None, number))


def seen_version(request: HttpRequest) -> int:
    """Return the version that a form says was seen; -1 where it says none, which is never the one."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MOST else -1


def _take(seat: Seat, looked: Looked, made: Step, seen: int) -> tuple[Problem, ...]:
    speaker = session_speaker(seat.account, seat.party)
    return take_step(current_register(), looked.told["case"], made, speaker, expected=seen, at=clock.now()).problems


def _said(problems: Sequence[Problem]) -> Refused:
    return Refused(Form("", "", ""), wrongs(problems))


def _gone(request: HttpRequest, seat: Seat, looked: Looked, form: str) -> HttpResponse:
    """Answer a form that is not on the page any more: it was sent before, or the case went on."""
    if not seat.account:
        raise Http404
    verb = form.partition("-")[0]
    if _is_said(looked, seat, verb, seen_version(request)):
        return HttpResponseRedirect(link_to("case", None, looked.told["case"]))
    problem = refuse("case.not_now", "", verb, state=looked.told["state"], may=", ".join(looked.choices["commands"]))
    return case_page(request, seat, looked, _said([problem]), 400)


def _is_taken(problems: Sequence[Problem], seat: Seat, looked: Looked, made: Step, seen: int) -> bool:
    """Tell whether a step that came too late is there already, said by the same person."""
    verb = str(type(made).__struct_config__.tag)
    return {one.code for one in problems} == {CHANGED} and _is_said(looked, seat, verb, seen)


def _is_said(looked: Looked, seat: Seat, verb: str, seen: int) -> bool:
    by = {seat.account, "you"}
    return any(
        row["event"] == verb and row["version"] == seen + 1 and row.get("by") in by
        for row in looked.told.get("history", ())
    )


def _refused(request: HttpRequest, seat: Seat, looked: Looked, sent: Form, problems: Sequence[Problem]) -> HttpResponse:
    names = {one.name for one in sent.inputs}
    at_field: dict[str, list[Wrong]] = {}
    beside: list[Problem] = []
    for one in problems:
        name = one.where.pointer.strip("/").partition("/")[0]
        if name in names:
            at_field.setdefault(name, []).extend(wrongs([one]))
        else:
            beside.append(one)
    return case_page(request, seat, looked, Refused(with_wrong(sent, at_field), wrongs(beside)), 400)


# A step out of a form


def _step_of(form: Form, looked: Looked) -> Step:
    fields = fields_of_form(form, {"lacking": _lacking})
    if form.verb in DRAWN:
        fields["id"] = secrets.token_hex(ID_BYTES)
    for name in ("order", "version"):
        if isinstance(fields.get(name), str):
            fields[name] = int(fields[name])
    make = _MADE.get(form.verb)
    return read_step(make(fields, looked.told) if make is not None else fields)


def _lacking(one: Input) -> list[Json]:
    texts = {choice.code: choice.word for choice in one.choices}
    rows = []
    for key in one.values:
        code, _, where = key.partition(" ")
        rows.append({"where": where, "code": code, "text": texts.get(key, "")})
    return rows


def _propose(fields: Json, told: Json) -> Json:
    quantities = {name: fields.pop(name) for name in list(fields) if name.startswith("quantity-")}
    lines = told["application"]["lines"]
    law = {one["line"]: one for one in ((told.get("evidence") or {}).get("law") or {}).get("lines", ())}
    made = [_line(one, quantities, law.get(one["line"], {}), fields["outcome"]) for one in lines]
    is_whole = all(quantities.get(f"quantity-{one['line']}") == one["quantity"] for one in lines)
    if fields["outcome"] == NO_LICENCE or (fields["outcome"] == GRANTED and not is_whole):
        fields["lines"] = made
    if fields["outcome"] != GRANTED:
        fields |= {"valid_from": "", "valid_to": ""}
    return {**fields, "evidence": "", "packs": {}}


def _line(one: Json, quantities: Mapping[str, str], law: Json, outcome: str) -> Json:
    code = next(iter(law.get("codes") or ()), one["control_code"])
    told = {"line": one["line"], "quantity": quantities.get(f"quantity-{one['line']}", ""), "unit": one["unit"]}
    if outcome == NO_LICENCE:
        freeing = next(iter(law.get("freeing") or ()), None)
        return {**told, "code": code, "outcome": NO_LICENCE, "freeing": freeing}
    return {**told, "code": code}


def _issue(fields: Json, told: Json) -> Json:
    del told
    return {**fields, "licence": "", "content": {}}


def _gather(fields: Json, told: Json) -> Json:
    del told
    return {**fields, "evidence": {}, "digest": ""}


_MADE: Mapping[str, Callable[[Json, Json], Json]] = {
    "propose": _propose,
    "issue": _issue,
    "gather": _gather,
}

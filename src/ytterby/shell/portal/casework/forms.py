"""The forms of a case: for each command that somebody may give, what is asked for it.

What a form offers to choose from is what the packs in force name (`reading.case_choices`); what the register knows
stands in it already: all that is missing in the notice, the lines of an application in a draft.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ytterby.shell.portal.casework.input import (
    AREA,
    CHECKS,
    CHOICE,
    DAY,
    LINES,
    NUMBER,
    TEXT,
    TICK,
    Choice,
    Form,
    Input,
)
from ytterby.shell.wording import word

Json = dict[str, Any]
VERDICTS = ("approve", "proviso", "refuse", "no_licence_required")
GRANTED, REFUSED, NO_LICENCE, RETURNED = "granted", "refused", "no_licence_required", "returned"
SETTLED = ("settled", "stands")
# Commands with a form or button on the page; the others are the register's own, or made elsewhere.
ORDER = (
    *("accept", "notify_missing", "send_back", "not_accept", "pass_on", "report"),
    *("advise", "propose", "retract", "issue", "query", "stop", "resume", "lift_limit", "open_work", "close_work"),
    *("gather", "reopen", "take_over", "agree", "declare_conflict", "close"),
    *("submit", "answer", "appeal", "withdraw"),
)
# What is done first where a case stands so.
FIRST = ("accept", "propose", "issue", "submit", "answer", "appeal")
Maker = Callable[["Asked"], Sequence[Form]]


class Asked:
    """What forms are made of: the case as its reader is shown it, its choices, and the names of parties."""

    def __init__(self, told: Json, choices: Json, name_of: Callable[[str], str]) -> None:
        self.told, self.choices, self.name_of = told, choices, name_of
        self.language = get_language() or "en"

    def reasons(self, *kinds: str) -> list[Choice]:
        """Return the coded reasons of some kinds."""
        rows = [row for kind in kinds for row in self.choices["reasons"].get(kind, ())]
        return [Choice(row["code"], row["title"], row["remedy"]) for row in rows]

    def coded(self, name: str) -> list[Choice]:
        """Return the codes of a table of the procedure."""
        return [Choice(row["code"], row["title"]) for row in self.choices[name]]

    def words(self, group: str, codes: Sequence[str]) -> list[Choice]:
        """Return codes with their words."""
        return [Choice(code, word(group, code, self.language)) for code in codes]


def forms_of(asked: Asked) -> list[Form]:
    """Return the forms of a case, in the order of the page."""
    may = set(asked.choices["commands"])
    found = [form for verb in ORDER if verb in may for form in _MAKERS[verb](asked)]
    first = next((form.id for verb in FIRST for form in found if form.verb == verb), "")
    for form in found:
        object.__setattr__(form, "is_first", form.id == first)
    return found


def adjudications(asked: Asked) -> dict[str, Form]:
    """Return for each finding that words can settle the form to say so, by its key."""
    if "adjudicate" not in asked.choices["commands"]:
        return {}
    reason = _text("reason", _("Reason, in a word"), is_needed=True)
    found = {}
    for one in asked.told.get("findings", ()):
        if one["settles"] != "officer" or not one["blocks"]:
            continue
        verdict = Input("verdict", CHOICE, _("What it is"), asked.words("case_verdict", SETTLED), is_needed=True)
        inputs = [verdict, reason, _area("text", _("Why"), is_needed=True)]
        fixed = {"finding": one["key"]}
        title, button = _("Judge this finding"), _("Judge it")
        found[one["key"]] = Form("adjudicate", title, button, inputs, subject=one["key"], fixed=fixed)
    return found


def rejection(asked: Asked) -> Form:
    """Return the form by which a signer does not approve."""
    inputs = [_area("text", _("Why it is not approved"), is_needed=True)]
    fixed = {"draft": asked.told["draft"]["digest"], "order": str(asked.choices["orders"][0])}
    return Form("reject", _("Do not approve"), _("Give it back to its author"), inputs, fixed=fixed)


def _text(name: str, label: str, *, is_needed: bool = False, hint: str = "", value: str = "") -> Input:
    return Input(name, TEXT, label, values=[value] if value else (), is_needed=is_needed, hint=hint)


def _area(name: str, label: str, *, is_needed: bool = False, hint: str = "") -> Input:
    return Input(name, AREA, label, is_needed=is_needed, hint=hint)


def _verb(asked: Asked, verb: str) -> str:
    said = word("case_verb", verb, asked.language)
    return said[:1].upper() + said[1:]


def _plain(verb: str, *inputs: Callable[[Asked], Input], hint: str = "") -> Maker:
    def make(asked: Asked) -> list[Form]:
        title = _verb(asked, verb)
        return [Form(verb, title, title, [one(asked) for one in inputs], hint=_(hint) if hint else "")]

    return make


def _words(asked: Asked) -> Input:
    return _area("text", _("Text"))


def _why(asked: Asked) -> Input:
    return _area("text", _("Why"), is_needed=True)


def _reasons(*kinds: str) -> Callable[[Asked], Input]:
    return lambda asked: Input("reasons", CHECKS, _("Reasons"), asked.reasons(*kinds), is_needed=True)


def _reason(*kinds: str) -> Callable[[Asked], Input]:
    return lambda asked: Input("reason", CHOICE, _("Reason"), asked.reasons(*kinds), is_needed=True)


def _verdict(asked: Asked) -> Input:
    return Input("verdict", CHOICE, _("Advice"), asked.words("case_verdict", VERDICTS), is_needed=True)


def _refusing(asked: Asked) -> Input:
    return Input("reasons", CHECKS, _("Reasons, of a refusal"), asked.reasons("refusal"))


def _conditions(asked: Asked) -> Input:
    return Input("conditions", LINES, _("Conditions, one a line"))


def _notice(asked: Asked) -> list[Form]:
    gaps = [Choice(one["key"], one["text"], one["cure"]) for one in asked.told.get("gaps", ())]
    inputs = [
        Input("lacking", CHECKS, _("What is missing"), gaps, [one.code for one in gaps], is_needed=True),
        _area("text", _("Text")),
    ]
    title = _verb(asked, "notify_missing")
    hint = _("All of it in one notice: the law allows one.")
    return [Form("notify_missing", title, title, inputs, hint=hint)] if gaps else []


def _query(asked: Asked) -> list[Form]:
    kinds = [Choice("clarify", _("it is to be explained")), Choice("change_form", _("it may be changed"))]
    inputs = [
        _text("field", _("Field"), is_needed=True, hint="/use/text"),
        _area("text", _("Question"), is_needed=True),
        Input("due", DAY, _("Answer by"), is_needed=True),
        Input("kind", CHOICE, _("Of the field"), kinds, ["clarify"], is_needed=True),
    ]
    return [Form("query", _("Ask the applicant"), _("Ask"), inputs)]


def _stop(asked: Asked) -> list[Form]:
    inputs = [
        Input("reason", CHOICE, _("Reason"), asked.coded("stops"), is_needed=True),
        _area("text", _("What the applicant is told"), is_needed=True),
        Input("expected_days", NUMBER, _("Days it may take")),
    ]
    title = _verb(asked, "stop")
    return [Form("stop", title, title, inputs)] if asked.choices["stops"] else []


def _lift(asked: Asked) -> list[Form]:
    reason = Input("reason", CHOICE, _("Reason"), asked.coded("lifts"), is_needed=True)
    title = _verb(asked, "lift_limit")
    return [Form("lift_limit", title, title, [reason, _why(asked)])] if asked.choices["lifts"] else []


def _resume(asked: Asked) -> list[Form]:
    clock = asked.told.get("clock") or {}
    open_stops = [one for one in clock.get("stops", ()) if one["ended"] is None]
    return [
        Form("resume", _verb(asked, "resume"), _verb(asked, "resume"), [_words(asked)], subject=one["id"],
             fixed={"id": one["id"]}, hint=one["reason"])
        for one in open_stops
    ]  # fmt: skip


def _open_work(asked: Asked) -> list[Form]:
    inputs = [
        Input("body", CHOICE, _("Body"), asked.coded("bodies"), is_needed=True),
        _text("task", _("What it is asked to do"), is_needed=True),
        Input("due", DAY, _("By")),
        _words(asked),
    ]
    return [Form("open_work", _verb(asked, "open_work"), _("Give the work"), inputs)]


def _close_work(asked: Asked) -> list[Form]:
    outcomes = [Choice("done", _("done")), Choice("not_needed", _("not needed any more"))]
    return [
        Form(
            "close_work",
            _verb(asked, "close_work"),
            _("Close it"),
            [Input("outcome", CHOICE, _("Outcome"), outcomes, ["done"], is_needed=True), _words(asked)],
            subject=one["id"],
            fixed={"id": one["id"]},
            hint=f"{one['body']}: {one['task']}",
        )
        for one in asked.told.get("work", ())
        if one["done_at"] is None
    ]


def _propose(asked: Asked) -> list[Form]:
    told = asked.told
    outcomes = [GRANTED, REFUSED, *([NO_LICENCE] if _is_freed(told) else []), RETURNED]
    advised = told.get("advice_together")
    chosen = {"approve": GRANTED, "proviso": GRANTED, "refuse": REFUSED}.get(str(advised), "")
    provisos = [text for one in told.get("advice", ()) for text in one["conditions"]]
    quantities = [
        Input(f"quantity-{one['line']}", TEXT, f"{one['name']}, {one['unit']}", values=[one["quantity"]])
        for one in told["application"]["lines"]
    ]
    inputs = [
        Input("outcome", CHOICE, _("Outcome"), asked.words("case_outcome", outcomes), [chosen], is_needed=True),
        *quantities,
        Input("conditions", LINES, _("Conditions, one a line"), values=list(dict.fromkeys(provisos))),
        Input("reasons", CHECKS, _("Reasons, of a refusal or return"), asked.reasons("refusal", "return")),
        Input("valid_from", DAY, _("Valid from (empty: today)")),
        Input("valid_to", DAY, _("Valid to (empty: as long as the kind allows)")),
        _area("text", _("Text of the decision")),
        *([_area("settles", _("Why, where advice differs"))] if advised == "settle" else []),
    ]
    hint = _("The register fills in the codes of law, the evidence and the packs that the draft rests on.")
    return [Form("propose", _verb(asked, "propose"), _("Check, and hand to the second signer"), inputs, hint=hint)]


def _is_freed(told: Json) -> bool:
    lines = ((told.get("evidence") or {}).get("law") or {}).get("lines", ())
    return bool(lines) and all(one["freeing"] for one in lines)


def _take_over(asked: Asked) -> list[Form]:
    orders = [Choice("0", word("case_role", "officer", asked.language))]
    orders += [Choice(one, f"{word('case_role', 'signer', asked.language)} {one}") for one in asked.told["signers"]]
    inputs = [
        _text("account", _("Account that is to have it"), is_needed=True),
        Input("order", CHOICE, _("As"), orders, ["0"], is_needed=True),
        _reason("take_over")(asked),
        _why(asked),
    ]
    return [Form("take_over", _verb(asked, "take_over"), _("Ask for a second person's word"), inputs)]


def _agree(asked: Asked) -> list[Form]:
    waiting = [one for one in asked.told.get("history", ()) if one["event"] == "take_over"]
    answered = {(one["step"] or {}).get("version") for one in asked.told.get("history", ()) if one["event"] == "agree"}
    title = _verb(asked, "agree")
    return [
        Form("agree", title, title, (), subject=str(one["version"]), fixed={"version": str(one["version"])},
             hint=(one["step"] or {}).get("text", ""))
        for one in waiting[-1:]
        if one["version"] not in answered
    ]  # fmt: skip


def _conflict(asked: Asked) -> list[Form]:
    parties = {asked.told["applicant"]} | {one["party"] for one in asked.told["application"]["parties"] if one["party"]}
    choices = [Choice(one, asked.name_of(one)) for one in sorted(parties)]
    inputs = [Input("party", CHOICE, _("With whom"), choices, is_needed=True), _why(asked)]
    title = _verb(asked, "declare_conflict")
    return [Form("declare_conflict", title, title, inputs)]


def _submit(asked: Asked) -> list[Form]:
    inputs = [
        _text("signer", _("Who declares it"), is_needed=True),
        Input("declares", TICK, _("I declare that all of this is true, and know what a false statement leads to.")),
    ]
    return [Form("submit", _verb(asked, "submit"), _("Hand the application in"), inputs)]


def _answer(asked: Asked) -> list[Form]:
    return [
        Form(
            "answer",
            _("Answer the question"),
            _("Send the answer"),
            [_area("text", _("Answer"), is_needed=True)],
            subject=one["id"],
            fixed={"query": one["id"]},
            hint=one["text"],
            is_open=True,
        )
        for one in asked.told.get("queries", ())
    ]


def _appeal(asked: Asked) -> list[Form]:
    inputs = [
        Input("grounds", CHECKS, _("Grounds"), asked.reasons("appeal_ground"), is_needed=True),
        _area("text", _("Why"), is_needed=True),
    ]
    title = _verb(asked, "appeal")
    return [Form("appeal", title, title, inputs)]


_MAKERS: Mapping[str, Maker] = {
    "accept": _plain("accept", _words),
    "notify_missing": _notice,
    "send_back": _plain("send_back", _reasons("return"), _words),
    "not_accept": _plain("not_accept", _reasons("not_accepted"), _words),
    "pass_on": _plain("pass_on", _words),
    "report": _plain("report", _verdict, _why),
    "advise": _plain("advise", _verdict, _why, _refusing, _conditions),
    "propose": _propose,
    "retract": _plain("retract", _words),
    "issue": _plain("issue"),
    "query": _query,
    "stop": _stop,
    "resume": _resume,
    "lift_limit": _lift,
    "open_work": _open_work,
    "close_work": _close_work,
    "gather": _plain("gather"),
    "reopen": _plain("reopen", _reason("reopening"), _why),
    "take_over": _take_over,
    "agree": _agree,
    "declare_conflict": _conflict,
    "close": _plain("close", _words),
    "submit": _submit,
    "answer": _answer,
    "appeal": _appeal,
    "withdraw": _plain("withdraw", _words),
}

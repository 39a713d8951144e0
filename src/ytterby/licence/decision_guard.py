"""The guards of decisions: evidence, findings, advice, and what a draft may decide (`guard.py` names them all).

Source: casework page of this project, 5.2 (I5, I8, I9, I11, I14, I17) and 5.3; threat D6.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from ytterby.law.casework_fact import LEVELS
from ytterby.licence.advice import combine
from ytterby.licence.amended import changed_elements
from ytterby.licence.case import Case, application_digest
from ytterby.licence.evidence import evidence_digest, read_evidence
from ytterby.licence.finding import not_checked
from ytterby.licence.office import PASSED, Office
from ytterby.licence.step import DecideAutomatically, Gather, LineDecision, Propose
from ytterby.licence.validity import last_valid_day
from ytterby.terms.problem import Problem, pointer, refuse
from ytterby.terms.quantity import plain_decimal

Guard = Callable[[Case, Any, Office], Iterable[Problem]]
GRANTED, REFUSED, NO_LICENCE, RETURNED = "granted", "refused", "no_licence_required", "returned"
OUTCOMES = (GRANTED, REFUSED, NO_LICENCE, RETURNED)
# Outcome -> the choice of the tables by which its row is told from others.
OUTCOME_CHOICES = {
    GRANTED: "outcome_granted",
    REFUSED: "outcome_refused",
    NO_LICENCE: "outcome_no_licence",
    RETURNED: "outcome_returned",
}
LINE_OUTCOMES = (GRANTED, REFUSED, NO_LICENCE)
SETTLED, OFFICER = "settled", "officer"


def coded(kind: str, field: str) -> Guard:
    """Return the guard that reasons in a field are codes of a kind, at least one."""

    def guard(case: Case, step: Any, office: Office) -> Iterator[Problem]:
        value = getattr(step, field)
        codes = (value,) if isinstance(value, str) else tuple(value)
        known = office.rules.reasons.get(kind, frozenset())
        if not [code for code in codes if code]:
            yield refuse("case.no_reason", pointer(field), "", allowed=", ".join(sorted(known)) or "-")
        for code in codes:
            if code and known and code not in known:
                yield refuse("case.unknown_reason", pointer(field), code, allowed=", ".join(sorted(known)))

    return guard


def standing_finding(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    """Only what was found is adjudicated, and only what words can settle (a check that did not run is run)."""
    found = next((one for one in office.findings or () if one.key == step.finding), None)
    if found is None:
        yield refuse("case.no_such_finding", "/finding", step.finding)
    elif found.settles != OFFICER:
        yield refuse("case.not_settled_by_words", "/finding", step.finding, check=found.check)
    if step.verdict not in {SETTLED, "stands"}:
        yield refuse("case.verdict", "/verdict", step.verdict, allowed="settled, stands")
    if not step.text.strip():
        yield refuse("case.no_text", "/text", "")


def evidence_sound(case: Case, step: Gather, office: Office) -> Iterator[Problem]:
    """Evidence is of this case and of the application as it stands, and its digest is its own."""
    evidence = read_evidence(step.evidence)
    if evidence_digest(evidence) != step.digest:
        yield refuse("case.other_evidence", "/digest", step.digest, current=evidence_digest(evidence))
    if evidence.case != case.number or evidence.application != application_digest(case.application):
        yield refuse("case.evidence_of_another", "/evidence", evidence.case)


def evidence_current(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    """The draft rests on evidence that was gathered after the application last changed, and on its packs (I9)."""
    gathered = case.gathered
    if gathered is None or not case.is_evidence_current:
        yield refuse("case.evidence_old")
        return
    if step.evidence != gathered[1].digest:
        yield refuse("case.other_evidence", "/evidence", step.evidence, current=gathered[1].digest)
    if dict(step.packs) != dict(gathered[1].evidence.get("packs", {})):
        yield refuse("case.other_packs", "/packs", ", ".join(sorted(step.packs)))


def checks_run(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    """Fail closed: a blocking check that did not run blocks, and nothing overrides it (I17, threat D6)."""
    if case.gathered is None:
        yield refuse("case.evidence_old")
    elif office.findings is None:
        yield refuse("case.findings_not_judged")
    for one in office.findings or ():
        if one.blocks and one.settles != OFFICER:
            yield refuse("case.check_blocks", "", one.check, finding=one.key)
    if isinstance(step, Propose | DecideAutomatically):
        left_out = not_checked(office.rules.blocking)
        if step.not_checked != left_out:
            yield refuse("case.other_checks", "/not_checked", ", ".join(step.not_checked), wanted=", ".join(left_out))


def rated(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    """Where the pack has tiers the case is in one of them, by the evidence that the draft rests on: no approval is
    spared because nobody worked the tier out (I6, I17).
    """
    if office.rules.tiers and (case.rated is None or case.rated.tier not in office.rules.tiers):
        yield refuse("case.not_rated", "", case.rated.tier if case.rated else "")


def end_user_known(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    """It is known as well who the end users are as the tier wants, where the pack lists that check."""
    if getattr(step, "outcome", GRANTED) != GRANTED or "end_user_level" not in office.rules.blocking:
        return
    told = case.rated
    wanted = office.rules.tier(told.tier if told is not None else "").end_user_level
    held = [str(one.get("level", "")) for one in told.beside.get("end_users", ())] if told is not None else []
    least = min(held, key=_rank_of, default="")
    if wanted and _rank_of(least) < _rank_of(wanted):
        yield refuse("case.end_user_level", "", least or "-", wanted=wanted)


def _rank_of(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else -1


def findings_settled(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    """Every blocking finding has its word, and none that stands is granted over (I8)."""
    said = case.adjudicated
    granting = getattr(step, "outcome", GRANTED) in {GRANTED, NO_LICENCE}
    for one in office.findings or ():
        if not one.blocks or one.settles != OFFICER:
            continue
        found = said.get(one.key)
        if found is None:
            yield refuse("case.finding_open", "", one.key, check=one.check)
        elif granting and found.verdict != SETTLED:
            yield refuse("case.finding_stands", "", one.key, check=one.check)


def advice_settled(case: Case, step: Propose, office: Office) -> Iterator[Problem]:
    """Advice that does not agree, or that the draft departs from, is settled in words by the author."""
    together = combine([said.verdict for _, said in case.advice])
    agrees = {
        "incomplete": OUTCOMES,
        "approve": (GRANTED,),
        "proviso": (GRANTED,),
        "refuse": (REFUSED, RETURNED),
        "no_licence_required": (NO_LICENCE,),
    }
    if step.outcome not in agrees.get(together, ()) and not step.settles.strip():
        yield refuse("case.advice_open", "/settles", "", advice=together)
    missing = {one for _, said in case.advice for one in said.conditions} - set(step.conditions)
    if step.outcome == GRANTED and missing and not step.settles.strip():
        yield refuse("case.proviso_left_out", "/conditions", ", ".join(sorted(missing)))


def outcome_fits(case: Case, step: Propose | DecideAutomatically, office: Office) -> Iterator[Problem]:
    """What is decided fits what was applied for, and the kind of licence."""
    allowed = _outcomes_of(case, office)
    if step.outcome not in allowed:
        yield refuse("case.outcome", "/outcome", step.outcome, allowed=", ".join(allowed))
        return
    if step.outcome == GRANTED:
        yield from _lines_fit(case, step.lines)
        yield from _days_fit(step, office)
    elif step.outcome == NO_LICENCE:
        yield from _freed(case, step.lines)


def _outcomes_of(case: Case, office: Office) -> tuple[str, ...]:
    """Return the outcomes for which the table has a way from the draft: of another no draft would ever be decided."""
    table = office.rules.table
    drafted = [row.after(case.state) for row in table.rows_of(case.state, "propose")]
    ways = {name for state in drafted for row in table.rows_of(state, "approve") for name in row.when}
    return tuple(outcome for outcome, choice in OUTCOME_CHOICES.items() if choice in ways)


def _lines_fit(case: Case, lines: tuple[LineDecision, ...]) -> Iterator[Problem]:
    """Licensed is at most what was applied for, in its unit (invariant I5); each line is granted, refused or freed."""
    applied = {line.line: line for line in case.application.lines}
    if not any(one.outcome == GRANTED for one in lines):
        yield refuse("case.nothing_granted", "/lines", "")
    if len({one.line for one in lines}) != len(lines):
        yield refuse("case.line_twice", "/lines", "")
    for name in sorted(applied.keys() - {one.line for one in lines}):
        yield refuse("case.line_left_out", "/lines", name)
    for number, one in enumerate(lines):
        where = pointer("lines", number)
        line = applied.get(one.line)
        if line is None:
            yield refuse("case.no_such_line", where + "/line", one.line)
            continue
        if one.outcome not in LINE_OUTCOMES:
            yield refuse("case.outcome", where + "/outcome", one.outcome, allowed=", ".join(LINE_OUTCOMES))
        elif one.outcome == NO_LICENCE and not one.freeing:
            yield refuse("case.not_freed", where + "/freeing", one.line)
        if one.outcome != GRANTED:
            continue
        amount = plain_decimal(one.quantity)
        if one.unit != line.unit:
            yield refuse("case.other_unit", where + "/unit", one.unit, applied=line.unit)
        elif amount is None or amount <= 0 or amount > Decimal(line.quantity):
            yield refuse("case.more_than_applied", where + "/quantity", one.quantity, applied=line.quantity)


def _days_fit(step: Propose | DecideAutomatically, office: Office) -> Iterator[Problem]:
    first, last = _day(step.valid_from), _day(step.valid_to)
    if first is None or last is None or last < first:
        yield refuse("case.validity", "/valid_to", f"{step.valid_from} {step.valid_to}")
        return
    kinds = office.rules.licence_kinds
    if not kinds and not step.licence_kind:
        return
    kind = kinds.get(step.licence_kind)
    if kind is None:
        yield refuse("case.licence_kind", "/licence_kind", step.licence_kind, allowed=", ".join(kinds) or "-")
    elif kind.valid_most is not None and last > (most := last_valid_day(first, kind.valid_most)):
        yield refuse("case.valid_too_long", "/valid_to", step.valid_to, latest=most.isoformat())


def _freed(case: Case, lines: tuple[LineDecision, ...]) -> Iterator[Problem]:
    """Each line that needs no licence names the parameter that frees it."""
    freed = {one.line for one in lines if one.outcome == NO_LICENCE and one.freeing}
    for line in case.application.lines:
        if line.line not in freed:
            yield refuse("case.not_freed", "/lines", line.line)


def asked(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    """A question says what it asks."""
    application = case.application
    if not application.text.strip() and not application.lines:
        yield refuse("case.nothing_asked", "/application/text", "")


def ruling_fits(case: Case, step: Propose, office: Office) -> Iterator[Problem]:
    """A ruling says of each line its codes, or what frees it."""
    yield from _known_outcome(step)
    told = {one.line for one in step.lines if one.code or one.freeing}
    for line in case.application.lines if step.outcome != RETURNED else ():
        if line.line not in told:
            yield refuse("case.not_ruled", "/lines", line.line)


def answer_given(case: Case, step: Propose, office: Office) -> Iterator[Problem]:
    """An answer is given in words."""
    yield from _known_outcome(step)
    if not step.text.strip():
        yield refuse("case.no_text", "/text", "")


def _known_outcome(step: Propose) -> Iterator[Problem]:
    if step.outcome not in OUTCOMES:
        yield refuse("case.outcome", "/outcome", step.outcome, allowed=", ".join(OUTCOMES))


def amendable(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    """What the pack does not let be amended is key: to change it takes a new application."""
    if office.amended is None:
        yield refuse("case.nothing_to_amend", "", case.begun.amends)
        return
    for name in changed_elements(office.amended, case.application):
        if name not in office.rules.amendable:
            yield refuse("case.key_element", "/application", name)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def coded_outcome(case: Case, step: Propose, office: Office) -> Iterator[Problem]:
    """A refusal and a return have at least one coded reason (invariant I11)."""
    kind = {REFUSED: "refusal", RETURNED: "return"}.get(step.outcome)
    if kind is not None:
        yield from coded(kind, "reasons")(case, step, office)


def turns_down(case: Case, step: Any) -> bool:
    """Tell whether a step is about a draft, its own or the one there is, by which an application is turned down."""
    draft = step if isinstance(step, Propose) else case.draft[1] if case.draft is not None else None
    return draft is not None and draft.outcome in {REFUSED, RETURNED}


def no_grant_by_silence(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    """What law grants when an office is silent is neither refused nor returned afterwards: what is drafted, or was."""
    if not turns_down(case, step):
        return
    granted = {office.rules.phases.get(phase) for phase in ("granted", "delivered")}
    if office.silence is None:
        yield refuse("case.clocks_not_read")
    elif office.silence in granted:
        yield refuse("case.granted_by_silence", "", office.silence)


def automatic_tier(case: Case, step: DecideAutomatically, office: Office) -> Iterator[Problem]:
    """A rule decides alone only where the pack lets it (invariant I14)."""
    told = case.rated
    if told is None or told.tier != step.tier or not office.rules.tier(step.tier).is_automatic:
        yield refuse("case.not_automatic", "/tier", step.tier)
    advised = combine([said.verdict for _, said in case.advice])
    if advised not in {"incomplete", "approve"}:
        yield refuse("case.advised_otherwise", "", advised)
    if step.outcome != GRANTED:
        yield refuse("case.only_grants", "/outcome", step.outcome)


def no_candidate(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    """Nobody on the case resembles anybody listed (invariant I14)."""
    screened = case.gathered[1].evidence.get("screening", {}) if case.gathered else {}
    found = [*screened.get("alerts", ()), *screened.get("reviews", ())]
    if screened.get("answer") != PASSED or found:
        yield refuse("case.candidate", "", len(found))

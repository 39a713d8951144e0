"""Findings of a case: what its evidence says against a grant, and which of it stands in the way.

A pure function of the evidence and of the checks that the pack in force lists as blocking. Nothing else is asked: no
setting, no mode of a register and no right of an account is an argument, so none can lift a block. A blocking check
that did not run blocks, and nobody can settle that (`not_run`): it has to run. One that the pack does not list is shown
as not checked. What a check found against the case blocks until an officer says, for a coded reason, that it does not
stand in the way; hits of screening alone cannot be settled here, only by opinions on the hit itself (threats D6, D7).

A finding's key is a function of what it says: what an officer said of it holds while the evidence is gathered anew and
says the same, and lapses with the first figure that is another.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

import msgspec
from msgspec.structs import replace

from ytterby.law.completeness import Completeness, Severity
from ytterby.licence.evidence import (
    BALANCES,
    CHECKS,
    CLASSIFICATION,
    COMPLETENESS,
    CONSUMPTION,
    DIFFERS,
    DOES_NOT,
    DONE,
    END_USER_LEVEL,
    FLAGS,
    LISTED_CHECKS,
    LOTS,
    MATCHED,
    NO,
    NOT_CHECKED,
    OPEN,
    PRECEDENTS,
    SCREENING,
    STATEMENTS,
    UNKNOWN,
    WHOLE,
    CompletenessSection,
    Evidence,
    GapFound,
    LawSection,
    LotsSection,
    ToldSection,
)

BLOCK, WARN, NOTE = "block", "warn", "note"
SEVERITIES = (BLOCK, WARN, NOTE)
NOT_RUN = "not_run"
PASSED = "passed"
# Checks whose sections an exporter may know of: its own goods and lots, and the papers that it handed in.
OF_EXPORTER = (COMPLETENESS, CLASSIFICATION, LOTS)
OFFICER, BY_SCREENING, NOBODY = "officer", "screening", "nobody"
_MISSING = frozenset({Severity.MISSING.value, Severity.DISAGREES.value})


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that a check found. `kind` is a code of the catalogue (`case.finding.CHECK.KIND`), `facts` what its
    sentence quotes; `blocks` that it stands in the way of a grant until it is settled, `settles` who can settle it:
    officer, screening (an opinion on the hit) or nobody (the check has to run).
    """

    key: str
    check: str
    kind: str
    severity: str
    blocks: bool
    subject: str
    facts: Mapping[str, str] = {}
    settles: str = OFFICER

    @property
    def is_settled_by_words(self) -> bool:
        """Tell whether an officer may say that it does not stand in the way."""
        return self.settles == OFFICER


def finding_key(check: str, kind: str, subject: str, facts: Mapping[str, str]) -> str:
    """Return the key of a finding: the check, and the digest of what it says about what."""
    text = json.dumps([check, kind, subject, dict(facts)], sort_keys=True, ensure_ascii=False)
    return f"{check}-{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"


def findings_of(evidence: Evidence, blocking: Collection[str]) -> tuple[Finding, ...]:
    """Return all findings of evidence, those that block first, by the checks that the pack lists as blocking.

    A check that the pack lists and this version does not know cannot have run, so it blocks.
    """
    found = [one for check in CHECKS for one in _of_check(evidence, check, check in blocking)]
    found += [_not_run(str(check), "unknown_check", True) for check in set(blocking) - set(CHECKS)]
    return tuple(sorted({one.key: one for one in found}.values(), key=_rank))


def _rank(one: Finding) -> tuple[int, int, str, str, str]:
    order = CHECKS.index(one.check) if one.check in CHECKS else len(CHECKS)
    return SEVERITIES.index(one.severity), order, one.check, one.kind, one.key


def _of_check(evidence: Evidence, check: str, is_blocking: bool) -> Iterator[Finding]:
    section = evidence.section(check)
    if not section.is_done:
        yield _not_run(check, section.why, is_blocking)
    # A section that was not done may hold what was found all the same: whom screening missed, which hits stand.
    yield from _FOUND[check](evidence, is_blocking)


def _not_run(check: str, why: str, is_blocking: bool) -> Finding:
    severity = BLOCK if is_blocking else NOTE
    return _made(check, NOT_RUN, "", severity, {"why": why}, blocks=is_blocking, settles=NOBODY)


def _found(
    check: str, kind: str, subject: str, is_blocking: bool, /, *, settles: str = OFFICER, **facts: object
) -> Finding:
    """Return what speaks against a grant; it blocks where the pack lists the check."""
    severity = BLOCK if is_blocking else WARN
    return _made(check, kind, subject, severity, facts, blocks=is_blocking, settles=settles)


def _note(check: str, kind: str, subject: str, /, **facts: object) -> Finding:
    """Return what an officer is told and nothing hangs on."""
    return _made(check, kind, subject, NOTE, facts, blocks=False, settles=OFFICER)


def _made(
    check: str, kind: str, subject: str, severity: str, facts: Mapping[str, object], *, blocks: bool, settles: str
) -> Finding:
    told = {name: str(value) for name, value in facts.items()}
    key = finding_key(check, kind, subject, told)
    return Finding(key, check, kind, severity, blocks, subject, told, settles)


# What each check finds


def _completeness(evidence: Evidence, is_blocking: bool) -> Iterator[Finding]:
    for gap in evidence.completeness.gaps:
        subject = "#".join((gap.document, gap.field, gap.paper, gap.rule))
        told = {**dict(gap.facts), "in": gap.document, "at": gap.field, "rule": gap.rule, "severity": gap.severity}
        if gap.severity in _MISSING:
            yield _found(COMPLETENESS, gap.code, subject, is_blocking, **told)
        else:
            yield _note(COMPLETENESS, gap.code, subject, **told)


def _law(evidence: Evidence, is_blocking: bool) -> Iterator[Finding]:
    for one in evidence.law.lines:
        line = str(one.line)
        if one.answer in {"ask", "disputed", "unknown"}:
            codes = ", ".join((*one.codes, *one.candidates))
            yield _found(CLASSIFICATION, one.answer, line, is_blocking, line=line, codes=codes)
        elif one.answer == "not_controlled":
            yield _note(CLASSIFICATION, "not_controlled", line, line=line, by=one.by)
        if one.declared_code and one.codes and one.declared_code not in {_bare(code) for code in one.codes}:
            facts = {"line": line, "declared": one.declared_code, "codes": ", ".join(one.codes)}
            yield _found(CLASSIFICATION, "other_code", line, is_blocking, **facts)
        if len({answer for _, _, answer in one.described}) > 1:
            said = "; ".join(" ".join(filter(None, row)) for row in one.described)
            yield _found(CLASSIFICATION, "described_otherwise", line, is_blocking, line=line, said=said)
        for need in one.needs:
            facts = {"line": line, "rule": need.rule, "word": need.word, "missing": ", ".join(need.missing)}
            subject = f"{line}#{need.rule}#{need.code}"
            if need.means == ("ban",):
                yield _found(CLASSIFICATION, "ban", subject, is_blocking, **facts)
            elif len(need.means) > 1:
                yield _found(CLASSIFICATION, "need_open", subject, is_blocking, **facts)


def _bare(code: str) -> str:
    """Return a code without its pack: CN-1C905.a is 1C905.a."""
    head, dash, rest = code.partition("-")
    return rest if dash and head.isalpha() else code


def _screening(evidence: Evidence, is_blocking: bool) -> Iterator[Finding]:
    found = evidence.screening
    for name in found.unregistered:
        # Nobody is screened by a name on a form: the party has to be registered.
        yield _screened("unregistered", name, is_blocking, party=name)
    for gap in found.gaps:
        subject = "#".join((gap.gap, gap.party, gap.list))
        yield _screened(f"gap_{gap.gap}", subject, is_blocking, party=gap.party, list=gap.list)
    for hit in found.alerts:
        facts = {"hit": hit.number, "party": hit.party, "list": hit.list, "entry": hit.entry}
        yield _found(SCREENING, "alert", hit.number, is_blocking, settles=BY_SCREENING, **facts)
    for hit in found.reviews:
        yield _note(SCREENING, "review", hit.number, hit=hit.number, party=hit.party, list=hit.list)
    if found.is_done and found.answer != PASSED and not (found.gaps or found.alerts or found.unregistered):
        yield _screened("not_passed", "", is_blocking, answer=found.answer)


def _screened(kind: str, subject: str, is_blocking: bool, **facts: str) -> Finding:
    return _found(SCREENING, kind, subject, is_blocking, settles=NOBODY, **facts)


def _lots(evidence: Evidence, is_blocking: bool) -> Iterator[Finding]:
    yield from _own_lots(evidence.lots, is_blocking)
    for one in evidence.lots.lots:
        lot = f"{one.line}#{one.lot}"
        facts = {"lot": one.lot, "line": str(one.line)}
        if one.balance == DOES_NOT:
            yield _found(LOTS, "balance_off", lot, is_blocking, **facts)
        if one.trace == OPEN:
            yield _found(LOTS, "trace_open", lot, is_blocking, **facts)
        if one.mirror == DIFFERS:
            yield _found(LOTS, "mirror_differs", lot, is_blocking, **facts)
        for name in ("balance", "trace", "mirror"):
            if getattr(one, name) == NOT_CHECKED:
                yield _found(LOTS, f"{name}_not_checked", lot, is_blocking, **facts)


def _own_lots(section: LotsSection, is_blocking: bool) -> Iterator[Finding]:
    """Yield what an exporter may be told of its own lots: not held, not enough."""
    for lot in section.lots:
        if not lot.holder:
            yield _found(LOTS, "not_held", f"{lot.line}#{lot.lot}", is_blocking, lot=lot.lot, line=str(lot.line))
    for line in section.lines:
        facts = {"line": str(line.line), "asked": line.asked_kg, "available": line.available_kg}
        if line.is_enough == NO:
            yield _found(LOTS, "not_enough", str(line.line), is_blocking, **facts)
        elif line.is_enough == UNKNOWN:
            yield _found(LOTS, "enough_unknown", str(line.line), is_blocking, line=str(line.line), why=line.why)
        for element, need in sorted(line.elements.items()):
            if need.is_enough == NO:
                told = {"line": str(line.line), "element": element, "asked": need.asked_kg}
                subject = f"{line.line}#{element}"
                yield _found(LOTS, "element_short", subject, is_blocking, **told, available=need.available_kg)


def _flags(evidence: Evidence, is_blocking: bool) -> Iterator[Finding]:
    for user in evidence.flags.end_users:
        for flag in user.flags:
            subject = f"{user.party}#{user.use}#{flag.id}"
            facts = {"party": user.party, "flag": flag.id, "grade": flag.grade}
            if flag.grade == "strong":
                yield _found(FLAGS, "strong", subject, is_blocking, **facts)
            elif flag.grade == "weak":
                yield _note(FLAGS, "weak", subject, **facts)
        if user.unknown:
            subject = f"{user.party}#{user.use}"
            yield _note(FLAGS, "unknown", subject, party=user.party, count=str(user.unknown))


def _consumption(evidence: Evidence, is_blocking: bool) -> Iterator[Finding]:
    for one in evidence.consumption.end_users:
        subject = f"{one.party}#{one.element}"
        facts = {"party": one.party, "element": one.element, "asked": one.asked_kg, "licensed": one.licensed_kg}
        if one.is_within == NO:
            yield _found(CONSUMPTION, "more_than_used", subject, is_blocking, **facts, used=one.used_kg)
        elif one.is_within == UNKNOWN:
            yield _found(CONSUMPTION, "use_unknown", subject, is_blocking, **facts)


def _precedents(evidence: Evidence, is_blocking: bool) -> Iterator[Finding]:
    for one in evidence.precedents.found:
        if one.outcome == "refused":
            facts = {"case": one.case, "decided": one.decided, "alike": ", ".join(one.alike)}
            yield _found(PRECEDENTS, "refused_before", one.case, is_blocking, **facts)


def _told(check: str) -> Callable[[Evidence, bool], Iterator[Finding]]:
    """Return the reading of a section that another part of the office fills: each row says whether it is against."""

    def read(evidence: Evidence, is_blocking: bool) -> Iterator[Finding]:
        for number, row in enumerate(_told_rows(evidence, check)):
            kind, subject = row.get("against"), str(row.get("subject", number))
            if isinstance(kind, str) and kind:
                told = {name: value for name, value in row.items() if isinstance(value, str) and name != "against"}
                told.pop("subject", None)
                yield _found(check, kind, subject, is_blocking, **told)

    return read


def _told_rows(evidence: Evidence, check: str) -> tuple[dict[str, Any], ...]:
    section = evidence.section(check)
    assert isinstance(section, ToldSection)
    return section.rows


_FOUND: Mapping[str, Callable[[Evidence, bool], Iterator[Finding]]] = {
    COMPLETENESS: _completeness,
    CLASSIFICATION: _law,
    SCREENING: _screening,
    LOTS: _lots,
    FLAGS: _flags,
    CONSUMPTION: _consumption,
    PRECEDENTS: _precedents,
    END_USER_LEVEL: _told(END_USER_LEVEL),
    STATEMENTS: _told(STATEMENTS),
}


# What was said of findings


def open_findings(found: Iterable[Finding], settled: Collection[str]) -> tuple[Finding, ...]:
    """Return the findings that stand in the way, beside those whose keys an officer settled.

    What nobody can settle, and what opinions on a hit alone can, is not settled here whatever was said.
    """
    return tuple(one for one in found if one.blocks and not (one.is_settled_by_words and one.key in settled))


def has_candidate(evidence: Evidence) -> bool:
    """Tell whether screening left anything that a person has to look at: no rule alone decides then (I14)."""
    found = evidence.screening
    return not found.is_done or found.answer != PASSED or bool(found.reviews or found.alerts or found.unregistered)


def not_checked(blocking: Collection[str]) -> tuple[str, ...]:
    """Return the checks of which the text of a decision says that they were not made: packs list checks, and this one
    does not list these. What it lists and did not run blocks the decision.
    """
    return tuple(check for check in LISTED_CHECKS if check not in blocking)


# The exporter's run


class ExporterView(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an exporter's run may know: whether its dossier is complete, its own goods, its own lots."""

    completeness: CompletenessSection
    law: LawSection = LawSection()
    lots: LotsSection = LotsSection()


def exporter_findings(view: ExporterView, blocking: Collection[str]) -> tuple[Finding, ...]:
    """Return what the exporter is told before it submits: by the same kernel as the officer's run, of what both see.

    Of its lots it is told whether it holds them and whether they suffice; their standing in the balances of others, who
    was screened and what is flagged are no part of it, and neither is that anything was checked beside.
    """
    evidence = Evidence("", "", "", 0, completeness=view.completeness, law=view.law, lots=_own(view.lots))
    found = [one for check in OF_EXPORTER for one in _of_check(evidence, check, check in blocking)]
    return tuple(sorted({one.key: one for one in found}.values(), key=_rank))


def _own(section: LotsSection) -> LotsSection:
    kept = tuple(replace(one, balance=BALANCES, trace=WHOLE, mirror=MATCHED) for one in section.lots)
    return replace(section, lots=kept)


def _titles(name: str, held: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield titles as evidence holds them, one fact a language (`field@zh`), so that two gaps are told apart."""
    rows = list(held)
    for language in sorted({language for one in rows for language in one}):
        yield f"{name}@{language}", "; ".join(one.get(language, "") for one in rows)
    if not rows:
        yield name, ""


def completeness_section(found: Completeness) -> CompletenessSection:
    """Return the section of what a dossier lacks."""
    gaps = dict.fromkeys(
        GapFound(
            severity=one.severity.value,
            code=one.code,
            document=one.document,
            field=one.field,
            paper=one.paper,
            rule=one.rule,
            facts=(*one.facts, *(row for name, held in one.names for row in _titles(name, held))),
        )
        for one in found.gaps
    )
    return CompletenessSection(DONE, "", found.complete, found.kind, tuple(gaps))

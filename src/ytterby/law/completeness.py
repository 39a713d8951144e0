"""Whether a dossier is complete: what is missing, what disagrees, what says too little; the same for both sides.

A pure function of dossier, rules and day. The applicant runs it before filing and the officer at reception, and both
are answered alike: it knows nothing of screening, of persons, or of what the register holds. Only what law asks for is
`missing`; what practice asks for is `asked`; what contradicts itself `disagrees`; what is alike and not equal is
`near`; an end use that says too little is `vague`. Complete is `no` where something is missing or disagrees, `ask`
where there is anything else, else `yes`.

Texts are compared without regard to case, width, blanks and punctuation; texts that are equal without the words for
legal forms, or alike enough, are `near`. Quantities are compared as exact decimals in base units.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

from ytterby.law.basis import Basis
from ytterby.law.dossier import Amount, Dossier, Paper, Value
from ytterby.law.dossier_rule import (
    ALIKE,
    CONCRETE,
    IF_ASKED,
    ONE,
    QUANTITIES,
    TRANSLATED,
    Check,
    DossierRules,
    FieldRule,
    Place,
)
from ytterby.law.end_use import Told, weigh_end_use
from ytterby.law.end_use_rule import EndUseRules
from ytterby.law.procedure import Procedure
from ytterby.law.trust import Trust, Words
from ytterby.terms.problem import shown
from ytterby.terms.quantity import CONTEXT, KILOGRAM, PIECES

# Characters of a text, and values of a field, that are compared for likeness; more are compared for equality alone.
COMPARED_MAX, LIKENED_MAX = 120, 40
_HAN_FIRST, _HAN_LAST = "\u4e00", "\u9fff"


class Severity(StrEnum):
    """What a gap is, gravest first."""

    MISSING = "missing"
    DISAGREES = "disagrees"
    ASKED = "asked"
    VAGUE = "vague"
    NEAR = "near"


_GRAVE = frozenset({Severity.MISSING, Severity.DISAGREES})


class Gap(NamedTuple):
    """One thing that keeps a dossier from being complete: where, by which rule; the shell words `code` with `facts`.

    `names` are titles that the sentence quotes, in both languages.
    """

    severity: Severity
    code: str
    document: str
    paper: str
    field: str
    facts: tuple[tuple[str, str], ...]
    names: tuple[tuple[str, tuple[Words, ...]], ...]
    basis: Basis
    rule: str
    article: Words | None
    trust: Trust

    @property
    def order(self) -> tuple[object, ...]:
        """By what gaps are sorted: the order of the dossier's documents is no part of it."""
        titles = tuple((name, tuple(tuple(sorted(one.items())) for one in held)) for name, held in self.names)
        place = (self.document, self.field, self.code, self.paper)
        return (list(Severity).index(self.severity), *place, self.facts, titles, self.rule)


class Completeness(NamedTuple):
    """`complete` is yes, no or ask; `kind` the kind of licence that it was judged by."""

    complete: str
    kind: str
    gaps: tuple[Gap, ...]


def judge_completeness(
    dossier: Dossier,
    procedure: Procedure,
    rules: DossierRules | None,
    end_uses: Mapping[str, EndUseRules],
    on: date,
) -> Completeness:
    """Return what a dossier of a procedure lacks on a day; without rules only whether each document is there."""
    kind = dossier.kind or next(iter(procedure.licence_kinds), "")
    found = set(_without_kind(dossier, procedure, kind))
    found.update(_documents(dossier, procedure, rules, kind, on))
    if rules is not None:
        found.update(_fields(dossier, rules, on))
        for check in rules.checks.values():
            if check.valid.on(on):
                found.update(_checked(check, dossier, rules, end_uses))
    gaps = tuple(sorted(found, key=lambda one: one.order))
    severities = {one.severity for one in gaps}
    complete = "no" if severities & _GRAVE else "ask" if severities else "yes"
    return Completeness(complete, kind, gaps)


class _Words(dict[str, str]):
    """Titles that can stand in a set."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(sorted(self.items())))


def _gap(
    severity: Severity,
    code: str,
    place: Place,
    *,
    basis: Basis,
    trust: Trust,
    paper: str = "",
    rule: str = "",
    article: Words | None = None,
    facts: Mapping[str, object] | None = None,
    names: Mapping[str, Iterable[Words]] | None = None,
) -> Gap:
    told = tuple((name, shown(value)) for name, value in sorted((facts or {}).items()))
    titles = tuple((name, tuple(_Words(one) for one in held)) for name, held in sorted((names or {}).items()))
    found = None if article is None else _Words(article)
    return Gap(severity, code, place.document, paper, place.field, told, titles, basis, rule, found, trust)


# Documents and fields


def _without_kind(dossier: Dossier, procedure: Procedure, kind: str) -> Iterator[Gap]:
    """Yield that the kind of licence is not stated, where there is more than one."""
    if not dossier.kind and len(procedure.licence_kinds) > 1:
        titles = [one.title for one in procedure.licence_kinds.values()]
        names = {"kinds": titles, "taken": [procedure.licence_kinds[kind].title]}
        yield _gap(
            Severity.MISSING, "kind_missing", Place("", "kind"), basis=Basis.LAW, trust=procedure.trust, names=names
        )


def documents_of(procedure: Procedure, kind: str) -> tuple[str, ...]:
    """Return the documents that a kind of licence asks for; of a procedure without kinds those that its steps do."""
    held = procedure.licence_kinds.get(kind)
    if held is not None:
        return held.documents
    return tuple(dict.fromkeys(name for step in procedure.steps.values() for name in step.documents))


def _documents(
    dossier: Dossier, procedure: Procedure, rules: DossierRules | None, kind: str, on: date
) -> Iterator[Gap]:
    present = {paper.document for paper in dossier.papers}
    for name in documents_of(procedure, kind):
        document = procedure.documents[name]
        held = None if rules is None else rules.documents.get(name)
        is_asked = name in dossier.asked or held is None or held.when != IF_ASKED
        if name in present or not is_asked:
            continue
        basis = Basis.LAW if document.basis == Basis.LAW else Basis.PRACTICE
        wanted = [] if held is None else [one for one in held.fields.values() if one.valid.on(on) and _is_wanted(one)]
        yield _gap(
            Severity.MISSING if basis is Basis.LAW else Severity.ASKED,
            "document_missing",
            Place(name, ""),
            basis=basis,
            rule=f"{procedure.id}:{name}",
            trust=document.trust,
            names={"document": [document.title], "fields": [one.title for one in wanted]},
        )


def _is_wanted(rule: FieldRule) -> bool:
    return rule.is_required or (rule.is_asked and rule.basis in {Basis.LAW, Basis.PRACTICE, Basis.INTELLIGIBLE})


def _fields(dossier: Dossier, rules: DossierRules, on: date) -> Iterator[Gap]:
    for paper in dossier.papers:
        held = rules.documents.get(paper.document)
        if held is None:
            continue
        for rule in held.fields.values():
            if rule.valid.on(on) and _is_wanted(rule) and _lacks(paper, rule.id):
                yield _gap(
                    Severity.MISSING if rule.is_required else Severity.ASKED,
                    "field_missing",
                    Place(paper.document, rule.id),
                    paper=paper.id,
                    basis=rule.basis,
                    rule=rule.rule,
                    article=rule.article,
                    trust=rule.trust,
                    names={"document": [held.title], "field": [rule.title]},
                )


def _lacks(paper: Paper, name: str) -> bool:
    """Tell whether a field has no value; of a list's field whether the list, or one of its rows, has none."""
    head, _, rest = name.partition(".")
    if not rest:
        return not paper.all(name)
    rows = paper.rows.get(head, ())
    return not rows or any(not row.get(name) for row in rows)


# Checks across documents


def _checked(check: Check, dossier: Dossier, rules: DossierRules, end_uses: Mapping[str, EndUseRules]) -> Iterator[Gap]:
    if check.kind == CONCRETE:
        yield from _concrete(check, dossier, rules, end_uses[check.end_use])
        return
    yield from _CHECKS[check.kind](check, dossier, rules)


def _broken(
    check: Check, severity: Severity, code: str, place: Place, rules: DossierRules, *, paper: str = "", **said: object
) -> Gap:
    """Return that a check fails at a place; `said` are facts, and titles where they are words."""
    names: dict[str, Sequence[Words]] = {"document": [rules.documents[place.document].title]}
    if place.field:
        names["field"] = [rules.documents[place.document].fields[place.field].title]
    names |= {name: [value] for name, value in said.items() if isinstance(value, Mapping)}
    facts = {name: value for name, value in said.items() if not isinstance(value, Mapping)}
    return _gap(
        severity,
        code,
        place,
        paper=paper,
        basis=check.basis,
        rule=check.rule,
        article=check.article,
        trust=check.trust,
        facts=facts,
        names=names,
    )


def _one(check: Check, dossier: Dossier, rules: DossierRules) -> Iterator[Gap]:
    """Yield each document that holds several values where there should be one."""
    place = check.places[0]
    for paper in _papers(dossier, place.document):
        values = _distinct(paper.all(place.field))
        if len(values) < 2:
            continue
        told = {"count": len(values), "values": ", ".join(sorted(_said(one) for one in values))}
        is_same = bool(check.same) and len(_distinct(paper.all(check.same))) == 1
        code, severity = ("several_same", Severity.NEAR) if is_same else ("several", _by_basis(check))
        yield _broken(check, severity, code, place, rules, paper=paper.id, **told)


def _by_basis(check: Check) -> Severity:
    return Severity.DISAGREES if check.basis in {Basis.LAW, Basis.INTELLIGIBLE} else Severity.ASKED


def _papers(dossier: Dossier, document: str) -> list[Paper]:
    return [paper for paper in dossier.papers if paper.document == document]


def _all(dossier: Dossier, place: Place) -> list[Value]:
    """Return all values of a field over all papers of a document."""
    return [value for paper in _papers(dossier, place.document) for value in paper.all(place.field)]


def _alike(check: Check, dossier: Dossier, rules: DossierRules) -> Iterator[Gap]:
    """Yield what one document says and the first of the others that has the field does not, and the other way round."""
    held = [(place, values) for place in check.places if (values := _distinct(_all(dossier, place)))]
    if len(held) < 2:
        return
    first, firsts = held[0]
    forms = _in_order({fold(one) for one in rules.legal_forms})
    for place, values in held[1:]:
        pairs = list(_unmatched(place, values, first, firsts))
        if len(values) > 1 or len(firsts) > 1:
            # Of one value on each side it is enough to be told once.
            pairs += _unmatched(first, firsts, place, values)
        for number, (here, value, there, others) in enumerate(pairs):
            # Likeness is dear, and a check that nothing is near by has no use for it.
            likened = others[:LIKENED_MAX] if check.near < 1 and number < LIKENED_MAX else []
            likeness = max((_likeness(value, one, forms) for one in likened), default=Decimal(0))
            code, severity = "differs", Severity.DISAGREES
            if check.near < 1 and likeness >= check.near:
                code, severity = "near", Severity.NEAR
            elif check.near < 1 and all(_is_foreign(value, one) for one in others):
                code, severity = "other_script", Severity.NEAR
            yield _broken(
                check,
                severity,
                code,
                here,
                rules,
                value=_said(value),
                others=", ".join(sorted(_said(one) for one in others)),
                other=rules.documents[there.document].title,
            )


def _unmatched(
    here: Place, values: list[Value], there: Place, others: list[Value]
) -> Iterator[tuple[Place, Value, Place, list[Value]]]:
    """Yield each value that none of the others equals."""
    known = {said for other in others for said in _spellings(other)}
    for value in values:
        if not known & _spellings(value):
            yield here, value, there, others


def _spellings(value: Value) -> set[str]:
    """Return what a value is equal by: each language's text, folded; a text in no language equals one in any."""
    if isinstance(value, Mapping):
        return {fold(text) for text in value.values()}
    return {_key(value)}


def _is_foreign(one: Value, other: Value) -> bool:
    """Tell whether two texts are in scripts that nobody can compare: one has Han characters, the other none."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return False
    return all(_has_han(a) != _has_han(b) for a in one.values() for b in other.values())


def _has_han(text: str) -> bool:
    return any(_HAN_FIRST <= c <= _HAN_LAST for c in text)


def _in_order(forms: Iterable[str]) -> dict[str, None]:
    """Return words for legal forms, the longest first, as they are taken from the end of a name."""
    return dict.fromkeys(sorted(forms, key=lambda one: (-len(one), one)))


def _likeness(one: Value, other: Value, forms: Collection[str]) -> Decimal:
    """Return how alike two texts are, a part of 1; 1 where they are equal without the words for legal forms."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return Decimal(0)
    spelled, others = _spellings(one), _spellings(other)
    if {_bare(text, forms) for text in spelled} & {_bare(text, forms) for text in others}:
        return Decimal(1)
    return max((_ratio(*sorted((a, b))) for a in spelled for b in others), default=Decimal(0))


def _ratio(a: str, b: str) -> Decimal:
    matcher = SequenceMatcher(None, a[:COMPARED_MAX], b[:COMPARED_MAX], autojunk=False)
    return Decimal(matcher.ratio())


def fold(text: str) -> str:
    """Return a text as it is compared: narrow, lower case, letters and digits with single blanks."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def _bare(folded: str, forms: Collection[str]) -> str:
    """Return a folded name without the words for legal forms: as words, or, in letters without blanks, at its end."""
    found = " ".join(one for one in folded.split() if one not in forms)
    for form in forms:
        if form and not form.isascii():
            found = found.removesuffix(form)
    return found or folded


def _distinct(values: Iterable[Value]) -> list[Value]:
    """Return values that differ once they are folded, in an order that hangs on nothing else."""
    found: dict[str, Value] = {}
    for value in sorted(values, key=lambda one: (_key(one), _said(one))):
        found.setdefault(_key(value), value)
    return list(found.values())


def _key(value: Value) -> str:
    if isinstance(value, Mapping):
        return " | ".join(f"{name}={fold(text)}" for name, text in sorted(value.items()))
    if isinstance(value, Told):
        return fold(value.text) + " | ".join(f"{name}={_key(one)}" for name, one in sorted(value.values.items()))
    return str(value)


def _said(value: Value) -> str:
    """Return a value as it is quoted; of a text in two languages the first."""
    if isinstance(value, Mapping):
        return str(next(iter(sorted(value.items())))[1])
    if isinstance(value, Told):
        return value.text or " ".join(_said(one) for _, one in sorted(value.values.items()))
    return value.declared if isinstance(value, Amount) else str(value)


def _quantities(check: Check, dossier: Dossier, rules: DossierRules) -> Iterator[Gap]:
    """Yield each document whose sum differs, by dimension, from that of the first that states quantities."""
    held = [(place, totals) for place in check.places if (totals := _totals(dossier, place))]
    if len(held) < 2:
        return
    first, wanted = held[0]
    title = rules.documents[first.document].title
    for place, totals in held[1:]:
        if not totals.keys() & wanted.keys():
            yield _broken(check, Severity.NEAR, "units_differ", place, rules, other=title)
        for dimension in sorted(totals.keys() & wanted.keys()):
            here, there = totals[dimension], wanted[dimension]
            allowed = CONTEXT.multiply(check.tolerance, max(here, there))
            if abs(CONTEXT.subtract(here, there)) > allowed:
                yield _broken(
                    check,
                    Severity.DISAGREES,
                    "quantity_differs",
                    place,
                    rules,
                    value=_figure(here, dimension),
                    others=_figure(there, dimension),
                    tolerance=_percent(check.tolerance),
                    other=title,
                )


def _totals(dossier: Dossier, place: Place) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for amount in _all(dossier, place):
        found[amount.dimension] = CONTEXT.add(found.get(amount.dimension, Decimal(0)), amount.base)
    return found


def _figure(amount: Decimal, dimension: str) -> str:
    """Return an amount with the code of its base unit, as sentences of the register quote it."""
    unit = {"mass": KILOGRAM, "count": PIECES}.get(dimension, dimension)
    return f"{format(amount.normalize(), 'f')} {unit}"


def _percent(part: Decimal) -> str:
    return format((part * 100).normalize(), "f")


def _concrete(check: Check, dossier: Dossier, rules: DossierRules, end_use: EndUseRules) -> Iterator[Gap]:
    """Yield what a stated end use does not name, and every word of it that says too little."""
    for place in check.places:
        for paper in _papers(dossier, place.document):
            for told in paper.all(place.field):
                found = weigh_end_use(told, end_use)
                for name in found.missing:
                    element = end_use.elements[name]
                    yield _broken(
                        check, Severity.VAGUE, "end_use_missing", place, rules, paper=paper.id,
                        element=element.title, question=element.question,
                    )  # fmt: skip
                for one in found.vague:
                    part = {"element": end_use.elements[one.element].title} if one.element else {}
                    code = "end_use_vague" if part else "end_use_vague_text"
                    yield _broken(
                        check, Severity.VAGUE, code, place, rules, paper=paper.id,
                        word=one.word, place_of_word=one.place, why=one.rule.why, **part,
                    )  # fmt: skip


def _translated(check: Check, dossier: Dossier, rules: DossierRules) -> Iterator[Gap]:
    """Yield each document in another language that has no translation, and each whose language is not stated."""
    for place in check.places:
        for paper in _papers(dossier, place.document):
            if paper.language == check.language or check.language in paper.translations:
                continue
            code = "untranslated" if paper.language else "language_missing"
            facts = {"written_in": paper.language} if paper.language else {}
            severity = Severity.MISSING if check.basis is Basis.LAW else Severity.ASKED
            yield _broken(check, severity, code, place, rules, paper=paper.id, into=check.language, **facts)


_CHECKS: Mapping[str, Callable[[Check, Dossier, DossierRules], Iterator[Gap]]] = {
    ONE: _one,
    ALIKE: _alike,
    QUANTITIES: _quantities,
    TRANSLATED: _translated,
}

"""Flags of the use (U1 to U3)."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from unicodedata import normalize

from ytterby.screening.flag import Figure, FlagRule, Grade, Judged, graded, unknown
from ytterby.screening.flag_facts import FlagInput, UseFacts
from ytterby.screening.flag_tables import ALLOWED, ANY_USE, IMPLAUSIBLE, FlagTables, MatrixRow

GRAVITY = {Grade.NONE: 0, Grade.WEAK: 1, Grade.STRONG: 2}
TEXT_MAX = 20_000


def use_and_item(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """U1: whether the use wants this item and grade. What the matrix does not hold is unknown."""
    del rule
    use, item = given.use.use_code, given.use.item
    if use is None or item is None:
        return unknown(*(["use"] if use is None else []), *(["item"] if item is None else []))
    rows = (*tables.matrix.get((item, use), ()), *tables.matrix.get((item, ANY_USE), ()))
    said = {"item": item, "use": use}
    applying = [row for row in rows if _applies(row, given.use)]
    if not applying:
        has_grades = any(row.grades for row in rows)
        return unknown("grade") if has_grades and given.use.grade is None else Judged(Grade.UNKNOWN, facts=said)
    words = {row.verdict for row in applying}
    if IMPLAUSIBLE in words:
        return Judged(Grade.STRONG, (), (), said)
    hangs_on_dy = any(row.dy_over_wt is not None and _is_of_grade(row, given.use) for row in rows)
    if words == {ALLOWED} and hangs_on_dy and given.use.dy_wt is None:
        return unknown("dy_tb")
    return Judged(Grade.NONE if words == {ALLOWED} else Grade.WEAK, (), (), said)


def _applies(row: MatrixRow, facts: UseFacts) -> bool:
    if not _is_of_grade(row, facts):
        return False
    if row.dy_over_wt is None:
        return True
    return facts.dy_wt is not None and facts.dy_wt.low > Fraction(row.dy_over_wt)


def _is_of_grade(row: MatrixRow, facts: UseFacts) -> bool:
    return not row.grades or (facts.grade or "") in row.grades


def grade_and_use(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """U2: how much hotter the grade bears it than the use gets, and how much more Dy and Tb it holds than is usual;
    the graver of both.
    """
    facts = given.use
    row = None if facts.use_code is None else tables.demand.get(facts.use_code)
    figures: list[Figure] = []
    grades: list[Grade] = []
    missing: list[str] = []
    hottest = _hottest(facts, tables)
    usual = None if row is None else row.t_use_c
    if hottest is not None and usual is not None:
        kelvin = Fraction(hottest - usual)
        figures.append(Figure("kelvin", kelvin, kelvin, kelvin))
        grades.append(graded(rule.limits["kelvin"], kelvin, kelvin))
    else:
        missing += [*([] if hottest is not None else ["grade"]), *([] if usual is not None else ["use_temperature"])]
    bound = None if row is None else row.dy_tb_max_wt
    if facts.dy_tb_wt is not None and bound is not None:
        low, mid, high = (
            one - Fraction(bound) for one in (facts.dy_tb_wt.low, Fraction(facts.dy_tb_wt.value), facts.dy_tb_wt.high)
        )
        figures.append(Figure("wt", low, mid, high))
        grades.append(graded(rule.limits["wt"], low, mid))
    else:
        missing += [*([] if facts.dy_tb_wt is not None else ["dy_tb"]), *([] if bound is not None else ["dy_tb_bound"])]
    known = [grade for grade in grades if grade is not Grade.UNKNOWN]
    worst = max(known, key=GRAVITY.__getitem__, default=Grade.UNKNOWN)
    if worst is Grade.UNKNOWN or (worst is Grade.NONE and missing):
        return unknown(*missing, figures=tuple(figures))
    return Judged(worst, tuple(figures), tuple(missing))


def _hottest(facts: UseFacts, tables: FlagTables) -> Decimal | None:
    """Return what a grade bears, C; of a material with one row alone its suffix says nothing."""
    rows = {grade: bears for (item, grade), bears in tables.grades.items() if item == facts.item}
    return next(iter(rows.values())) if len(rows) == 1 else rows.get(facts.grade or "")


def vague_text(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """U3: how many of model, units and plant address are missing, and one more where the text is that of an unrelated
    applicant.
    """
    del tables
    facts = given.use
    if facts.stated is None:
        return unknown("use_text")
    missing = [name for name in rule.parameters["wanted"] if name not in facts.stated]
    others = facts.unrelated_texts if facts.text and facts.unrelated_texts else ()
    closest = max((similarity(facts.text or "", one) for one in others), default=Fraction(0))
    is_copied = closest > Fraction(Decimal(rule.parameters["similarity"]))
    count = Fraction(len(missing) + is_copied)
    said = {"wanting": ", ".join([*missing, *(["copied"] if is_copied else [])])}
    return Judged(graded(rule.limits["count"], count, count), (Figure("count", count, count, count),), (), said)


def similarity(first: str, second: str) -> Fraction:
    """Return twice the triples of characters that two texts share over all of theirs, blanks and case left out."""
    one, two = _triples(first), _triples(second)
    whole = one.total() + two.total()
    return Fraction(2 * (one & two).total(), whole) if whole else Fraction(0)


def _triples(text: str) -> Counter[str]:
    folded = "".join(normalize("NFKC", text[:TEXT_MAX]).casefold().split())
    return Counter(folded[n : n + 3] for n in range(max(len(folded) - 2, 0)))

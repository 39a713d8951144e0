"""Tests of packs as sentences: goods, a rule or a period, a day, and what must be answered (`ytterby-law-test/1`).

A sentence is one of five kinds, told by the field it begins with: `given` (goods are classified), `rule` (a rule or a
code applies, of `goods` where they are given), `calendar` (a period ends), `return` (a return of flow is owed), `quota`
(a making draws on a quota). One day stands for a whole transaction (`on`), or each of its days by name (`days`). It
states what must come out, and may state with `because` words that must stand among the reasons, so that an answer which
is right for a wrong reason does not pass.

Every value is text as it was written: `no` is a word and no truth, `NO` a country, and `0.10` keeps its zero.

Source: docs/packs.md, which lays down the fields.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ytterby.law.applies import DISPUTED, UNKNOWN, applies
from ytterby.law.book import LawBook
from ytterby.law.calendar import Calendar
from ytterby.law.classification import ASK, CONTROLLED, GUIDANCE, LAW, NOT_CONTROLLED, PRACTICE, Classifier
from ytterby.law.conduct import ENTERED, FORM, KIND
from ytterby.law.dated_rule import Rule
from ytterby.law.days import EXIT, GOVERNS, Days
from ytterby.law.due import due_after
from ytterby.law.export_leave import ExportLeave
from ytterby.law.fact import FactKind, read_facts
from ytterby.law.flow_entry import PRODUCTION
from ytterby.law.flow_law import DRAWS, DUTIES, Made, draw_of, duty_of
from ytterby.law.goods import Goods, read_goods
from ytterby.law.goods_facts import GoodsFacts, facts_of_goods, joined
from ytterby.law.return_period import EVERY, MONTH, read_period
from ytterby.law.said import Reason, Said
from ytterby.law.shape import Shape, choice, day, fields, one_or_more, sequence, table, text, word
from ytterby.law.ternary import Ternary
from ytterby.law.trust import Confidence, Trust, Words
from ytterby.terms.problem import Problem, pointer, refuse

TEST_SCHEMA = "ytterby-law-test/1"
GIVEN, RULE, CALENDAR, RETURN, QUOTA = "given", "rule", "calendar", "return", "quota"
KINDS = (GIVEN, RULE, CALENDAR, RETURN, QUOTA)
FIRM, PROVISIONAL = "firm", "provisional"
TRUE, FALSE = "true", "false"
_GOODS_ANSWERS = (CONTROLLED, NOT_CONTROLLED, ASK, DISPUTED, UNKNOWN)
_FIGURES = ("elements", "u")
_AMOUNTS = ("amount", "u", "mass_kg", "mass_u_kg", "price_per_kg", "price_u")
_FIGURE = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
_DAYS = re.compile(r"[0-9]{1,7}")
Json = Mapping[str, Any]
# How a reason reads, in every language of the register.
Wording = Callable[["Words | Said"], Iterable[str]]

_ANY: dict[str, Shape] = {"name": text, "because": one_or_more(text)}
_LEAVE: dict[str, Shape] = dict.fromkeys(("may_file", "may_ship"), choice(*Ternary))
_ASKED_DAYS: dict[str, Shape] = {"on": day, "days": fields({}, dict.fromkeys(GOVERNS, day))}
_MISSING_DAYS: dict[str, Shape] = {"missing_days": sequence(choice(*GOVERNS))}
_ASKED: dict[str, Shape] = {"known_on": day, "group": word, **_ASKED_DAYS, **_MISSING_DAYS, **_LEAVE, **_ANY}


def _anything(_value: object, _where: str) -> Iterator[Problem]:
    """Whatever stands there: goods are read, and refused, by their own reader."""
    return iter(())


_SHAPES: dict[str, Shape] = {
    GIVEN: fields(
        {"given": _anything, "then": choice(*_GOODS_ANSWERS)},
        {"codes": sequence(text), "candidates": sequence(text), "by": choice(LAW, PRACTICE, GUIDANCE), **_ASKED},
    ),
    RULE: fields(
        {"rule": word, "then": word},
        {"facts": table(one_or_more(text)), "goods": _anything, "missing": sequence(word), **_ASKED},
    ),
    CALENDAR: fields(
        {"calendar": word, "from": day, "days": text, "due": day},
        {"count_first_day": choice(TRUE, FALSE), "sure": choice(FIRM, PROVISIONAL), **_ANY},
    ),
    RETURN: fields(
        {"return": fields({"kind": word, "month": text}, {"country": word})},
        {
            "then": choice(*DUTIES),
            "due": day,
            "period": text,
            "every": choice(*EVERY),
            "by": word,
            **_ASKED,
        },
    ),
    QUOTA: fields(
        {
            "quota": fields(
                {"kind": word, "site": word, "form": word}, {"country": word, "entered": word, "feed": word}
            ),
            "on": day,
            "then": choice(*DRAWS),
        },
        {"by": word, **_ASKED},
    ),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One test of a file: its place there from 0 on, its kind, what it says."""

    place: int
    kind: str
    content: Json

    @property
    def name(self) -> str:
        """What the author called it; else what it asks about."""
        return str(self.content.get("name") or self._asks())

    def _asks(self) -> str:
        if self.kind == CALENDAR:
            return f"{self.content['calendar']} {self.content['from']} + {self.content['days']}"
        if self.kind == RETURN:
            return " ".join(self.content[RETURN].values())
        if self.kind == QUOTA:
            return " ".join((*self.content[QUOTA].values(), self.content["on"]))
        given = self.content.get("given")
        about = given.get("form", "") if isinstance(given, dict) else self.content.get("rule", "")
        days = self.content.get("days", {})
        return f"{about} {self.content.get('on', '')} {' '.join(f'{name} {one}' for name, one in days.items())}".strip()


class Difference(NamedTuple):
    """What a sentence expects of one field, and what was found."""

    what: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a sentence: it holds where nothing differs; with problems it could not be asked."""

    sentence: Sentence
    differences: tuple[Difference, ...] = ()
    problems: tuple[Problem, ...] = ()
    answer: str = ""
    reasons: tuple[Reason, ...] = ()

    @property
    def holds(self) -> bool:
        """It was asked, and everything came out as it says."""
        return not self.differences and not self.problems


class _Answer(NamedTuple):
    """What was found, by the fields of a sentence, with the reasons."""

    found: Mapping[str, Any]
    reasons: tuple[Reason, ...]


class _NotAskedError(Exception):
    """A sentence cannot be asked; its problems say why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


def read_sentences(content: Any) -> tuple[tuple[Sentence, ...], list[Problem]]:
    """Return the sentences of a file whose values are all text; none, and all problems, where one is not of a kind."""
    head = fields({"schema": choice(TEST_SCHEMA), "tests": sequence(_sentence_shape)}, {"about": text})
    problems = list(head(content, ""))
    if not problems and not content["tests"]:
        problems = [refuse("pack.kind", "/tests", "[]", wanted="a list of at least one test")]
    if problems:
        return (), problems
    return tuple(Sentence(place, _kind_of(row)[0], row) for place, row in enumerate(content["tests"])), []


def _kind_of(row: Json) -> list[str]:
    return [kind for kind in KINDS if kind in row]


def _sentence_shape(value: object, where: str) -> Iterator[Problem]:
    if not isinstance(value, dict) or len(_kind_of(value)) != 1:
        yield refuse("sentence.kind", where, "" if not isinstance(value, dict) else ", ".join(map(str, value)))
        return
    kind = _kind_of(value)[0]
    yield from _SHAPES[kind](value, where)
    if kind in {GIVEN, RULE} and "on" not in value and not value.get("days"):
        yield refuse("pack.missing_field", where, "on", name="on")


def judge_sentence(sentence: Sentence, book: LawBook, calendars: Mapping[str, Calendar], wording: Wording) -> Verdict:
    """Return whether a sentence holds by a book and calendars; `wording` says how a reason reads in each language."""
    askers: dict[str, Callable[[Json], _Answer]] = {
        GIVEN: lambda row: _classify(row, _of_group(row, book)),
        RULE: lambda row: _apply(row, _of_group(row, book)),
        CALENDAR: lambda row: _count(row, calendars),
        RETURN: lambda row: _owe(row, _of_group(row, book)),
        QUOTA: lambda row: _draw(row, _of_group(row, book)),
    }
    try:
        answer = askers[sentence.kind](sentence.content)
    except _NotAskedError as stopped:
        placed = tuple(problem.at(pointer("tests", sentence.place)) for problem in stopped.problems)
        return Verdict(sentence, problems=placed)
    differences = [*_differences(sentence.content, answer.found), *_unsaid(sentence.content, answer.reasons, wording)]
    said = str(answer.found["due" if sentence.kind == CALENDAR else "then"])
    return Verdict(sentence, tuple(differences), answer=said, reasons=answer.reasons)


def _of_group(row: Json, book: LawBook) -> LawBook:
    group = row.get("group")
    groups = sorted({pack.group for pack in book.packs.values()})
    if group is not None and group not in groups:
        raise _NotAskedError([refuse("pack.unknown_reference", "/group", group, known=", ".join(groups))])
    return book if group is None else book.of_group(group)


def _days(row: Json, book: LawBook, packs: Iterable[str]) -> tuple[Days, date]:
    """Return the days that are asked about and the one whose knowledge is used; none of which no pack speaks."""
    named = {name: date.fromisoformat(one) for name, one in row.get("days", {}).items()}
    every = date.fromisoformat(row["on"]) if "on" in row else None
    known = date.fromisoformat(row["known_on"]) if "known_on" in row else book.known_to
    first = min((book.packs[name].knows[0] for name in packs), default=date.min)
    placed = [("/on", every), ("/known_on", known), *((pointer("days", name), one) for name, one in named.items())]
    early = [(where, one) for where, one in placed if one is not None and one < first]
    if early:
        raise _NotAskedError(refuse("sentence.before_packs", where, one, first=first) for where, one in early)
    return Days(every, named), known


def _leave(leave: ExportLeave | None) -> dict[str, str]:
    """Return whether one may file and ship, as sentences say it; a dash where the rule is not about export."""
    if leave is None:
        return dict.fromkeys(("may_file", "may_ship"), "-")
    return {"may_file": leave.file.word.value, "may_ship": leave.ship.word.value}


# Goods


def _classify(row: Json, book: LawBook) -> _Answer:
    goods, problems = read_goods(_goods_of(row["given"]))
    unlisted = [
        refuse("pack.unknown_reference", pointer(field, place), code, known=", ".join(book.items))
        for field in ("codes", "candidates")
        for place, code in enumerate(row.get(field, ()))
        if book.listed_code(code) is None
    ]
    if goods is None or unlisted:
        raise _NotAskedError([*(problem.at("/given") for problem in problems), *unlisted])
    on, known = _days(row, book, {item.pack for item in book.items.values()})
    found = Classifier(book, on=on, known=known).classify(goods)
    answers = {"then": found.answer, "codes": found.codes, "candidates": found.candidates, "by": found.by}
    answers |= {"missing_days": found.missing_days, **_leave(found.leave)}
    readings = (Reason("", one.dispute, on.shown(EXIT), one.text, one.trust) for one in found.readings)
    return _Answer(answers, (*found.reasons, *readings))


def _goods_of(given: object) -> object:
    """Return goods as JSON would bring them; what is no figure stays text, which their reader refuses."""
    if not isinstance(given, dict):
        return given
    goods = {**given, **{name: _figures(given[name]) for name in _FIGURES if name in given}}
    if isinstance(given.get("value"), dict):
        goods["value"] = _value_of(given["value"])
    if given.get("built_in") in {TRUE, FALSE}:
        goods["built_in"] = given["built_in"] == TRUE
    return goods


def _value_of(value: Json) -> Json:
    """Return a value as JSON would bring it: amounts are figures, and what each part is, is read as goods are."""
    found = _with_amounts(value)
    if value.get("all_parts_named") in {TRUE, FALSE}:
        found["all_parts_named"] = value["all_parts_named"] == TRUE
    if isinstance(value.get("parts"), list):
        found["parts"] = [_part_of(one) for one in value["parts"]]
    return found


def _part_of(part: object) -> object:
    if not isinstance(part, dict):
        return part
    found = _with_amounts(part)
    return {**found, "goods": _goods_of(part["goods"])} if "goods" in part else found


def _with_amounts(row: Json) -> dict[str, Any]:
    return {name: _figure(one) if name in _AMOUNTS else one for name, one in row.items()}


def _figures(contents: object) -> object:
    if not isinstance(contents, dict):
        return contents
    return {name: _figure(value) for name, value in contents.items()}


def _figure(value: object) -> object:
    return Decimal(value) if isinstance(value, str) and _FIGURE.fullmatch(value) else value


# Rules


def _apply(row: Json, book: LawBook) -> _Answer:
    code = book.code_of(row["rule"])
    if code not in book.items and code not in book.rules:
        names = ", ".join(book.rules)
        raise _NotAskedError([refuse("pack.unknown_reference", "/rule", row["rule"], known=names)])
    rule = book.rules[book.items[code].rule if code in book.items else code]
    allowed = _words_of(rule)
    given = {name: value if isinstance(value, str) else ",".join(value) for name, value in row.get("facts", {}).items()}
    facts, problems = read_facts(given, book.facts, book.listed_code)
    problems = [problem.at("/facts") for problem in problems]
    goods: Goods | None = None
    if "goods" in row:
        goods, unread = read_goods(_goods_of(row["goods"]))
        problems += [problem.at("/goods") for problem in unread]
    if row["then"] not in allowed:
        problems.append(refuse("pack.choice", "/then", row["then"], allowed=", ".join(allowed)))
    problems += [
        refuse("pack.unknown_reference", pointer("missing", place), name, known=", ".join(sorted(book.facts)))
        for place, name in enumerate(row.get("missing", ()))
        if name not in book.facts
    ]
    if problems:
        raise _NotAskedError(problems)
    on, known = _days(row, book, {rule.pack})
    told = GoodsFacts() if goods is None else facts_of_goods(goods, rule, book)
    unsettled = told.unsettled - facts.keys()
    found = applies(book, row["rule"], joined(facts, told, rule), on=on, known=known, unsettled=unsettled)
    shown = on.shown(rule.governs)
    readings = (Reason("", one.dispute, shown, one.text, one.trust) for one in found.readings)
    answers = {"then": found.answer, "missing": found.missing, "missing_days": found.missing_days}
    return _Answer({**answers, **_leave(found.leave)}, (*found.reasons, *readings))


def _words_of(rule: Rule) -> tuple[str, ...]:
    """Return every word that a rule can answer with."""
    order = () if rule.strictest is None else rule.strictest.order
    return tuple(dict.fromkeys((rule.holds, rule.fails, *order, DISPUTED, UNKNOWN)))


# Periods


def _count(row: Json, calendars: Mapping[str, Calendar]) -> _Answer:
    calendar = calendars.get(row["calendar"])
    if calendar is None:
        raise _NotAskedError([refuse("calendar.unknown", "/calendar", row["calendar"], known=", ".join(calendars))])
    start, days = date.fromisoformat(row["from"]), row["days"]
    try:
        length = int(days) if _DAYS.fullmatch(days) else 0
        due = due_after(calendar, start, length, is_first_counted=row.get("count_first_day") == TRUE)
    except ValueError:
        raise _NotAskedError([refuse("sentence.period", "/days", days, start=row["from"])]) from None
    reasons = tuple(
        Reason("", calendar.id, due.day, dict.fromkeys(("en", "zh"), f"{one.year}: {one.source}"), _trust_of(one))
        for one in due.certainty.years
    )
    return _Answer({"due": str(due.day), "sure": PROVISIONAL if due.certainty.open_years else FIRM}, reasons)


def _trust_of(year: Any) -> Trust:
    # A table may say more than one word of how sure it is; what was not recalled was read or computed from what was.
    is_recalled = year.confidence.startswith(Confidence.RECALLED)
    return Trust("", Confidence.RECALLED if is_recalled else Confidence.READ, year.confidence)


# Returns and quotas


def _owe(row: Json, book: LawBook) -> _Answer:
    asked = row[RETURN]
    month = read_period(asked["month"])
    if month is None or month.every != MONTH:
        raise _NotAskedError([refuse("sentence.month", "/return/month", asked["month"])])
    if not {"then", "due"} & set(row):
        raise _NotAskedError([refuse("pack.missing_field", "", "then", name="then")])
    kinds = book.facts.get(KIND)
    problems = list(_strange(asked, "kind", RETURN, kinds))
    if problems:
        raise _NotAskedError(problems)
    packs = {one.pack for one in book.flow_returns.values()}
    first = min((book.packs[name].knows[0] for name in packs), default=date.min)
    if month.last_day < first:
        raise _NotAskedError([refuse("sentence.before_packs", "/return/month", month, first=first)])
    _, known = _days({**row, "on": str(max(first, month.last_day))}, book, packs)
    country = asked.get("country", "")
    found = duty_of(book, asked["kind"], country, month.year, month.month, known=known)
    answers = {
        "then": found.word,
        "due": str(found.due or "-"),
        "period": str(found.period or "-"),
        "every": found.period.every if found.period else "-",
        "by": found.entry.id if found.entry else "-",
    }
    readings = (Reason("", one.dispute, month.last_day, one.text, one.trust) for one in found.readings)
    return _Answer(answers, (*found.reasons, *readings))


def _draw(row: Json, book: LawBook) -> _Answer:
    asked = row[QUOTA]
    known_kinds = sorted({one.kind for one in book.quotas.values()})
    problems = [
        *_strange(asked, "site", QUOTA, book.facts.get(KIND)),
        *_strange(asked, "form", QUOTA, book.facts.get(FORM)),
        *_strange(asked, "entered", QUOTA, book.facts.get(ENTERED)),
        *_strange(asked, "feed", QUOTA, book.facts.get(ENTERED)),
    ]
    if asked["kind"] not in known_kinds:
        problems.append(
            refuse("pack.unknown_reference", "/quota/kind", asked["kind"], known=", ".join(known_kinds) or "-")
        )
    if problems:
        raise _NotAskedError(problems)
    days, known = _days(row, book, {one.pack for one in book.quotas.values()})
    on = days.shown(PRODUCTION)
    made = Made(asked["site"], asked.get("country", ""), asked["form"], asked.get("entered", ""), asked.get("feed", ""))
    found = draw_of(book, asked["kind"], made, on=on, known=known)
    readings = (Reason("", one.dispute, on, one.text, one.trust) for one in found.readings)
    return _Answer({"then": found.word, "by": found.by or "-"}, (*found.reasons, *readings))


def _strange(asked: Json, field: str, section: str, kind: FactKind | None) -> Iterator[Problem]:
    """Yield a word that the register does not have, where the packs say which it has."""
    if field in asked and kind is not None and kind.values and asked[field] not in kind.values:
        yield refuse("pack.choice", pointer(section, field), asked[field], allowed=", ".join(kind.values))


# Comparison


def _differences(row: Json, found: Mapping[str, Any]) -> Iterator[Difference]:
    for what, value in found.items():
        if what not in row:
            continue
        expected = row[what]
        if isinstance(expected, list):
            if set(expected) != set(value):
                yield Difference(what, _listed(expected), _listed(value))
        elif expected != value:
            yield Difference(what, expected, str(value))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(sorted(names)) or "-"


def _unsaid(row: Json, reasons: Iterable[Reason], wording: Wording) -> Iterator[Difference]:
    """Yield every text of `because` that stands in no reason, in no language; letters' case does not count."""
    wanted = row.get("because", [])
    said = [part.casefold() for one in reasons for part in (*wording(one.text), one.trust.source, one.rule, one.code)]
    for one in [wanted] if isinstance(wanted, str) else wanted:
        if not any(one.casefold() in part for part in said):
            yield Difference("because", one, "-")

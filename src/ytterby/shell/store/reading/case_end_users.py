"""What is known of the end users of an application: red flags, and what they demonstrably use beside what is asked.

Who may read: bodies with the mandate licensing or audit, and the register itself; to nobody else there is any of it
(threats A5, C7).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ytterby.licence.application import Application
from ytterby.licence.case_mark import end_users_of
from ytterby.licence.evidence import (
    DONE,
    NO,
    UNKNOWN,
    YES,
    Consumed,
    ConsumptionSection,
    EndUserFlags,
    FlagFound,
    FlagsSection,
    kilograms,
    plain,
    ratio_text,
)
from ytterby.licence.precedent import Precedent
from ytterby.screening.flag import Flag, Measured
from ytterby.screening.flag_facts import FlagInput, Refusal
from ytterby.screening.flags import combined, judge_flags, loudest, questions
from ytterby.shell.site.screening_tables import flag_rules, flag_rules_digest, flag_tables
from ytterby.shell.store.reading.end_use import EndUseQuestion, demonstrated_use, end_user_facts
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import Viewer

COVERAGE = 2  # standard uncertainties
# What other cases ask for, in kilograms, by end user and element (`case_marks.asked_elsewhere`).
Elsewhere = Mapping[tuple[str, str], Decimal]
GOODS = ""  # kilograms of goods, and of no element


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an application asks for: kilograms of goods (None: unknown) and by element, and whether needs of uses are
    told in kilograms of such goods.
    """

    goods_kg: Decimal | None
    elements_kg: Mapping[str, Decimal]
    is_counted_form: bool

    @property
    def basis(self) -> tuple[str, Decimal] | None:
        """Return in what flags are figured, goods or the element of which most is asked, and how much of it."""
        if self.is_counted_form and self.goods_kg:
            return GOODS, self.goods_kg
        if not self.elements_kg:
            return None
        element = max(sorted(self.elements_kg), key=lambda name: self.elements_kg[name])
        return element, self.elements_kg[element]

    @property
    def all_kg(self) -> dict[str, Decimal]:
        """Return what consumption is held against: each element, and goods where uses need such goods."""
        found = dict(self.elements_kg)
        if self.is_counted_form and self.goods_kg:
            found[GOODS] = self.goods_kg
        return found


def flags_section(
    viewer: Viewer,
    application: Application,
    wanted: Wanted,
    precedents: tuple[Precedent, ...],
    elsewhere: Elsewhere,
    *,
    on: date,
    known: Known,
) -> FlagsSection:
    """Return the red flags of every end user, each figured with what other cases may bring it."""
    users, use, basis = end_users_of(application), str(application.use.get("code", "")), wanted.basis
    if not users:
        return FlagsSection(why="no_end_user")
    if not use or basis is None:
        return FlagsSection(why="no_use_code" if not use else "quantity_unknown")
    element, kg = basis
    # Rules that this version holds, by the day that they are of: what was gathered stands in the case by value.
    rules, rows = flag_rules().on(on, known=date.max), []
    if not rules:
        return FlagsSection(why="no_flag_rules")
    for user in users:
        asked = EndUseQuestion(
            party=user,
            use_code=use,
            quantity_kg=kg + elsewhere.get((user, element), Decimal(0)),
            on=on,
            known_on=date.max,
            element=element,
        )
        try:
            facts = end_user_facts(viewer, asked, known=known)
        except KeyError:
            return FlagsSection(why="end_user_unknown")
        facts = _with_case(facts, application, user, precedents, on)
        flags = judge_flags(facts, rules, flag_tables(on, date.max))
        rows.append(_flags(user, asked, flags))
    return FlagsSection(DONE, "", flag_rules_digest(), tuple(rows))


def _with_case(
    facts: FlagInput, application: Application, user: str, precedents: tuple[Precedent, ...], on: date
) -> FlagInput:
    """Return the facts with what the application and earlier decisions tell: refusals, the text of the use."""
    refusals = tuple(
        Refusal(date.fromisoformat(one.decided), one.exporter, user if user in one.asked.end_users else "")
        for one in precedents
        if one.outcome == "refused" and (user in one.asked.end_users or one.exporter == application.exporter)
    )
    route = replace(facts.route, on=on, exporter=application.exporter, end_user=user, refusals=refusals)
    text = application.use.get("text")
    said = text if isinstance(text, str) else " ".join(map(str, text.values())) if isinstance(text, Mapping) else None
    return replace(facts, route=route, use=replace(facts.use, text=said))


def _flags(user: str, asked: EndUseQuestion, flags: tuple[Flag, ...]) -> EndUserFlags:
    return EndUserFlags(
        party=user,
        use=asked.use_code,
        asked_kg=kilograms(asked.quantity_kg),
        element=asked.element,
        r=ratio_text(float(combined(flags))),
        loudest=loudest(flags).value,
        unknown=sum(one.s is None for one in flags),
        flags=tuple(_flag(one) for one in flags),
        questions=tuple(one.rule.id for one in questions(flags)),
    )


def _flag(one: Flag) -> FlagFound:
    figures = ((each.name, each.mid) for each in one.judged.figures)
    return FlagFound(
        id=one.rule.id,
        subject=one.rule.subject,
        grade=one.judged.grade.value,
        weight=plain(one.weight),
        figures=tuple((name, "" if mid is None else ratio_text(float(mid))) for name, mid in figures),
        missing=tuple(one.judged.missing),
    )


def consumption_section(
    viewer: Viewer, application: Application, wanted: Wanted, elsewhere: Elsewhere, *, on: date, known: Known
) -> ConsumptionSection:
    """Return what each end user demonstrably uses in a year beside what this case and all others ask for it."""
    users = end_users_of(application)
    if not users:
        return ConsumptionSection(why="no_end_user")
    if not wanted.all_kg:
        return ConsumptionSection(why="quantity_unknown")
    rows = []
    for user in users:
        for element, kg in sorted(wanted.all_kg.items()):
            try:
                found = demonstrated_use(viewer, user, element, on=on, known=known)
            except KeyError:
                return ConsumptionSection(why="end_user_unknown")
            licensed = elsewhere.get((user, element), Decimal(0))
            rows.append(_consumed(user, element, kg, licensed, found.used_kg, found.arrived_kg, found.stock_kg))
    return ConsumptionSection(DONE, "", on.isoformat(), tuple(rows))


def _consumed(
    user: str,
    element: str,
    asked: Decimal,
    licensed: Decimal,
    used: Measured | None,
    arrived: Measured,
    stock: Measured | None,
) -> Consumed:
    whole = asked + licensed
    is_known = used is not None and used.value > 0
    most = used.value + COVERAGE * used.u if used is not None else Decimal(0)
    return Consumed(
        party=user,
        element=element,
        asked_kg=kilograms(asked),
        licensed_kg=kilograms(licensed),
        used_kg="" if used is None else kilograms(used.value),
        used_u_kg="" if used is None else kilograms(used.u),
        arrived_kg=kilograms(arrived.value),
        stock_kg="" if stock is None else kilograms(stock.value),
        ratio=ratio_text(whole / used.value) if used is not None and is_known else "",
        is_within=UNKNOWN if not is_known else YES if whole <= most else NO,
    )

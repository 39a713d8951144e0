"""Red flags of an end user, a use and a quantity: what the register itself can tell, at a log size, and what it asks.

Figures come from the postings: what was sent to the end user by anybody, what it holds and used by its own reports, how
its months balance. A firm that reports nothing has an unknown stock and never none. Masses are kilograms of magnet, or
of one element where that is asked for.

Who may read: bodies with the mandate licensing or audit, and the register's operator. They read figures of flags and no
event behind them. To everybody else, the end user itself included, there are no flags (threats A5, C7).
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

from ytterby.balance.use_flow import sent_between_parties
from ytterby.chain.book import Book
from ytterby.chain.destination import NOT_YET_KNOWN, shares_by_use
from ytterby.chain.node import Node, NodeKind
from ytterby.matter.element import POSITION
from ytterby.screening.flag import Figure, Flag, Measured, Number, Words
from ytterby.screening.flag_facts import DemandFacts, EndUserFacts, FlagInput, OwnershipFacts, PlannedUnits, UseFacts
from ytterby.screening.flags import combined, judge_flags, loudest, questions
from ytterby.screening.ownership import ListedParty
from ytterby.screening.ownership_verdict import Ownership
from ytterby.shell.site.packs import use_limits
from ytterby.shell.site.screening_tables import flag_rules, flag_tables, ownership_rules
from ytterby.shell.store.log_marks import kept_by
from ytterby.shell.store.models import Registration
from ytterby.shell.store.reading.book import book_of
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.months import balanced, month_rows
from ytterby.shell.store.reading.naming import Json, exact, figure, party_name
from ytterby.shell.store.reading.owners import declared_stakes
from ytterby.shell.store.reading.viewer import AUDIT, LICENSING, OPERATOR_VIEWER, Viewer
from ytterby.shell.wording import language_of, word

OFFICERS = frozenset({AUDIT, LICENSING})
YEAR, MONTHS = timedelta(days=365), 12
BALANCED_FOR_MAGNETS = "Nd"  # a balance needs an element, and every magnet of NdFeB holds this one
GRAMS = Decimal("0.000001")  # to the milligram; what is told in more digits is arithmetic


DAYS_KEPT = 256
_registered_days = Kept[date | None](DAYS_KEPT)


@dataclass(frozen=True, slots=True)
class EndUseQuestion:
    """What is asked: an end user, a use, kilograms of magnet or of an element, for how many months, on which day, by
    rules and tables as known on which.

    The rest is what the application says beside: units to be made of the quantity, capacity, yield, safety stock, item,
    grade, and listed parties for its ownership.
    """

    party: str
    use_code: str
    quantity_kg: Decimal
    on: date
    known_on: date
    element: str = ""
    months: int = MONTHS
    units: Decimal | None = None
    capacity_kg: Decimal | None = None
    yield_share: Decimal | None = None
    safety_kg: Decimal = Decimal(0)
    item: str = ""
    grade: str = ""
    listed: tuple[ListedParty, ...] | None = None


def reads_flags(viewer: Viewer) -> bool:
    """Tell whether there are flags for a viewer."""
    return bool(OFFICERS & viewer.mandates)


def end_user_facts(viewer: Viewer, asked: EndUseQuestion, *, known: Known) -> FlagInput:
    """Return what the register and the application tell.

    Raises:
        KeyError: the register knows no such party, or the viewer reads no flags.
    """
    book = _book_with(viewer, asked.party, known)
    party = book.world.directory.parties[asked.party]
    end = datetime.combine(asked.on, time.max, tzinfo=UTC)
    basis = _Basis(book, asked.party, asked.element, end)
    arrivals = list(basis.arrivals())
    rest = asked.on - YEAR * (MONTHS - asked.months) / MONTHS
    before = _sum(basis, (node for node in arrivals if node.at.date() > rest)) if asked.months < MONTHS else None
    own = {site.id for site in book.world.directory.sites.values() if site.operator_on(asked.on) == asked.party}
    kinds = {book.world.directory.sites[site].kind for site in own}
    roles = frozenset(party.roles | kinds) or None
    return FlagInput(
        demand=DemandFacts(
            quantity_kg=asked.quantity_kg,
            rolling_kg=asked.quantity_kg + (before.value if before else 0),
            stock_kg=basis.stock(),
            safety_kg=asked.safety_kg,
            units=None if asked.units is None else (PlannedUnits(asked.use_code, asked.units),),
            arrivals_kg=before or Measured(Decimal(0)),
            capacity_kg=asked.capacity_kg,
            yield_share=asked.yield_share,
            history_kg=_history(basis, arrivals, asked.on),
            daily_kg=basis.daily(),
            balance_kg=_balance(sorted(own), asked.element or BALANCED_FOR_MAGNETS, known),
        ),
        end_user=EndUserFacts(
            on=asked.on,
            registered_on=_registered_on(asked.party, known),
            has_verified_delivery=basis.has_reported_receipt(),
            consignee_roles=roles,
            # Whoever is asked about is the end user; where it passes goods on, none is named behind it.
            names_end_user=False if roles is not None else None,
            seat=party.country or None,
            texts=tuple(filter(None, (party.name, party.name_zh))),
            states_civil_use=asked.use_code != "military",
        ),
        ownership=_ownership(asked, known),
        use=UseFacts(use_code=asked.use_code, item=asked.item or asked.element or None, grade=asked.grade or None),
    )


def end_use_flags(
    viewer: Viewer, asked: EndUseQuestion, *, known: Known, given: FlagInput | None = None, language: str = "en"
) -> Json:
    """Return every flag with its figure, limits, weight and question; `given` are facts that were completed.

    Raises:
        KeyError: the register knows no such party, or the viewer reads no flags.
    """
    book = _book_with(viewer, asked.party, known)
    facts = end_user_facts(viewer, asked, known=known) if given is None else given
    rules = flag_rules()
    flags = judge_flags(facts, rules.on(asked.on, known=asked.known_on), flag_tables(asked.on, asked.known_on))
    return {
        "as_of_size": known.size,
        "on": asked.on.isoformat(),
        "known_on": asked.known_on.isoformat(),
        "party": party_name(book, asked.party),
        "use": asked.use_code,
        "quantity_kg": exact(asked.quantity_kg),
        "element": asked.element or None,
        "months": asked.months,
        "units": exact(asked.units),
        "r": float(combined(flags)),
        "loudest": loudest(flags).value,
        "unknown": sum(one.s is None for one in flags),
        "flags": [_row(one, rules.inputs, language) for one in flags],
        "questions": [one.rule.id for one in questions(flags)],
    }


def _book_with(viewer: Viewer, party: str, known: Known) -> Book:
    """Return the book that knows a party.

    Raises:
        KeyError: the register knows no such party, or the viewer reads no flags.
    """
    if not reads_flags(viewer):
        raise KeyError(party)
    book = book_of(OPERATOR_VIEWER, known)
    if party not in book.world.directory.parties:
        raise KeyError(party)
    return book


@dataclass(frozen=True, slots=True)
class Demonstrated:
    """What a party shows that it uses, kg of magnet or of an element: in the last year by its own steps (None: it
    reports none), what anybody sent it in that year, what it holds by its own reports (None: it reports nothing).
    """

    used_kg: Measured | None
    arrived_kg: Measured
    stock_kg: Measured | None


def demonstrated_use(viewer: Viewer, party: str, element: str, *, on: date, known: Known) -> Demonstrated:
    """Return what an end user demonstrably uses, as of a day; without an element kilograms of magnet.

    Raises:
        KeyError: the register knows no such party, or the viewer reads no flags.
    """
    book = _book_with(viewer, party, known)
    basis = _Basis(book, party, element, datetime.combine(on, time.max, tzinfo=UTC))
    daily = basis.daily()
    used = None if daily is None else Measured(daily.value * YEAR.days, daily.u * YEAR.days)
    arrived = _sum(basis, (node for node in basis.arrivals() if node.at > basis.end - YEAR))
    return Demonstrated(used, arrived, basis.stock())


def list_end_users(viewer: Viewer, *, known: Known, on: date) -> list[Json]:
    """Return who was sent something in the last year, by how much: the end users whom there is something to ask of."""
    if not reads_flags(viewer):
        return []
    book = book_of(OPERATOR_VIEWER, known)
    rows: dict[str, Counter[str]] = {}
    for node in sent_between_parties(book):
        if not on - YEAR < node.at.date() <= on or not node.to_holder or node.net_kg is None:
            continue
        for (code, _, _), share in shares_by_use(node.uses).items():
            milligrams = int(share * Fraction(node.net_kg) * 1_000_000)
            rows.setdefault(node.to_holder, Counter())[code or NOT_YET_KNOWN] += milligrams
    found = []
    for party, uses in rows.items():
        code, milligrams = min(uses.items(), key=lambda row: (row[0] == NOT_YET_KNOWN, -row[1], row[0]))
        kg = Decimal(milligrams).scaleb(-6).quantize(Decimal("0.001"))
        found.append({"party": party_name(book, party), "use": code, "kg": exact(kg), "whole_kg": uses.total() / 1e6})
    return sorted(found, key=lambda row: (-row["whole_kg"], row["party"]["id"]))


class _Basis:
    """Kilograms of magnet, or of one element, at one party of a book until an instant."""

    def __init__(self, book: Book, party: str, element: str, end: datetime) -> None:
        self.book, self.party, self.end = book, party, end
        self.at = POSITION[element] if element else None
        self.forms = use_limits().counted_forms

    def of(self, node: Node, share: float = 1.0) -> tuple[float, float] | None:
        """Return the mass of a share of a node with its variance; None where it is not of the basis or unknown."""
        if self.at is not None:
            u = float(node.content.u_kg[self.at])
            return float(node.mass_kg[self.at]) * share, (u * share) ** 2
        if node.form not in self.forms or node.net_kg is None:
            return None
        error = 0.0 if node.mass_u is None else node.mass_u.random_kg + sum(node.mass_u.groups.values())
        return float(node.net_kg) * share, (error * share) ** 2

    def arrivals(self) -> Iterator[Node]:
        """Yield what was sent to the party until then, in book order."""
        return (n for n in sent_between_parties(self.book) if n.to_holder == self.party and n.at <= self.end)

    def _own(self, kind: NodeKind) -> Iterator[Node]:
        return (n for n in self.book.nodes if n.kind is kind and n.holder == self.party and n.at <= self.end)

    def has_reported_receipt(self) -> bool:
        """Tell whether the party itself reported a receipt of what was sent to it."""
        return any(
            not node.is_implied and any(self.book.nodes[parent].kind is NodeKind.TRANSIT for parent in node.parents)
            for node in self._own(NodeKind.PARCEL)
        )

    def stock(self) -> Measured | None:
        """Return what the party holds by its own reports; None where it reports nothing."""
        parcels = list(self._own(NodeKind.PARCEL))
        if all(node.is_implied for node in parcels):
            return None
        left = [node for node in parcels if node.left > 0 and not node.uses and node.amount]
        return _measured(self.of(node, float(node.left / node.amount)) for node in left)

    def daily(self) -> Measured | None:
        """Return what the party's steps took in the last year, by day; None where it reports no step."""
        steps = [step for step in self._own(NodeKind.STEP) if step.at > self.end - YEAR]
        if not steps:
            return None
        taken = _measured(
            self.of(self.book.nodes[parent], weight)
            for step in steps
            for parent, weight in zip(step.parents, step.weights, strict=True)
            if isinstance(weight, float)
        )
        return Measured((taken.value / YEAR.days).quantize(GRAMS), (taken.u / YEAR.days).quantize(GRAMS))


def _sum(basis: _Basis, nodes: Iterable[Node]) -> Measured:
    return _measured(basis.of(node) for node in nodes)


def _measured(parts: Iterable[tuple[float, float] | None]) -> Measured:
    known = [part for part in parts if part is not None]
    value, variance = sum(part[0] for part in known), sum(part[1] for part in known)
    return Measured(Decimal(repr(value)).quantize(GRAMS), Decimal(repr(variance**0.5)).quantize(GRAMS))


def _history(basis: _Basis, arrivals: list[Node], on: date) -> tuple[Decimal, ...] | None:
    """Return what had arrived in the twelve months before the end of each earlier quarter, from the first whole year
    of deliveries on; None where there is none.
    """
    if not arrivals:
        return None
    first = arrivals[0].at.date()
    end = date(on.year, 3 * ((on.month - 1) // 3) + 1, 1)
    ends: list[date] = []
    while end - YEAR >= first and len(ends) < 4 * MONTHS:
        ends.append(end)
        end = date(end.year - (end.month < 4), (end.month - 4) % 12 + 1, 1)
    return tuple(_sum(basis, (n for n in arrivals if one - YEAR <= n.at.date() < one)).value for one in ends) or None


def _balance(sites: list[str], element: str, known: Known) -> Measured | None:
    """Return the worst sum over months of what is unexplained at the party's sites, with its uncertainty."""
    plants = set(balanced(OPERATOR_VIEWER, known=known)) if sites else set()
    worst: Measured | None = None
    for site in sites:
        if (site, element) not in plants:
            continue
        rows = [row for row in month_rows(OPERATOR_VIEWER, site, element, known=known) if row["sigma_cumuf_kg"]]
        if not rows:
            continue
        last = rows[-1]
        one = Measured(Decimal(repr(last["cumuf_kg"])), Decimal(repr(last["sigma_cumuf_kg"])))
        if worst is None or abs(one.value) * worst.u > abs(worst.value) * one.u:
            worst = one
    return worst


def _registered_on(party: str, known: Known) -> date | None:
    """Return the day on which the register first entered the party."""

    def read() -> date | None:
        rows = Registration.objects.filter(kind="party", key=party, log_index__lt=known.size).order_by("log_index")
        text = rows.values_list("document", flat=True).first()
        return None if text is None else date.fromisoformat(json.loads(text)["registered_at"][:10])

    return kept_by(_registered_days, ("party",), known.size, read, party)


def _ownership(asked: EndUseQuestion, known: Known) -> OwnershipFacts:
    if asked.listed is None:
        return OwnershipFacts()
    stakes = declared_stakes(OPERATOR_VIEWER, known=known)
    found = Ownership(
        stakes, asked.listed, ownership_rules(), on=asked.on, known=asked.known_on, parties=(asked.party,)
    ).of(asked.party)
    return OwnershipFacts(found.verdict.value, found.is_minority)


def _row(one: Flag, inputs: Mapping[str, Words], language: str) -> Json:
    rule, code = one.rule, language_of(language)
    facts = dict(one.judged.facts)
    if "use" in facts:
        facts["use"] = word("use", facts["use"], language)
    return {
        "id": rule.id,
        "subject": rule.subject,
        "title": rule.title[code],
        "grade": one.judged.grade.value,
        "s": None if one.s is None else float(one.s),
        "weight": float(one.weight),
        "figure": rule.figure[code],
        "figures": [_figure(each, one) for each in one.judged.figures],
        "facts": facts,
        "missing": [inputs[name][code] for name in one.judged.missing],
        "question": rule.question[code],
        "source": rule.source,
        "confidence": rule.confidence,
    }


def _figure(one: Figure, flag: Flag) -> Json:
    limit = flag.rule.limits.get(one.name)
    low, mid, high = (_number(end) for end in (one.low, one.mid, one.high))
    is_endless = one.mid is not None and mid is None
    return {
        "name": one.name,
        "low": low,
        "mid": mid,
        "high": high,
        "is_endless": is_endless,
        "text": "∞" if is_endless else _interval(low, mid, high),
        "strong": None if limit is None else float(limit.strong),
        "weak": None if limit is None else float(limit.weak),
        "is_under": limit is not None and limit.is_under,
        "limits": "" if limit is None else f"{'<' if limit.is_under else '>'} {limit.strong:f} / {limit.weak:f}",
    }


def _number(value: Number | None) -> float | None:
    return None if value is None else figure(float(value))


def _interval(low: float | None, mid: float | None, high: float | None) -> str:
    """Return a figure with its interval, where that is wider than the figure."""
    ends = ["?" if value is None else _short(value) for value in (low, mid, high)]
    return ends[1] if ends[0] == ends[2] else f"{ends[1]} ({ends[0]}–{ends[2]})"


def _short(value: float) -> str:
    """Return a figure with three digits, of thousands all before the point."""
    return f"{value:,.0f}".replace(",", " ") if abs(value) >= 1000 else f"{value:.3g}"

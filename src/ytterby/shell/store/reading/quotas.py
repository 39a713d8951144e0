"""Quotas as registered and how much of them is used, as a viewer may read them.

Who may read: a party its own, worked out from its own book, which does not know beyond its suppliers where feed came
from; auditors, tracing bodies and the register's operator all.
"""

from datetime import date
from math import inf

from ytterby.balance.quota import Position, Production, Quota, QuotaRules, position_of, productions, quota_findings
from ytterby.balance.quota_ledger import LedgerLine, PlaceKey
from ytterby.balance.reported import Movement, reo_of
from ytterby.chain.book import Book
from ytterby.chain.period import Month
from ytterby.matter.mass import combine
from ytterby.shell.store.quota_entries import ledgers_at
from ytterby.shell.store.reading.book import book_of
from ytterby.shell.store.reading.flow_law import law_key, quota_rules
from ytterby.shell.store.reading.flow_returns import entered_events
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.naming import Json, exact, figure, name_in, party_name
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.shell.wording import sentence, word
from ytterby.terms.problem import Problem

ALLOTTED, NOT_YET = "allotted", "not_yet_allotted"
Left = tuple[tuple[str, Movement, str], ...]
PRODUCTIONS_KEPT, POSITIONS_KEPT = 4, 8

_productions_kept = Kept[tuple[tuple[Production, ...], Left]](PRODUCTIONS_KEPT)
_positions_kept = Kept[tuple[Position, ...]](POSITIONS_KEPT)


def registered_quotas(viewer: Viewer, known: Known) -> dict[PlaceKey, Quota]:
    """Return the quotas that hold at a log size, by enterprise, year and kind; of a party its own."""
    return {
        place: Quota(*place, lines[-1].balance, lines[-1].entry.source, lines)
        for place, lines in ledgers_at(known.size).items()
        if viewer.reads_all or place[0] == viewer.party
    }


def positions_of(viewer: Viewer, known: Known, on: date) -> tuple[Position, ...]:
    """Return the positions of all quotas, and of production without one, in order of enterprise, year and kind; kept
    while asked for.

    The pace is taken from the months that were over before a day and of which something was entered.
    """
    key = (register_id(viewer), known.size, viewer, on, law_key(viewer, known, on))
    return _positions_kept.get(key, lambda: _positions_of(viewer, known, on))


def _productions(viewer: Viewer, known: Known, on: date) -> tuple[tuple[Production, ...], Left]:
    """Return all production and what cannot be counted, as judged on a day; the shares of its origins take longest, and
    are worked out once for all days that know the same law.
    """

    def work_out() -> tuple[tuple[Production, ...], Left]:
        rules = quota_rules(viewer, known, on)
        return productions(entered_events(viewer, known).reported.movements, book_of(viewer, known), rules)

    key = (register_id(viewer), known.size, viewer, law_key(viewer, known, on))
    return _productions_kept.get(key, work_out)


def productions_of(viewer: Viewer, known: Known, on: date) -> tuple[Production, ...]:
    """Return all production that draws on a quota, as judged on a day; kept while asked for."""
    return _productions(viewer, known, on)[0]


def made_at_most(viewer: Viewer, known: Known, on: date, place: PlaceKey) -> float:
    """Return how much of an enterprise's production can draw on a quota at most, t REO: all that it made by its own
    book, of which the whole book may find that a part draws on none, or was worked over.
    """
    made = productions_of(viewer, known, on)
    own = [one for one in made if _place(one.movement, one.kind) == place and one.sign > 0]
    produced = reo_of(combine([(1.0, one.content) for one in own]), book_of(viewer, known).world.matter.factors)
    return inf if produced is None else produced.tonnes


def _positions_of(viewer: Viewer, known: Known, on: date) -> tuple[Position, ...]:
    book, reported = book_of(viewer, known), entered_events(viewer, known).reported
    rules = quota_rules(viewer, known, on)
    made, left = _productions(viewer, known, on)
    quotas = registered_quotas(viewer, known)
    made_at: dict[PlaceKey, list[Production]] = {}
    for term in made:
        made_at.setdefault(_place(term.movement, term.kind), []).append(term)
    left_at: dict[PlaceKey, list[tuple[str, Movement, str]]] = {}
    for row in left:
        left_at.setdefault(_place(row[1], row[0]), []).append(row)
    months: dict[str, set[Month]] = {}
    for spoken in reported.spoken:
        if spoken.key.month.last_day < on:
            months.setdefault(spoken.key.party, set()).add(spoken.key.month)
    return tuple(
        position_of(
            party,
            year,
            kind,
            quota=quotas.get((party, year, kind)),
            made=made_at.get((party, year, kind), ()),
            left=left_at.get((party, year, kind), ()),
            factors=book.world.matter.factors,
            months=sorted(month for month in months.get(party, ()) if month.year == year),
            level=rules.level,
        )
        for party, year, kind in sorted({*quotas, *made_at, *left_at})
    )


def _place(one: Movement, kind: str) -> PlaceKey:
    return one.key.party, one.key.month.year, kind


def quota_positions(
    viewer: Viewer,
    *,
    known: Known,
    on: date,
    party: str | None = None,
    year: int | None = None,
    language: str = "en",
) -> Json:
    """Return the positions, of one enterprise or year where asked, and a finding for each quota that was exceeded."""
    book = book_of(viewer, known)
    rules = quota_rules(viewer, known, on)
    found = [one for one in positions_of(viewer, known, on) if party in {None, one.party} and year in {None, one.year}]
    return {
        "as_of_size": known.size,
        "on": on.isoformat(),
        "law_known_on": known.law_day(on).isoformat(),
        "positions": [_position(book, one, rules) for one in found],
        "findings": [
            {
                "id": one.id,
                "kind": one.problem.code,
                "year": int(one.problem.facts["year"]),
                "quota_kind": one.problem.facts["kind"],
                "parties": [[name] for name in one.parties],
                "size_kg": figure(one.size_kg),
                "sd_kg": figure(one.sd_kg),
                "statistic": figure(one.statistic),
                "text": _sentence(book, one.problem, language)[0],
                "settles": [_sentence(book, one.problem, language)[1]],
            }
            for one in quota_findings(found)
        ],
    }


def _sentence(book: Book, problem: Problem, language: str) -> tuple[str, str]:
    named = name_in(party_name(book, problem.value), language)
    facts = {**problem.facts, "kind": word("quota", problem.facts["kind"], language)}
    return sentence(Problem(problem.code, problem.where, named, facts, problem.severity), language)


def _ledger_line(book: Book, line: LedgerLine) -> Json:
    entry = line.entry
    return {
        "act": entry.act.value,
        "t_reo": exact(line.change),
        "index_t_reo": exact(line.balance),
        "from": party_name(book, entry.party) if entry.to else None,
        "to": party_name(book, entry.to) if entry.to else None,
        "reason": entry.reason or None,
        "source": entry.source,
    }


def _position(book: Book, one: Position, rules: QuotaRules) -> Json:
    exempt = rules.not_counted(one.kind)
    ends = one.exhaustion
    return {
        "party": party_name(book, one.party),
        "year": one.year,
        "kind": one.kind,
        "quota_t_reo": exact(one.quota.tonnes_reo) if one.quota else None,
        "source": one.quota.source if one.quota else None,
        "state": ALLOTTED if one.quota else NOT_YET,
        "ledger": [_ledger_line(book, line) for line in (one.quota.lines if one.quota else ())],
        "produced_t_reo": one.produced.tonnes if one.produced else None,
        "u_t_reo": one.produced.u_tonnes if one.produced else None,
        "share": figure(one.share),
        "left_t_reo": figure(one.left_tonnes),
        "is_exceeded": one.is_exceeded,
        "z": figure(one.z),
        "months": [
            {
                "month": str(month),
                "t_reo": reo.tonnes if reo else None,
                "u_t_reo": reo.u_tonnes if reo else None,
                "sum_t_reo": total.tonnes if total else None,
                "sum_u_t_reo": total.u_tonnes if total else None,
                "is_whole": month in one.whole,
            }
            for (month, reo), total in zip(one.by_month, one.sums, strict=True)
        ],
        "projected": [
            {"month": str(ahead.month), "sum_t_reo": ahead.tonnes, "low": ahead.low, "high": ahead.high}
            for ahead in one.projected
        ],
        "origins": [
            {"kind": kind, "country": country or None, "t_reo": t, "is_counted": kind not in exempt}
            for kind, country, t in one.by_origin
        ],
        "not_counted": [{"reason": left.reason, "lots": list(left.lots)} for left in one.not_counted],
        "used_up": None
        if ends is None
        else {
            "day": ends.day.isoformat() if ends.day else None,
            "earliest": ends.earliest.isoformat() if ends.earliest else None,
            "latest": ends.latest.isoformat() if ends.latest else None,
            "level": ends.level,
            "months": ends.months,
        },
    }

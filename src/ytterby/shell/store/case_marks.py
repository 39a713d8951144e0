"""What cases leave for others to find, in tables: written in the transaction of the record that says it.

The rows are those of `licence.case_mark.mark_of`, a function of the case; `mark_rows` gives them for the doctor.
"""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Count

from ytterby.licence.case import Case
from ytterby.licence.case_mark import CaseMark, mark_of
from ytterby.licence.evidence import plain
from ytterby.licence.licence import SCALE
from ytterby.licence.lot_claim import Claim as KilogramClaim
from ytterby.licence.lot_claim import Held, kilograms_of, room_for
from ytterby.licence.lot_evidence import OtherClaim
from ytterby.licence.precedent import Asked, Composition, Precedent, keys_of
from ytterby.licence.transition import TransitionTable
from ytterby.shell.site.packs import door_tables
from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.inserting import insert_rows
from ytterby.shell.store.models import (
    CaseMarkRow,
    EndUserAsk,
    LicenceLineRow,
    LicenceRow,
    LotReservation,
    PrecedentKey,
    PrecedentRow,
    ReservedLot,
)
from ytterby.terms.problem import Problem, refuse

Json = dict[str, Any]
# A licence in one of these states lets nothing out any more.
ENDED = frozenset({"exhausted", "expired", "revoked", "surrendered"})
PRECEDENTS_MOST = 500  # of one key, the latest
PRECEDENTS_KEPT = 4_096


def case_mark(case: Case, table: TransitionTable) -> CaseMark:
    """Return what a case leaves as it stands."""
    return mark_of(case, table.states[case.state].phase, door_tables().units)


def mark_fields(mark: CaseMark) -> Json:
    """Return what a case leaves as canonical JSON has it; empty where it leaves nothing."""
    if mark == CaseMark():
        return {}
    return {
        "holder": mark.holder,
        "licence": mark.licence,
        "claims": [[one.line, one.licence_line, str(one.amount), one.unit, list(one.lots)] for one in mark.claims],
        "asks": sorted([list(one) for one in mark.asks]),
        "precedent": None if mark.precedent is None else precedent_fields(mark.precedent),
    }


def mark_digest(mark: CaseMark) -> str:
    """Return the digest of what a case leaves; empty where it leaves nothing."""
    fields = mark_fields(mark)
    return sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest() if fields else ""


def write_case_mark(case: Case, table: TransitionTable, before: Case | None = None) -> None:
    """Write what a case leaves after a step, where it is not what it left `before` (None: what lies there says); the
    caller holds the lock.
    """
    new, old = case_mark(case, table), CaseMark()
    is_, was, changed = mark_digest(new), "", 0
    rows = CaseMarkRow.objects.filter(case=case.number)
    if before is not None:
        old = case_mark(before, table) if before.events else old
        was = mark_digest(old)
    else:
        was = rows.values_list("digest", flat=True).first() or ""
    if was == is_:
        return
    if was and before is not None:
        of_old = rows.filter(digest=was)
        changed = of_old.update(digest=is_) if is_ else of_old.delete()[0]
    if was and not changed:
        # What the case left is not known, or is not what lies there: all of it anew.
        old = CaseMark()
        for model in (CaseMarkRow, EndUserAsk, LotReservation, PrecedentRow):
            model.objects.filter(case=case.number).delete()
    if is_ and not changed:
        CaseMarkRow.objects.create(case=case.number, digest=is_)
    _write_claims(case.number, old, new)
    _write_asks(case.number, old, new)
    _write_precedent(case.number, old, new)


def _write_claims(case: str, old: CaseMark, new: CaseMark) -> None:
    """Write reservations where they have changed; the caller holds the lock."""
    if (old.holder, old.licence, old.claims) == (new.holder, new.licence, new.claims):
        return
    if old.claims:
        LotReservation.objects.filter(case=case).delete()
    for one in new.claims:
        row = LotReservation.objects.create(
            case=case,
            line=one.line,
            holder=new.holder,
            licence=new.licence,
            licence_line=one.licence_line,
            amount=str(one.amount),
            unit=one.unit,
        )
        insert_rows(ReservedLot, ("reservation_id", "lot"), [(row.pk, lot) for lot in one.lots])


def _write_asks(case: str, old: CaseMark, new: CaseMark) -> None:
    """Write what end users are to get where that has changed; the caller holds the lock."""
    if old.asks == new.asks:
        return
    if old.asks:
        EndUserAsk.objects.filter(case=case).delete()
    insert_rows(
        EndUserAsk, ("case", "party", "element", "kg"), [(case, one.party, one.element, one.kg) for one in new.asks]
    )


def _write_precedent(case: str, old: CaseMark, new: CaseMark) -> None:
    """Write the precedent where it has changed; the caller holds the lock."""
    if old.precedent == new.precedent:
        return
    if old.precedent is not None:
        PrecedentRow.objects.filter(case=case).delete()
    if new.precedent is not None:
        document = json.dumps(precedent_fields(new.precedent), sort_keys=True)
        decided = new.precedent.decided
        insert_rows(PrecedentRow, ("case", "decided", "document"), [(case, decided, document)])
        keys = [(case, key, decided) for key in keys_of(new.precedent.asked)]
        insert_rows(PrecedentKey, ("precedent_id", "key", "decided"), keys)


def mark_rows(case: str) -> Json:
    """Return what the tables hold of a case, by the keys of `mark_fields`; empty where they hold nothing."""
    rows = list(LotReservation.objects.filter(case=case).order_by("line"))
    lots: dict[int, list[str]] = {row.pk: [] for row in rows}
    for reservation, lot in rows_among(ReservedLot, ("reservation_id", "lot"), "reservation_id", list(lots)):
        lots[reservation].append(lot)
    asks = EndUserAsk.objects.filter(case=case).values_list("party", "element", "kg")
    document = PrecedentRow.objects.filter(case=case).values_list("document", flat=True).first()
    held = CaseMarkRow.objects.filter(case=case).exists()
    if not (rows or asks or document or held):
        return {}
    return {
        "holder": rows[0].holder if rows else "",
        "licence": rows[0].licence if rows else "",
        "claims": [[row.line, row.licence_line, row.amount, row.unit, sorted(lots[row.pk])] for row in rows],
        "asks": sorted(list(one) for one in asks),
        "precedent": None if document is None else json.loads(document),
    }


def marked_cases() -> set[str]:
    """Return the cases of which any table holds anything."""
    found: set[str] = set()
    for model in (CaseMarkRow, EndUserAsk, LotReservation, PrecedentRow):
        found |= set(model.objects.values_list("case", flat=True))  # each has a case
    return found


# Lots


def other_claims(case: str, holder: str, lots: Iterable[str], *, licence: str = "") -> list[OtherClaim]:
    """Return what other cases and licences may take of lots that a party holds, and of whatever lots those may take it
    of instead; without the claims of the licence that the case amends. A licence may take what its ledger has left.
    """
    found: dict[int, OtherClaim] = {}
    waiting, seen = set(lots), set[str]()
    while waiting:
        seen |= waiting
        ids = {one for (one,) in rows_among(ReservedLot, ("reservation_id",), "lot", waiting)} - found.keys()
        rows = {row.pk: row for row in LotReservation.objects.filter(pk__in=ids, holder=holder).exclude(case=case)}
        kept = {pk: row for pk, row in rows.items() if not (licence and row.licence == licence)} if rows else {}
        named: dict[int, list[str]] = {pk: [] for pk in kept}
        for pk, lot in rows_among(ReservedLot, ("reservation_id", "lot"), "reservation_id", list(kept)):
            named[pk].append(lot)
        left = _left_of({row.licence for row in kept.values() if row.licence})
        for pk, row in kept.items():
            amount = left.get((row.licence, row.licence_line), Decimal(row.amount))
            if amount > 0:
                found[pk] = OtherClaim(f"{row.case}#{row.line}", amount, row.unit, tuple(sorted(named[pk])))
        waiting = {lot for held in named.values() for lot in held} - seen
    return sorted(found.values())


def _left_of(licences: set[str]) -> dict[tuple[str, str], Decimal]:
    """Return what lines of licences have left, neither drawn nor reserved by goods under way, in the base unit; nothing
    where a licence has ended.
    """
    if not licences:
        return {}
    rows = LicenceRow.objects.filter(number__in=licences).exclude(status="superseded")
    ended = {number for number, status in rows.values_list("number", "status") if status in ENDED}
    found = {}
    for row in LicenceLineRow.objects.filter(number__in=licences):
        amount = Decimal(row.quantity - row.drawn - row.reserved).scaleb(-SCALE)
        base = door_tables().units.base(max(amount, Decimal(0)), row.unit)
        if row.number in ended or row.is_exhausted:
            found[row.number, row.line] = Decimal(0)
        elif not isinstance(base, Problem):
            found[row.number, row.line] = base[0]
    return found


def reservation_problems(case: Case, table: TransitionTable, held: Mapping[str, Held]) -> list[Problem]:
    """Return why what a case would reserve is not there beside what others reserved; the caller holds the lock.

    `held` is what its applicant holds of the lots that its claims and those beside them name, read before the lock: a
    lot that is not among it gives nothing, so that whoever came in between is never overlooked.
    """
    mark = case_mark(case, table)
    lots = {lot for one in mark.claims for lot in one.lots}
    others = other_claims(case.number, mark.holder, lots, licence=case.begun.amends) if lots else []
    held_kg = {lot: one.left_kg for lot, one in held.items() if one.left_kg is not None}
    problems = []
    claims = [(f"{case.number}#{one.line}", one.amount, one.unit, one.lots) for one in mark.claims]
    for one in mark.claims:
        own = f"{case.number}#{one.line}"
        wanted = kilograms_of(one.amount, one.unit, _of(held, one.lots))
        beside = [*others, *(OtherClaim(*each) for each in claims if each[0] != own)]
        rivals = [(each, kilograms_of(each.amount, each.unit, _of(held, each.lots))) for each in beside]
        if wanted is None or any(kg is None and set(each.lots) & set(one.lots) for each, kg in rivals):
            # Whose mass nobody knows is an officer's to judge by the evidence; a guess would refuse the honest.
            continue
        known = [KilogramClaim(each.id, kg, each.lots) for each, kg in rivals if kg is not None]
        room = room_for(one.lots, known, held_kg)
        if room.kg < wanted or not room.fits:
            facts = {"asked": plain(wanted), "available": plain(room.kg)}
            problems.append(refuse("case.lots_taken", f"/lines/{one.line}", one.line, **facts))
    return problems


def _of(held: Mapping[str, Held], lots: Iterable[str]) -> list[Held]:
    return [held[lot] for lot in lots if lot in held]


# End users and precedents


def asked_elsewhere(case: str, parties: Iterable[str]) -> dict[tuple[str, str], Decimal]:
    """Return what end users are to get by other cases and licences, kg by party and element."""
    rows = EndUserAsk.objects.filter(party__in=set(parties)).exclude(case=case)
    # Exact sums are made here; the database counts how often each amount is asked for.
    counted = rows.values_list("party", "element", "kg").annotate(count=Count("id")).order_by()
    found: dict[tuple[str, str], Decimal] = {}
    for party, element, kg, count in counted:
        found[party, element] = found.get((party, element), Decimal(0)) + Decimal(kg) * count
    return found


def precedents_of(asked: Asked) -> list[Precedent]:
    """Return decided cases that share a key, the latest of each key."""
    keys = keys_of(asked)
    if not keys:
        return []
    quote = connection.ops.quote_name
    kept, rows = quote(PrecedentKey._meta.db_table), quote(PrecedentRow._meta.db_table)
    latest = (
        f"SELECT precedent_id FROM (SELECT precedent_id FROM {kept} WHERE key = %s"  # noqa: S608 -- our own tables
        f" ORDER BY decided DESC, precedent_id DESC LIMIT {PRECEDENTS_MOST}) AS one"
    )
    among = " UNION ".join([latest] * len(keys))
    with connection.cursor() as cursor:
        statement = f'SELECT document FROM {rows} WHERE "case" IN ({among}) ORDER BY "case"'  # noqa: S608 -- the same
        cursor.execute(statement, list(keys))
        documents = cursor.fetchall()
    return [_kept_precedent(document) for (document,) in documents]


@lru_cache(maxsize=PRECEDENTS_KEPT)
def _kept_precedent(document: str) -> Precedent:
    """Return the precedent of a document; the same ones are asked for by every case that is like them."""
    return read_precedent(json.loads(document))


def precedent_fields(one: Precedent) -> Json:
    """Return a precedent as JSON."""
    return {
        "case": one.case,
        "outcome": one.outcome,
        "decided": one.decided,
        "conditions": list(one.conditions),
        "exporter": one.exporter,
        "use": one.asked.use,
        "end_users": sorted(one.asked.end_users),
        "goods": [
            [each.form, {symbol: format(part, "f") for symbol, part in sorted(each.elements.items())}]
            for each in one.asked.compositions
        ],
    }


def read_precedent(fields: Mapping[str, Any]) -> Precedent:
    """Return the precedent of such fields."""
    goods = msgspec.convert(fields["goods"], list[tuple[str, dict[str, str]]])
    compositions = (
        Composition(form, {symbol: Decimal(part) for symbol, part in parts.items()}) for form, parts in goods
    )
    asked = Asked(tuple(compositions), frozenset(fields["end_users"]), fields["use"])
    names = ("case", "outcome", "decided", "exporter")
    said = {name: fields[name] for name in names}
    return Precedent(asked=asked, conditions=tuple(fields["conditions"]), **said)

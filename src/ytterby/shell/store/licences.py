"""Licences in the store: issued, changed in status, acknowledged, each row written with the record that says it.

A record `licence` (key: the number) is a licence as it is issued, whole, one for each version. A record
`licence_status` (the same key) is a step of a change of status: what one person proposes and another confirms, or what
one alone may say. What customs answered stands in records `customs_answer` with the fields `licence`, `version`,
`message` and `result` (`acknowledged` or `rejected`), what was sent to it in `customs_message`; both have the licence's
number as their key.

The rows are functions of the log: `store.licence_replay` works them out again, and the doctor compares. All functions
that write run under the lock of the log's head, from `register_documents(..., after=)`.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from ytterby.licence.customs_message import ACTIVE as CUSTOMS_ACTIVE
from ytterby.licence.customs_message import LicenceAtCustoms, Towards
from ytterby.licence.draw_down import ACTIVE, EXHAUSTED, Line
from ytterby.licence.exit import ISSUED
from ytterby.licence.licence import Licence, licence_problems, reissue_problems, scaled, tolerance_of, unscaled
from ytterby.licence.licence_state import SUPERSEDE, LicenceTable, read_licence_table
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.store.asking import rows_where
from ytterby.shell.store.customs import KeptRecord, follow_outbox, holds_active, records_of
from ytterby.shell.store.models import LicenceLineRow, LicenceRow, Registration
from ytterby.shell.store.registering import Registrable
from ytterby.shell.wording.yaml_text import read_yaml
from ytterby.terms.problem import Problem, refuse

LICENCE, STATUS, DRAW_DOWN = "licence", "licence_status", "draw_down"
LICENSED = "licensed"  # the kind of the entry that sets a line's quantity
SUPERSEDED = "superseded"

Json = dict[str, Any]


class HeldLicence(NamedTuple):
    """The version of a licence that stands, with its row."""

    row: LicenceRow
    licence: Licence

    @property
    def standing(self) -> str:
        """The status as lines take it: a licence of which all is used is exhausted by its lines, and active beside."""
        return ACTIVE if self.row.status == EXHAUSTED else self.row.status


@lru_cache(maxsize=1)
def licence_table() -> LicenceTable:
    """Return where a licence can stand and what leads where."""
    return read_licence_table(read_yaml(packaged_text("licence", "transitions/licence.yaml")))


def licence_record(licence: Licence) -> Registrable:
    """Return the record of a licence that is issued, before anybody signs it."""
    return Registrable(LICENCE, licence.number, {"id": licence.number, **msgspec.to_builtins(licence)})


def licence_of(fields: Mapping[str, Any]) -> Licence:
    """Return the licence that a record describes.

    Raises:
        msgspec.ValidationError: it describes none.
    """
    said = {name: fields[name] for name in Licence.__struct_fields__ if name in fields}
    return msgspec.convert(said, Licence)


def held_licence(number: str) -> HeldLicence | None:
    """Return the version of a number that stands; None where none was issued."""
    columns = [field.column for field in LicenceRow._meta.concrete_fields]
    for row in rows_where(LicenceRow, columns, "number = %s", [number], "ORDER BY version DESC LIMIT 1"):
        found = LicenceRow.from_db(connection.alias, columns, row)
        ((document,),) = rows_where(Registration, ("document",), "log_index = %s", [found.log_index])
        return HeldLicence(found, licence_of(msgspec.json.decode(document)))
    return None


def stored_lines(number: str) -> dict[str, LicenceLineRow]:
    """Return the lines of a number through all its versions, in order of their names."""
    columns = [field.column for field in LicenceLineRow._meta.concrete_fields]
    rows = rows_where(LicenceLineRow, columns, "number = %s", [number], "ORDER BY line")
    found = [LicenceLineRow.from_db(connection.alias, columns, row) for row in rows]
    return {row.line: row for row in found}


def line_of(row: LicenceLineRow, licence: Licence, standing: str) -> Line:
    """Return a stored line as the room takes it."""
    return Line(
        quantity=unscaled(row.quantity),
        unit=row.unit,
        first=licence.valid_from,
        last=licence.valid_to,
        tolerance=unscaled(row.tolerance),
        restores=frozenset(licence.restores),
        standing=standing,
        is_exhausted=row.is_exhausted,
        reserved=unscaled(row.reserved),
        drawn=unscaled(row.drawn),
        unlicensed=unscaled(row.unlicensed),
    )


def issue_problems(licence: Licence) -> list[Problem]:
    """Return what keeps a licence from being issued, by itself and by what was issued before; under the lock."""
    problems = licence_problems(licence)
    if problems:
        return problems
    held = held_licence(licence.number)
    lines = {}
    if held is not None and licence_table().row(held.row.status, SUPERSEDE) is None:
        return [refuse("licence.ended", "/number", held.row.status)]
    if held is not None:
        lines = {name: line_of(row, held.licence, ACTIVE) for name, row in stored_lines(licence.number).items()}
    return reissue_problems(licence, held.row.version if held is not None else 0, lines)


def enter_licence(licence: Licence, index: int, told: Sequence[KeptRecord] | None = None) -> None:
    """Write the rows of a licence whose record is entry `index` of the log: the version, and its lines' quantities.

    A version before it is superseded; what was reserved and drawn on the lines goes on. `told` are all records by which
    customs were told of the number, where whoever calls entered them, else they are read. The caller holds the lock.
    """
    is_first = licence.version == 1
    if not is_first:
        # One of a number stands: the one before it first.
        LicenceRow.objects.filter(number=licence.number).update(status=SUPERSEDED)
    row = LicenceRow(
        number=licence.number,
        version=licence.version,
        status=licence_table().begins,
        customs=Towards.NOT_SENT.value,
        holder=licence.holder,
        valid_from=licence.valid_from,
        valid_to=licence.valid_to,
        log_index=index,
    )
    held = HeldLicence(row, licence)
    records = records_of(licence.number) if told is None else told
    so_far = follow_outbox(licence.number, licence.country, records, is_new=is_first)
    row.status, row.customs = status_by_customs(held, so_far), customs_standing(so_far, licence.version)
    row.save()
    lines = {} if is_first else stored_lines(licence.number)
    _set_quantities(licence, index, lines)
    follow_use(licence.number, held, lines)


def _set_quantities(licence: Licence, index: int, lines: dict[str, LicenceLineRow]) -> None:
    """Set the quantities of the lines of a version, and add its new lines to those that are there.

    The caller holds the lock.
    """
    from ytterby.shell.store.licence_ledger import NewEntry, add_entries

    kept = set(lines)
    new = [
        LicenceLineRow(number=licence.number, line=one.line, unit=one.unit)
        for one in licence.lines
        if one.line not in lines
    ]
    LicenceLineRow.objects.bulk_create(new)
    lines |= {row.line: row for row in new}
    wanted: dict[str, tuple[int, int]] = dict.fromkeys(kept, (0, 0))
    for line in licence.lines:
        quantity = scaled(Decimal(line.quantity))
        assert quantity is not None, "a licence is checked before it is issued"
        wanted[line.line] = quantity, tolerance_of(licence, line)
    entries = []
    for name, (quantity, tolerance) in wanted.items():
        row = lines[name]
        is_spent = row.drawn >= quantity and row.reserved == 0 and row.is_exhausted
        entry = NewEntry(
            log_index=index,
            kind=LICENSED,
            declaration="",
            declaration_line=0,
            seq=licence.version,
            day="",
            asked=quantity,
            unit=row.unit,
            code="ok",
            quantity=quantity - row.quantity,
            tolerance=tolerance - row.tolerance,
            is_exhausted=is_spent,
        )
        entries.append((row, entry))
    add_entries(entries)


def set_status(number: str, status: str) -> None:
    """Write where the version of a number that stands is now, after the record that says it.

    The caller holds the lock.
    """
    held = held_licence(number)
    assert held is not None, "a record is of a licence that was issued"
    LicenceRow.objects.filter(pk=held.row.pk).update(status=status)
    follow_customs(number)


def follow_customs(number: str) -> None:
    """Bring the row of a licence up to what customs answered: acknowledged, it is active.

    Whoever enters a record `customs_message` or `customs_answer` calls it after the record, in its transaction: the
    caller holds the lock.
    """
    held = held_licence(number)
    if held is None:
        return
    so_far = follow_outbox(number, held.licence.country, records_of(number))
    status, standing = status_by_customs(held, so_far), customs_standing(so_far, held.row.version)
    if (status, standing) != (held.row.status, held.row.customs):
        LicenceRow.objects.filter(pk=held.row.pk).update(status=status, customs=standing)
        held.row.status, held.row.customs = status, standing
    follow_use(number, held)


def customs_standing(so_far: LicenceAtCustoms, version: int) -> str:
    """Return where a version of a licence stands with customs, by the records, in whatever order they came.

    A licence that goods may leave on is acknowledged where customs knows it as such, in this version: after an
    interruption not before customs knows that it is over. One that was answered both ways counts as rejected.
    """
    if all(message.version != version for message in so_far.current):
        return Towards.NOT_SENT.value
    if so_far.current[-1].action in CUSTOMS_ACTIVE and holds_active(so_far, version):
        return Towards.ACKNOWLEDGED.value
    return so_far.state.value


def status_by_customs(held: HeldLicence, so_far: LicenceAtCustoms) -> str:
    """Return the status of a licence by what customs answered: acknowledged as one to leave on, it is active."""
    status = held.row.status
    is_acknowledged = not held.licence.needs_acknowledgement or holds_active(so_far, held.row.version)
    if status == ISSUED and is_acknowledged:
        return ACTIVE
    # An answer came that takes the other one back.
    return ISSUED if status in {ACTIVE, EXHAUSTED} and not is_acknowledged else status


def follow_use(number: str, held: HeldLicence | None = None, lines: Mapping[str, LicenceLineRow] | None = None) -> None:
    """Bring the status of a licence up to what was drawn: exhausted where nothing is left of it, or its export is gone;
    active again where a correction gave something back. `held` and `lines` spare reading them again; the caller holds
    the lock.
    """
    held = held or held_licence(number)
    if held is None or held.row.status not in {ACTIVE, EXHAUSTED}:
        return
    rows = stored_lines(number) if lines is None else lines
    status = EXHAUSTED if is_used_up(held.licence, rows.values()) else ACTIVE
    if status != held.row.status:
        LicenceRow.objects.filter(pk=held.row.pk).update(status=status)


def is_used_up(licence: Licence, lines: Iterable[LicenceLineRow]) -> bool:
    """Tell whether nothing more goes out on a licence: its one export is gone, or all its lines are exhausted."""
    # A line that a reissue left out holds nothing, and lets nothing out.
    rows = [row for row in lines if row.quantity or row.drawn]
    if licence.ends_at_exit and any(row.drawn for row in rows):
        return True
    return licence.done_when != "never" and bool(rows) and all(row.is_exhausted for row in rows)

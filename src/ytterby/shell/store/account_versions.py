"""Closed months: the records of the log that close them, and the account versions that each stands for.

A close is a salted record of the log (kind `month`, key the month) that names the log size its figures were worked out
at, the derivation, the tables, and a digest over all its versions. The rows beside it hold the figures by value.
A record that nobody signed who might close a month has no effect, and the doctor names it (threat O3).
"""

from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

from ytterby.chain.period import Month, parse_month
from ytterby.matter.tables import FILES as MATTER_FILES
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import Register, current_register
from ytterby.shell.store.models import AccountVersion, LogEntry
from ytterby.shell.store.reading.viewer import AUDIT
from ytterby.shell.store.rights import Rights, rights_by_index, signature_flaw, stored_records
from ytterby.terms.canonical import framed

MONTH = "month"
# The packaged tables that decide the figures of a month, by room and name.
TABLES = (
    *(("matter", name) for name in MATTER_FILES),
    ("balance", "operating_points.csv"),
    ("balance", "page_families.csv"),
    ("balance", "page_thresholds.csv"),
    ("shell.site", "limits.yaml"),
)
COLUMNS = ("month", "known_at", "site", "element", "derivation", "tables", "inputs", "figures")
DOMAIN = b"ytterby/account-versions/v1\x00"


class Version(NamedTuple):
    """The balance of a plant and element in a month by value; what `models.AccountVersion` holds."""

    month: str
    known_at: int
    site: str
    element: str
    derivation: int
    tables: bytes
    inputs: bytes
    figures: str

    @property
    def account(self) -> tuple[str, str]:
        """Plant and element."""
        return self.site, self.element

    @property
    def made_of(self) -> tuple[int, bytes, bytes]:
        """By which derivation and tables it was worked out, and of what: equal ones give equal figures."""
        return self.derivation, self.tables, self.inputs


class Close(NamedTuple):
    """A month that was closed: number of the record in the log, what the record says.

    `known_at` is the log size that the figures are of, `ends` the log size from which on the month is closed.
    """

    number: int
    month: str
    known_at: int
    derivation: int
    tables: str
    accounts: int
    digest: str
    by: str
    at: str
    ends: int

    @property
    def period(self) -> Month:
        """The month."""
        return parse_month(self.month)

    def to_json(self) -> dict[str, Any]:
        """Return what answers say of a close beside its month."""
        return {
            "index": self.number,
            "known_at": self.known_at,
            "at": self.at,
            "by": self.by or None,
            "derivation": self.derivation,
            "tables": self.tables,
            "accounts": self.accounts,
            "digest": self.digest,
        }


def tables_digest() -> bytes:
    """Return the SHA-256 over the packaged tables that decide the figures of a month."""
    digest = sha256(b"ytterby/tables/v1\x00")
    for room, name in TABLES:
        digest.update(framed(f"{room}/{name}".encode()) + framed(packaged_text(room, name).encode()))
    return digest.digest()


def versions_digest(versions: Iterable[Version]) -> str:
    """Return the SHA-256 over all versions of a close, hexadecimal: every column, by plant and element."""
    digest = sha256(DOMAIN)
    for one in sorted(versions, key=lambda version: version.account):
        for part in one:
            digest.update(framed(part if isinstance(part, bytes) else str(part).encode()))
    return digest.hexdigest()


def closes(size: int, month: str | None = None) -> list[Close]:
    """Return the closes of all months, or of one, that hold in the log up to a log size, in order of the log."""
    recorded = recorded_closes(current_register(), size)
    return [one for _, one, flaw in recorded if one is not None and not flaw and month in {None, one.month}]


def recorded_closes(register: Register, size: int) -> Iterator[tuple[int, Close | None, str | None]]:
    """Yield the number of each record of a close up to a log size, what it says (None: it cannot be read), and what is
    wrong with who signed it.
    """
    rights_at = rights_by_index(register)
    records = list(stored_records(size, kinds=(MONTH,)))
    numbers = [record.number for record in records]
    ends = dict(LogEntry.objects.filter(index__in=numbers).values_list("index", "batch_end"))
    for number, _, _, fields in records:
        try:
            close = _close_of(number, fields, ends.get(number, number + 1))
            parse_month(close.month)
        except (ValueError, KeyError, TypeError):
            yield number, None, None
            continue
        yield number, close, None if register.is_demo else _speaker_flaw(rights_at(number), register.id, fields)


def _close_of(number: int, fields: dict[str, Any], ends: int) -> Close:
    return Close(
        number=number,
        month=str(fields["id"]),
        known_at=int(fields["size"]),
        derivation=int(fields["derivation"]),
        tables=str(fields["tables"]),
        accounts=int(fields["accounts"]),
        digest=str(fields["digest"]),
        by=str(fields["by"]),
        at=str(fields["registered_at"]),
        ends=ends,
    )


def stored_versions(month: str, known_at: int) -> list[Version]:
    """Return the versions of a close as they are stored, in order of plant and element."""
    rows = AccountVersion.objects.filter(month=month, known_at=known_at)
    # Sorted here: databases sort text each in their own way.
    return sorted(_versions(rows.values_list(*COLUMNS)), key=lambda version: version.account)


def _versions(rows: Iterable[Any]) -> Iterator[Version]:
    for month, known_at, site, element, derivation, tables, inputs, figures in rows:
        yield Version(month, known_at, site, element, derivation, bytes(tables), bytes(inputs), figures)


def may_close(rights: Rights, party: str, on: date) -> bool:
    """Tell whether accounts of a party may close months: of the operator, or of a body that audits on the day."""
    return rights.is_office(party, (AUDIT,), on)


def _speaker_flaw(rights: Rights, register_id: str, fields: dict[str, Any]) -> str | None:
    """Return what is wrong with who signed the record of a close, by the rights before it; None when nothing is."""
    account = rights.accounts().get(str(fields.get("by", "")))
    try:
        on = date.fromisoformat(str(fields.get("registered_at", ""))[:10])
        if account is None or not may_close(rights, account.party, on):
            return "it is by no account that might close a month"
    except ValueError:
        return "its signature cannot be read"
    return signature_flaw(account.key, register_id, MONTH, fields)

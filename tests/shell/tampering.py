"""A register to be tampered with, how to change it behind its back, and what the doctor then names."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from screening.listed_files import ALL
from shell.register_copy import forget_answers
from ytterby.chain.product import Product
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.close_month import CLOSED, close_month
from ytterby.shell.actions.doctor import examine
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.import_list import import_list
from ytterby.shell.actions.register_product import register_product
from ytterby.shell.site.register import Register
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.models import EventRecord, PostingRecord
from ytterby.shell.wording import catalogue

KESTREL = "https://id.gs1.org/417/9520000010010"
NORRVIK = "https://id.gs1.org/417/9520000010027"


def fill(register: Register, part_of: Callable[..., bytes]) -> Register:
    """Return a register of accepted, known, refused, corrected documents, registrations between, over 256 entries, and
    a month that is closed, and a list of the listed.
    """
    capture(register, part_of(0, 1), submitter=KESTREL, name="april.json")
    derive_to(register.size)
    rows = ",".join(f"{{id: 'https://party.example/{n}', name: P{n}}}" for n in range(260))
    import_directory(register, f"parties: [{rows}]")
    capture(register, part_of(2, 3, 4, 7), submitter="operator")
    capture(register, part_of(0), submitter=KESTREL)
    capture(register, part_of(0).replace(b'"KGM"', b'"KG"'), submitter=KESTREL)
    site = {"id": "https://id.gs1.org/414/9520000010010", "name": "K", "kind": "mine", "country": "XC"}
    import_directory(register, json.dumps({"sites": [{**site, "operations": [{"party": NORRVIK}]}]}))
    register_product(register, Product("https://id.gs1.org/01/09520000000035", KESTREL, "tailings"), submitter=KESTREL)
    derive_to(register.size)
    capture(register, part_of(5, 6), submitter="operator")
    derive_to(register.size)
    assert close_month(register, "2025-04").state == CLOSED
    for _ in range(2):
        assert import_list(register, ALL["own-csv"], list_id="own-house").state == "in_force"
    derive_to(register.size)
    assert PostingRecord.objects.count() > EventRecord.objects.count() - 1
    return register


def named(register: Register, **how: Any) -> set[str]:
    """Return the invariants that the doctor names."""
    forget_answers()
    found = examine(register, **how)
    assert found["sound"] == (not found["unsound"])
    for row in found["unsound"]:
        assert all(row[key].strip() for key in ("invariant", "where", "what", "text", "cure")), row
        assert row["invariant"] in catalogue()
    return {row["invariant"] for row in found["unsound"]}


@contextmanager
def unchecked() -> Iterator[Any]:
    """Yield a cursor that obeys no foreign key, as whoever owns the database can have one."""
    on, off = ("PRAGMA foreign_keys=ON", "PRAGMA foreign_keys=OFF")
    if connection.vendor == "postgresql":
        on, off = ("SET session_replication_role = origin", "SET session_replication_role = replica")
    with connection.cursor() as cursor:
        cursor.execute(off)
        try:
            yield cursor
        finally:
            cursor.execute(on)
    forget_answers()


def tamper(statement: str, *values: object) -> int:
    with unchecked() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def flipped(value: Any) -> Any:
    """Return the value with one bit changed, in the middle."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value ^ 1
    if isinstance(value, str):
        middle = len(value) // 2
        return value[:middle] + chr(ord(value[middle]) ^ 1) + value[middle + 1 :] if value else "x"
    raw = bytearray(value)
    if not raw:
        return b"x"
    raw[len(raw) // 2] ^= 1
    return bytes(raw)

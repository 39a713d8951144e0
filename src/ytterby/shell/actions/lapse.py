"""Refused documents lapse: their bytes are kept for some days without effect, then destroyed.

SHA-256, length, problems and receipts stay, and a signed receipt of the lapse says when and under which rule. The log
holds nothing of a refused document, so that it stays as it is. Who may: the register's operator, by `register work`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from ytterby.proof.receipt import sign_lapse
from ytterby.shell.actions.clock import now
from ytterby.shell.site.packs import limits
from ytterby.shell.site.register import Register
from ytterby.shell.store.inserting import update_rows
from ytterby.shell.store.models import LogHead, Submission
from ytterby.shell.store.models.submission import REFUSED
from ytterby.shell.store.writing import write
from ytterby.terms.instant import read_instant, write_instant

PART = 500  # documents of one transaction


def lapse_refused(register: Register, *, at: datetime | None = None) -> int:
    """Destroy the bytes of documents that were refused long enough ago; return how many. Idempotent.

    `at` is for a simulated clock.
    """
    moment = at or now()
    due = [row for row in _kept(moment) if _ends(row.decided_at) <= moment]
    done = 0
    with _overwriting(bool(due)):
        for start in range(0, len(due), PART):
            done += _lapse(register, due[start : start + PART], moment)
    return done


def _kept(moment: datetime) -> list[Submission]:
    """Return the refused documents whose time is over, give or take a second, without the bytes that are still kept."""
    rows = Submission.objects.filter(state=REFUSED, lapse_receipt__isnull=True, outcome_receipt__isnull=False)
    # Instants are text; up to the second, without what follows it, the order of texts is the order of time.
    before = write_instant(moment - timedelta(days=limits().refused_days) + timedelta(seconds=1))[:19]
    return list(rows.filter(decided_at__lt=before).defer("document", "derived").order_by("id"))


def _ends(decided_at: str | None) -> datetime:
    decided, _ = read_instant(decided_at or "")
    assert decided is not None, "what was refused was refused at some time"
    return decided + timedelta(days=limits().refused_days)


def _lapse(register: Register, rows: list[Submission], moment: datetime) -> int:
    receipts = {
        row.id: sign_lapse(lapse_fields(register, row, write_instant(moment)), register.receipt_key) for row in rows
    }

    def enter(head: LogHead) -> int:
        del head
        still = Submission.objects.filter(id__in=list(receipts), state=REFUSED, lapse_receipt__isnull=True)
        ids = list(still.values_list("id", flat=True))
        update_rows(
            Submission,
            ("document", "derived", "lapse_receipt"),
            [(b"", None, json.dumps(receipts[id_], ensure_ascii=False), id_) for id_ in ids],
        )
        return len(ids)

    return write(enter)


def lapse_fields(register: Register, submission: Submission, at: str) -> dict[str, Any]:
    """Return what a lapse receipt says."""
    return {
        "id": submission.receipt_id,
        "register": register.id,
        "origin": register.origin,
        "sha256": bytes(submission.sha256).hex(),
        "length": submission.length,
        "decided_at": submission.decided_at,
        "at": at,
    }


@contextmanager
def _overwriting(is_needed: bool) -> Iterator[None]:
    """Let SQLite overwrite what is deleted, in its file and its write-ahead log; PostgreSQL's vacuum does so later."""
    if not is_needed or connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete=ON")
        try:
            yield
        finally:
            cursor.execute("PRAGMA secure_delete=OFF")
            # Readers may still need the log of writes; then it is overwritten in its turn.
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

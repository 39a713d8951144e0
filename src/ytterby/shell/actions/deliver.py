"""Send the notices that wait: each at least once, under an identifier that stays the same, tried again with more and
more time between. Who may: the register's operator; `serve` and `register work` do it beside their other work.

A demo writes its mails into files of its folder; elsewhere they go to the mail server that the environment names
(docs/customs.md), and wait where none is named. What fails is kept by the kind of error alone: an answer of a mail
server may quote the mail (threat O5).
"""

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from ytterby.shell.actions.clock import now
from ytterby.shell.site.notice_texts import notice_texts
from ytterby.shell.site.register import Register
from ytterby.shell.store.models import LogHead, NoticeRow
from ytterby.shell.store.models.outbox import FAILED, QUEUED, SENT
from ytterby.shell.store.writing import write
from ytterby.shell.wording import fill
from ytterby.terms.instant import write_instant

FILES = "django.core.mail.backends.filebased.EmailBackend"
FOLDER = "mail"
AT_ONCE = 50
ATTEMPTS_MAX = 12
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many mails were sent, failed for now, were given up, and still wait; whether there is where to send them."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0
    waiting: int = 0
    has_server: bool = True


def deliver(register: Register, *, at: datetime | None = None, connection: Any = None) -> Delivered:
    """Send what is due. `connection` is a mail backend of Django's, for tests."""
    moment = at or now()
    if not NoticeRow.objects.filter(state=QUEUED).exists():
        return Delivered()
    backend = connection or mail_backend(register)
    if backend is None:
        return Delivered(waiting=NoticeRow.objects.filter(state=QUEUED).count(), has_server=False)
    sent = failed = given_up = 0
    due = NoticeRow.objects.filter(state=QUEUED, next_at__lte=write_instant(moment)).order_by("next_at", "id")
    for row in list(due[:AT_ONCE]):
        if not _claimed(row, moment):
            continue  # another process sends it
        failure = _failure(register, row, backend)
        if not failure:
            _settle(row, SENT, sent_at=write_instant(moment))
            sent += 1
        elif row.attempts + 1 >= ATTEMPTS_MAX:
            _settle(row, FAILED, failure=failure)
            given_up += 1
        else:
            _settle(row, QUEUED, failure=failure)
            failed += 1
    waiting = NoticeRow.objects.filter(state=QUEUED).count()
    return Delivered(sent, failed, given_up, waiting)


def mail_backend(register: Register) -> Any:
    """Return where mails go: files in a demo's folder, else the server of the settings; None where none is named."""
    if register.is_demo:
        return get_connection(FILES, file_path=str(register.data / FOLDER))
    return get_connection() if settings.EMAIL_HOST else None


def mail_of(register: Register, row: NoticeRow) -> EmailMessage:
    """Return the mail of a notice."""
    said = notice_texts()[row.kind]
    facts = {"reference": row.reference, "address": register.base, "link": row.link, "expires": row.expires}
    host = register.origin.partition("/")[0]
    return EmailMessage(
        subject=fill(said.subject[row.language], facts),
        body=fill(said.text[row.language], facts),
        from_email=getattr(settings, "YTTERBY_MAIL_FROM", "") or f"register@{host}",
        to=[row.to],
        headers={"Message-ID": f"<{row.id}@{host}>", "Auto-Submitted": "auto-generated"},
    )


def _failure(register: Register, row: NoticeRow, backend: Any) -> str:
    try:
        return "" if backend.send_messages([mail_of(register, row)]) else "not sent"
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return type(error).__name__


def _claimed(row: NoticeRow, at: datetime) -> bool:
    """Take a notice, so that no other process sends it as well; it is tried again after a wait if this one dies."""
    wait = min(FIRST_WAIT * 2**row.attempts, LONGEST_WAIT)
    mine = NoticeRow.objects.filter(id=row.id, state=QUEUED, attempts=row.attempts)
    return write(lambda head: mine.update(attempts=row.attempts + 1, next_at=write_instant(at + wait))) == 1


def _settle(row: NoticeRow, state: str, **fields: str) -> None:
    """Note what came of a notice; what is not tried again keeps no link."""
    gone = {} if state == QUEUED else {"link": ""}

    def enter(head: LogHead) -> None:
        del head
        NoticeRow.objects.filter(id=row.id).update(state=state, **gone, **fields)

    write(enter)

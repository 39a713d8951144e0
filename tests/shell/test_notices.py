"""Mails name a reference and tell nothing, are sent at least once, and a link is gone when it was sent (O5, X3)."""

import smtplib
from datetime import datetime, timedelta

import pytest

from shell.case_of import on
from ytterby.shell.actions.deliver import ATTEMPTS_MAX, deliver
from ytterby.shell.actions.work import work_once
from ytterby.shell.site.notice_texts import LANGUAGES, notice_texts
from ytterby.shell.store.models import NoticeRow, Registration
from ytterby.shell.store.outbox import queue_notice
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.wording import placeholders

AT = on(0)
LINK = "https://office.example/i/CANARY-TOKEN-1"


class Server:
    """A mail server that fails as often as it is told to, and quotes what it was given, as they do."""

    def __init__(self, failures=0):
        self.failures, self.mails = failures, []

    def send_messages(self, mails):
        if self.failures:
            self.failures -= 1
            raise smtplib.SMTPDataError(550, mails[0].body.encode())
        self.mails += mails
        return len(mails)


def queue(kind="news", to="li@works.example", at=AT, **facts):
    return queue_notice(kind, to, {"reference": "C-2026-17", **facts}, at)


def test_a_mail_names_the_reference_and_nothing_else(register):
    id_ = queue()
    server = Server()
    assert deliver(register, at=AT, connection=server).sent == 1
    (mail,) = server.mails
    assert mail.to == ["li@works.example"]
    assert mail.extra_headers["Message-ID"].startswith(f"<{id_}@")
    assert "C-2026-17" in mail.subject
    assert mail.body.count("C-2026-17") == 1
    assert deliver(register, at=AT, connection=server).sent == 0


def test_no_kind_of_mail_can_hold_more_than_reference_address_and_its_link():
    for kind, said in notice_texts().items():
        for language in LANGUAGES:
            held = placeholders(said.subject[language] + said.text[language])
            assert held <= ({"link", "expires"} if said.has_link else {"reference", "address"}), kind
            assert said.text[language].strip()


@pytest.mark.parametrize(
    ("kind", "to", "facts"),
    [
        ("gossip", "li@works.example", {}),
        ("news", "li@works.example", {"text": "refused"}),
        ("news", "li@works.example", {"link": LINK}),
        ("invitation", "li@works.example", {}),
        ("news", "li@works.example\nBcc: all@works.example", {}),
        ("news", "li", {}),
        ("news", "li@works.example", {"reference": "refused: no end user\n"}),
        ("news", "li@works.example", {"language": "fr"}),
    ],
)
def test_what_no_mail_holds_cannot_be_queued(register, kind, to, facts):
    """Threat O5."""
    with pytest.raises(ValueError, match=r"notice|reference|link"):
        queue_notice(kind, to, facts, AT)
    assert NoticeRow.objects.count() == 0


def test_a_link_stands_in_its_mail_and_nowhere_once_that_is_sent(register):
    """Threats O5, X3: the canary is in the mail, and in no row, log or folder beside it."""
    queue("invitation", reference="", link=LINK, expires="2026-01-15T12:00:00.000Z")
    server = Server(failures=1)
    deliver(register, at=AT, connection=server)
    row = NoticeRow.objects.get()
    assert (row.state, row.failure) == ("queued", "SMTPDataError")
    deliver(register, at=AT + timedelta(minutes=2), connection=server)
    assert LINK in server.mails[0].body
    row.refresh_from_db()
    assert (row.state, row.link) == ("sent", "")
    assert not any("CANARY" in str(value) for value in NoticeRow.objects.values_list().get())
    assert not Registration.objects.filter(document__contains="CANARY").exists()


def test_what_fails_is_tried_again_with_longer_waits_and_then_given_up(register):
    queue("invitation", reference="", link=LINK, expires="x")
    server, moment, waits = Server(failures=99), AT, []
    for _ in range(ATTEMPTS_MAX):
        done = deliver(register, at=moment, connection=server)
        due = datetime.fromisoformat(NoticeRow.objects.get().next_at)
        assert deliver(register, at=due - timedelta(seconds=1), connection=server).failed == 0
        waits.append(due - moment)
        moment = due
    assert (done.given_up, done.waiting) == (1, 0)
    assert (waits[0], waits[1], waits[-1]) == (timedelta(minutes=1), timedelta(minutes=2), timedelta(hours=6))
    row = NoticeRow.objects.get()
    assert (row.state, row.link, row.attempts) == ("failed", "", ATTEMPTS_MAX)
    assert waits == sorted(waits)
    assert deliver(register, at=moment, connection=server).waiting == 0


def test_one_mail_that_fails_keeps_no_other_back(register):
    queue(to="first@works.example")
    queue(to="second@works.example")
    server = Server(failures=1)
    done = deliver(register, at=AT, connection=server)
    assert (done.sent, done.failed, done.waiting) == (1, 1, 1)


def test_a_process_that_dies_while_it_sends_leaves_the_mail_to_the_next(register):
    """At least once: taken and not settled, it is due again after a wait, under the same identifier."""
    id_ = queue()

    class Dies(Server):
        def send_messages(self, mails):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(register, at=AT, connection=Dies())
    server = Server()
    assert deliver(register, at=AT, connection=server).sent == 0
    assert deliver(register, at=AT + timedelta(minutes=1), connection=server).sent == 1
    assert server.mails[0].extra_headers["Message-ID"].startswith(f"<{id_}@")


def test_a_notice_is_queued_with_what_it_tells_of_or_not_at_all(register):
    row = Registrable("party", "x", {"id": "x"})

    def fails(_):
        queue()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        register_documents([row], "operator", AT, after=fails)
    assert NoticeRow.objects.count() == 0
    register_documents([row], "operator", AT, after=lambda _: queue())
    assert NoticeRow.objects.count() == 1


def test_a_demo_writes_its_mails_into_its_folder_beside_its_other_work(register):
    queue()
    assert work_once(register, at=AT).mails == 1
    (file,) = (register.data / "mail").iterdir()
    assert "C-2026-17" in file.read_text()


def test_without_a_mail_server_mails_wait(tmp_path):
    from ytterby.shell.site.register import make_register

    real = make_register(tmp_path / "real", origin="register.example/log", demo=False, at=AT)
    queue()
    done = deliver(real, at=AT)
    assert (done.sent, done.waiting, done.has_server) == (0, 1, False)

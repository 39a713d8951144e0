"""Who hears by mail of a case or a licence, and that no mail, and no number of mails, tells anything else (O5, C7)."""

import pytest

from shell.casework_story import LICENCE, Work, sample_application
from shell.cli.conftest import run
from shell.register_copy import copy_register
from ytterby.licence.step import (
    Accept,
    Advise,
    Answer,
    CloseWork,
    Gather,
    OpenWork,
    Propose,
    Query,
    Retract,
)
from ytterby.shell.actions.account_mail import set_mail
from ytterby.shell.actions.change_licence import change_licence, confirm_change
from ytterby.shell.actions.deliver import deliver
from ytterby.shell.store.models import AccountMail, NoticeRow

WORDS = {"text": "See the reasons.", "settles": "No advice was asked."}


@pytest.fixture
def work(licensed_folder, tmp_path):
    """The office at work, with an address of everybody and no mail that waits."""
    made = Work(copy_register(licensed_folder, tmp_path / "data"))
    for account, login in made.logins.items():
        assert set_mail(made.register, account, f"{login}@example.org") == []
    NoticeRow.objects.all().delete()
    return made


def mails(login, reference):
    """Return the kinds of mails to somebody about something, as they were queued."""
    rows = NoticeRow.objects.filter(to=f"{login}@example.org", reference=reference)
    return list(rows.order_by("queued_at").values_list("kind", flat=True))


def asked(work, more=()):
    """Let an application be accepted, asked about and answered, with more done in the office between."""
    number = work.begin("individual", sample_application("300"))
    work.submit(number)
    work.take(number, Accept(), "officer")
    lead = work.drawn(number)
    for step in more:
        work.take(number, step, lead)
    work.take(number, Query("Q-1", "/text", "Which form?", "2025-07-20"), lead)
    work.take(number, Answer("Q-1", "Blocks."), "clerk")
    return number


def test_people_hear_of_what_is_theirs_from_the_application_to_the_licence(work):
    number = asked(work)
    lead = work.drawn(number)
    others = {"officer", "second", "third", "fourth"} - {lead}
    assert mails("clerk", number) == ["news", "news", "answer_wanted", "news"]
    # Handed in: whoever is there. Drawn, and answered: who has it.
    assert mails(lead, number) == ["work_wanted"] * 3
    assert [mails(one, number) for one in others] == [["work_wanted"]] * 3
    work.propose(number, **WORDS)
    signer = work.drawn(number, 1)
    assert mails(signer, number) == ["work_wanted"] * 2
    work.approve(number)
    work.issue(number)
    assert mails("clerk", number)[4:] == ["news", "news"]
    assert mails("customs", number) == mails("enduser", number) == []


def test_what_the_office_does_among_itself_sends_an_applicant_nothing(work):
    """Threat C7: as many mails, of the same kinds, whatever was gathered, asked of others, advised and drafted."""
    draft = Propose("refused", "", {}, reasons=("refused_kind",), **WORDS)
    among_itself = (
        Gather({}, ""),
        OpenWork("W-1", "mofcom", "advise"),
        Advise("refuse", "A name on a list.", ("refused_security",), work="W-1"),
        OpenWork("W-2", "mofcom", "advise"),
        CloseWork("W-2", "done"),
        draft,
        Retract(),
    )
    plain, busy = asked(work), asked(work, among_itself)
    assert mails("clerk", plain) == mails("clerk", busy)


def test_a_refused_step_tells_nobody(work):
    number = work.begin("individual", sample_application("300"))
    assert work.refused(number, Accept(), "officer") == ["case.unknown"]
    assert work.refused(number, Accept(), "clerk") == ["case.not_yours"]
    assert NoticeRow.objects.count() == 0


def test_applicant_and_officer_hear_that_a_licence_was_suspended_once_two_people_said_so(work):
    first = change_licence(
        work.register, LICENCE, "suspend", work.speaker("officer"), reason="suspended_factors", at=work.later()
    )
    assert NoticeRow.objects.count() == 0
    second = confirm_change(work.register, LICENCE, first.proposal, work.speaker("second"), at=work.later())
    assert second.status == "suspended"
    assert mails("clerk", LICENCE) == ["news"]
    assert NoticeRow.objects.count() == 2


def test_a_mail_holds_the_number_and_no_word_of_what_it_is_about(work):
    """Threat O5."""
    number = asked(work)
    deliver(work.register, at=work.later())
    texts = [path.read_text(encoding="utf-8") for path in (work.register.data / "mail").iterdir()]
    assert any(number in text for text in texts)
    for text in texts:
        lowered = text.lower()
        assert not [one for one in ("screen", "list of", "magnet", "lumen", "oriel", "which form") if one in lowered]


def test_an_address_is_kept_beside_the_log_and_only_where_it_is_one(work):
    account = next(iter(work.logins))
    size = work.register.size
    where = ("--data", work.register.data, "--keys", work.register.keys)
    assert run("party", "user", account, "--mail", "new@example.org", *where).code == 0
    assert AccountMail.objects.get(account=account).address == "new@example.org"
    for wrong in ("no address", "A <a@example.org>", "a@b\nBcc: c@example.org"):
        assert run("party", "user", account, "--mail", wrong, *where).code == 1
    assert run("party", "user", account, "--mail", "", *where).code == 0
    assert not AccountMail.objects.filter(account=account).exists()
    assert [one.code for one in set_mail(work.register, "nobody", "a@example.org")] == ["people.no_account"]
    assert work.register.size == size

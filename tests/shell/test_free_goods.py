"""Documents that goods need no licence in a register: who issues, challenges, counts and reads; when they end."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from shell.licensed import CUSTOMS, OFFICE, STRANGER, office
from shell.offered import AT, LUMEN, MAGNETS, ORIEL, application, event, submitted
from ytterby.chain.product import Product
from ytterby.licence.application import Line
from ytterby.licence.not_controlled import Ask, Exit, Find, Take, open_document
from ytterby.licence.step import Approve, LineDecision, Propose
from ytterby.matter.assay import Assay
from ytterby.proof.note import NoteError
from ytterby.shell.actions.free_goods import challenge_free, count_exit, issue_free
from ytterby.shell.actions.register_product import register_product
from ytterby.shell.site.licence_key import LICENCE_KEY, licence_key
from ytterby.shell.store.case_speakers import demo_speaker
from ytterby.shell.store.cases import event_record
from ytterby.shell.store.models import Registration
from ytterby.shell.store.not_controlled import stored_free_goods, unsound_documents
from ytterby.shell.store.reading.free_goods import free_goods, list_free_goods
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.readers import PARTY_FIELDS
from ytterby.shell.store.reading.viewer import AUDIT, LICENSING, OPERATOR_VIEWER, TRACING, Viewer
from ytterby.shell.store.reading.viewer import CUSTOMS as CUSTOMS_MANDATE
from ytterby.shell.store.registering import register_documents

REPORT = "ab" * 32
LATER = datetime(2026, 6, 2, 12, tzinfo=UTC)
TODAY = LATER.date()
GTIN = "https://id.gs1.org/01/09520000000998"
CLEAN = (Assay("Nd", Decimal(310_000), Decimal(500)), Assay("Dy", Decimal(200), Decimal(50)))


def product(register, assays=CLEAN, maker=ORIEL, at=AT):
    one = Product(id=GTIN, maker=maker, name="magnets without heavy rare earths", form="magnet", assays=assays)
    result = register_product(register, one, submitter=maker, at=at)
    assert not result.problems, result.problems


def freed(register, number="C-1", line=None, report=REPORT):
    """Enter a case that was decided to need no licence, as its records tell it."""
    asked = application(line or Line(1, "magnets", "900", "KGM", product=GTIN))
    case = submitted(number, asked)
    decision = LineDecision(1, "900", "KGM", outcome="no_licence_required", freeing={"report": report})
    draft = Propose(outcome="no_licence_required", evidence="e", packs={}, lines=(decision,))
    proposed = case.after(event(3, draft), "proposed")
    done = proposed.after(event(4, Approve(proposed.draft_digest, 1, {})), "no_licence")
    states = ("draft", "submitted", "proposed", "no_licence")
    records = [event_record(done, one, state, "demo") for one, state in zip(done.events, states, strict=True)]
    register_documents(records, "operator", LATER)
    return done


@pytest.fixture
def free(offered):
    """A register with an office, customs, a product that no list names, and a case that freed it."""
    office(offered)
    product(offered, at=LATER)
    freed(offered)
    return offered


OFFICER, OFFICIAL = demo_speaker(OFFICE, "li"), demo_speaker(CUSTOMS, "wang")


def issue(register, case="C-1", speaker=OFFICER, **rest):
    return issue_free(register, case, speaker, number="N-1", at=LATER, **rest)


def shown(viewer=OPERATOR_VIEWER, number="N-1", on=TODAY):
    return free_goods(viewer, number, known=known_at(OPERATOR_VIEWER, None), on=on)


def codes(change):
    return [one.code for one in change.problems]


def test_a_document_names_the_goods_the_figure_the_limit_the_rule_and_the_report(free):
    change = issue(free)
    assert (codes(change), change.numbers) == ([], ("N-1",))
    found = shown()
    assert (found["holds"], found["why"]) == (True, [])
    assert (found["bound"], found["subjects"], found["holder"]) == ("product", (GTIN,), ORIEL)
    (freeing,) = found["freeing"]
    assert (freeing["elements"], freeing["value"], freeing["u"]) == (("Dy", "Tb"), "0.02", "0.005")
    assert Decimal(freeing["value"]) < Decimal(freeing["limit"])
    assert (freeing["report"], found["report"], found["on"]) == (REPORT, REPORT, "2026-06-02")
    assert "CN-18" in found["rules"]
    assert found["source"] == (f"{GTIN} {ORIEL}",)
    assert open_document(found["note"], free.id, [licence_key(free).public]).number == "N-1"
    assert list(unsound_documents(free)) == []


def test_the_key_is_made_once_and_read_by_nobody_else(free):
    issue(free)
    path = free.keys / LICENCE_KEY
    assert path.stat().st_mode & 0o077 == 0
    assert licence_key(free).text() == path.read_text().strip()
    assert [one.name for one in free.keys.glob(f"{LICENCE_KEY}*")] == [LICENCE_KEY]


@pytest.mark.parametrize("speaker", [demo_speaker(ORIEL), OFFICIAL, demo_speaker(STRANGER), demo_speaker("operator")])
def test_only_an_officer_issues(free, speaker):
    assert codes(issue(free, speaker=speaker)) == ["not_controlled.role"]
    assert shown() is None


def test_a_case_frees_its_goods_once_and_only_when_it_decided_so(free):
    assert codes(issue(free, "C-none")) == ["case.unknown"]
    register_documents(
        [event_record(submitted("C-2", application()), one, "submitted", "demo")
         for one in submitted("C-2", application()).events], "operator", LATER
    )  # fmt: skip
    assert codes(issue(free, "C-2")) == ["not_controlled.nothing_freed"]
    assert codes(issue(free)) == []
    assert codes(issue(free)) == ["not_controlled.issued"]


def test_goods_that_law_controls_are_freed_by_nobody(free):
    """An officer's decision does not make the sample's magnets free: they hold dysprosium."""
    freed(free, "C-3", Line(1, "magnets", "900", "KGM", lots=(MAGNETS,)))
    assert codes(issue(free, "C-3")) == ["not_controlled.answer"]
    freed(free, "C-4", Line(1, "magnets", "900", "KGM", product="https://id.gs1.org/01/09520000001018"))
    assert codes(issue(free, "C-4")) == ["not_controlled.goods_unknown"]
    freed(free, "C-5", report="")
    assert codes(issue(free, "C-5")) == ["not_controlled.no_report"]


def test_it_ends_when_the_product_is_made_otherwise_or_by_another(free):
    issue(free)
    other = (Assay("Nd", Decimal(310_000)), Assay("Dy", Decimal(30_000)))
    product(free, other, at=LATER + timedelta(hours=1))
    assert shown()["why"] == ["composition_changed", "law_changed"]
    product(free, maker=LUMEN, at=LATER + timedelta(hours=2))
    assert shown()["why"] == ["source_changed"]
    product(free, at=LATER + timedelta(hours=3))
    assert shown()["holds"]


def test_customs_challenge_sample_and_find(free):
    issue(free)
    say = lambda said, at=LATER: codes(challenge_free(free, "N-1", said, OFFICIAL, at=at))  # noqa: E731
    assert say(Ask("Q1", "the magnets look like N42SH", "2026-06-10")) == []
    assert (shown()["why"], shown()["challenges"][0]["state"]) == (["challenged"], "open")
    assert [shown(on=datetime(2026, 6, day).date())["challenges"][0]["overdue"] for day in (10, 11)] == [False, True]
    assert say(Find("Q1", "controlled", "3 %", REPORT)) == ["not_controlled.no_sample"]
    assert say(Take("Q1", GTIN, "S-1", "0.02", "seal")) == []
    assert say(Find("Q1", "controlled", "3 % of dysprosium", REPORT, {"Dy": ("3.0", "0.1")})) == []
    assert shown()["why"] == ["found_controlled"]
    assert say(Ask("Q1", "again", "2026-06-10")) == ["not_controlled.challenge_id"]
    assert codes(challenge_free(free, "N-2", Ask("Q", "?", "2026-06-10"), OFFICIAL, at=LATER)) == [
        "not_controlled.unknown"
    ]


@pytest.mark.parametrize("speaker", [demo_speaker(ORIEL), OFFICER, demo_speaker(STRANGER)])
def test_only_customs_challenge_and_count(free, speaker):
    issue(free)
    assert codes(challenge_free(free, "N-1", Ask("Q1", "?", "2026-06-10"), speaker, at=LATER)) == [
        "not_controlled.role"
    ]
    assert codes(count_exit(free, "N-1", Exit("D-1", 1, 0, "10", "KGM"), speaker, at=LATER)) == ["not_controlled.role"]


def test_an_exit_is_counted_once_and_says_whether_the_document_held(free):
    issue(free)
    leave = lambda one: count_exit(free, "N-1", one, OFFICIAL, at=LATER)  # noqa: E731
    first = leave(Exit("D-1", 1, 0, "10", "KGM"))
    assert (codes(first), first.why) == ([], ())
    again = leave(Exit("D-1", 1, 0, "10", "KGM"))
    assert (codes(again), again.size) == ([], first.size)
    assert codes(leave(Exit("D-1", 1, 0, "11", "KGM"))) == ["not_controlled.counted_otherwise"]
    challenge_free(free, "N-1", Ask("Q1", "?", "2026-06-10"), OFFICIAL, at=LATER)
    # Goods that are gone are counted all the same, and it is said that they should not have been.
    assert leave(Exit("D-2", 1, 0, "5", "KGM")).why == ("challenged",)
    assert [row["quantity"] for row in shown()["counted"]] == ["10", "5"]
    assert count_exit(free, "N-9", Exit("D-1", 1, 0, "1", "KGM"), OFFICIAL, at=LATER).problems


def test_who_reads_what(free):
    issue(free)
    challenge_free(free, "N-1", Ask("Q1", "?", "2026-06-10"), OFFICIAL, at=LATER)
    challenge_free(free, "N-1", Take("Q1", GTIN, "S-1", "0.02", "seal"), OFFICIAL, at=LATER)
    for mandate in (LICENSING, CUSTOMS_MANDATE, AUDIT):
        viewer = Viewer("b", frozenset({mandate}))
        assert shown(viewer)["challenges"][0]["samples"]
        assert len(list_free_goods(viewer, known=known_at(OPERATOR_VIEWER, None))) == 1
    mine = shown(Viewer(ORIEL))
    assert mine["number"] == "N-1"
    assert mine.keys() == PARTY_FIELDS["free goods"]
    assert mine["challenges"][0].keys() == PARTY_FIELDS["free challenge"]
    for stranger in (Viewer(LUMEN), Viewer(None), Viewer("b", frozenset({TRACING}))):
        assert shown(stranger) is None
        assert list_free_goods(stranger, known=known_at(OPERATOR_VIEWER, None)) == []


def test_a_record_that_was_edited_is_named(free):
    """Threat O3."""
    issue(free)
    row = Registration.objects.get(kind="not_controlled")
    Registration.objects.filter(pk=row.pk).update(document=row.document.replace('"0.02"', '"0.01"'))
    assert [index for index, _ in unsound_documents(free)] == [row.pk]


def test_a_note_of_another_key_is_no_document(free):
    issue(free)
    found = stored_free_goods("N-1")
    with pytest.raises(NoteError):
        open_document(found.note, "another register", [licence_key(free).public])
    other = msgspec.structs.replace(found.document, holder=LUMEN)
    assert other != open_document(found.note, free.id, [licence_key(free).public])


def test_outside_a_demo_nobody_gives_a_number(free, monkeypatch):
    object.__setattr__(free, "is_demo", False)
    try:
        assert codes(issue(free)) == ["case.number_is_drawn"]
    finally:
        object.__setattr__(free, "is_demo", True)

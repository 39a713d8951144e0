"""Cases of findings in a register: who may step, what each side sees, what vanishes, what the doctor names.

Threats P5, C2, C3, O3.
"""

import csv
import json

import pytest

from shell.case_of import (
    DUE,
    LATER,
    LOT,
    codes,
    key_of,
    mirror_finding,
    now,
    on,
    receipt_of,
    ship,
    step,
    take,
    visit_text,
)
from shell.strangers import AT, KESTREL, LUMEN, NORRVIK, SITE_OF, TAMARACK
from shell.tampering import flipped, named, tamper
from ytterby.balance.finding_state import Verb
from ytterby.balance.inquiry import Answer, Ask, Confirm, Decide, Explain, Hear, Open, Order, SetAside
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.inquire import record_visit
from ytterby.shell.actions.judge_finding import take_step
from ytterby.shell.actions.log import verify_log
from ytterby.shell.actions.rights import add_account, confirm_right
from ytterby.shell.site.packs import inquiry_rules, packaged_text
from ytterby.shell.site.register import make_register
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.inquiries import STEP, stored_cases
from ytterby.shell.store.models import Registration
from ytterby.shell.store.reading.inquiries import false_alarms, list_cases, show_case, states_of
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import AUDIT, OPERATOR_VIEWER, PROVINCE, TRACING, Viewer
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import stored_rights

ASK = Ask(NORRVIK, "What did the scale show?", DUE)
ANSWER = Answer("The slip shows it.", ("urn:uuid:00000000-0000-5000-8000-000000000000",), ("cd" * 32,))


@pytest.fixture
def asked(register, sample, part_of):
    """A register with a delivery that differs, of which Norrvik was asked; and the number of the case."""
    finding = ship(register, sample, part_of)
    change = step(register, finding, ASK)
    return register, change.number


def confirmed(register, number):
    step(register, number, ANSWER, party=NORRVIK)
    step(register, number, Confirm("It stands."))
    step(register, number, Open("Handed over."))


def test_a_case_goes_from_a_question_to_an_outcome(asked):
    register, number = asked
    assert number.startswith("Q-")
    confirmed(register, number)
    step(register, number, Order(NORRVIK, "Report the weight anew.", LATER))
    step(register, number, Answer("We did."), party=NORRVIK)
    assert not record_visit(register, number, visit_text(), at=AT).problems
    step(register, number, Hear(NORRVIK, ("sent",), "This is held against you.", LATER))
    step(register, number, Answer("It is wrong."), party=NORRVIK)
    done = step(register, number, Decide("breach", "Sold beside the books.", (NORRVIK,)))
    assert (done.state, done.version) == ("decided", 10)
    shown = show_case(OPERATOR_VIEWER, number, known=now())
    assert [one["verb"] for one in shown["steps"]] == [
        *("ask", "answer", "confirm", "open", "order", "answer", "visit", "hear", "answer", "decide")
    ]
    assert shown["judgement"] == "real"
    assert shown["disclosed"] == {NORRVIK: {"sent": "11000 KGM"}}
    assert shown["steps"][6]["counts"] == [{"lot": LOT, "mass_kg": "9002.5", "u_kg": "4.5"}]
    assert verify_log(register)["failures"] == []
    assert named(register) == set()
    assert states_of(OPERATOR_VIEWER, known=now()) == {shown["finding"]: "decided"}
    assert states_of(Viewer(NORRVIK), known=now()) == {}


def test_the_case_is_as_it_was_known_then(asked):
    register, number = asked
    before = known_at(OPERATOR_VIEWER, register.size)
    step(register, number, ANSWER, party=NORRVIK)
    assert show_case(OPERATOR_VIEWER, number, known=before)["state"] == "asked"
    assert show_case(OPERATOR_VIEWER, number, known=now())["state"] == "answered"
    earlier = known_at(OPERATOR_VIEWER, before.size - 1)
    (row,) = [r for r in list_cases(OPERATOR_VIEWER, known=earlier)["cases"] if r["kind"] == "mirror.differs"]
    assert (row["number"], row["state"]) == (None, "open")
    with pytest.raises(KeyError):
        show_case(OPERATOR_VIEWER, number, known=earlier)


def test_a_finding_that_a_late_report_makes_vanish_keeps_its_case_and_the_size_at_which_it_went(asked, sample):
    """Threat P5: the finding before the correction can be asked for."""
    register, number = asked
    there = register.size
    events = [receipt_of(sample, 9000, 0, wrong=True), receipt_of(sample, 11000, 1)]
    take(register, sample, events, NORRVIK)
    gone = register.size
    step(register, number, ANSWER, party=NORRVIK)
    take(register, sample, [receipt_of(sample, 11000, 1, wrong=True), receipt_of(sample, 11001, 2)], NORRVIK)
    shown = show_case(OPERATOR_VIEWER, number, known=now())
    assert (shown["vanished_at"], shown["state"]) == (gone, "answered")
    assert shown["finding_then"]["facts"]["received"] == "9000 KGM"
    # The receipt was one of the finding's events; the one that took its place was not.
    (corrected,) = shown["corrections"]
    assert corrected["event"] in shown["finding_then"]["events"]
    assert there <= corrected["index"] < gone
    assert show_case(OPERATOR_VIEWER, number, known=known_at(OPERATOR_VIEWER, there))["vanished_at"] is None
    assert show_case(OPERATOR_VIEWER, number, known=known_at(OPERATOR_VIEWER, there))["corrections"] == []
    assert "corrections" not in show_case(Viewer(NORRVIK), number, known=now())
    # What the party is told hangs on no finding.
    assert "vanished_at" not in show_case(Viewer(NORRVIK), number, known=now())
    assert named(register) == set()


def test_a_party_sees_its_own_side_and_nothing_of_the_other(asked):
    """Threats C2, C3."""
    register, number = asked
    step(register, number, Ask(KESTREL, "And what did you ship?", DUE))
    step(register, number, Answer("As declared, 11000."), party=KESTREL)
    confirmed(register, number)
    shown = show_case(Viewer(NORRVIK), number, known=now())
    assert [one["verb"] for one in shown["steps"]] == ["ask", "answer"]
    assert (shown["state"], shown["version"], shown["disclosed"]) == ("answered", 2, {})
    # The number of the case is drawn, and may hold any figure.
    said = json.dumps(shown).replace(number, "").replace(LOT, "").replace("KR-C-0418", "")
    for closed in ("11000", "16", "Kestrel", KESTREL, "F-", "mirror", "confirm"):
        assert closed not in said, closed
    step(register, number, Hear(NORRVIK, ("sent", "d"), "This is held against you.", LATER))
    heard = show_case(Viewer(NORRVIK), number, known=now())
    assert (heard["disclosed"]["sent"], heard["state"]) == ("11000 KGM", "hearing")
    assert set(heard["disclosed"]) == {"sent", "d"}
    (other,) = list_cases(Viewer(KESTREL), known=now())["cases"]
    assert (other["state"], other["version"]) == ("answered", 2)
    assert show_case(Viewer(KESTREL), number, known=now())["disclosed"] == {}


@pytest.mark.parametrize(
    "viewer", [Viewer(LUMEN), Viewer(None), Viewer(TAMARACK, frozenset({PROVINCE})), Viewer("https://x.example/p")]
)
def test_for_strangers_there_is_no_case(asked, viewer):
    register, number = asked
    assert list_cases(viewer, known=now())["cases"] == []
    assert false_alarms(viewer, known=now())["kinds"] == []
    for which in (number, mirror_finding(), "Q-00000000"):
        with pytest.raises(KeyError):
            show_case(viewer, which, known=now())
    if viewer.party:
        refused = take_step(register, number, ANSWER, party=viewer.party, at=AT)
        assert codes(refused) == codes(take_step(register, "Q-0", ANSWER, party=viewer.party, at=AT))
        assert codes(refused) == ["inquiry.unknown"]
    # A finding's id, which a party could compute, opens nothing to it either.
    with pytest.raises(KeyError):
        show_case(Viewer(NORRVIK), mirror_finding(), known=now())
    assert codes(take_step(register, mirror_finding(), ANSWER, party=NORRVIK, at=AT)) == ["inquiry.unknown"]


@pytest.mark.parametrize("mandate", [AUDIT, TRACING])
def test_auditing_and_tracing_bodies_read_all(asked, mandate):
    _, number = asked
    body = Viewer(TAMARACK, frozenset({mandate}))
    assert show_case(body, number, known=now()) == show_case(OPERATOR_VIEWER, number, known=now())
    assert list_cases(body, known=now()) == list_cases(OPERATOR_VIEWER, known=now())


def test_evidence_is_what_who_names_it_can_read(asked):
    """Threat C1: a party does not learn by its answer whether an event of somebody else is there."""
    register, number = asked
    theirs = "urn:uuid:does-not-exist"
    kestrels = json.loads(packaged_text("chain", "sample/example-chain.json"))["epcisBody"]["eventList"][3]["eventID"]
    for event in (theirs, kestrels):
        change = take_step(register, number, Answer("See.", (event,)), party=NORRVIK, at=AT)
        assert codes(change) == ["inquiry.no_such_event"]
    assert codes(take_step(register, number, Explain("See.", (theirs,)), at=AT)) == ["inquiry.no_such_event"]
    assert step(register, number, Explain("See.", (kestrels,))).state == "explained"


def test_a_visit_is_of_the_partys_own_site_on_that_day(asked):
    register, number = asked
    confirmed(register, number)
    wrong = {"site": SITE_OF[KESTREL]}, {"day": "1999-01-01"}, {"inspectors": ["B-1"]}, {"more": 1}
    found = [codes(record_visit(register, number, visit_text(samples=[], **one), at=AT)) for one in wrong]
    assert found == [
        ["inquiry.not_its_site"], [], ["inquiry.too_few_inspectors"], ["inquiry.step_unreadable"],
    ]  # fmt: skip
    assert codes(record_visit(register, number, "a: [", at=AT)) == ["inquiry.step_unreadable"]
    assert codes(record_visit(register, number, "7", at=AT)) == ["inquiry.step_unreadable"]
    seen = [one["verb"] for one in show_case(Viewer(NORRVIK), number, known=now())["steps"]]
    assert seen[-1] == "visit"


def test_what_changed_meanwhile_is_refused_to_who_named_a_version(asked):
    register, number = asked
    step(register, number, Ask(KESTREL, "And you?", DUE), expected=1)
    assert codes(take_step(register, number, ASK, expected=1, at=AT)) == ["inquiry.changed_meanwhile"]
    assert not codes(take_step(register, number, ANSWER, party=NORRVIK, expected=1, at=AT))


def test_two_that_begin_one_case_at_once_make_one(register, sample, part_of, monkeypatch):
    """The second finds under the lock that the finding has a case, and steps in that."""
    from ytterby.shell.actions import judge_finding

    finding = ship(register, sample, part_of)
    real, raced = judge_finding._record, []

    def record(*args):
        if not raced:
            raced.append(True)
            step(register, finding, Ask(KESTREL, "First.", DUE))
        return real(*args)

    monkeypatch.setattr(judge_finding, "_record", record)
    change = step(register, finding, ASK)
    assert change.version == 2
    (case,) = stored_cases(register).by_number.values()
    assert [one.step.to for one in case.said] == [KESTREL, NORRVIK]
    assert stored_cases(register).flaws == []


def test_false_alarms_are_counted_beside_what_was_to_be_expected(asked):
    register, number = asked
    step(register, number, ANSWER, party=NORRVIK)
    (row,) = [r for r in false_alarms(OPERATOR_VIEWER, known=now())["kinds"] if r["kind"] == "mirror.differs"]
    assert (row["waiting"], row["false_alarms"], row["exposure"]) == (1, 0, 1)
    assert row["expected"] == pytest.approx(0.0026998, rel=1e-4)
    step(register, number, SetAside("chance", "As expected."))
    (row,) = [r for r in false_alarms(OPERATOR_VIEWER, known=now())["kinds"] if r["kind"] == "mirror.differs"]
    assert (row["waiting"], row["false_alarms"], row["rate"], row["most"]) == (0, 1, 1.0, 1.0)
    assert row["compared"] == "more"


def test_every_state_verb_reason_and_outcome_has_its_word():
    rules = inquiry_rules()
    rows = csv.DictReader(packaged_text("shell.wording", "words.csv").splitlines())
    words = {(row["group"], row["code"]) for row in rows}
    wanted = {("case", code) for code in (*rules.states, *rules.told.values(), *rules.reasons, *rules.outcomes)}
    wanted |= {("case_step", verb.value) for verb in Verb}
    wanted |= {("case", standing.phase) for standing in rules.states.values()}
    assert wanted - words == set()


# Who may, where the register is no demo


@pytest.fixture
def staffed(tmp_path, sample, part_of):
    """A register with two accounts of the operator, one of Norrvik, one of Lumen, and a finding."""
    made = make_register(tmp_path / "real", origin="log.example.org/register", at=AT)
    assert not import_directory(made, packaged_text("shell.site", "sample_directory.yaml"), at=AT).problems
    for name in ("ann", "bo"):
        add_account(made, key_of(name), name=name, at=AT)
    for name, party in (("nils", NORRVIK), ("lu", LUMEN)):
        added = add_account(made, key_of(name), name=name, party=party, by=key_of("ann"), at=AT)
        confirm_right(made, added.id, by=key_of("bo"), at=AT)
    return made, ship(made, sample, part_of)


def test_every_step_is_signed_by_an_account_that_may(staffed):
    """Threat O3."""
    register, finding = staffed
    assert codes(take_step(register, finding, ASK, at=AT)) == ["inquiry.account_needed"]
    for name in ("nils", "eve"):
        assert codes(take_step(register, finding, ASK, by=key_of(name), at=AT)) == ["inquiry.not_an_account"]
    number = step(register, finding, ASK, by=key_of("ann")).number
    for name in ("ann", "lu"):
        change = take_step(register, number, ANSWER, by=key_of(name), party=NORRVIK, at=AT)
        assert codes(change) == ["inquiry.not_an_account"]
    step(register, number, ANSWER, by=key_of("nils"), party=NORRVIK)
    step(register, number, Confirm("It stands."), by=key_of("ann"))
    step(register, number, Open("Handed over."), by=key_of("ann"))
    decide = Decide("unfounded", "Nothing was found.", (NORRVIK,))
    assert codes(take_step(register, number, decide, by=key_of("ann"), at=AT)) == ["inquiry.same_person"]
    step(register, number, decide, by=key_of("bo"))
    assert stored_cases(register).flaws == []
    assert named(register) == set()


def test_an_auditing_body_judges_while_its_mandate_holds(staffed):
    register, finding = staffed
    text = f"bodies: [{{party: '{LUMEN}', as: audit, end: 2026-01-10}}]"
    import_directory(register, text, at=AT, by=key_of("ann"))
    assert codes(take_step(register, finding, ASK, by=key_of("lu"), at=AT)) == ["inquiry.not_an_account"]
    confirm_right(register, stored_rights(register).rights()[-1].digest, by=key_of("bo"), at=AT)
    number = step(register, finding, ASK, by=key_of("lu")).number
    late = take_step(register, number, Ask(NORRVIK, "Well?", LATER), by=key_of("lu"), at=on(9))
    assert codes(late) == ["inquiry.not_an_account"]
    # What was said under the mandate stands after it ended.
    assert stored_cases(register).by_number[number].version == 1


def forge(register, number, **changes):
    """Enter a record as whoever owns the database could, sound in itself, with another step in it."""
    document = json.loads(Registration.objects.filter(kind=STEP, key=number).order_by("-log_index").first().document)
    document.pop("registered_at")
    register_documents([Registrable(STEP, number, {**document, **changes})], "operator", AT)
    derive_to(register.size)


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2, "step": {"verb": "confirm", "text": "x"}, "by": "ann"},
        {"version": 2, "step": {"verb": "answer", "text": "x"}, "party": NORRVIK, "by": "nils"},
        {"version": 2, "by": ""},
        {"version": 2, "by": "eve"},
        {"version": 2, "on": "2026-01-02"},
        {"version": 7},
        {"version": 2, "signature": "?"},
        {"version": 2, "step": {"verb": "rob"}},
    ],
)
def test_a_forged_step_has_no_effect_and_is_named(staffed, changes):
    """Threat O3."""
    register, finding = staffed
    number = step(register, finding, ASK, by=key_of("ann")).number
    forge(register, number, **changes)
    assert stored_cases(register).by_number[number].version == 1
    assert "inquiry.replay" in named(register)


@pytest.mark.parametrize("column", ["document", "digest", "salt", "key", "kind", "submitter"])
def test_a_flipped_bit_in_a_stored_step_is_named(asked, column):
    """Threat O3."""
    register, number = asked
    row = Registration.objects.get(kind=STEP, key=number)
    value = getattr(row, column)
    changed = flipped(value if isinstance(value, str) else bytes(value))
    statement = f'UPDATE store_registration SET "{column}" = %s WHERE log_index = %s'
    assert tamper(statement, changed, row.log_index) == 1
    assert "log.registrations" in named(register)


def test_every_bit_of_a_signed_step_matters(staffed):
    """Threat O3: of a record whose entry was made anew, each field but the time is under the signature."""
    register, finding = staffed
    number = step(register, finding, ASK, by=key_of("ann")).number
    document = json.loads(Registration.objects.get(kind=STEP, key=number).document)
    for changed in (
        {"step": {**document["step"], "text": "Another question?"}},
        {"finding": {**document["finding"], "size_kg": 1.0}},
        {"id": "Q-ffffffff"},
    ):
        Registration.objects.filter(kind=STEP, key=number).update(document=json.dumps({**document, **changed}))
        assert stored_cases(register).by_number == {}
        assert stored_cases(register).flaws

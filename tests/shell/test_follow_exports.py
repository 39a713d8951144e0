"""Export events on licences: accepted whatever the licence says, then followed (threat Q4)."""

import inspect
import json
import re
from datetime import UTC, datetime

import pytest

from shell.licensed import AT, CUSTOMS, EXPORTER, FOREIGN, PORT, answer, balance, issue, licence, office, status
from shell.strangers import KESTREL
from shell.tampering import named
from ytterby.chain.party import OPERATOR
from ytterby.licence import refusal
from ytterby.shell.actions import follow_exports
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.doctor.examine import examine
from ytterby.shell.actions.draw_down import exits_without_licence
from ytterby.shell.actions.work import work_once
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.models import LicensedEvent
from ytterby.shell.store.reading.findings import list_findings
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.licences import show_licence
from ytterby.shell.store.reading.viewer import CUSTOMS as AT_CUSTOMS
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer
from ytterby.shell.wording import word

NUMBER = "XA-DU-2025-004417"
LATER = datetime(2026, 6, 2, tzinfo=UTC)


def export(sample, number, kg=900, **changes):
    """Return the sample's export, or the one of customs, under another eventID."""
    event = {**sample["epcisBody"]["eventList"][16], "ree:netMassKilogram": kg}
    event["eventID"] = f"urn:uuid:00000000-0000-5000-8000-{number:012d}"
    return {**event, **changes}


def confirmed(sample, number, kg=900, **changes):
    """Return the event of customs: it speaks for its own place, and of the goods' owner."""
    owner = [one for one in sample["epcisBody"]["eventList"][16]["sourceList"] if one["type"] == "owning_party"]
    return export(sample, number, kg, **{"sourceList": owner, **changes})


def take(register, sample, event, party, at=AT, outcome="accepted"):
    text = json.dumps({**sample, "epcisBody": {"eventList": [event]}}).encode()
    result = capture(register, text, submitter=party, at=at)
    assert result.outcome == outcome, result.problems
    return LicensedEvent.objects.order_by("-log_index").first()


def wrong(event):
    return {**event, "errorDeclaration": {"declarationTime": "2026-06-01T01:00:00.000Z", "reason": "incorrect_data"}}


@pytest.fixture
def licensed(register):
    office(register)
    made = licence(NUMBER, "900", valid_from="2025-07-01", exports="one", done_when="first_exit")
    assert issue(made) == []
    return register


def test_the_exporters_event_reserves_and_the_one_of_customs_draws(licensed, sample):
    first = take(licensed, sample, export(sample, 1), EXPORTER)
    assert (first.why, balance(number=NUMBER)) == ("", (0, 900, 0, 0))
    assert first.followed > first.log_index
    second = take(licensed, sample, confirmed(sample, 2, kg=899.5), CUSTOMS)
    assert (second.why, balance(number=NUMBER), status(NUMBER)) == ("", (899.5, 0, 0.5, 0), "exhausted")
    # The same told again under another eventID is one exit.
    again = take(licensed, sample, confirmed(sample, 3, kg=899.5), CUSTOMS)
    assert (again.why, again.followed) == ("licence.event_again", again.log_index)
    # A second export on a licence for one.
    third = take(licensed, sample, export(sample, 4, kg=1, **{"ree:declaration": "XA-EX-2"}), EXPORTER)
    assert third.why == "licence.not_usable"
    fourth = take(licensed, sample, confirmed(sample, 5, kg=1, **{"ree:declaration": "XA-EX-2"}), CUSTOMS)
    assert (fourth.why, balance(number=NUMBER)) == ("licence.unlicensed_exit", (899.5, 0, 0.5, 1))
    assert named(licensed) == set()


def test_an_error_declaration_takes_back_what_its_event_did(licensed, sample):
    reserved, left = export(sample, 1), confirmed(sample, 2)
    take(licensed, sample, reserved, EXPORTER)
    assert take(licensed, sample, wrong(reserved), EXPORTER).why == ""
    assert balance(number=NUMBER) == (0, 0, 900, 0)
    take(licensed, sample, export(sample, 3, kg=800), EXPORTER)
    take(licensed, sample, left, CUSTOMS)
    assert balance(number=NUMBER) == (900, 0, 0, 0)
    assert take(licensed, sample, wrong(left), CUSTOMS).why == ""
    assert (balance(number=NUMBER), status(NUMBER)) == ((0, 0, 900, 0), "active")
    # The corrected one tells the same instant, and is another exit.
    take(licensed, sample, confirmed(sample, 4), CUSTOMS)
    assert balance(number=NUMBER) == (900, 0, 0, 0)
    assert named(licensed) == set()


def test_whatever_the_licence_says_the_event_is_accepted(licensed, sample):
    for number, (changes, party, why) in enumerate(
        (
            ({"ree:licence": "XA-NONE"}, EXPORTER, "licence.unknown"),
            ({"ree:licenceLine": "L9"}, EXPORTER, "licence.unknown"),
            ({"ree:netMassKilogram": 901}, EXPORTER, "licence.over_draw"),
            ({"eventTime": "2027-01-02T00:00:00.000Z"}, EXPORTER, "licence.not_valid"),
        ),
        1,
    ):
        at = datetime(2027, 1, 3, tzinfo=UTC) if "eventTime" in changes else AT
        assert take(licensed, sample, export(sample, number, **changes), party, at).why == why
    without = {name: value for name, value in export(sample, 9).items() if name != "ree:netMassKilogram"}
    assert take(licensed, sample, without, EXPORTER, datetime(2027, 1, 4, tzinfo=UTC)).why == "licence.event_unit"
    assert balance(number=NUMBER) == (0, 0, 900, 0)


def test_nobody_uses_a_rivals_licence_by_an_event(licensed, sample):
    """Threat Q4: accepted, and the ledger is unchanged."""
    site = KESTREL.replace("/417/", "/414/")
    own = [{"type": "owning_party", "source": KESTREL}, {"type": "location", "source": site}]
    claimed = [{"type": "owning_party", "source": EXPORTER}, {"type": "location", "source": site}]
    for number, sources in enumerate((own, claimed), 1):
        made = take(licensed, sample, export(sample, number, sourceList=sources), KESTREL)
        assert (made.why, made.followed) == ("licence.not_the_holder", made.log_index)
    # The foreign customs office at its own place, where the goods arrive.
    port = "https://id.gs1.org/414/9520000010089"
    abroad = confirmed(sample, 3, bizLocation={"id": port}, readPoint={"id": port})
    assert take(licensed, sample, abroad, FOREIGN).why == "licence.unknown"
    assert balance(number=NUMBER) == (0, 0, 900, 0)


def test_an_exit_on_no_licence_is_recorded_and_waits_for_an_officer(register, sample):
    office(register)
    made = take(register, sample, confirmed(sample, 1), CUSTOMS)
    assert made.why == "licence.unlicensed_exit"
    (record,) = exits_without_licence(NUMBER)
    assert (record.number, record.fields["entry"]["quantity"]) == (made.followed, "900")
    assert issue(licence(NUMBER, "900", valid_from="2025-07-01")) == []
    assert balance(number=NUMBER) == (0, 0, 900, 0)


def test_what_a_kill_left_is_followed_by_the_next_round(licensed, sample, monkeypatch):
    from ytterby.shell.actions import settle

    monkeypatch.setattr(settle, "follow_left", lambda register, at: None)
    waits = take(licensed, sample, export(sample, 1), EXPORTER)
    assert waits.followed is None
    assert balance(number=NUMBER) == (0, 0, 900, 0)
    work_once(licensed, at=LATER)
    assert balance(number=NUMBER) == (0, 900, 0, 0)
    work_once(licensed, at=LATER)
    assert LicensedEvent.objects.get().followed == waits.log_index + 1


def test_before_customs_acknowledged_an_event_reserves_nothing(register, sample):
    office(register)
    assert issue(licence(NUMBER, "900", valid_from="2025-07-01", needs_acknowledgement=True)) == []
    assert take(register, sample, export(sample, 1), EXPORTER).why == "licence.not_acknowledged"
    answer(NUMBER)
    assert take(register, sample, export(sample, 2), EXPORTER).why == ""
    assert balance(number=NUMBER) == (0, 900, 0, 0)


def test_what_customs_confirms_changes_nothing_of_the_book(register, sample):
    """A customs place never holds: the goods are where their sender's event put them."""
    office(register)
    events = sample["epcisBody"]["eventList"]

    def found():
        derive_to(register.size)
        rows = list_findings(OPERATOR_VIEWER, known=known_at(OPERATOR_VIEWER, None))["findings"]
        return {row["id"] for row in rows}

    text = json.dumps({**sample, "epcisBody": {"eventList": events[:17]}}).encode()
    assert capture(register, text, submitter="operator", at=AT).outcome == "accepted"
    before = found()
    take(register, sample, confirmed(sample, 1), CUSTOMS)
    assert found() == before


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"licence": "XA-DU-2025-004418"}, "it names another licence"),
        ({"followed": None}, "the row says that it waits"),
        ({"followed": 7}, "it led to another record"),
        ({"why": "licence.unknowm"}, "the reason is none"),
        (None, "the row is gone"),
    ],
)
def test_a_row_that_would_hide_an_exit_is_named(licensed, sample, change, what):
    """Threats D1, Q4: an exit that is said to have been followed already is drawn nowhere."""
    row = take(licensed, sample, export(sample, 1), EXPORTER)
    derive_to(licensed.size)
    assert named(licensed) == set()
    rows = LicensedEvent.objects.filter(log_index=row.log_index)
    if change is None:
        rows.delete()
    else:
        rows.update(**change)
    (found,) = [one for one in examine(licensed)["unsound"] if one["invariant"] == "licence.followed"]
    assert what in found["what"]


def test_an_event_that_led_to_nothing_says_why_and_nothing_else(licensed, sample):
    row = take(licensed, sample, export(sample, 1, **{"ree:licence": "XA-NONE"}), EXPORTER)
    derive_to(licensed.size)
    assert (row.followed, named(licensed)) == (row.log_index, set())
    rows = LicensedEvent.objects.filter(log_index=row.log_index)
    for change in ({"why": ""}, {"followed": row.log_index - 1}, {"followed": None}):
        rows.update(followed=row.followed, why=row.why)
        rows.update(**change)
        assert named(licensed) == {"licence.followed"}
    LicensedEvent.objects.create(log_index=1, licence=NUMBER, followed=1, why=row.why)
    rows.update(followed=row.followed, why=row.why)
    assert named(licensed) == {"licence.followed"}


def told(viewer):
    """Return why events did not do what they said, as a reader of the licence is told."""
    now = known_at(OPERATOR_VIEWER, None)
    return [one["why"] for one in show_licence(viewer, NUMBER, known=now, on=AT.date())["events"]]


def test_who_handed_an_event_in_is_told_why_it_did_not_do_what_it_said_and_nobody_of_another_ones(licensed, sample):
    site = KESTREL.replace("/417/", "/414/")
    claimed = [{"type": "owning_party", "source": EXPORTER}, {"type": "location", "source": site}]
    take(licensed, sample, export(sample, 1, kg=901), EXPORTER)
    take(licensed, sample, export(sample, 2, sourceList=claimed), KESTREL)
    take(licensed, sample, confirmed(sample, 3, kg=950), CUSTOMS)
    take(licensed, sample, export(sample, 4, kg=902), OPERATOR)
    holder, port = Viewer(EXPORTER), Viewer(CUSTOMS, frozenset({AT_CUSTOMS}), places=frozenset({PORT}))
    assert told(holder) == ["licence.over_draw", "licence.not_usable"]
    assert told(port) == ["licence.unlicensed_exit"]
    assert told(OPERATOR_VIEWER) == [
        *("licence.over_draw", "licence.not_the_holder", "licence.unlicensed_exit", "licence.not_usable")
    ]


CODE = re.compile(r'"(licence\.[a-z_]+)"')


def test_every_reason_why_an_event_does_nothing_has_words_in_both_languages():
    codes = {code for module in (refusal, follow_exports) for code in CODE.findall(inspect.getsource(module))}
    assert {"licence.over_draw", "licence.event_unit"} < codes
    for code in codes:
        name = code.removeprefix("licence.")
        assert word("licence_event", name) != name.replace("_", " "), code
        assert word("licence_event", name, "zh") != word("licence_event", name), code

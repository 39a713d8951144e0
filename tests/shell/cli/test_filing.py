"""`ytterby party invite … delivery list` as their users type them: from an invitation to an alarm, by CLI alone."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from shell.cli.conftest import run
from shell.strangers import KESTREL, NORRVIK, TAMARACK
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.wording import catalogue

OFFICE = "https://body.example/licensing"
BODY = f"parties: [{{id: '{OFFICE}', name: Licence Office}}]\nbodies: [{{party: '{OFFICE}', as: licensing}}]"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
TODAY = datetime.now(UTC).date()
ORDER = {
    "number": "PO-7", "buyer": "", "end_user": NORRVIK, "destination": "XB", "on": "2025-12-01",
    "lines": [{"line": 1, "name": "magnets N42SH", "quantity": "900", "unit": "KGM", "value": "5", "currency": "CNY"}],
}  # fmt: skip
STATEMENT = {
    "end_user": NORRVIK, "exporter": KESTREL, "procedure": "CN-procedure",
    "goods": [{"name": "magnets N42SH", "quantity": "900", "unit": "KGM"}],
    "use": {"code": "traction_motor_car", "function": {"en": "rotor magnet", "zh": "转子磁体"}},
    "undertakings": ["commitment_no_other_use", "commitment_no_transfer", "commitment_no_wmd"],
    "signer": {"name": "A. Lind", "title": "head of purchasing"},
    "valid_from": "2026-01-01", "valid_to": (TODAY + timedelta(days=300)).isoformat(),
}  # fmt: skip
PROFILE = {
    "plant": "works 1", "product": "traction motor", "model": "M-3", "use": "traction_motor_car",
    "needs": {"Dy": "100"}, "valid_from": f"{TODAY.year}-01-01", "valid_to": f"{TODAY.year}-12-31",
}  # fmt: skip


class Typing:
    """Types commands against a register whose office, exporter and end user are those of the sample."""

    def __init__(self, register, folder):
        self.register, self.folder = register, folder
        assert not import_directory(register, BODY, at=LONG_AGO).problems

    def __call__(self, *words, **how):
        words = [str(self.folder / word[1:]) if str(word).startswith("@") else word for word in words]
        return run(*words, "--data", self.register.data)

    def good(self, *words):
        answer = self(*words, "--json")
        assert answer.code == 0, (words, answer.out, answer.err)
        return answer.json

    def write(self, name, fields):
        (self.folder / name).write_text(json.dumps(fields), encoding="utf-8")
        return f"@{name}"

    def invite(self, *more):
        where = ["--how", "company_register", "--where", "sheet 12", "--document", "ab" * 32]
        said = ["party", "invite", NORRVIK, "--for", KESTREL, "--address", "office@norrvik.example", *where]
        return self(*said, "--as", OFFICE, "--mail", "@mail.txt", "--json", *more)

    @property
    def link(self):
        text = (self.folder / "mail.txt").read_text(encoding="utf-8")
        return text.split("http", 1)[1].join(["http", ""]).strip()


@pytest.fixture
def typing(register, tmp_path):
    return Typing(register, tmp_path)


@pytest.fixture
def bound(typing):
    """The end user accepted, and its key lies in user.key."""
    assert typing.invite().code == 0
    typing.good("party", "accept", typing.link, "--out", "@user.key")
    return typing


def test_from_an_invitation_to_a_repudiation(bound, tmp_path):
    rows = bound.good("party", "invitations", "--viewer", KESTREL)["invitations"]
    assert rows == [{"party": NORRVIK, "asked_by": KESTREL, "state": "accepted"}]
    again = bound("party", "accept", bound.link, "--out", "@again.key", "--json")
    assert (again.code, [one["code"] for one in again.json["problems"]]) == (1, ["invitation.not_valid"])
    assert not (tmp_path / "again.key").exists()
    assert ((tmp_path / "user.key").stat().st_mode & 0o777, (tmp_path / "mail.txt").stat().st_mode & 0o777) == (
        0o600, 0o600,
    )  # fmt: skip
    digest = bound.good("statement", "file", bound.write("s.json", STATEMENT), "--by", "@user.key")["key"]
    (row,) = bound.good("statement", "list", "--viewer", KESTREL)["statements"]
    assert (row["digest"], row["state"], row["made"]) == (digest, "in_force", "signed")
    shown = bound("statement", "show", digest[:12])
    assert (shown.code, "undertakes: no other use without consent" in shown.out) == (0, True)
    assert "承诺：未经同意不得用于其他用途" in bound("statement", "show", digest[:12], "--lang", "zh").out
    said = ["--reason", "not_made", "--text", "we never signed"]
    assert bound("statement", "repudiate", digest[:12], *said, "--as", KESTREL).code == 1
    bound.good("statement", "repudiate", digest[:12], *said, "--by", "@user.key")
    stopped = bound("delivery", "list", "--json")
    assert (stopped.code, [one["kind"] for one in stopped.json["alarms"]]) == (1, ["repudiated"])
    assert "we never signed" in bound("delivery", "list").out


def test_the_link_from_the_exporters_session_is_refused_and_the_office_sees_it(typing):
    """Threat X3, on the command line."""
    assert typing.invite().code == 0
    refused = typing("party", "accept", typing.link, "--as", KESTREL, "--out", "@own.key", "--json")
    assert (refused.code, [one["code"] for one in refused.json["problems"]]) == (1, ["invitation.other_session"])
    told = typing("party", "invitations")
    assert "link used from the session of whoever asked" in told.out
    assert typing.good("party", "invitations", "--viewer", KESTREL)["invitations"][0]["state"] == "invited"


def test_a_mail_is_written_once_and_what_is_refused_writes_none(typing, tmp_path):
    refused = typing.invite("--as", KESTREL)
    assert (refused.code, (tmp_path / "mail.txt").exists()) == (1, False)
    assert typing.invite().code == 0
    size = typing.register.size
    assert (typing.invite().code, typing.register.size) == (3, size)
    queued = typing.good(
        *("party", "invite", NORRVIK, "--for", TAMARACK, "--address", "office@norrvik.example"),
        *("--how", "chamber", "--where", "list of members", "--as", OFFICE),
    )
    assert (queued["mail"], bool(queued["key"])) == (None, True)
    ask = typing.good("party", "request", "Next", "--country", "XC", "--text", "our customer", "--as", NORRVIK)["key"]
    assert ask in typing("party", "invitations").out
    number = typing.good("party", "invitations")["invitations"][0]["id"]
    ended = ["party", "uninvite", number, "--reason", "undelivered", "--text", "came back"]
    assert typing(*ended, "--as", KESTREL).code == 1
    assert typing(*ended, "--as", OFFICE).code == 0


def test_a_profile_serves_suppliers_who_do_not_see_each_other(bound):
    profile = bound.good("use", "profile", bound.write("p.json", PROFILE), "--by", "@user.key")["key"]
    how = ["--year", str(TODAY.year), "--by", "@user.key"]
    bound.good("use", "release", profile, "Dy=60", "--to", KESTREL, "--order", "PO-7", *how)
    assert bound("use", "list").code == 0
    over = bound.good("use", "release", profile, "dy=60", "--to", TAMARACK, "--order", "A-1", *how)
    assert [one["code"] for one in over["problems"]] == ["release.exceeds"]
    listed = bound("use", "list")
    assert (listed.code, f"{TODAY.year} Dy: 120 kg released to 2 suppliers, 100 kg needed" in listed.out) == (1, True)
    answer = bound.good("use", "list", "--viewer", KESTREL)
    assert (answer["profiles"], [one["amounts"] for one in answer["releases"]]) == ([], [{"Dy": "60"}])
    assert bound("use", "release", profile, "Xx=1", "--to", KESTREL, "--order", "1", *how).code == 2


def test_one_order_fills_the_papers(bound):
    entered = ["order", "enter", bound.write("o.json", ORDER)]
    assert bound(*entered, "--as", NORRVIK).code == 1
    bound.good(*entered, "--as", KESTREL)
    digest = bound.good("statement", "file", bound.write("s.json", STATEMENT), "--by", "@user.key")["key"]
    filled = bound.good("order", "show", "PO-7", "--fill", "application", "--viewer", KESTREL)
    assert (filled["lines"][0]["quantity"], filled["order"], filled["statements"]) == ("900", "PO-7", [digest])
    paper = bound.good("order", "show", "PO-7", "--fill", "certificate")
    assert (paper["no_wmd"], paper["goods"][0]["quantity"]) == (True, {"amount": "900", "unit": "KGM"})
    form = bound.good("order", "show", "PO-7", "--fill", "receipt", "--viewer", NORRVIK)
    assert "900" not in json.dumps(form)
    assert bound("order", "show", "PO-7", "--fill", "receipt", "--viewer", KESTREL).code == 2
    assert bound("order", "show", "PO-7", "--viewer", TAMARACK).code == 2
    assert "magnets N42SH 900 KGM" in bound("order", "show").out
    assert "5 CNY" not in bound("order", "show", "PO-7", "--viewer", NORRVIK).out


def test_reports_are_owed_late_and_told(bound):
    bound.good("order", "enter", bound.write("o.json", ORDER), "--as", KESTREL)
    long_ago = (TODAY - timedelta(days=200)).isoformat()
    report = ["delivery", "report", "PO-7", "D-1"]
    bound.good(*report, "transport", "--on", long_ago, "--quantity", "900", "--as", KESTREL)
    listed = bound("delivery", "list", "--json")
    states = {row["stage"]: row["state"] for row in listed.json["owed"]}
    assert (listed.code, states["arrival"]) == (1, "late")
    bound.good(*report, "arrival", "--on", long_ago, "--quantity", "899.5", "--by", "@user.key")
    assert bound(*report, "use", "--on", long_ago, "--as", KESTREL).code == 1
    told = bound("delivery", "list", "--lang", "zh")
    assert "逾期报告" in told.out
    rows = bound("delivery", "list", "--viewer", KESTREL, "--json").json["reports"]
    assert [row["quantity"] for row in rows] == ["900", None]


def test_an_alarm_stops_shipping_until_the_office_lets_it_go_on(bound):
    bound.good("order", "enter", bound.write("o.json", ORDER), "--as", KESTREL)
    raised = ["delivery", "alarm", "use_changed", "--order", "PO-7", "--text", "another line"]
    number = bound.good(*raised, "--as", KESTREL)["key"]
    assert bound("delivery", "list").code == 1
    assert bound("delivery", "resume", number, "--text", "no", "--as", KESTREL).code == 1
    bound.good("delivery", "resume", number, "--text", "it is the same line", "--as", OFFICE)
    assert bound("delivery", "list").code == 0
    key = f"{KESTREL} PO-7"
    wanted = {"order": key, "to_name": "N", "to_country": "XC", "amounts": {"Dy": "1"}, "use": "x", "text": "moved"}
    request = bound.good("delivery", "retransfer", bound.write("r.json", wanted), "--by", "@user.key")["key"]
    bound.good("delivery", "decide", request, "granted", "--text", "same use", "--as", OFFICE)
    visit = {
        "party": NORRVIK, "party_country": "XB", "body": "bureau", "body_country": "XC", "on": "2025-12-24",
        "outcome": "confirmed", "text": "seen",
    }  # fmt: skip
    told = bound("delivery", "visit", bound.write("v.json", visit), "--provision", "foreign_visits", "--as", OFFICE)
    assert (told.code, "came without the consent" in told.out) == (0, True)


def test_wrong_use_says_what_to_do(bound):
    assert bound("statement", "file", bound.write("s.json", STATEMENT), "--as", NORRVIK).code == 2
    assert bound("statement", "file", bound.write("s.json", [STATEMENT]), "--as", NORRVIK).code == 3
    assert bound("statement", "show", "0" * 12).code == 2
    assert bound("order", "enter", bound.write("o.json", ORDER)).code == 2
    assert bound("order", "show", "PO-8").code == 2
    wrong = bound("statement", "file", bound.write("s.json", {**STATEMENT, "goods": 5}), "--by", "@user.key", "--json")
    assert (wrong.code, wrong.json["problems"][0]["code"]) == (1, "filed.form")
    assert "filed.form" in catalogue()
    assert date.fromisoformat(STATEMENT["valid_to"]) > TODAY


def test_an_end_user_is_validated_by_two_people_of_the_office(typing):
    """Threat D1: what one person entered the same person cannot confirm."""
    days = ["--visits", "2026-01-10", "--reconciliation", "2026-01-11", "--documents", "2026-01-12"]
    told = ["party", "validate", NORRVIK, *days, "--text", "report 12", "--document", "ab" * 32]
    first, second = (["--as", OFFICE, "--person", name] for name in ("ann", "bo"))
    number = typing.good(*told, *first)["key"]
    again = typing("party", "validate", "--confirm", number, *first, "--json")
    assert (again.code, [one["code"] for one in again.json["problems"]]) == (1, ["validation.same_person"])
    typing.good("party", "validate", "--confirm", number, *second)
    (row,) = typing.good("party", "validations", NORRVIK, "--viewer", OFFICE)["validations"]
    assert (row["state"], row["by"], row["confirmed_by"]) == ("confirmed", "ann", "bo")
    assert typing.good("party", "validations", "--viewer", NORRVIK)["validations"] == []
    assert "2026-01-10" in typing("party", "validations", "--viewer", OFFICE).out
    typing.good("party", "validate", "--withdraw", number, "--text", "sold", *first)
    (row,) = typing.good("party", "validations", "--viewer", OFFICE)["validations"]
    assert (row["state"], row["why"]) == ("withdrawn", "sold")
    assert typing("party", "validate", *first).code == 2
    assert typing("party", "validate", NORRVIK, "--confirm", number, *first).code == 2

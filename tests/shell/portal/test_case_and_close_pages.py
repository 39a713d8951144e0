"""Cases and closed months in a register that holds them: what an auditor reads, and what a party never does.

Threats C2, C3, P5.
"""

import csv
import importlib
import io
import json

import pytest

from counted_months import AT, MAKER, PLANT, hand_in_count
from judged_months import QUESTION, SECRET, make_judged_register
from shell.portal.reader import Page
from shell.portal.test_month_pages import signed_in
from shell.strangers import KESTREL, LUMEN, NORRVIK, TAMARACK

NUMBER_OF = {name: party.rpartition("/")[2] for name, party in (("norrvik", NORRVIK), ("kestrel", KESTREL))}
WORKS = PLANT.rpartition("/")[2]


@pytest.fixture
def judged(tmp_path):
    for name in ("months", "closes"):
        module = importlib.import_module(f"ytterby.shell.portal.auditor.{name}")
        (module._lists if name == "months" else module._months).clear()
    return make_judged_register(tmp_path / "judged")


@pytest.fixture
def office(judged):
    return signed_in(judged.register, "demo")


def party_of(judged, party):
    return signed_in(judged.register, party.rpartition("/")[2])


def table(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def internal(page):
    return [href for href in page.hrefs if href.startswith("/")]


# Cases


def test_the_office_reads_every_case_whoever_is_to_answer_first(judged, office):
    rows = table(office.get("/en/inquiries.csv"))
    assert [(row["number"], row["phase"], row["kind"]) for row in rows] == [
        (judged.waiting, "asked", "month.gain"),
        (judged.decided, "decided", "mirror.differs"),
    ]
    assert (rows[0]["months"], rows[0]["element"], rows[0]["answered"]) == ("2024-02", "Nd", "")
    assert float(rows[0]["sd_kg"]) > 0
    assert (rows[1]["due"], rows[1]["answered"], rows[1]["judgement"]) == ("2026-07-20", "2026-06-01", "real")
    text = Page(office.get("/en/inquiries/")).text
    assert "2 cases 1 answers awaited" in text
    assert "More than came in Feb 2024" in text
    found = json.loads(office.get("/en/inquiries.json", {"state": "asked"}).content)
    assert [one["number"] for one in found["cases"]] == [judged.waiting]


def test_a_case_shows_each_step_with_who_said_what_and_what_was_measured(judged, office):
    text = Page(office.get(f"/en/inquiries/{judged.decided}/")).text
    for said in (
        "the office · asked → Norrvik Separation",
        QUESTION,
        "Norrvik Separation · answered",
        SECRET,
        "Order O-12 Inspectors B-1, B-2",
        "Sample V-1, 0.250 ± 0.001 kg",
        "sealed B-1 1 Jan 2026 08:05 UTC S-77",
        "Disclosed: Shipped, Document",
        "decided breach",
        "Told to: Norrvik Separation",
        "Shipped 11,000 kg",
        "Counts as standing",
    ):
        assert said in text, said
    page = Page(office.get(f"/en/inquiries/{judged.decided}/"))
    assert [href for href in internal(page) if office.get(href).status_code != 200] == []
    assert any("/events/" in href for href in internal(page))
    chinese = Page(office.get(f"/zh-hans/inquiries/{judged.decided}/")).text
    assert "主管方 · 询问 → 诺维克分离" in chinese
    whole = json.loads(office.get(f"/en/inquiries/{judged.decided}/case.json").content)
    assert [step["verb"] for step in whole["steps"]][:3] == ["ask", "answer", "ask"]


def test_a_finding_leads_to_its_case_and_a_case_to_its_finding(judged, office):
    findings = Page(office.get("/en/findings/"))
    assert f"/en/inquiries/{judged.waiting}/" in findings.hrefs
    case = Page(office.get(f"/en/inquiries/{judged.waiting}/"))
    (href,) = {href for href in case.hrefs if href.startswith("/en/findings/?finding=") and "known_at" not in href}
    only = Page(office.get(href))
    assert len([tag for tag in only.all("tr") if "data-row" in tag]) == 1
    assert "remove this filter" in only.text


def test_a_party_reads_what_was_said_to_it_and_by_it_and_no_more(judged):
    """Threats C2, C3."""
    norrvik = party_of(judged, NORRVIK)
    rows = table(norrvik.get("/en/inquiries.csv"))
    assert [(row["number"], row["state"]) for row in rows] == [(judged.waiting, "asked"), (judged.decided, "decided")]
    page = Page(norrvik.get(f"/en/inquiries/{judged.decided}/"))
    for said in (
        QUESTION,
        "The slip shows 9,000 kg.",
        "Report the weight anew.",
        "O-12",
        "decided breach",
        "11,000 kg",
    ):
        assert said in page.text, said
    whole = norrvik.get(f"/en/inquiries/{judged.decided}/").content.decode() + page.text
    whole += norrvik.get(f"/en/inquiries/{judged.decided}/case.json").content.decode()
    whole += norrvik.get("/en/inquiries/").content.decode()
    for closed in (
        SECRET,
        "Kestrel",
        "Delivery differs",
        "mirror",
        "It stands.",
        "Handed over",
        "we declared",
        "F-",
    ):
        assert closed not in whole, closed
    assert [href for href in internal(page) if norrvik.get(href).status_code != 200] == []


def test_the_other_side_reads_its_own_question_alone(judged):
    """Threats C2, C3."""
    kestrel = party_of(judged, KESTREL)
    assert [row["number"] for row in table(kestrel.get("/en/inquiries.csv"))] == [judged.decided]
    page = Page(kestrel.get(f"/en/inquiries/{judged.decided}/"))
    assert SECRET in page.text
    assert "Nothing of the finding was disclosed to you so far." in page.text
    for closed in (QUESTION, "9,000", "O-12", "breach", "Norrvik", "decided"):
        assert closed not in page.text, closed
    assert kestrel.get(f"/en/inquiries/{judged.waiting}/").status_code == 404


@pytest.mark.parametrize("party", [TAMARACK, LUMEN])
def test_to_whoever_was_asked_nothing_there_is_no_case(judged, party):
    other = party_of(judged, party)
    assert "Nobody has asked you anything" in Page(other.get("/en/inquiries/")).text
    nothing = other.get("/en/no/such/page/").content
    for path in (f"{judged.decided}/", f"{judged.decided}/case.json", "Q-00000000/"):
        answer = other.get(f"/en/inquiries/{path}")
        assert (answer.status_code, answer.content) == (404, nothing), path


@pytest.mark.parametrize("mandate", ["customs", "licensing"])
def test_a_body_without_the_compartment_is_a_stranger_to_cases_and_closes(judged, mandate):
    """A mandate that reads no tracing opens no case and no close."""
    from ytterby.shell.actions.enrol import import_directory

    text = f"bodies: [{{party: '{LUMEN}', as: {mandate}, start: 2020-01-01, end: 2040-01-01}}]"
    assert not import_directory(judged.register, text, at=AT).problems
    other = party_of(judged, LUMEN)
    assert table(other.get("/en/inquiries.csv")) == []
    for path in (f"inquiries/{judged.decided}/", "closes/", "closes.json", "closes/2024-02/"):
        assert other.get(f"/en/{path}").status_code == 404, path


def test_an_earlier_moment_has_the_steps_of_then(judged, office):
    entries = [step["index"] for step in json.loads(case_file(office, judged).content)["steps"]]
    then = json.loads(case_file(office, judged, known_at=entries[1] + 1).content)
    assert [step["verb"] for step in then["steps"]] == ["ask", "answer"]
    assert (then["state"], then["answered"]) == ("answered", "2026-06-01")
    assert case_file(office, judged, known_at=entries[0]).status_code == 404
    page = Page(office.get(f"/en/inquiries/?known_at={entries[1] + 1}"))
    assert f"/en/inquiries/{judged.decided}/?known_at={entries[1] + 1}" in page.hrefs


def case_file(client, judged, **query):
    return client.get(f"/en/inquiries/{judged.decided}/case.json", query)


# Closed months


def test_every_close_is_listed_and_what_came_since_is_noticed(judged, office):
    rows = table(office.get("/en/closes.csv"))
    assert [(row["month"], row["state"], row["changed_sites"], row["accounts"]) for row in rows] == [
        ("2024-03", "changed", "1", "4"),
        ("2024-02", "changed", "1", "4"),
        ("2024-01", "same", "0", "4"),
    ]
    assert int(rows[-1]["known_at"]) == judged.closed_at
    at_close = table(office.get("/en/closes.csv", {"known_at": str(judged.closed_at + 3)}))
    assert {row["state"] for row in at_close} == {"same"}
    assert table(office.get("/en/closes.csv", {"known_at": str(judged.closed_at)})) == []


def test_a_month_that_is_closed_again_is_the_same_again(judged, office):
    from ytterby.shell.actions.close_month import close_month
    from ytterby.shell.store.derived.deriving import derive_to

    derive_to(judged.register.size)
    assert close_month(judged.register, "2024-02", at=AT).state == "closed"
    rows = table(office.get("/en/closes.csv", {"year": "2024"}))
    assert [(row["state"], row["changed_sites"]) for row in rows if row["month"] == "2024-02"] == [
        ("same", "0"),
        ("replaced", ""),
    ]
    assert "Closed before" in Page(office.get("/en/closes/2024-02/")).text


def test_a_closed_month_shows_stored_beside_now_and_why(judged, office):
    page = Page(office.get("/en/closes/2024-02/"))
    for said in (
        "stale: 2 of 4 balances",
        "MUF · standard deviation · CUMUF",
        "What was accepted since",
        "Norrvik Separation",
        "Used beyond what was held",
    ):
        assert said in page.text, said
    assert [href for href in internal(page) if office.get(href).status_code != 200] == []
    rows = table(office.get("/en/closes/2024-02/accounts.csv", {"state": "changed"}))
    assert {(row["site.id"], row["element"]) for row in rows} == {(PLANT, "Nd"), (PLANT, "Dy")}
    assert len(rows) == 2
    nd = next(row for row in rows if row["element"] == "Nd")
    # 250 kg of oxide at 62 % neodymium left the plant unreported.
    assert float(nd["stored.muf_kg"]) - float(nd["now.muf_kg"]) == pytest.approx(250 * 0.62, rel=0.02)
    assert "all balances say the same" in Page(office.get("/en/closes/2024-01/")).text


def test_what_is_no_closed_month_is_no_page(office):
    for month in ("2024-04", "2024-13", "x", "2024-2", "1999-01"):
        assert office.get(f"/en/closes/{month}/").status_code == 404, month
        assert office.get(f"/en/closes/{month}/accounts.csv").status_code == 404, month


def test_a_plants_months_say_which_of_them_changed_since_their_close(judged, office):
    page = Page(office.get(f"/en/months/{WORKS}/Nd/?month=2024-02"))
    assert "changed since their close: 2" in page.text
    assert page.text.count("changed since the close") == 2
    assert f"This month was closed as known at log size {judged.closed_at + 1}" in page.text
    assert "MUF as stored: " in page.text
    assert "/en/closes/2024-02/" in page.hrefs
    assert "changed since" not in Page(office.get(f"/en/months/{WORKS}/Ce/")).text
    before = Page(office.get(f"/en/months/{WORKS}/Nd/?known_at={judged.closed_at + 3}"))
    assert "changed since" not in before.text


def test_a_party_is_told_nothing_of_closes(judged):
    """Threats C2, C3: what is stored is made of the whole book."""
    norrvik = party_of(judged, NORRVIK)
    page = Page(norrvik.get(f"/en/months/{WORKS}/Nd/?month=2024-02"))
    assert "close" not in page.text.lower().replace("esc close this close", "")
    assert [href for href in page.hrefs if "closes" in href] == []
    nothing = norrvik.get("/en/no/such/page/").content
    for path in ("closes/", "closes.csv", "closes.json", "closes/2024-02/", "closes/2024-02/accounts.json"):
        answer = norrvik.get(f"/en/{path}")
        assert (answer.status_code, answer.content) == (404, nothing), path


def test_counts_in_other_months_alone_change_no_close(judged, office):
    before = table(office.get("/en/closes.csv"))
    hand_in_count(judged.register, "2024-05", 5000.0)
    after = table(office.get("/en/closes.csv"))
    assert [row["state"] for row in after] == [row["state"] for row in before]


def test_a_case_in_a_register_whose_watch_is_not_at_hand_waits_for_nothing(judged, office, monkeypatch):
    """The whole watch of a large register takes a minute; a list of cases never asks for it."""
    from ytterby.shell.store.reading import watching

    for kept in (watching._kept, watching._lists):
        kept.clear()
    monkeypatch.setattr(watching, "QUICK_SIZE", 0)
    monkeypatch.setattr(watching, "watch_accounts", lambda *_, **__: pytest.fail("the watch was run"))
    rows = table(office.get("/en/inquiries.csv"))
    assert [row["is_found"] for row in rows] == ["", ""]
    text = Page(office.get(f"/en/inquiries/{judged.waiting}/")).text
    assert "Whether it is still found is not worked out yet" in text
    assert office.get("/en/closes/").status_code == 200


def test_the_maker_of_nothing_closed_reads_an_empty_list(judged):
    maker = signed_in(judged.register, MAKER.rpartition("/")[2])
    assert table(maker.get("/en/inquiries.csv")) == []

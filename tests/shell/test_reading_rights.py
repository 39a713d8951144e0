"""Who may read what: the list of readers, walked; what a consignee and a customs body are told, field by field."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from law.law_case import content_of, with_pack
from law.test_impact import suspended
from shell.case_of import mirror_finding, receipt_of, step
from shell.filed_story import file_story, filed_probes, filed_rows
from shell.free_story import free_probes, free_rows, free_story
from shell.licensed import issue_and_reserve, licence, licence_rows, tell_customs
from shell.screened import enter_run, hit_of
from shell.strangers import AT, FERN, KESTREL, LUMEN, NORRVIK, ORIEL, SITE_OF, TAMARACK, document
from ytterby.balance.inquiry import Ask
from ytterby.balance.quota import Quota
from ytterby.balance.sampling_plan import Stratum
from ytterby.chain.disclosure import CONSIGNEE_LINE, CONSIGNEE_SHIPMENT, Told, bundles_for, passages_of
from ytterby.chain.event import DeclaredUse
from ytterby.chain.order import Bundle
from ytterby.chain.party import NamedList
from ytterby.chain.posting import Dispatch, Line, Receipt
from ytterby.matter.mass import MassUncertainty
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.close_month import CLOSED, close_month
from ytterby.shell.actions.columns import remember_columns
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.sample import commit_plan
from ytterby.shell.actions.set_quota import set_quota
from ytterby.shell.site.law_packs import packaged_law
from ytterby.shell.store.compartment import Compartment
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.models import EventRecord, Visible
from ytterby.shell.store.reading import readers
from ytterby.shell.store.reading.balance import mirror_pairs, step_closures
from ytterby.shell.store.reading.closed import closed_month
from ytterby.shell.store.reading.columns import columns_of
from ytterby.shell.store.reading.end_use import EndUseQuestion, end_use_flags
from ytterby.shell.store.reading.entries import accepted_entries, directory
from ytterby.shell.store.reading.event_texts import submitted_events
from ytterby.shell.store.reading.findings import list_findings
from ytterby.shell.store.reading.flow_returns import list_returns, show_return
from ytterby.shell.store.reading.impact import Question
from ytterby.shell.store.reading.impact_answer import list_impact
from ytterby.shell.store.reading.inquiries import list_cases, recorded_case, recorded_cases, show_case
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.law import changes_of_law, law_at
from ytterby.shell.store.reading.licence_list import list_licences
from ytterby.shell.store.reading.log import event_proof, list_entries
from ytterby.shell.store.reading.lots import list_lots, match_lots, near_lots
from ytterby.shell.store.reading.months import balanced, month_rows
from ytterby.shell.store.reading.owners import list_stakes
from ytterby.shell.store.reading.passages import list_passages
from ytterby.shell.store.reading.quotas import quota_positions
from ytterby.shell.store.reading.rights import list_rights, viewer_of
from ytterby.shell.store.reading.sampling import list_samples
from ytterby.shell.store.reading.screening import list_alerts, registered_parties
from ytterby.shell.store.reading.screening_lists import list_lists
from ytterby.shell.store.reading.traces import lot_destination, lot_origin, lot_trace
from ytterby.shell.store.reading.viewer import COMPARTMENTS_OF, MANDATES, OPERATOR_VIEWER, Viewer

CUSTOMS_XA, CUSTOMS_XB = "https://id.gs1.org/417/9520000010072", "https://id.gs1.org/417/9520000010089"
BODIES = {mandate: f"https://body.example/{mandate}" for mandate in MANDATES if mandate != "customs"}
DAY = date(2026, 2, 1)
SUBMITTERS = (
    *((n, KESTREL) for n in range(4)), *((n, NORRVIK) for n in range(4, 9)), *((n, TAMARACK) for n in (9, 10, 11)),
    (12, ORIEL), (13, ORIEL), (14, FERN), (15, ORIEL), (16, ORIEL), (17, LUMEN), (18, LUMEN), (19, ORIEL),
)  # fmt: skip


@pytest.fixture
def told(register, part_of):
    """The sample chain, each event from its own party, and public bodies."""
    for number, party in SUBMITTERS:
        result = capture(register, part_of(number), submitter=party, at=AT)
        assert result.outcome == "accepted", (number, result.problems)
        if number == 4:
            # Before it was corrected, the receipt differed from the shipment, and both sides were asked.
            for asked in (KESTREL, NORRVIK):
                step(register, mirror_finding(), Ask(asked, "What did the scale show?", "2026-03-01"))
    rows = [f"{{id: '{id_}', name: {mandate}}}" for mandate, id_ in BODIES.items()]
    given = [
        f"{{party: '{id_}', as: {mandate}{', region: North' if mandate == 'province' else ''}}}"
        for mandate, id_ in {**BODIES, "customs": CUSTOMS_XA}.items()
    ]
    stakes = [
        f"{{owner: 'https://owner.example/1', owned: '{id_}', lo: 5, hi: 7, on: 2026-01-01, source: register}}"
        for id_ in (KESTREL, NORRVIK)
    ]
    text = f"parties: [{', '.join(rows)}]\nbodies: [{', '.join(given)}]\nowners: [{', '.join(stakes)}]"
    result = import_directory(register, text, at=AT)
    assert not result.problems
    tell_customs(licence(needs_acknowledgement=True))
    plan = {"period": "2026-01", "unit": "plant", "size": "Nd", "strata": (Stratum("", 1),), "seed": bytes(32)}
    assert not commit_plan(register, **plan, frame_day=date(2026, 2, 5), at=AT).problems
    assert remember_columns(register, KESTREL, "events", {"Menge": "Quantity [t]"}, at=AT) == []
    for party, kind in ((KESTREL, "mining"), (NORRVIK, "separation")):
        quota = Quota(party, 2025, kind, Decimal(90), "letter 7")
        assert set_quota(register, quota, submitter="operator", at=AT).problems == ()
    hit = hit_of(registered_parties(OPERATOR_VIEWER, now())[KESTREL].party)
    enter_run(register, hit)
    derive_to(register.size)
    assert close_month(register, "2025-06", at=AT).state == CLOSED
    file_story(register, BODIES["licensing"])
    issue_and_reserve(register, KESTREL, NORRVIK, at=AT)
    free_story(register)
    return register


def now():
    return known_at(OPERATOR_VIEWER, None)


def seen_by(party):
    return viewer_of(OPERATOR_VIEWER, party, DAY)


def viewers():
    """Return who reads: the party whose event it is, its consignee, a stranger, every body, the operator, nobody."""
    bodies = {mandate: seen_by(party) for mandate, party in {**BODIES, "customs": CUSTOMS_XA}.items()}
    return {
        "party": Viewer(KESTREL), "consignee": Viewer(NORRVIK), "stranger": Viewer(LUMEN), "nobody": Viewer(None),
        "other customs": Viewer(CUSTOMS_XB), "operator": OPERATOR_VIEWER, **bodies,
    }  # fmt: skip


def tails(viewer):
    return {row["tail"] for row in list_lots(viewer, known=now())["lots"]}


def reads_event(viewer):
    try:
        return bool(event_proof(viewer, str(shipping()), known=now()))
    except KeyError:
        return False


def shipping():
    """Return the digest of Kestrel's shipment to Norrvik."""
    record = EventRecord.objects.filter(submitter=KESTREL).order_by("log_index")[3]
    return bytes(record.digest).hex()


def has_flags(viewer):
    asked = EndUseQuestion(LUMEN, "traction_motor_car", Decimal(10), date(2026, 1, 1), known_on=date(2027, 1, 1))
    try:
        return bool(end_use_flags(viewer, asked, known=now())["flags"])
    except KeyError:
        return False


def impact_rows(viewer):
    """Return the rows of a change of law that suspends a rule, and names one party on a list."""
    content = content_of("cn-18")
    suspended(content)
    named = NamedList("new", "mining", "XA", frozenset({KESTREL}))
    question = Question(packaged_law(), with_pack(content), date(2026, 11, 24), lists=(named,))
    return list_impact(viewer, question, known=now())["rows"]


PROBES = {
    "event as submitted": reads_event,
    "shipment": lambda viewer: "KR-C-0418" in tails(viewer),
    "passage of a customs place": lambda viewer: bool(list_passages(viewer, known=now())["passages"]),
    "closure of a step": lambda viewer: any(
        step["site"]["id"] == SITE_OF[KESTREL] for step in step_closures(viewer, known=now())["steps"]
    ),
    "month balance of a plant": lambda viewer: any(
        site == SITE_OF[KESTREL] for site, _ in balanced(viewer, known=now())
    ),
    "delivery": lambda viewer: any(
        pair["tail"] == "KR-C-0418" for pair in mirror_pairs(viewer, known=now(), transit_limit_days=30)["pairs"]
    ),
    "balances of a closed month": lambda viewer: closed_month(viewer, "2025-06", known=now())["accounts"] is not None,
    "trace": lambda viewer: bool(match_lots(viewer, "KR-C-0418", known=now())),
    "flow return": lambda viewer: any(
        row["party"]["id"] == KESTREL for row in list_returns(viewer, known=now(), on=DAY)["returns"]
    ),
    "quota": lambda viewer: any(
        row["party"]["id"] == KESTREL for row in quota_positions(viewer, known=now(), on=DAY)["positions"]
    ),
    "owners of a party": lambda viewer: any(row["owned"] == KESTREL for row in list_stakes(viewer, known=now())),
    "red flags of an end user": has_flags,
    "impact of a change of law": lambda viewer: any(row["holder"]["id"] == KESTREL for row in impact_rows(viewer)),
    "names of columns": lambda viewer: bool(columns_of(viewer, KESTREL, known=now())),
    "case of a finding": lambda viewer: bool(list_cases(viewer, known=now())["cases"]),
    "sample to be visited": lambda viewer: bool(list_samples(viewer, known=now())["samples"]),
    "law of the register": lambda viewer: bool(changes_of_law(viewer, now())["law"] == law_at(viewer, now()).digest),
    "lists of the listed": lambda viewer: bool(list_lists(viewer, known=now(), at=datetime.now(UTC))["lists"]),
    "hits of screening": lambda viewer: bool(list_alerts(viewer, now(), DAY)),
    "licence": lambda viewer: any(
        row["holder"] == KESTREL for row in list_licences(viewer, known=now(), on=DAY)["licences"]
    ),
    **filed_probes(now),
    **free_probes(now, DAY),
    "log entry": lambda viewer: bool(list_entries(viewer, 0, 5)["entries"]),
}


def test_the_list_of_readers_is_what_the_readings_do(told):
    """Threats.md section 4, walked: for each kind of data, everybody who is listed reads it, and nobody else."""
    everybody = viewers()
    for what, probe in PROBES.items():
        granted = readers.GRANTS[what]
        expected = set(everybody) if "everybody" in granted else set(granted)
        assert {who for who, viewer in everybody.items() if probe(viewer)} == expected, what
    written = {
        who
        for who, v in everybody.items()
        if any(e.read.digest.hex() == shipping() for e in submitted_events(v, now()))
    }
    assert written == set(readers.GRANTS["event as submitted"])
    mine = {who: {row["party"] for row in list_rights(viewer)["rights"]} for who, viewer in everybody.items()}
    whole = set(BODIES.values()) | {CUSTOMS_XA}
    assert {who for who, parties in mine.items() if parties == whole} == {"audit", "tracing", "operator"}
    assert (mine["customs"], mine["party"], mine["nobody"]) == ({CUSTOMS_XA}, set(), set())


def test_the_page_for_people_names_every_kind_of_data():
    page = (Path(__file__).resolve().parents[2] / "docs" / "rights.md").read_text(encoding="utf-8")
    table = [row.split("|")[1].strip() for row in page.splitlines() if row.startswith("|")]
    assert set(readers.GRANTS) == set(PROBES) | {"rights of a party"} == set(table) - {"data", "---"}


def test_no_mandate_opens_both_compartments_and_each_query_names_its_own(told):
    """Tracing and licence evidence are apart: what is moved to the other compartment is gone from every answer."""
    assert set(COMPARTMENTS_OF) == set(MANDATES)
    assert all(len(opened) <= 1 for opened in COMPARTMENTS_OF.values())
    licensing = seen_by(BODIES["licensing"])
    assert licensing.compartments == {Compartment.LICENCE_EVIDENCE}
    assert not licensing.reads_all
    assert not accepted_entries(licensing, now())
    EventRecord.objects.update(compartment=Compartment.LICENCE_EVIDENCE)
    Visible.objects.update(compartment=Compartment.LICENCE_EVIDENCE)
    for viewer in (OPERATOR_VIEWER, Viewer(KESTREL), Viewer(NORRVIK)):
        assert not accepted_entries(viewer, now())
        assert not reads_event(viewer)
    assert not list_passages(seen_by(CUSTOMS_XA), known=now())["passages"]


def answers_of(viewer):
    """Return every row that a party is answered, with the name of its list of fields."""
    lots = list_lots(viewer, known=now())["lots"]
    rows = [("lot", row) for row in lots]
    for lot in (row["lot"] for row in lots):
        for direction in ("back", "forward"):
            trace = lot_trace(viewer, lot, direction=direction, element="Nd", known=now())
            rows += [("trace", trace), *(("node", n) for n in trace["nodes"]), *(("edge", e) for e in trace["edges"])]
        for one in lot_origin(viewer, lot, known=now())["elements"].values():
            rows += [("origin", row) for row in one["origins"]]
        for one in lot_destination(viewer, lot, known=now())["elements"].values():
            rows += [("destination", row) for row in one["destinations"]]
    rows += [("step", row) for row in step_closures(viewer, known=now())["steps"]]
    for site, element in balanced(viewer, known=now()):
        rows += [("month", row) for row in month_rows(viewer, site, element, known=now())]
    rows += [("delivery", row) for row in mirror_pairs(viewer, known=now(), transit_limit_days=30)["pairs"]]
    rows += [("finding", row) for row in list_findings(viewer, known=now())["findings"]]
    entries = list_entries(viewer, 0, 100)["entries"]
    rows += [("entry", row) for row in entries]
    rows += [("proof", event_proof(viewer, row["digest"], known=now())) for row in entries if row["digest"]]
    rows += [("passage", row) for row in list_passages(viewer, known=now())["passages"]]
    for one in list_returns(viewer, known=now(), on=DAY)["returns"]:
        whole = show_return(viewer, one["party"]["id"], one["month"], known=now(), on=DAY)
        assert whole["return"] == one
        rows += [("return", one), *(("return site", row) for row in one["sites"])]
        rows += [("return line", row) for row in (*whole["lines"], *whole["totals"])]
        rows += [("return elements", row) for row in whole["elements"]]
        rows += [("return delivery", row) for row in whole["deliveries"]]
    for position in quota_positions(viewer, known=now(), on=DAY)["positions"]:
        rows += [("quota", position)]
        rows += [("quota month", row) for row in position["months"]]
        rows += [("quota entry", row) for row in position["ledger"]]
        rows += [("quota projected", row) for row in position["projected"]]
    rows += [("impact row", row) for row in impact_rows(viewer)]
    cases = list_cases(viewer, known=now())["cases"]
    rows += [("case", row) for row in cases]
    rows += [("case", row) for row in recorded_cases(viewer, known=now())["cases"]]
    rows += [("case shown", recorded_case(viewer, row["number"], known=now())) for row in cases]
    for row in cases:
        shown = show_case(viewer, row["number"], known=now())
        rows += [("case shown", shown), *(("case step", step) for step in shown["steps"])]
    rows += [("stake", row) for row in list_stakes(viewer, known=now())]
    rows += licence_rows(viewer, now(), DAY)
    rows += filed_rows(viewer, now())
    rows += free_rows(viewer, now(), DAY) if not viewer.mandates else []
    return rows + [("right", row) for row in list_rights(viewer)["rights"]]


@pytest.mark.parametrize("party", [KESTREL, NORRVIK, TAMARACK, ORIEL, LUMEN, FERN, CUSTOMS_XA])
def test_every_field_of_every_answer_is_in_the_list_of_its_audience(told, party):
    """Threat C5: a field that is added to an answer is closed to parties until it is listed."""
    for name, row in answers_of(seen_by(party)):
        shown = set(row)
        if name == "delivery":
            assert all(row[field] is None for field in readers.CLOSED_TO_SIDES)
            shown -= readers.CLOSED_TO_SIDES
        assert shown == readers.PARTY_FIELDS[name], name


def test_the_lists_of_fields_are_all_used(told):
    used = {name for party in (NORRVIK, CUSTOMS_XA) for name, _ in answers_of(seen_by(party))}
    assert used == set(readers.PARTY_FIELDS)


def canary(name):
    return f"https://secret.example/{name}"


def full_dispatch():
    """Return a shipment to Norrvik in which every field says something, and what a consignee is not told is marked."""
    group = MassUncertainty(random_kg=1.0, groups={canary("scale"): 2.0}, assumed=False)
    line = Line("L1", Decimal(5), "KGM", Decimal(5), group, (), "oxide", Decimal(1), canary("grade"), None)
    fields = {
        "digest": canary("digest").encode(), "event_id": canary("event"), "at": datetime(2025, 5, 1, tzinfo=UTC),
        "site": canary("site"), "holder": KESTREL, "owner": canary("owner"), "submitter": canary("submitter"),
        "lines": (line,), "to_site": SITE_OF[NORRVIK], "to_holder": NORRVIK, "to_owner": canary("bank"),
        "document": "D1", "is_departing": True, "containers": (canary("box"),),
        "uses": (DeclaredUse(Decimal(1), "other", end_user=canary("user")),), "regime": canary("regime"),
        "customs_site": canary("customs"), "declaration": canary("declaration"), "licence": canary("licence"),
        "licence_line": canary("line"), "destination_country": canary("country"), "end_user": canary("end"),
    }  # fmt: skip
    assert set(fields) == set(Dispatch.__struct_fields__), "a new field: list it or mark it here"
    return Dispatch(**fields)


def test_a_consignee_is_told_the_listed_fields_and_no_other(register):
    """Threat C5: lot, mass, assay, document number, time of the shipment addressed to it; nothing else of the event."""
    others = [Bundle(b"seal", (full_dispatch(),))]
    (bundle,) = bundles_for([], others, NORRVIK, world_at(register.size), {})
    assert "secret" not in repr(bundle)
    (shipment,) = (posting for posting in bundle.postings if isinstance(posting, Dispatch))
    empty = Dispatch(
        digest=b"", event_id=None, at=None, site="", holder="", owner="", submitter="", lines=(), to_site=None,
        to_holder=None, to_owner=None, document=None,
    )  # fmt: skip
    told = {name for name in Dispatch.__struct_fields__ if getattr(shipment, name) != getattr(empty, name)}
    assert told <= CONSIGNEE_SHIPMENT
    blank = Line("", None, "")
    (line,) = shipment.lines
    assert {name for name in Line.__struct_fields__ if getattr(line, name) != getattr(blank, name)} <= CONSIGNEE_LINE
    assert (line.lot, line.amount, shipment.document, shipment.at) == ("L1", 5, "D1", datetime(2025, 5, 1, tzinfo=UTC))


def test_who_is_not_addressed_is_told_nothing_of_a_shipment(register):
    """Threat C5: named elsewhere in an event is not addressed by it."""
    others = [Bundle(b"seal", (full_dispatch(),))]
    assert bundles_for([], others, LUMEN, world_at(register.size), {}) == []
    assert Told(frozenset(), frozenset(), frozenset(), frozenset()).places == frozenset()
    receipt = Receipt(
        digest=b"", event_id=None, at=datetime(2025, 5, 1, tzinfo=UTC), site="s", holder=NORRVIK, owner="",
        submitter=NORRVIK, lines=(), from_site=None, from_holder=KESTREL, document="D1",
    )  # fmt: skip
    assert bundles_for([], [Bundle(b"seal", (receipt,))], KESTREL, world_at(register.size), {}) == []


def test_customs_is_told_what_the_declaration_says_and_no_more():
    """Threat C5."""
    posting = full_dispatch()
    (row,) = passages_of([posting], {canary("customs")}, {posting.digest: "t"})
    hidden = ("event", "site'", "owner", "bank", "submitter", "box", "user", "end'", "scale", "grade")
    assert not [name for name in hidden if f"secret.example/{name}" in repr(row)]
    assert passages_of([posting], {"elsewhere"}, {posting.digest: "t"}) == []


def test_a_trace_goes_one_step_each_way_and_no_further(told):
    """Names, lots and masses beyond the neighbours do not occur in anything that a party is answered."""
    beyond = {
        NORRVIK: (ORIEL, LUMEN, FERN, "KR-2025-W14", "TM-", "OM-", "FE-2025", "Oriel", "Lumen", "Fern", "XA-EX"),
        TAMARACK: (KESTREL, LUMEN, FERN, "KR-", "Kestrel", "NV-Ce", "10994", "OM-"),
        KESTREL: (TAMARACK, ORIEL, LUMEN, "NV-", "TM-", "10994", "10 994", "Tamarack"),
    }
    for party, secrets in beyond.items():
        rows = [row for name, row in answers_of(Viewer(party)) if name != "entry"]
        said = json.dumps(rows, ensure_ascii=False) + json.dumps(sorted(directory(Viewer(party), now()).parties))
        assert [secret for secret in secrets if secret in said] == []
    (lot,) = match_lots(Viewer(TAMARACK), "TM-Dy-77", known=now())
    back = lot_trace(Viewer(TAMARACK), lot, direction="back", element="Dy", known=now())
    assert {node["holder"] for node in back["nodes"]} == {NORRVIK, TAMARACK}
    (share,) = lot_origin(Viewer(TAMARACK), lot, element="Dy", known=now())["elements"]["Dy"]["origins"]
    assert (share["class"], share["share"], share["country"]) == ("delivered", 1.0, "XA")


def test_counts_and_pages_are_of_what_may_be_read(told):
    """A party that sees few of many: lists, counts and suggestions are over its own."""
    few, many = Viewer(LUMEN), OPERATOR_VIEWER
    assert len(list_lots(few, known=now())["lots"]) == 4 < len(list_lots(many, known=now())["lots"])
    assert sum(row["findings"] for row in list_lots(few, known=now())["lots"]) == 1
    assert len(list_findings(few, known=now())["findings"]) < len(list_findings(many, known=now())["findings"])
    assert near_lots(few, "KR-C-0419", known=now()) == []
    assert near_lots(many, "KR-C-0419", known=now())[0] == "KR-C-0418"
    behind = [row for row in list_entries(few, 0, 100)["entries"] if row["digest"]]
    assert len(behind) == 2
    strange = [row for row in list_entries(few, 0, 100)["entries"] if not row["digest"] and row["kind"] != "public"]
    assert {(row["kind"], row["at"], row["submitter"]) for row in strange} == {("record", None, None)}


def test_twenty_corrections_in_a_month_yield_one_state(register, sample, part_of):
    """Threat C3: the state is told once, to both sides, in words; the auditor sees how often it was corrected."""
    capture(register, part_of(0, 1, 2, 3), submitter=KESTREL, at=AT)
    states = {KESTREL: set(), NORRVIK: set()}
    texts = set()

    def look():
        for party, found in states.items():
            viewer = Viewer(party)
            (pair,) = mirror_pairs(viewer, known=now(), transit_limit_days=30)["pairs"]
            found.add(pair["state"])
            mine = [f for f in list_findings(viewer, known=now())["findings"] if f["kind"].startswith("mirror")]
            texts.update((f["kind"], f["text"]) for f in mine)

    (before,) = mirror_pairs(Viewer(KESTREL), known=now(), transit_limit_days=30)["pairs"]
    assert before["state"] == "in_transit"
    capture(register, document(sample, [receipt_of(sample, 9000, 0)]), submitter=NORRVIK, at=AT)
    look()
    for number in range(20):
        events = [receipt_of(sample, 9000 + 100 * number, number, wrong=True)]
        events.append(receipt_of(sample, 9100 + 100 * number, number + 1))
        result = capture(register, document(sample, events), submitter=NORRVIK, at=AT)
        assert result.outcome == "accepted", result.problems
        look()
    assert states == {KESTREL: {"differs"}, NORRVIK: {"differs"}}
    assert len(texts) == 1
    (pair,) = mirror_pairs(OPERATOR_VIEWER, known=now(), transit_limit_days=30)["pairs"]
    assert (pair["state"], pair["corrections"], pair["received"]) == ("matched", 20, "11000")
    (shippers,) = mirror_pairs(Viewer(KESTREL), known=now(), transit_limit_days=30)["pairs"]
    assert (shippers["shipped"], shippers["received"], shippers["difference"]) == ("11000", None, None)
    (receivers,) = mirror_pairs(Viewer(NORRVIK), known=now(), transit_limit_days=30)["pairs"]
    assert (receivers["shipped"], receivers["received"]) == (None, "11000")
    # The second answer comes at the close of the month, and is one again whatever is corrected after it.
    derive_to(register.size)
    assert close_month(register, "2025-04", at=AT).state == CLOSED
    states, texts = {KESTREL: set(), NORRVIK: set()}, set()
    for number in range(20, 40):
        look()
        events = [receipt_of(sample, 11000 - 100 * (number - 20), number, wrong=True)]
        events.append(receipt_of(sample, 10900 - 100 * (number - 20), number + 1))
        assert capture(register, document(sample, events), submitter=NORRVIK, at=AT).outcome == "accepted"
    look()
    assert (states, texts) == ({KESTREL: {"matched"}, NORRVIK: {"matched"}}, set())
    derive_to(register.size)
    assert close_month(register, "2025-04", at=AT).state == CLOSED
    look()
    assert states == {KESTREL: {"matched", "differs"}, NORRVIK: {"matched", "differs"}}
    assert {code for code, _ in texts} == {"mirror.told_differs_at_close"}


def test_no_state_is_told_before_each_named_the_other_under_one_document(register, sample, part_of):
    """Threat C3: a receipt under another document number compares nothing."""
    capture(register, part_of(0, 1, 2, 3), submitter=KESTREL, at=AT)
    other = receipt_of(sample, 9000, 0)
    other["bizTransactionList"] = [{"type": "desadv", "bizTransaction": "https://kestrel.example/desadv/guess"}]
    other["epcList"] = []
    capture(register, document(sample, [other]), submitter=NORRVIK, at=AT)
    for party in (KESTREL, NORRVIK):
        pairs = mirror_pairs(Viewer(party), known=now(), transit_limit_days=30)["pairs"]
        assert {pair["state"] for pair in pairs} <= {"in_transit", "untold", "receiver_only"}
        assert not [f for f in list_findings(Viewer(party), known=now())["findings"] if f["kind"].startswith("mirror")]


def spoofed(sample, *, party, site, shipper, number):
    """Return a shipment of Kestrel's lot to Fern Loop, from somebody's own site, that says who holds the goods."""
    event = {**sample["epcisBody"]["eventList"][3], "eventID": f"urn:uuid:00000000-0000-5000-8000-{number:012d}"}
    event |= {"readPoint": {"id": site}, "bizLocation": {"id": site}, "epcList": []}
    event["sourceList"] = [{"type": "possessing_party", "source": shipper}, {"type": "location", "source": site}]
    event["destinationList"] = [
        {"type": "possessing_party", "destination": party}, {"type": "location", "destination": SITE_OF[party]},
    ]  # fmt: skip
    return event


def test_a_shipment_that_claims_to_be_the_makers_learns_nothing_of_the_makers_lot(told, sample):
    """Threat C2: Lumen ships Kestrel's lot in Kestrel's name to Fern Loop; Fern Loop learns no assay of it."""
    event = spoofed(sample, party=FERN, site=SITE_OF[LUMEN], shipper=KESTREL, number=7)
    result = capture(told, document(sample, [event]), submitter=LUMEN, at=AT)
    assert result.outcome == "accepted", result.problems
    (row,) = [row for row in list_lots(Viewer(FERN), known=now())["lots"] if row["tail"] == "KR-C-0418"]
    assert row["elements"] is None
    # The maker's own shipment tells it.
    own = spoofed(sample, party=FERN, site=SITE_OF[KESTREL], shipper=KESTREL, number=8)
    own["quantityList"] = [{**own["quantityList"][0], "epcClass": "https://id.gs1.org/01/09520000000035/10/KR-T-0418"}]
    assert capture(told, document(sample, [own]), submitter=KESTREL, at=AT).outcome == "accepted"
    (row,) = [row for row in list_lots(Viewer(FERN), known=now())["lots"] if row["tail"] == "KR-T-0418"]
    assert row["elements"]["Nd"] == pytest.approx(11000 * 1513.8e-6)


def test_nobody_answers_for_a_side_before_it_spoke(register, sample, part_of):
    """Threat C3: a shipment in another's name, from a third party's site, gives no state and forestalls none."""
    event = spoofed(sample, party=NORRVIK, site=SITE_OF[LUMEN], shipper=KESTREL, number=9)
    event["quantityList"] = [{**event["quantityList"][0], "quantity": 3}]
    capture(register, document(sample, [event]), submitter=LUMEN, at=AT)
    capture(register, document(sample, [receipt_of(sample, 11000, 0)]), submitter=NORRVIK, at=AT)
    for party in (KESTREL, NORRVIK):
        assert not [f for f in list_findings(Viewer(party), known=now())["findings"] if f["kind"].startswith("mirror")]
    capture(register, part_of(0, 1, 2, 3), submitter=KESTREL, at=AT)
    pairs = mirror_pairs(Viewer(KESTREL), known=now(), transit_limit_days=30)["pairs"]
    assert [pair["state"] for pair in pairs if pair["shipped"]] == ["matched"]

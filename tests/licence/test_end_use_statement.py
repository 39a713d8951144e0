"""Statements of end use: signed by the end user's own key, repudiated by it alone, and what stops shipping."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licence.filings import (
    AT,
    DOCUMENT,
    IMPORTER,
    LUMEN,
    NEXT,
    OFFICE,
    ORDER,
    ORIEL,
    REGISTER,
    RIVAL,
    STRANGER,
    bound,
    file,
    key_named,
    order,
    paper,
    signed,
    statement,
)
from ytterby.licence.end_use_statement import (
    AlarmEnd,
    FiledStatement,
    Repudiation,
    ShippingAlarm,
    Signer,
    StatedGoods,
    check_against_procedure,
    signed_bytes,
    statement_digest,
    stops_shipping,
    undertakings_of,
)
from ytterby.licence.filed import Filed, shipping_stops
from ytterby.licence.filing import order_key
from ytterby.shell.site.law_packs import packaged_law

PROCEDURE = next(one for one in packaged_law().procedures.values() if undertakings_of(one))
DIGEST = statement_digest(statement())


def stated(**changes):
    filed = bound()
    assert file(filed, signed(statement(**changes)), LUMEN) == []
    return filed


def test_a_statement_is_signed_by_the_key_that_is_bound_to_the_end_user():
    filed = stated()
    assert list(filed.statements) == [DIGEST]
    assert filed.statements[DIGEST].state_on(AT.date()) == "in_force"


@pytest.mark.parametrize("party", [ORIEL, RIVAL, OFFICE, STRANGER, ""])
def test_nobody_states_for_another(party):
    """Threat X3: the exporter, or anybody else, with the end user's own signed words."""
    assert file(bound(), signed(), party) == ["filed.not_yours"]


def test_another_key_or_other_words_are_no_signature():
    filed = bound()
    bound(NEXT, key_named("next-1"), LUMEN, filed, "i2")
    assert file(filed, signed(key=key_named("next-1")), LUMEN) == ["statement.key"]
    assert file(filed, signed(key=key_named("nobody")), LUMEN) == ["statement.key"]
    changed = FiledStatement(statement(valid_to="2030-01-01"), "signed", "lumen-1", signed().signature)
    assert file(filed, changed, LUMEN) == ["statement.signature"]
    assert file(filed, FiledStatement(statement(), "signed", "lumen-1", "%"), LUMEN) == ["statement.signature"]
    assert signed_bytes(REGISTER, statement()) != signed_bytes("another", statement())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exporter": LUMEN}, "statement.parties"),
        ({"exporter": ""}, "statement.parties"),
        ({"valid_to": "2026-02-28"}, "filed.days_reversed"),
        ({"valid_from": "soon"}, "filed.day"),
        ({"nonce": "0f" * 15}, "statement.nonce"),
        ({"nonce": "x" * 32}, "statement.nonce"),
        ({"goods": ()}, "statement.count"),
        ({"goods": (StatedGoods(""),)}, "filed.no_text"),
        ({"goods": (StatedGoods("a", quantity="0", unit="KGM"),)}, "filed.amount"),
        ({"goods": (StatedGoods("a", quantity="1e3", unit="KGM"),)}, "filed.amount"),
        ({"undertakings": {}}, "statement.count"),
        ({"orders": ("PO-7", " ")}, "statement.count"),
        ({"signer": Signer("", "x")}, "filed.no_text"),
        ({"use": {"code": "traction_motor_car"}}, "filed.no_text"),
        ({"use": {"function": 3}}, "end_use.kind"),
        ({"documents": ("x",)}, "filed.no_digest"),
    ],
)
def test_what_a_statement_must_say(changes, code):
    assert file(bound(), signed(statement(**changes)), LUMEN) == [code]


@pytest.mark.parametrize("more", [0, 1])
def test_lists_have_their_limits(more):
    refused = ["statement.count"] * more
    for changes in (
        {"goods": (StatedGoods("a"),) * (200 + more)},
        {"orders": tuple(f"PO-{n}" for n in range(200 + more))},
        {"undertakings": {f"c{n}": {"en": "x"} for n in range(50 + more)}},
    ):
        assert file(bound(), signed(statement(**changes)), LUMEN) == refused


def test_the_same_statement_is_filed_once():
    assert file(stated(), signed(), LUMEN) == ["filed.twice"]


def test_a_paper_is_the_exporters_word_and_names_its_scan():
    for party in (ORIEL, OFFICE):
        filed = Filed()
        assert file(filed, paper(), party) == []
        assert next(iter(filed.statements.values())).by == party
    assert file(Filed(), paper(), RIVAL) == ["filed.not_yours"]
    assert file(Filed(), paper(documents=()), ORIEL) == ["filed.no_documents"]
    claimed = FiledStatement(statement(documents=(DOCUMENT,)), "paper", "lumen-1", signed().signature)
    assert file(Filed(), claimed, ORIEL) == ["statement.paper_signed"]
    named = FiledStatement(statement(documents=(DOCUMENT,)), "paper", "lumen-1")
    assert file(Filed(), named, ORIEL) == ["statement.paper_signed"]
    assert file(Filed(), FiledStatement(statement(), "told"), ORIEL) == ["statement.made"]


def test_undertakings_are_the_packs_by_code_and_word():
    asked = undertakings_of(PROCEDURE)
    assert len(asked) == 3
    whole = statement(undertakings=asked)
    assert check_against_procedure(whole, PROCEDURE) == []
    some = dict(list(asked.items())[:1])
    missing = check_against_procedure(statement(undertakings=some), PROCEDURE)
    assert [(one.code, one.value, one.severity.value) for one in missing] == [
        ("statement.not_undertaken", code, "remark") for code in list(asked)[1:]
    ]
    softened = {**asked, next(iter(asked)): {"en": "as little other use as possible", "zh": "x"}}
    assert [one.code for one in check_against_procedure(statement(undertakings=softened), PROCEDURE)] == [
        "statement.undertaking"
    ]


def test_a_statement_is_reused_for_orders_that_it_names_or_for_all_of_its_exporter():
    every = stated().statements[DIGEST]
    assert every.covers(order_key(ORIEL, "PO-7"))
    assert every.covers(order_key(ORIEL, "PO-8"))
    assert not every.covers(order_key(RIVAL, "PO-7"))
    one = next(iter(stated(orders=("PO-7",)).statements.values()))
    assert (one.covers(ORDER), one.covers(order_key(ORIEL, "PO-8")), one.covers(order_key(RIVAL, "PO-7"))) == (
        True, False, False,
    )  # fmt: skip


def test_where_it_stands_hangs_on_the_day():
    one = stated().statements[DIGEST]
    days = {"2026-02-28": "not_yet", "2026-03-01": "in_force", "2027-02-28": "in_force", "2027-03-01": "ended"}
    assert {day: one.state_on(AT.date().fromisoformat(day)) for day in days} == days


def test_the_end_user_repudiates_what_stands_in_its_name_and_nobody_else_does():
    """Threat X3, the way back: also a paper that the exporter filed, and shipping stops from then on."""
    filed = bound()
    assert file(filed, paper(), ORIEL) == []
    (digest,) = filed.statements
    gone = Repudiation(digest, "not_made", "we never signed this")
    for party in (ORIEL, OFFICE, STRANGER, ""):
        assert file(filed, gone, party) == ["filed.unknown"]
    assert file(filed, Repudiation("0" * 64, "not_made", "x"), LUMEN) == ["filed.unknown"]
    assert file(filed, Repudiation(digest, "because", " "), LUMEN) == ["statement.reason", "filed.no_text"]
    assert not stops_shipping(filed.stops(), [digest], ORDER)
    assert file(filed, gone, LUMEN) == []
    assert filed.statements[digest].state_on(AT.date()) == "repudiated"
    assert shipping_stops(filed) == {(digest, "")}
    assert stops_shipping(filed.stops(), [digest], ORDER)
    assert file(filed, gone, LUMEN) == ["statement.repudiated"]


def alarm(number="a1", kind="use_changed", **about):
    return ShippingAlarm(number, kind, "the line was sold", **about)


@pytest.mark.parametrize("party", [ORIEL, IMPORTER, LUMEN, OFFICE])
def test_exporter_importer_end_user_and_office_stop_shipping(party):
    """Order 792 article 25: both sides stop and report when end user or use changed, or a certificate is forged."""
    filed = stated(importer=IMPORTER)
    digest = next(iter(filed.statements))
    assert file(filed, alarm(statement=digest), party) == []
    assert stops_shipping(filed.stops(), [digest], ORDER)
    assert not stops_shipping(filed.stops(), ["another"], ORDER)


def test_strangers_neither_stop_shipping_nor_learn_what_there_is():
    filed = stated()
    assert file(filed, order(), ORIEL) == []
    for party in (RIVAL, STRANGER, IMPORTER, ""):
        there, none = (file(filed, alarm(statement=digest), party) for digest in (DIGEST, "0" * 64))
        assert there == none == ["filed.unknown"]
    for party in (RIVAL, STRANGER, ""):
        there, none = (file(filed, alarm(order=key), party) for key in (ORDER, order_key(ORIEL, "PO-8")))
        assert there == none == ["filed.unknown"]


def test_an_alarm_of_an_order_stops_it_under_every_statement_and_the_office_ends_it():
    filed = stated()
    assert file(filed, order(), ORIEL) == []
    assert file(filed, alarm(order=ORDER), IMPORTER) == []
    assert stops_shipping(filed.stops(), [DIGEST], ORDER)
    assert stops_shipping(filed.stops(), [], ORDER)
    assert not stops_shipping(filed.stops(), [DIGEST], order_key(ORIEL, "PO-8"))
    for party in (ORIEL, IMPORTER, LUMEN):
        assert file(filed, AlarmEnd("a1", "all is well"), party) == ["filed.office_needed"]
    assert file(filed, AlarmEnd("a1", " "), OFFICE) == ["filed.no_text"]
    assert file(filed, AlarmEnd("a1", "the buyer showed its deed"), OFFICE) == []
    assert not stops_shipping(filed.stops(), [DIGEST], ORDER)
    assert file(filed, AlarmEnd("a1", "again"), OFFICE) == ["filed.unknown"]


def test_an_alarm_of_a_statement_for_one_order_leaves_its_other_orders():
    filed = stated()
    assert file(filed, order(), ORIEL) == []
    assert file(filed, alarm(statement=DIGEST, order=ORDER), ORIEL) == []
    assert stops_shipping(filed.stops(), [DIGEST], ORDER)
    assert not stops_shipping(filed.stops(), [DIGEST], order_key(ORIEL, "PO-8"))
    assert file(filed, alarm(statement=DIGEST, order=ORDER), ORIEL) == ["filed.twice"]
    assert file(filed, alarm("a2"), ORIEL) == ["alarm.of_nothing"]
    assert file(filed, alarm("a2", "storm", statement=DIGEST), ORIEL) == ["alarm.kind"]


@given(st.lists(st.tuples(st.sampled_from("rsob"), st.integers(0, 2)), max_size=10))
def test_shipping_goes_on_only_where_nothing_that_stands_stops_it(acts):
    """An order ships under a statement if and only if neither was stopped, whatever else was, in any sequence."""
    filed = bound()
    digests = []
    for n in range(3):
        one = signed(statement(nonce=f"{n}" * 32))
        assert file(filed, one, LUMEN) == []
        digests.append(statement_digest(one.statement))
        assert file(filed, order(number=f"PO-{n}"), ORIEL) == []
    keys = [order_key(ORIEL, f"PO-{n}") for n in range(3)]
    stopped = set()
    for number, (act, n) in enumerate(acts):
        if act == "r":
            file(filed, Repudiation(digests[n], "taken_back", "x"), LUMEN)
            stopped |= {(digests[n], key) for key in keys}
        else:
            about = {"s": {"statement": digests[n]}, "o": {"order": keys[n]}}.get(
                act, {"statement": digests[n], "order": keys[n]}
            )
            assert file(filed, alarm(f"a{number}", **about), ORIEL) == []
            stopped |= {
                (digest, key)
                for digest in ([about["statement"]] if "statement" in about else digests)
                for key in ([about["order"]] if "order" in about else keys)
            }
    for digest in digests:
        for key in keys:
            assert stops_shipping(filed.stops(), [digest], key) == ((digest, key) in stopped)

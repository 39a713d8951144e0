"""One order fills application, certificate and declaration; a receiver is handed no mass of the shipper."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licence.filings import (
    IMPORTER,
    LUMEN,
    NEXT,
    OFFICE,
    ORDER,
    ORIEL,
    RIVAL,
    bound,
    file,
    later,
    order,
    signed,
    statement,
)
from ytterby.licence.application import Application, dossier_of
from ytterby.licence.filed import Filed
from ytterby.licence.trade_order import (
    OrderLine,
    application_parties,
    certificate_fields,
    declaration_figures,
    fill_application,
    known_to,
    receipt_form,
)
from ytterby.shell.site.law_packs import packaged_law


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"seller": LUMEN, "buyer": "x"}, "filed.not_yours"),
        ({"buyer": ORIEL}, "order.parties"),
        ({"end_user": ""}, "order.parties"),
        ({"number": " "}, "filed.no_text"),
        ({"on": "2026-03-03"}, "filed.day_to_come"),
        ({"destination": "Xb"}, "filed.country"),
        ({"lines": ()}, "order.lines"),
        ({"lines": (OrderLine(0, "a", "1", "KGM"),)}, "order.lines"),
        ({"lines": (OrderLine(1, "a", "0", "KGM"),)}, "filed.amount"),
        ({"lines": (OrderLine(1, "a", "1", "kilo"),)}, "order.unit"),
        ({"lines": (OrderLine(1, "a", "1", "KGM", value="5"),)}, "order.value"),
        ({"lines": (OrderLine(1, "a", "1", "KGM"), OrderLine(1, "b", "1", "KGM"))}, "order.lines"),
        ({"version": 2}, "filed.version"),
    ],
)
def test_what_an_order_must_say(changes, code):
    found = file(Filed(), order(**changes), ORIEL)
    assert code in found
    assert len(found) <= 2


def test_an_order_is_its_sellers_and_changes_by_versions():
    filed = Filed()
    for party in (IMPORTER, LUMEN, OFFICE, RIVAL, ""):
        assert file(filed, order(), party) == ["filed.not_yours"]
    assert file(filed, order(), ORIEL) == []
    assert file(filed, order(), ORIEL) == ["filed.version"]
    assert file(filed, order(version=2, freight_mode="air"), ORIEL, later(days=1)) == []
    assert filed.orders[ORDER].order.freight_mode == "air"
    assert [one.version for one, _ in filed.orders[ORDER].versions] == [1, 2]
    assert file(filed, order(seller=RIVAL), RIVAL) == []
    assert len(filed.orders) == 2


def stated():
    filed = bound()
    assert file(filed, signed(), LUMEN) == []
    return next(iter(filed.statements.values()))


def test_an_application_is_filled_from_the_order_and_its_statements():
    one = stated()
    filled = fill_application(Application("CN", (), (), text="kept"), order(), [one])
    assert [(line.line, line.name, line.quantity, line.unit, line.lots) for line in filled.lines] == [
        (1, "sintered magnets N42SH", "900", "KGM", ("lot:1",))
    ]
    assert (filled.destination, filled.order, filled.freight_mode, filled.text) == ("XB", "PO-7", "sea", "kept")
    assert filled.statements == (one.digest,)
    assert filled.use["code"] == "traction_motor_car"
    assert [(party.role, party.party) for party in filled.parties] == [
        ("exporter", ORIEL), ("importer", IMPORTER), ("end_user", LUMEN),
    ]  # fmt: skip
    other = fill_application(Application("CN", (), (), use={"text": "own"}), order(seller=RIVAL), [one])
    assert (other.statements, other.use) == ((), {"text": "own"})


def test_a_buyer_that_uses_the_goods_is_no_importer_beside():
    roles = [(one.role, one.party) for one in application_parties(order(buyer=LUMEN, consignee=NEXT))]
    assert roles == [("exporter", ORIEL), ("consignee", NEXT), ("end_user", LUMEN)]


def test_what_is_filled_in_agrees_with_itself_before_the_law():
    """No fact is typed twice: the dossier's form and certificate state the same goods, order and use."""
    one, trade = stated(), order()
    rules = next(iter(packaged_law().dossiers.values()))
    filled = fill_application(Application("CN", (), ()), trade, [one])
    form = dossier_of(filled, rules, lambda party: party)["application"]
    undertakings = {"no_other_use": "commitment_no_other_use", "no_transfer": "commitment_no_transfer"}
    certificate = certificate_fields(trade, one, lambda party: party or "?", undertakings)
    assert set(certificate) <= set(rules.documents["end_user_certificate"].fields) | {"goods"}
    assert (form["end_user"], form["goods"][0]["name"]) == (certificate["end_user"], certificate["goods"][0]["name"])
    assert form["goods"][0]["quantity"] == certificate["goods"][0]["quantity"] == {"amount": "900", "unit": "KGM"}
    assert (certificate["order_number"], certificate["no_other_use"]) == ("PO-7", True)
    assert "no_transfer" not in certificate
    assert "importer" not in certificate
    named = replace(one, filed=signed(statement(importer=IMPORTER)))
    assert certificate_fields(trade, named, lambda party: party, {})["importer"] == IMPORTER
    assert certificate["end_use"] == {"function": "rotor magnet", "product": {"en": "traction motor"}}


def test_a_declaration_takes_its_figures_from_the_order_and_the_mass_from_the_shipper():
    (row,) = declaration_figures(order(), {1: "450"}, {1: ("XA-DU-1", "L1")})
    assert (row["quantity"], row["unit"], row["value"], row["currency"]) == ("450", "KGM", "45000.00", "CNY")
    assert (row["licence"], row["licence_line"], row["consignee"]) == ("XA-DU-1", "L1", IMPORTER)
    assert declaration_figures(order(), {1: "900"}, {})[0]["value"] == "90000.00"
    with pytest.raises(KeyError):
        declaration_figures(order(), {2: "1"}, {})
    plain = OrderLine(1, "magnets", "900.0", "KGM", value="90000", currency="CNY")
    assert declaration_figures(order(lines=(plain,)), {1: "900"}, {})[0]["value"] == "90000"
    unpriced = OrderLine(1, "magnets", "900", "KGM")
    assert declaration_figures(order(lines=(unpriced,)), {1: "450"}, {})[0]["value"] == ""


@pytest.mark.parametrize("more", [0, 1])
def test_an_order_has_its_limits(more):
    refused = ["order.lines"] * more
    lines = tuple(OrderLine(n + 1, "goods", "1", "KGM") for n in range(200 + more))
    assert file(Filed(), order(lines=lines), ORIEL) == refused
    lots = (OrderLine(1, "goods", "1", "KGM", lots=("lot",) * (1000 + more)),)
    assert file(Filed(), order(lines=lots), ORIEL) == refused


def test_who_receives_is_the_consignee_else_the_buyer_else_the_end_user():
    told = [receipt_form(order(**who))["receiver"] for who in ({"consignee": NEXT}, {}, {"buyer": ""})]
    assert told == [NEXT, IMPORTER, LUMEN]


@given(st.decimals("0.001", "899.999", places=3))
def test_values_of_two_parts_of_a_line_add_up_to_the_cent(part):
    rest = Decimal(900) - part
    values = [Decimal(declaration_figures(order(), {1: f"{one:f}"}, {})[0]["value"]) for one in (part, rest)]
    assert abs(sum(values) - 90000) <= Decimal("0.01")


@given(st.decimals("0.001", "999999", places=3).map(lambda one: f"{one:f}"))
def test_what_a_receiver_is_handed_holds_no_mass(quantity):
    """The receiver weighs by itself: nothing in its form tells what the shipper weighed or what was ordered."""
    lines = tuple(OrderLine(n, "goods", quantity, "KGM", lots=("lot:x",)) for n in (1, 2))
    form = receipt_form(order(lines=lines), "desadv-1")
    assert [line["quantity"] for line in form["lines"]] == ["", ""]
    other = receipt_form(
        order(lines=tuple(OrderLine(n, "goods", "7", "KGM", lots=("lot:x",)) for n in (1, 2))), "desadv-1"
    )
    assert form == other


def test_each_party_of_an_order_knows_its_part():
    one = order(contract="C-1", consignee=NEXT)
    assert "contract" in known_to(ORIEL, one)
    assert "contract" in known_to(IMPORTER, one)
    assert "contract" not in known_to(LUMEN, one)
    assert "lines" in known_to(NEXT, one)
    assert not known_to(RIVAL, one)
    assert not known_to("", order(buyer=""))

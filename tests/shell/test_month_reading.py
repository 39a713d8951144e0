"""Month balances through the store: from captured events to `balance report`, for the operator and for a party."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.site.register import Register
from ytterby.shell.store.reading.accounts import accounts_of
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.months import balanced, checked_months, month_rows
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer

Json = dict[str, Any]
MINE, PLANT, MAKER = (f"https://id.gs1.org/414/952000001{n}" for n in ("0010", "0027", "0034"))
OWNERS = {site: site.replace("/414/", "/417/") for site in (MINE, PLANT, MAKER)}
ORE, OXIDE = (f"https://id.gs1.org/01/0952000000{n}/10" for n in ("0011", "0028"))
TANK = f"{PLANT}/254/TANK"
AT = datetime(2026, 6, 1, tzinfo=UTC)


def directory() -> str:
    parties = [{"id": owner, "name": f"Owner of {site[-4:]}"} for site, owner in OWNERS.items()]
    sites = [
        {
            "id": site,
            "name": f"Site {site[-4:]}",
            "kind": "separation",
            "operations": [{"party": owner}],
            "zone": "Asia/Shanghai",
        }
        for site, owner in OWNERS.items()
    ]
    return json.dumps({"parties": parties, "sites": sites})


def goods(lot: str, kg: float) -> Json:
    return {"epcClass": lot, "quantity": kg, "uom": "KGM"}


def lot_data(lot: str, fraction: float) -> list[Json]:
    content = round(fraction * 1_000_000)
    assay = {
        "ree:element": "Nd",
        "ree:milligramPerKilogram": content,
        "ree:standardUncertainty": round(content * 0.01),
        "ree:method": "ICP-OES",
    }
    return [{"ree:lot": lot, "ree:form": "oxide", "ree:assay": [assay]}]


def event(kind: str, at: str, **fields: Any) -> Json:
    return {"type": kind, "eventTime": at, "eventTimeZoneOffset": "+08:00", **fields}


def count(at: str, kg: float) -> Json:
    lot = f"{OXIDE}/STOCK-{at[:10]}"
    ree = {"ree:pool": TANK, "ree:lotData": lot_data(lot, 0.5)}
    held = {"quantityList": [goods(lot, kg)], "persistentDisposition": {"set": ["completeness_verified"]}}
    place = {"bizLocation": {"id": PLANT}}
    return event("ObjectEvent", at, action="OBSERVE", bizStep="stock_taking", **place, **held, **ree)


def delivery(step: str, at: str, lot: str, kg: float, source: str, target: str) -> Json:
    return event(
        "ObjectEvent", at, action="OBSERVE", bizStep=step, bizLocation={"id": source if step == "shipping" else target},
        quantityList=[goods(lot, kg)],
        bizTransactionList=[{"type": "desadv", "bizTransaction": f"urn:epcglobal:cbv:bt:9520000010010:{lot[-3:]}"}],
        sourceList=[{"type": "location", "source": source}, {"type": "owning_party", "source": OWNERS[source]}],
        destinationList=[
            {"type": "location", "destination": target}, {"type": "owning_party", "destination": OWNERS[target]},
        ],
    )  # fmt: skip


def hand_in(register: Register, site: str, *events: Json) -> None:
    document = {
        "@context": [
            "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
            {"ree": "https://w3id.org/ytterby/ree/"},
        ],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-06-01T00:00:00Z",
        "epcisBody": {"eventList": list(events)},
    }
    found = capture(register, json.dumps(document).encode(), submitter=OWNERS[site], at=AT)
    assert found.outcome == "accepted", found.problems


@pytest.fixture
def months(register: Register) -> Register:
    """A plant's stock of 100 kg, 50 kg of ore at one half neodymium in, and 120 kg counted: 30 x 0.5 kg are missing."""
    import_directory(register, directory(), at=AT)
    lot = f"{ORE}/A-1"
    hand_in(
        register,
        MINE,
        event(
            "ObjectEvent", "2026-02-27T09:00:00+08:00", action="ADD", bizStep="commissioning", bizLocation={"id": MINE},
            quantityList=[goods(lot, 500)], ilmd={"ree:lotData": lot_data(lot, 0.5)},
        ),
        delivery("shipping", "2026-03-10T09:00:00+08:00", lot, 50, MINE, PLANT),
    )  # fmt: skip
    hand_in(
        register,
        PLANT,
        count("2026-02-28T23:50:00+08:00", 100),
        delivery("receiving", "2026-03-11T09:00:00+08:00", lot, 50, MINE, PLANT),
        event(
            "TransformationEvent", "2026-03-12T09:00:00+08:00", bizLocation={"id": PLANT},
            bizStep="creating_class_instance", transformationID="https://plant.example/run/3",
            inputQuantityList=[goods(lot, 50)], **{"ree:pool": TANK},
        ),
        count("2026-03-31T23:50:00+08:00", 120),
    )  # fmt: skip
    return register


def test_months_are_balances_of_what_was_captured(months):
    known = known_at(OPERATOR_VIEWER, None)
    february, march = month_rows(OPERATOR_VIEWER, PLANT, "Nd", known=known)
    assert (february["month"], february["testable"], february["reason"]) == (
        "2026-02",
        False,
        "before_first_stock_taking",
    )
    assert march["month"] == "2026-03"
    assert march["muf_kg"] == pytest.approx(50 + 25 - 60)
    assert march["sigma_kg"] == pytest.approx((0.5**2 + 0.25**2 + 0.6**2) ** 0.5, rel=0.01)
    assert march["sitmuf"] == pytest.approx(march["muf_kg"] / march["sigma_kg"])
    assert march["alarm"]
    assert march["contributors"][0]["what"] == "stock"
    assert sum(one["share_of_variance"] for one in march["contributors"]) == pytest.approx(1.0)


def test_a_party_reads_the_months_of_its_own_plants_from_what_it_may_know(months):
    known = known_at(OPERATOR_VIEWER, None)
    whole = accounts_of(OPERATOR_VIEWER, known)
    assert whole.links == ((MINE, PLANT),)
    plant = Viewer(party=OWNERS[PLANT])
    assert balanced(plant, known=known) == [(PLANT, "Nd")]
    assert accounts_of(plant, known).links == ()
    assert month_rows(plant, PLANT, "Nd", known=known)[-1]["muf_kg"] == pytest.approx(15)
    assert month_rows(plant, MINE, "Nd", known=known) == []
    assert balanced(Viewer(party=OWNERS[MAKER]), known=known) == []


def test_months_as_known_earlier_hold_what_was_known_then(months):
    known = known_at(OPERATOR_VIEWER, None)
    lot = f"{ORE}/A-1"
    hand_in(months, PLANT, delivery("shipping", "2026-03-20T09:00:00+08:00", lot, 30, PLANT, MAKER))
    later = month_rows(OPERATOR_VIEWER, PLANT, "Nd", known=known_at(OPERATOR_VIEWER, None))
    assert later[-1]["muf_kg"] == pytest.approx(0.0, abs=1e-9)
    assert month_rows(OPERATOR_VIEWER, PLANT, "Nd", known=known)[-1]["muf_kg"] == pytest.approx(15)


def test_the_check_of_declared_uncertainties_waits_for_a_year(months):
    _, check = checked_months(OPERATOR_VIEWER, PLANT, "Nd", known=known_at(OPERATOR_VIEWER, None))
    assert (check["verdict"], check["months"]) == ("too_few_months", 1)
    assert check["mean_square"] == pytest.approx((15 / (0.5**2 + 0.25**2 + 0.6**2) ** 0.5) ** 2, rel=0.02)

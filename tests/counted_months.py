"""Months of a separation plant as events: what comes from the mine, what goes to the metal maker, what is counted.

True masses follow from the seed; every assay is told with an error of the size that is declared with it. From a month
on a share of what comes in leaves unreported. One month ends without a stock-taking, and in one a lot comes that nobody
assayed. Parties and sites are the sample's.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

MINE, PLANT, MAKER = (f"https://id.gs1.org/414/95200000100{n}" for n in ("10", "27", "34"))
OWNERS = {site: site.replace("/414/", "/417/") for site in (MINE, PLANT, MAKER)}
CONCENTRATE, OXIDE = (f"https://id.gs1.org/01/{n}/10" for n in ("09520000000028", "09520000000134"))
TANK = f"{PLANT}/254/SX-3"
AT = datetime(2026, 6, 1, tzinfo=UTC)
FIRST = 2024 * 12 - 1
# kg of element in a kg of goods, and the relative standard deviation of its assay.
ASSAYS = {CONCENTRATE: {"Nd": (0.24, 0.006), "Dy": (0.006, 0.01)}, OXIDE: {"Nd": (0.62, 0.004), "Dy": (0.0155, 0.008)}}

Json = dict[str, Any]


class Plan(NamedTuple):
    """How many months, and in which of them (from 0) something is otherwise."""

    months: int = 26
    seed: int = 5
    uncounted: int = 9
    unassayed: int = 14
    loss_from: int = 20
    loss_share: float = 0.025
    first: int = FIRST


def make_register_of_months(data: Path, plan: Plan = Plan()) -> "Register":  # noqa: B008
    """Return a demo register that holds the months."""
    from ytterby.shell.actions.capture import capture
    from ytterby.shell.actions.enrol import import_directory
    from ytterby.shell.site.packs import packaged_text
    from ytterby.shell.site.register import make_register

    register = make_register(data, origin="demo.ytterby.invalid", demo=True, at=AT)
    assert not import_directory(register, packaged_text("shell.site", "sample_directory.yaml"), at=AT).problems
    by_site: dict[str, list[Json]] = {MINE: [], PLANT: []}
    for site, event in month_events(plan):
        by_site[site].append(event)
    for site, events in by_site.items():
        found = capture(register, document(events), submitter=OWNERS[site], at=AT)
        assert found.outcome == "accepted", found.problems[:3]
    return register


def hand_in_count(register: "Register", month: str, kg: float) -> None:
    """Report one more stock-taking of the plant, at the end of a month written as 2024-05."""
    from ytterby.shell.actions.capture import capture

    year, _, number = month.partition("-")
    event = _count(int(year) * 12 + int(number) - 1, kg, Random(1))
    found = capture(register, document([event]), submitter=OWNERS[PLANT], at=AT)
    assert found.outcome == "accepted", found.problems


def month_events(plan: Plan) -> Iterator[tuple[str, Json]]:
    """Yield the events of the months, each with the site that reports it."""
    random = Random(plan.seed)
    stock = 4000.0
    yield PLANT, _count(plan.first, stock, random)
    for place in range(plan.months):
        month = plan.first + 1 + place
        lot, came, made = f"{CONCENTRATE}/KR-{month}", random.uniform(9000, 12000), random.uniform(3200, 4200)
        is_assayed = place != plan.unassayed
        yield MINE, _make(month, 2, lot, came, random if is_assayed else None)
        yield MINE, _move("shipping", month, 5, lot, came, MINE, PLANT)
        yield PLANT, _move("receiving", month, 7, lot, came, MINE, PLANT)
        yield PLANT, _tank(month, 8, inputQuantityList=[_goods(lot, came)])
        oxide = f"{OXIDE}/NV-{month}"
        yield PLANT, _tank(month, 20, outputQuantityList=[_goods(oxide, made)], ilmd=_assayed(oxide, random))
        yield PLANT, _move("shipping", month, 24, oxide, made, PLANT, MAKER)
        lost = plan.loss_share * came if place >= plan.loss_from else 0.0
        # Stock in kg of oxide: what the concentrate brings, less what was made.
        stock += (came - lost) * 0.24 / 0.62 - made
        if place != plan.uncounted:
            yield PLANT, _count(month, stock, random)


def document(events: list[Json]) -> bytes:
    context = [
        "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        {"ree": "https://w3id.org/ytterby/ree/"},
    ]
    head = {
        "@context": context,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-06-01T00:00:00Z",
    }
    return json.dumps({**head, "epcisBody": {"eventList": events}}).encode()


def _at(month: int, day: int, hour: int = 9) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}-{day:02d}T{hour:02d}:00:00+00:00"


def _event(kind: str, at: str, site: str, **fields: Any) -> Json:
    return {"type": kind, "eventTime": at, "eventTimeZoneOffset": "+00:00", "bizLocation": {"id": site}, **fields}


def _goods(lot: str, kg: float) -> Json:
    return {"epcClass": lot, "quantity": round(kg, 1), "uom": "KGM"}


def _assayed(lot: str, random: Random) -> Json:
    assays = [
        {
            "ree:element": element,
            "ree:milligramPerKilogram": round(random.gauss(share, share * sd) * 1e6),
            "ree:standardUncertainty": round(share * sd * 1e6),
            "ree:method": "ICP-OES",
        }
        for element, (share, sd) in ASSAYS[lot.rpartition("/")[0]].items()
    ]
    form = "oxide" if lot.startswith(OXIDE) else "concentrate"
    return {"ree:lotData": [{"ree:lot": lot, "ree:form": form, "ree:assay": assays}]}


def _make(month: int, day: int, lot: str, kg: float, random: Random | None) -> Json:
    ilmd = _assayed(lot, random) if random else {"ree:lotData": [{"ree:lot": lot, "ree:form": "concentrate"}]}
    return _event(
        "ObjectEvent", _at(month, day), MINE, action="ADD", bizStep="commissioning",
        quantityList=[_goods(lot, kg)], ilmd=ilmd,
    )  # fmt: skip


def _move(step: str, month: int, day: int, lot: str, kg: float, source: str, target: str) -> Json:
    return _event(
        "ObjectEvent", _at(month, day), source if step == "shipping" else target, action="OBSERVE", bizStep=step,
        quantityList=[_goods(lot, kg)],
        bizTransactionList=[{"type": "desadv", "bizTransaction": f"urn:epcglobal:cbv:bt:9520000010010:{lot[-5:]}"}],
        sourceList=[{"type": "location", "source": source}, {"type": "possessing_party", "source": OWNERS[source]}],
        destinationList=[
            {"type": "location", "destination": target}, {"type": "possessing_party", "destination": OWNERS[target]},
        ],
    )  # fmt: skip


def _tank(month: int, day: int, **fields: Any) -> Json:
    run = f"https://norrvik.example/run/{month}"
    step = {"bizStep": "creating_class_instance", "transformationID": run, "ree:pool": TANK}
    return _event("TransformationEvent", _at(month, day), PLANT, **step, **fields)


def _count(month: int, kg: float, random: Random) -> Json:
    lot = f"{OXIDE}/STOCK-{month}"
    day = 28 if month % 12 == 1 else 30
    return _event(
        "ObjectEvent", _at(month, day, 22), PLANT, action="OBSERVE", bizStep="stock_taking",
        quantityList=[_goods(lot, kg)], persistentDisposition={"set": ["completeness_verified"]},
        **{"ree:pool": TANK, **_assayed(lot, random)},
    )  # fmt: skip


def hand_in_shipment(register: "Register", month: str, kg: float) -> None:
    """Report one more shipment of the plant's oxide to the metal maker, on the 25th of a month written as 2024-05."""
    from ytterby.shell.actions.capture import capture

    year, _, number = month.partition("-")
    place = int(year) * 12 + int(number) - 1
    event = _move("shipping", place, 25, f"{OXIDE}/NV-{place}", kg, PLANT, MAKER)
    found = capture(register, document([event]), submitter=OWNERS[PLANT], at=AT)
    assert found.outcome == "accepted", found.problems

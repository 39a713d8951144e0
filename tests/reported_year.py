"""Five months of 2026 as a mine and a separation plant report them, each month by itself: in time, late, corrected,
missing, nil; a delivery that differs; quotas that are kept, exceeded, not registered.

The months are those of `counted_months`; arrivals decide what is late.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counted_months import CONCENTRATE, MINE, OWNERS, PLANT, Plan, document, month_events

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

KESTREL, NORRVIK, FERN_LOOP = OWNERS[MINE], OWNERS[PLANT], "https://id.gs1.org/417/9520000010065"
LOOP_SITE = FERN_LOOP.replace("/417/", "/414/")
MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05")
DIFFERS_IN, LATE_IN, CORRECTED_IN, NIL_IN, MISSING_IN = "2026-02", "2026-03", "2026-04", "2026-02", "2026-05"
# Day of June 2026 on which nothing of May is due yet, and one on which it is.
BEFORE_DUE, AFTER_DUE = "2026-06-09", "2026-06-15"
QUOTAS = ((KESTREL, 2026, "mining", "30"), (NORRVIK, 2026, "separation", "9"), (KESTREL, 2025, "mining", "5"))
WRONG = "urn:uuid:00000000-0000-5000-8000-000000000041"
RIGHT = "urn:uuid:00000000-0000-5000-8000-000000000042"

Json = dict[str, Any]


def make_reported_year(data: Path) -> "Register":
    """Return a demo register that holds the months and the quotas."""
    from ytterby.balance.quota import Quota
    from ytterby.chain.party import OPERATOR
    from ytterby.shell.actions.capture import capture
    from ytterby.shell.actions.enrol import import_directory
    from ytterby.shell.actions.set_quota import set_quota
    from ytterby.shell.site.packs import packaged_text
    from ytterby.shell.site.register import make_register

    start = datetime(2026, 1, 15, tzinfo=UTC)
    register = make_register(data, origin="demo.ytterby.invalid", demo=True, at=start)
    assert not import_directory(register, packaged_text("shell.site", "sample_directory.yaml"), at=start).problems
    for party, year, kind, tonnes in QUOTAS:
        quota = Quota(party, year, kind, Decimal(tonnes), "letter 7 of 12 Jan 2026")
        assert not set_quota(register, quota, submitter=OPERATOR, at=start).problems
    # Arrivals of a register never go back.
    for party, arrival, events in sorted(_documents(), key=lambda one: one[1]):
        found = capture(register, document(events), submitter=party, at=arrival)
        assert found.outcome == "accepted", found.problems[:3]
    return register


def _documents() -> Iterator[tuple[str, datetime, list[Json]]]:
    """Yield what each enterprise hands in, and when it arrives."""
    by_month: dict[tuple[str, str], list[Json]] = {}
    for site, event in month_events(Plan(months=5, uncounted=9, unassayed=9, loss_from=9, first=2025 * 12 + 11)):
        month = event["eventTime"][:7]
        by_month.setdefault((max(month, MONTHS[0]), site), []).append(event)
    for (month, site), events in sorted(by_month.items()):
        if (month, site) == (MISSING_IN, PLANT):
            continue
        if (month, site) == (DIFFERS_IN, PLANT):
            _weigh_less(events)
        if (month, site) == (MONTHS[0], MINE):
            events.append(_unassayed(events[0]))
        if (month, site) == (CORRECTED_IN, MINE):
            events[0]["eventID"] = WRONG
        late_days = 3 if (month, site) == (LATE_IN, MINE) else 0
        yield OWNERS[site], datetime(2026, int(month[5:]) + 1, 8 + late_days, 12, tzinfo=UTC), events
        if (month, site) == (CORRECTED_IN, MINE):
            yield OWNERS[site], datetime(2026, 5, 20, tzinfo=UTC), _correction(events[0])
    yield FERN_LOOP, datetime(2026, 3, 5, tzinfo=UTC), [_nothing_there()]


def _weigh_less(events: list[Json]) -> None:
    for event in events:
        if event["bizStep"] == "receiving":
            event["quantityList"][0]["quantity"] -= 700


def _unassayed(made: Json) -> Json:
    """Return a lot made like another, of which nobody says what it holds."""
    lot = f"{CONCENTRATE}/KR-UNASSAYED"
    goods = {"epcClass": lot, "quantity": 400, "uom": "KGM"}
    return {**made, "quantityList": [goods], "ilmd": {"ree:lotData": [{"ree:lot": lot, "ree:form": "concentrate"}]}}


def _correction(wrong: Json) -> list[Json]:
    """Return the declaration that an event was wrong, and the one that stands in its place: 50 kg more were made."""
    declared = {
        **wrong,
        "errorDeclaration": {
            "declarationTime": "2026-05-19T08:00:00.000Z",
            "reason": "incorrect_data",
            "correctiveEventIDs": [RIGHT],
        },
    }
    right = json.loads(json.dumps({**wrong, "eventID": RIGHT}))
    right["quantityList"][0]["quantity"] += 50
    return [declared, right]


def _nothing_there() -> Json:
    """Return a complete stock-taking of nothing."""
    return {
        "type": "ObjectEvent", "eventTime": f"{NIL_IN}-28T22:00:00+00:00", "eventTimeZoneOffset": "+00:00",
        "action": "OBSERVE", "bizStep": "stock_taking", "bizLocation": {"id": LOOP_SITE},
        "quantityList": [{"epcClass": f"{CONCENTRATE}/KR-NONE", "quantity": 0, "uom": "KGM"}],
        "persistentDisposition": {"set": ["completeness_verified"]},
    }  # fmt: skip

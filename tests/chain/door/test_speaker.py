"""Threat P3: a party speaks for its own places, by mandate for others', and for nobody else's."""

from datetime import date

import pytest

from chain.door.door_samples import SAMPLE
from ytterby.chain.door import read_document
from ytterby.chain.event import Event
from ytterby.chain.party import Mandate, Operation, Party, Site, make_directory
from ytterby.chain.speaker import check_speaker

ROOT = "https://id.gs1.org/"


def party(number):
    return f"{ROOT}417/952000001{number}"


def site(number):
    return f"{ROOT}414/952000001{number}"


MINE, SEPARATOR, SMELTER, MAGNETS, MOTORS, RECYCLER = ("0010", "0027", "0034", "0041", "0058", "0065")
PORT, QUAY = "0072", "0089"
PLANTS = [MINE, SEPARATOR, SMELTER, MAGNETS, MOTORS, RECYCLER]


@pytest.fixture(scope="module")
def events(tables):
    return read_document(SAMPLE.read_bytes(), tables).said


def directory(*mandates, **operations):
    sites = [Site(site(n), n, "other", operations=operations.get(n, (Operation(party(n)),))) for n in PLANTS]
    sites += [Site(site(n), n, "customs", operations=(Operation("customs"),)) for n in (PORT, QUAY)]
    return make_directory([Party(party(n), n) for n in PLANTS], sites, mandates)


def codes(problems):
    return [(p.code, p.where.pointer) for p in problems]


def at_plant(events, number):
    return [e for e in events if (e.biz_location or "").startswith(site(number))]


@pytest.mark.parametrize("number", PLANTS)
def test_each_party_may_say_what_happened_at_its_own_plant(events, number):
    mine = at_plant(events, number)
    assert mine
    assert check_speaker(mine, party(number), directory()) == []


def test_threat_p3_another_partys_site_is_refused_at_its_place(events):
    ours = at_plant(events, SEPARATOR)[:1]
    found = check_speaker(ours, party(MINE), directory(), pointers=["/epcisBody/eventList/4"])
    assert codes(found) == [
        ("speaker.not_allowed", f"/epcisBody/eventList/4/{field}")
        for field in ("readPoint", "bizLocation", "destinationList")
    ]
    assert found[0].facts == {"site": site(SEPARATOR), "day": "2025-04-22"}


def test_threat_p3_a_mandate_allows_it_until_it_ends(events):
    ours = at_plant(events, SEPARATOR)[:1]
    day = ours[0].at.date()
    open_ended = Mandate(party(MINE), site(SEPARATOR), start=date(2025, 1, 1))
    ended = Mandate(party(MINE), site(SEPARATOR), start=date(2025, 1, 1), end=day)
    assert check_speaker(ours, party(MINE), directory(open_ended)) == []
    assert check_speaker(ours, party(MINE), directory(ended))


def test_a_site_is_spoken_for_by_its_operator_of_that_day(events):
    ours = at_plant(events, SEPARATOR)
    sold = {SEPARATOR: (Operation(party(SEPARATOR), end=date(2025, 4, 22)), Operation("buyer", date(2025, 4, 22)))}
    assert check_speaker(ours, party(SEPARATOR), directory(**sold))
    assert check_speaker(ours, "buyer", directory(**sold)) == []


def test_the_operator_of_the_register_may_say_everything(events):
    assert check_speaker(events, "operator", directory()) == []


def crossing(events, step):
    return [e for e in events if e.biz_step == step]


def test_a_customs_place_is_mentioned_by_whoever_sends_or_fetches_the_goods(events):
    departing, arriving = crossing(events, "departing"), crossing(events, "arriving")
    assert check_speaker(departing, party(MAGNETS), directory()) == []
    assert check_speaker(arriving, party(MAGNETS), directory()) == []
    assert check_speaker(arriving, party(MOTORS), directory()) == []
    assert codes(check_speaker(departing, party(MOTORS), directory())) == [
        ("speaker.not_allowed", "/0/readPoint"),
        ("speaker.not_allowed", "/0/bizLocation"),
        ("speaker.not_allowed", "/0/sourceList"),
    ]
    assert check_speaker(arriving, party(MINE), directory())


def bent(event, **changes):
    return Event(**{name: getattr(event, name) for name in event.__struct_fields__} | changes)


def test_a_customs_place_is_no_way_round_for_what_happens_there(events):
    departing = crossing(events, "departing")[0]
    assert check_speaker([bent(departing, biz_step="stock_taking")], party(MAGNETS), directory())


@pytest.mark.parametrize(("step", "list_name"), [("shipping", "sourceList"), ("receiving", "destinationList")])
def test_own_places_do_not_cover_a_dispatch_or_receipt_at_somebody_elses(events, step, list_name):
    shipping = crossing(events, "shipping")[0]
    here = {"read_point": site(RECYCLER), "biz_location": site(RECYCLER), "biz_step": step}
    assert codes(check_speaker([bent(shipping, **here)], party(RECYCLER), directory())) == [
        ("speaker.not_allowed", f"/0/{list_name}")
    ]


def test_an_event_without_a_place_is_spoken_for_by_its_parties_only(events):
    shipping = crossing(events, "shipping")[0]
    nowhere = bent(shipping, biz_step="accepting", read_point=None, biz_location=None, sources=shipping.sources[:1])
    assert check_speaker([nowhere], party(MINE), directory()) == []
    assert codes(check_speaker([nowhere], party(MAGNETS), directory())) == [("speaker.no_place", "/0")]


def test_somebody_elses_tank_is_not_drawn_from(events):
    step = next(e for e in events if e.biz_location == site(SMELTER))
    mine = bent(step, pool=site(SMELTER) + "/254/TANK-1")
    theirs = bent(step, pool=site(SEPARATOR) + "/254/TANK-1")
    assert check_speaker([mine], party(SMELTER), directory()) == []
    assert codes(check_speaker([theirs], party(SMELTER), directory())) == [("speaker.not_allowed", "/0/ree:pool")]


def test_threat_c2_an_unknown_site_and_another_partys_give_the_same_answer(events):
    ours = at_plant(events, SEPARATOR)
    known, unknown = directory(), make_directory([], [])
    assert check_speaker(ours, party(MINE), known) == check_speaker(ours, party(MINE), unknown)

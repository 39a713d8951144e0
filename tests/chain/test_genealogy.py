"""Where stages of a lot took place: shares, bounds over pools, what is open, and what rules make of it."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.chain_of import Chain, line
from ytterby.chain.genealogy import places_of, stages_of_lot
from ytterby.chain.party import Operation, Party, Site, make_directory
from ytterby.chain.product import ProductList
from ytterby.chain.world import World
from ytterby.law.applies import applies
from ytterby.law.condition import Places
from ytterby.shell.site.law_packs import packaged_law
from ytterby.shell.site.packs import matter_tables

BOOK = packaged_law()
STAGES = BOOK.stages
SITES = {
    "pit-au": ("mine", "AU"),
    "pit-cn": ("mine", "CN"),
    "sep-my": ("separation", "MY"),
    "sep-cn": ("separation", "CN"),
    "metal-jp": ("metal", "JP"),
    "metal-cn": ("metal", "CN"),
    "magnet-de": ("magnet", "DE"),
    "nowhere": ("metal", ""),
}


def world():
    parties = [Party(f"party:{name}", name) for name in SITES]
    sites = [Site(name, name, kind, where, (Operation(f"party:{name}"),)) for name, (kind, where) in SITES.items()]
    return World(make_directory(parties, sites), ProductList(), matter_tables())


def of(form, lot, kg, u=0.0):
    return msgspec.structs.replace(line(lot, kg, Nd=kg, u=u), form=form)


def made(chain, site, taken, given_line, process=None):
    """One step that takes whole lots and makes one."""
    chain.step(site, [line(lot, kg) for lot, kg in taken], [given_line], process=process)


def moved(chain, start, end, lot, kg):
    chain.ship(start, end, line(lot, kg), document=f"{lot}-{end}")
    chain.receive(end, start, line(lot, kg), document=f"{lot}-{end}")


def magnet(chain=None, mine="pit-au", separation="sep-my", metal="metal-jp", process="strip casting"):
    """Ten kilograms all the way from a mine to a magnet."""
    chain = chain or Chain()
    chain.source(mine, of("ore", "ore", 10))
    made(chain, mine, [("ore", 10)], of("concentrate", "conc", 10), "flotation")
    moved(chain, mine, separation, "conc", 10)
    made(chain, separation, [("conc", 10)], of("oxide", "oxide", 10), "solvent extraction")
    moved(chain, separation, metal, "oxide", 10)
    made(chain, metal, [("oxide", 10)], of("metal", "metal", 10))
    moved(chain, metal, "magnet-de", "metal", 10)
    made(chain, "magnet-de", [("metal", 10)], of("flake", "flake", 10), process)
    made(chain, "magnet-de", [("flake", 10)], of("magnet", "magnet", 10), "sintering")
    return chain


def asked(chain, lot="magnet", k=2.0):
    return stages_of_lot(chain.book(world()), lot, STAGES.values(), k=k)


def told(chain, lot="magnet", k=2.0):
    return {one.fact: one for one in asked(chain, lot, k)}


def answer(chain, lot="magnet", on="2027-01-01"):
    from datetime import date

    facts = {**places_of(asked(chain, lot)), "magnet": ("NdFeB",)}
    return applies(BOOK, "US-DFARS-7052", facts, on=date.fromisoformat(on), known=BOOK.known_to)


def sure(chain, lot="magnet"):
    return {name: "".join(sorted(one.sure)) for name, one in places_of(asked(chain, lot)).items()}


def test_each_stage_of_a_known_history_is_told_whole():
    found = told(magnet())
    assert sure(magnet()) == {
        "mined_in": "AU",
        "separated_in": "MY",
        "refined_in": "JP",
        "melted_in": "DE",
        "produced_in": "DE",
    }
    assert all(one.openings == () for one in found.values())
    assert [(row.share, row.least, row.greatest) for row in found["mined_in"].countries] == [(1.0, 1.0, 1.0)]
    assert answer(magnet()).answer == "allowed"


@pytest.mark.parametrize(
    ("where", "fact"),
    [
        ({"mine": "pit-cn"}, "mined_in"),
        ({"separation": "sep-cn"}, "separated_in"),
        ({"metal": "metal-cn"}, "refined_in"),
    ],
)
def test_one_stage_in_a_listed_country_is_prohibited_from_its_day_on(where, fact):
    found = answer(magnet(**where))
    assert found.answer == "prohibited"
    assert [one.text.facts["fact"] for one in found.reasons if getattr(one.text, "key", "") == "places_among"] == [fact]
    assert answer(magnet(**where), on="2026-12-31").answer == "allowed"


def test_a_step_without_a_word_for_its_process_is_told_by_what_went_in_and_came_out():
    assert sure(magnet(process=None))["melted_in"] == "DE"


def test_a_form_that_may_be_either_leaves_the_stage_open():
    """Carbonate may be mixed or separated: who made it did not separate for sure, and who imports it cannot tell."""
    chain = Chain()
    chain.source("pit-au", of("concentrate", "conc", 10))
    made(chain, "pit-au", [("conc", 10)], of("carbonate", "carb", 10))
    found = told(chain, "carb")["separated_in"]
    assert found.countries == ()
    assert [one.kind for one in found.openings] == ["no_step"]


def test_what_came_from_abroad_was_mined_and_separated_somewhere_unseen():
    chain = Chain()
    chain.source("metal-jp", of("oxide", "oxide", 10), origin="foreign", country="MY")
    made(chain, "metal-jp", [("oxide", 10)], of("metal", "metal", 10))
    found = told(chain, "metal")
    openings = [(one.kind, one.lot, one.country, one.share) for one in found["separated_in"].openings]
    assert openings == [("foreign", "oxide", "MY", 1.0)]
    assert found["refined_in"].openings == ()
    assert sure(chain, "metal")["refined_in"] == "JP"


@pytest.mark.parametrize("origin", ["foreign", "scrap", "opening_stock"])
def test_a_share_of_unseen_origin_keeps_a_rule_open_and_a_listed_one_decides_it(origin):
    def chain_with(metal):
        chain = magnet(metal=metal)
        chain.source("magnet-de", of("flake", "bought", 1), origin=origin, country="XX")
        chain.step(
            "magnet-de", [line("magnet", 10), line("bought", 1)], [of("magnet", "mixed", 11)], process="sintering"
        )
        return chain

    found = answer(chain_with("metal-jp"), "mixed")
    assert found.answer == "unknown"
    assert set(found.missing) == {"mined_in", "separated_in", "refined_in", "melted_in"}
    assert answer(chain_with("metal-cn"), "mixed").answer == "prohibited"
    share = told(chain_with("metal-jp"), "mixed")["refined_in"].openings[0].share
    assert share == pytest.approx(1 / 11)


def test_a_lot_that_nobody_declared_leaves_every_stage_open():
    chain = Chain()
    chain.step("magnet-de", [msgspec.structs.replace(line("ghost", 10, Nd=10), form=None)], [of("magnet", "m", 10)])
    found = told(chain, "m")
    assert all(one.openings for one in found.values())
    assert answer(chain, "m").answer == "unknown"


def test_a_site_without_a_country_leaves_its_stage_open():
    found = told(magnet(metal="nowhere"))
    assert [one.kind for one in found["refined_in"].openings] == ["no_country"]
    assert found["separated_in"].openings == ()
    assert answer(magnet(metal="nowhere")).answer == "unknown"


def test_what_is_separated_twice_belongs_to_both_countries():
    chain = Chain()
    chain.source("pit-au", of("concentrate", "conc", 10))
    moved(chain, "pit-au", "sep-cn", "conc", 10)
    made(chain, "sep-cn", [("conc", 10)], of("oxide", "mixed", 10), "solvent extraction")
    moved(chain, "sep-cn", "sep-my", "mixed", 10)
    made(chain, "sep-my", [("mixed", 10)], of("oxide", "pure", 10), "solvent extraction")
    rows = told(chain, "pure")["separated_in"].countries
    assert {row.country: row.share for row in rows} == {"CN": 1.0, "MY": 1.0}


def test_a_share_within_its_uncertainty_is_possible_and_not_sure():
    chain = Chain()
    chain.source("pit-au", of("ore", "a", 99))
    chain.source("pit-cn", of("ore", "b", 1, u=0.7))
    moved(chain, "pit-cn", "pit-au", "b", 1)
    made(chain, "pit-au", [("a", 99), ("b", 1)], of("concentrate", "c", 100))
    rows = {row.country: row for row in told(chain, "c")["mined_in"].countries}
    assert (rows["AU"].is_sure, rows["CN"].is_sure) == (True, False)
    assert rows["CN"].u == pytest.approx(0.007)
    assert places_of(asked(chain, "c"))["mined_in"] == Places(frozenset({"AU"}), frozenset({"CN"}), False)
    assert {row.country: row.is_sure for row in told(chain, "c", k=1.0)["mined_in"].countries}["CN"]


def pooled():
    """Ten kilograms of one mine and twenty of another in a tank, of which twelve are drawn."""
    chain = Chain()
    for mine, lot, kg in (("pit-cn", "a", 10), ("pit-au", "b", 20)):
        chain.source(mine, of("concentrate", lot, kg))
        moved(chain, mine, "sep-my", lot, kg)
        chain.charge("sep-my", "tank", line(lot, kg))
    chain.draw("sep-my", "tank", of("oxide", "w", 12))
    return chain


def test_bounds_over_a_pool_keep_a_country_possible_that_need_not_be_in_it():
    rows = {row.country: row for row in told(pooled(), "w")["mined_in"].countries}
    assert (rows["CN"].least, rows["CN"].share, rows["CN"].greatest) == pytest.approx((0.0, 4 / 12, 10 / 12))
    assert (rows["AU"].least, rows["AU"].greatest) == pytest.approx((2 / 12, 1.0))
    assert (rows["AU"].is_sure, rows["CN"].is_sure) == (True, False)
    assert answer(pooled(), "w").answer == "unknown"


def test_what_is_drawn_from_a_pool_in_another_form_was_separated_there():
    rows = told(pooled(), "w")["separated_in"]
    assert [(row.country, row.share) for row in rows.countries] == [("MY", pytest.approx(1.0))]
    assert rows.openings == ()


def test_a_country_without_the_stage_is_never_named():
    found = told(magnet(), "oxide")
    assert (found["melted_in"].countries, found["melted_in"].openings) == ((), ())
    assert {one.fact for one in asked(magnet(), "oxide")} == set(STAGES)


PLACES = st.sampled_from(("pit-au", "pit-cn"))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(PLACES, st.integers(1, 50)), min_size=1, max_size=5), st.booleans())
def test_shares_of_a_known_history_are_those_of_the_masses_and_lie_in_their_bounds(sources, is_pool):
    chain, by_mine = Chain(), {}
    for number, (mine, kg) in enumerate(sources):
        chain.source(mine, of("ore", f"o{number}", kg))
        moved(chain, mine, "sep-my", f"o{number}", kg)
        by_mine[SITES[mine][1]] = by_mine.get(SITES[mine][1], 0) + kg
        if is_pool:
            chain.charge("sep-my", "tank", line(f"o{number}", kg))
    total = sum(kg for _, kg in sources)
    if is_pool:
        chain.draw("sep-my", "tank", of("oxide", "out", total / 2))
    else:
        taken = [line(f"o{number}", kg) for number, (_, kg) in enumerate(sources)]
        chain.step("sep-my", taken, [of("oxide", "out", total)], process="solvent extraction")
    found = told(chain, "out")
    shares = {row.country: row for row in found["mined_in"].countries}
    for country, kg in by_mine.items():
        assert shares[country].share == pytest.approx(kg / total)
        assert shares[country].least <= shares[country].share + 1e-9 <= shares[country].greatest + 2e-9
    # A known history leaves nothing open, and names no place that it does not hold.
    assert set(shares) == set(by_mine)
    assert all(not one.openings for one in found.values())
    listed = answer(chain, "out").answer
    assert listed != "allowed" if "CN" in by_mine else listed == "allowed"


def test_a_table_of_another_pack_is_followed():
    other = replace(STAGES["refined_in"], processes=frozenset({"flotation"}))
    found = stages_of_lot(magnet().book(world()), "magnet", [other], k=2.0)
    assert {row.country for row in found[0].countries} == {"AU", "JP"}

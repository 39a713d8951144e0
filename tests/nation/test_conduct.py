"""Conduct of a simulated nation under the packaged rules, as if they were its own: honest plants offend none."""

from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from nation.nation_book import directory_of
from nation.nation_watch import book_as_kept
from ytterby.balance.conduct import Ground, conduct_findings
from ytterby.balance.reported import reported_movements
from ytterby.chain.party import NamedList
from ytterby.law.book import make_book
from ytterby.nation.plan import HOME, make_plan
from ytterby.nation.scenario import Scenario
from ytterby.shell.cli.nation_plan import nation_tables
from ytterby.shell.site.law_packs import packaged_packs, read_pack_text

KNOWN = date(2026, 11, 24)
# What the packaged lists are asked for, and the kind of site that its enterprises run.
KINDS = {"mining": "mine", "separation": "separation"}


@cache
def law():
    text = files("ytterby.law").joinpath("packs/cn-conduct.yaml").read_text("utf-8")
    own, problems = read_pack_text(text.replace("in: [CN]", f"in: [{HOME}]"))
    book, more = make_book([*packaged_packs(), own])
    assert not problems
    assert not more
    return book


@cache
def nation():
    scenario = Scenario(plants=12, months=3, seed=1, lots=1, elements=("Nd", "Dy"), start=date(2025, 9, 1))
    plan = make_plan(scenario, nation_tables())
    bundles, book = book_as_kept(plan, ())
    sites = book.world.directory.sites
    return plan, reported_movements(bundles, book, lambda site: ZoneInfo(sites[site].zone)).movements


def found(unnamed=frozenset()):
    plan, movements = nation()
    directory = directory_of(plan)
    lists = tuple(
        NamedList(name, name, HOME, frozenset(_operators(directory, kind)) - unnamed, source="test")
        for name, kind in KINDS.items()
    )
    return conduct_findings(law(), Ground(movements, replace(directory, lists=lists), {}), known=KNOWN)


def _operators(directory, kind):
    return [site.operations[0].party for site in directory.sites.values() if site.kind == kind]


def test_an_honest_nation_whose_enterprises_are_named_offends_no_rule():
    assert len(nation()[1]) > 500
    assert found() == ()


def test_one_that_is_not_named_is_found_with_its_customers_and_nobody_else():
    plan, movements = nation()
    separator = _operators(directory_of(plan), "separation")[0]
    customers = {one.key.party for one in movements if one.move == "received" and one.counterparty == separator}
    told = found(frozenset({separator}))
    made = [one for one in told if one.problem.code == "conduct.not_named"]
    dealt = [one for one in told if one.problem.code == "conduct.product"]
    assert len(made) + len(dealt) == len(told)
    assert {one.parties for one in made} == {(separator,)}
    assert {one.parties for one in dealt} == {(customer, separator) for customer in customers}
    assert customers

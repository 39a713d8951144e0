"""What a line holds, its errors told apart: a weighing's are common to elements, an assay's to all that share it."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.chain_of import START, Chain, line
from ytterby.balance.account import Counted, Row, What, item_of
from ytterby.balance.content import SHARED_ASSAY, SHARED_CONTENT, WEIGHING, own_content, own_errors
from ytterby.balance.items import account_items
from ytterby.balance.measurements import measurements_of
from ytterby.balance.quantity import element_quantity, pooled_quantity, total_quantity
from ytterby.chain.posting import Line
from ytterby.matter.assay import Assay
from ytterby.matter.element import ELEMENTS, POSITION
from ytterby.matter.mass import ElementMass, MassUncertainty
from ytterby.shell.site.packs import matter_tables

N = len(ELEMENTS)
STARTING = matter_tables().starting
SHARES = {"Nd": Decimal(240_000), "Pr": Decimal(80_000), "Dy": Decimal(9_000)}  # mg/kg
RUNS = 40_000


def counted(content: ElementMass, own, *entries) -> Counted:
    return Counted("k", What.RECEIPT, "plant", "lot", START, (b"e",), content, True, entries, own)


def item(quantity, content, own=(), *, row=0, sign=1):
    return item_of(counted(content, own), quantity, ((row, sign),))


def goods(net: float, u_kg: float, part: float) -> Line:
    """Return an assayed line: net mass with the sd of its weighing, contents with the same relative sd."""
    assays = tuple(
        Assay(element, content, content * Decimal(str(part)), systematic_uncertainty=Decimal(0))
        for element, content in SHARES.items()
    )
    mass_u = MassUncertainty(random_kg=u_kg, groups={}, assumed=False)
    return Line("lot", Decimal(str(net)), "KGM", Decimal(str(net)), mass_u, assays, "oxide")


def fractions() -> np.ndarray:
    found = np.zeros(N)
    for element, content in SHARES.items():
        found[POSITION[element]] = float(content) / 1e6
    return found


# Errors of one content


amounts = st.lists(st.floats(0, 1e3), min_size=N, max_size=N).map(np.array)
names = st.sampled_from(
    [WEIGHING, *(SHARED_ASSAY + lot for lot in "ABC"), *(SHARED_CONTENT + lot for lot in "AB"), "laboratory x", "scale"]
)


@st.composite
def contents(draw):
    """Draw some contents whose groups are of weighings, lots, laboratories and scales."""
    return [
        ElementMass(draw(amounts), draw(amounts), draw(st.dictionaries(names, amounts, max_size=5)), False)
        for _ in range(draw(st.integers(1, 4)))
    ]


@settings(max_examples=200, deadline=None)
@given(contents(), st.sampled_from(ELEMENTS))
def test_telling_errors_apart_leaves_the_variance_of_one_element(found, element):
    quantity = element_quantity(element)
    parts = own_errors(found)
    # A weighing is each content's own, whatever its group is called.
    named = [
        ElementMass(
            one.mass_kg,
            one.random_kg,
            {f"{group} {k}" if group == WEIGHING else group: sd for group, sd in one.groups.items()},
            one.assumed,
        )
        for k, one in enumerate(found)
    ]
    before = measurements_of([item(quantity, one, row=k) for k, one in enumerate(named)], len(found))
    after = measurements_of([item(quantity, p.content, p.own, row=k) for k, p in enumerate(parts)], len(found))
    assert after.covariance() == pytest.approx(before.covariance(), rel=1e-9, abs=1e-9)
    assert (after.rows_kg == before.rows_kg).all()
    for one, part in zip(found, parts, strict=True):
        assert counted(part.content, part.own).u_kg == pytest.approx(one.u_kg, rel=1e-9, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(contents())
def test_what_is_shared_stays_a_group_and_what_is_not_becomes_the_contents_own(found):
    parts = own_errors(found)
    for one, part in zip(found, parts, strict=True):
        for group in one.groups:
            users = sum(group in other.groups for other in found)
            is_single = group == WEIGHING or (users == 1 and group.startswith((SHARED_ASSAY, SHARED_CONTENT)))
            assert (group in part.content.groups) != is_single
        assert len(part.own) == (WEIGHING in one.groups)


def test_a_line_without_an_assay_has_no_content_of_its_own():
    bare = Line("lot", Decimal(5), "KGM", Decimal(5))
    assert own_content(bare, STARTING) is None
    assert own_content(goods(5, 0.0, 0.0), STARTING).groups == {}


# Errors as they are drawn


def standardised(measured, rows_kg: np.ndarray) -> np.ndarray:
    """Return rows (runs x rows) over the sd that their measurements claim."""
    return rows_kg / np.sqrt(np.diag(measured.covariance()))


@pytest.mark.parametrize("name", ["pooled", "total", "Nd"])
def test_a_link_whose_only_errors_are_weighings_scatters_as_it_claims(name):
    """Scales err on all elements alike. Were they taken for independent, the pooled z would have an sd above 1."""
    found = [own_content(goods(net, u, 0.0), STARTING) for net, u in ((100, 0.3), (100, 0.2), (40, 0.1), (40, 0.1))]
    parts = own_errors(found)
    chosen = pooled_quantity((p.content.mass_kg, counted(p.content, p.own).u_kg) for p in parts)
    quantity = {"pooled": chosen, "total": total_quantity(), "Nd": element_quantity("Nd")}[name]
    signs = (1, -1, 1, -1)
    measured = measurements_of([item(quantity, *p, sign=s) for p, s in zip(parts, signs, strict=True)], 1)
    drawn = np.random.default_rng(11).standard_normal((RUNS, 4)) * [0.3, 0.2, 0.1, 0.1]
    rows = (drawn * signs).sum(axis=1, keepdims=True) * quantity.of(fractions())
    assert standardised(measured, rows).std() == pytest.approx(1.0, abs=0.015)
    independent = np.sqrt(sum(quantity.of_random(p.own[0]) ** 2 for p in parts))
    if name == "pooled":
        assert (rows / independent).std() > 1.2


def chain_of(part: float) -> Chain:
    """Return a lot that its maker assayed and its receiver weighed only, and stock of it counted."""
    chain = Chain()
    assayed = goods(100, 0.05, part)
    chain.count("plant", is_complete=True, pool="tank", hour=-1)
    chain.source("mine", assayed, hour=0)
    chain.ship("mine", "plant", line("lot", 100, u_kg=0.05), document="d", hour=24)
    chain.receive("plant", "mine", line("lot", 100, u_kg=0.05), document="d", hour=48)
    chain.count("plant", line("lot", 60, u_kg=0.05), is_complete=True, pool="tank", hour=24 * 30)
    return chain


@pytest.mark.parametrize("part", [0.01, 0.0005])
@pytest.mark.parametrize("name", ["pooled", "Nd", "Dy"])
def test_an_assay_that_several_weighings_share_scatters_as_it_claims(part, name):
    """One assay of three elements, drawn apart; four weighings. Rows: the mine, the plant, the link between them."""
    chain = chain_of(part)
    accounts = account_items(chain.bundles, chain.book(), lambda site: START.tzinfo)
    chosen = pooled_quantity((one.content.mass_kg, one.u_kg) for one in accounts.counted)
    quantity = chosen if name == "pooled" else element_quantity(name)
    (link,) = accounts.links
    rows = [row for row in (Row("plant", None, 1), *accounts.rows_between(link)) if row in accounts.rows]
    assert len(rows) == 2
    measured = accounts.measurements(quantity, rows)
    random = np.random.default_rng(12)
    content = fractions() * (1 + part * random.standard_normal((RUNS, N)))
    sent, got, stock = (net + 0.05 * random.standard_normal(RUNS) for net in (100, 100, 60))
    kg = content @ np.array(quantity.weights)
    drawn = np.column_stack([(got - stock) * kg - 40 * quantity.of(fractions()), (sent - got) * kg])
    z = standardised(measured, drawn)
    assert z.std(axis=0) == pytest.approx(np.ones(2), abs=0.02)
    claimed = measured.covariance()
    correlation = claimed[0, 1] / np.sqrt(claimed[0, 0] * claimed[1, 1])
    assert np.corrcoef(z.T)[0, 1] == pytest.approx(correlation, abs=0.02)

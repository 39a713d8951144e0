import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.exact_provenance import ExactChain
from ytterby.chain.provenance_vector import compute_provenance, is_provenance_vector
from ytterby.shell.site.packs import matter_tables

VECTORS = sorted((Path(__file__).resolve().parents[1] / "vectors").glob("prov_*.json"))
TOLERANCE = 1e-12


def compute(events):
    return compute_provenance({"events": events}, matter_tables())


def assert_row(got, wanted, what):
    """Equal keys and numbers, save for what is below 1e-12 of the row."""
    whole = float(sum(wanted.values()))
    kept = {key: float(kg) for key, kg in wanted.items() if kg >= Fraction(whole) * Fraction(1, 10**12)}
    doubtful = {key for key, kg in wanted.items() if abs(float(kg) / whole / TOLERANCE - 1) < 0.01} if whole else set()
    assert set(got) - doubtful == set(kept) - doubtful, what
    for key in set(got) & set(kept):
        assert got[key] == pytest.approx(kept[key], rel=1e-9, abs=whole * TOLERANCE), (what, key)


@pytest.mark.parametrize("path", VECTORS, ids=lambda p: p.stem)
def test_the_book_agrees_with_every_figure_of_the_vectors(path):
    document = json.loads(path.read_text(), parse_float=Decimal)
    got = compute_provenance(document, matter_tables())
    for lot, elements in document["expected"]["lots"].items():
        assert set(got["lots"][lot]) == set(elements)
        for element, row in elements.items():
            assert got["lots"][lot][element]["mass"] == pytest.approx(float(row["mass"]), rel=TOLERANCE)
            for part in ("origin_share", "source_lots"):
                wanted = {key: float(value) for key, value in row[part].items()}
                assert got["lots"][lot][element][part] == pytest.approx(wanted, rel=TOLERANCE)
    for lot, elements in document["expected"]["destinations"].items():
        for element, row in elements.items():
            wanted = {key: float(value) for key, value in row.items()}
            assert got["destinations"][lot][element] == pytest.approx(wanted, rel=TOLERANCE)


def test_there_are_vectors_to_agree_with():
    assert len(VECTORS) >= 3


SHARES = st.integers(0, 1000).map(lambda n: Decimal(n) / 1000)


@st.composite
def chains(draw):
    """Draw a chain of two elements in which every take is covered."""
    events: list[dict] = []
    left: dict[str, dict[str, Fraction]] = {}
    mass: dict[str, dict[str, Fraction]] = {}
    pools: dict[str, dict[str, Fraction]] = {}

    def make(lot, kilograms):
        mass[lot], left[lot] = kilograms, {e: Fraction(1) for e in kilograms}

    for number in range(draw(st.integers(2, 14))):
        kind = draw(st.sampled_from(["source", "transform", "transform", "pool_in", "pool_out"]))
        if kind == "source" or not left:
            amounts = {e: draw(st.integers(0, 10**7).map(lambda n: Decimal(n) / 1000)) for e in ("Nd", "Dy")}
            events.append({"type": "source", "lot": f"s{number}", "origin": f"o{number % 3}", "mass": amounts})
            make(f"s{number}", {e: Fraction(kg) for e, kg in amounts.items()})
        elif kind == "transform":
            inputs, consumed = [], {"Nd": Fraction(0), "Dy": Fraction(0)}
            for lot in draw(st.lists(st.sampled_from(sorted(left)), min_size=1, max_size=3, unique=True)):
                part = draw(SHARES)
                if any(Fraction(part) > left[lot][e] for e in consumed):
                    continue
                inputs.append({"lot": lot, "fraction": part})
                for e in consumed:
                    left[lot][e] -= Fraction(part)
                    consumed[e] += Fraction(part) * mass[lot][e]
            first, second = draw(SHARES), draw(SHARES)
            second = min(second, 1 - first)
            outs = [{"lot": f"a{number}", "share": first}, {"lot": f"b{number}", "share": {"Nd": second}}]
            events.append({"type": "transform", "in": inputs, "out": outs})
            make(f"a{number}", {e: kg * Fraction(first) for e, kg in consumed.items()})
            make(f"b{number}", {"Nd": consumed["Nd"] * Fraction(second), "Dy": Fraction(0)})
        elif kind == "pool_in":
            pool, lot = draw(st.sampled_from(["p", "q"])), draw(st.sampled_from(sorted(left)))
            events.append({"type": "pool_in", "pool": pool, "lot": lot})
            held = pools.setdefault(pool, {"Nd": Fraction(0), "Dy": Fraction(0)})
            for e in held:
                held[e] += left[lot][e] * mass[lot][e]
                left[lot][e] = Fraction(0)
        elif pools:
            pool = draw(st.sampled_from(sorted(pools)))
            rule = draw(st.sampled_from(["fifo", "proportional"]))
            part = draw(st.integers(0, 10))
            take = {e: Decimal(int(kg * part / 10 * 1000)) / 1000 for e, kg in pools[pool].items()}
            events.append({"type": "pool_out", "pool": pool, "lot": f"w{number}", "take": take, "policy": rule})
            for e, kg in take.items():
                pools[pool][e] -= Fraction(kg)
            make(f"w{number}", {e: Fraction(kg) for e, kg in take.items()})
    for lot in draw(st.lists(st.sampled_from(sorted(left)), max_size=2, unique=True)):
        events.append({"type": "ship", "lot": lot, "to": f"buyer of {lot}"})
    return events


@settings(max_examples=150, deadline=None)
@given(chains())
def test_any_chain_agrees_with_exact_fractions(events):
    got = compute(events)
    for element in ("Nd", "Dy"):
        chain = ExactChain(events, element)
        lots = chain.lots()
        assert {lot for lot, rows in got["lots"].items() if element in rows} == set(lots)
        for lot, wanted in lots.items():
            row = got["lots"][lot][element]
            assert row["mass"] == pytest.approx(float(wanted["mass"]), rel=TOLERANCE)
            assert_row(row["origin_share"], wanted["origin_share"], (lot, element))
            assert_row(row["source_lots"], wanted["source_lots"], (lot, element))
        destinations = chain.destinations()
        assert {lot for lot, rows in got["destinations"].items() if element in rows} == set(destinations)
        for lot, wanted in destinations.items():
            assert_row(got["destinations"][lot][element], wanted, (lot, element))


def test_binary_residue_of_an_emptied_layer_is_no_origin():
    events = [
        {"type": "source", "lot": "a", "origin": "A", "mass": {"Nd": Decimal("1000.1")}},
        {"type": "source", "lot": "b", "origin": "B", "mass": {"Nd": 5}},
        {"type": "pool_in", "pool": "p", "lot": "a"},
        {"type": "pool_in", "pool": "p", "lot": "b"},
        {"type": "pool_out", "pool": "p", "lot": "w", "take": {"Nd": 1000}, "policy": "fifo"},
        {"type": "pool_out", "pool": "p", "lot": "x", "take": {"Nd": Decimal("0.1")}, "policy": "fifo"},
        {"type": "pool_out", "pool": "p", "lot": "y", "take": {"Nd": Decimal("0.001")}, "policy": "fifo"},
    ]
    assert compute(events)["lots"]["y"]["Nd"]["origin_share"] == {"B": 1.0}


def test_a_small_loss_keeps_its_digits():
    events = [
        {"type": "source", "lot": "a", "origin": "A", "mass": {"Nd": Decimal("1000.1")}},
        {
            "type": "transform",
            "in": [{"lot": "a", "fraction": 1}],
            "out": [{"lot": "b", "share": Decimal("0.9999999")}],
        },
    ]
    assert compute(events)["destinations"]["a"]["Nd"]["loss"] == pytest.approx(0.00010001, rel=1e-12)


def test_material_taken_beyond_what_was_there_has_no_clean_origin():
    events = [
        {"type": "source", "lot": "a", "origin": "A", "mass": {"Nd": 10}},
        {"type": "transform", "in": [{"lot": "a", "fraction": 1}], "out": [{"lot": "b", "share": 1}]},
        {"type": "transform", "in": [{"lot": "a", "fraction": 1}], "out": [{"lot": "c", "share": 1}]},
    ]
    assert compute(events)["lots"]["c"]["Nd"]["origin_share"] == {"unaccounted": 1.0}


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ({"type": "source", "lot": "a", "origin": "A", "mass": {"Nd": "much"}}, "event 0: 'much' is no number"),
        ({"type": "source", "lot": "a", "origin": "A", "mass": {"Nd": "-1"}}, "event 0: '-1' is below zero"),
        ({"type": "source", "lot": "a", "origin": "A", "mass": {"Nd": True}}, "event 0: True is no number"),
        ({"type": "source", "lot": "a", "origin": "A", "mass": 5}, "event 0: masses are given by element"),
        ({"type": "source", "lot": 7, "origin": "A", "mass": {"Nd": 1}}, "event 0: 'lot' is a text"),
        ({"type": "ship", "lot": "x", "to": "Y"}, None),
    ],
)
def test_a_vector_that_cannot_be_read_says_which_event(event, says):
    source = {"type": "source", "lot": "z", "origin": "A", "mass": {"Nd": 1}}
    if says is None:
        with pytest.raises(ValueError, match="event 1: no earlier event makes the lot 'x'"):
            compute([source, event])
    else:
        with pytest.raises(ValueError, match=says):
            compute([event])


def test_the_kind_is_told_by_its_keys():
    assert is_provenance_vector({"events": [{"type": "source"}]})
    assert not is_provenance_vector({"events": [{"type": "sale"}]})
    assert not is_provenance_vector({"factors": {}})
    assert not is_provenance_vector([])


def test_binary_residue_of_an_emptied_tank_is_no_origin():
    events = [
        {"type": "source", "lot": "a", "origin": "A", "mass": {"Nd": Decimal("1000.1")}},
        {"type": "source", "lot": "b", "origin": "B", "mass": {"Nd": Decimal("0.001")}},
        {"type": "pool_in", "pool": "p", "lot": "a"},
        {"type": "pool_out", "pool": "p", "lot": "w", "take": {"Nd": 1000}, "policy": "proportional"},
        {"type": "pool_out", "pool": "p", "lot": "x", "take": {"Nd": Decimal("0.1")}, "policy": "proportional"},
        {"type": "pool_in", "pool": "p", "lot": "b"},
        {"type": "pool_out", "pool": "p", "lot": "y", "take": {"Nd": Decimal("0.0005")}, "policy": "proportional"},
    ]
    assert compute(events)["lots"]["y"]["Nd"]["origin_share"] == {"B": 1.0}

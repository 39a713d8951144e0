"""The sample chain through door, book and balance: the findings, figures and orders that it must give."""

import json
import random
from decimal import Decimal

import numpy as np
import pytest

from chain.chain_of import findings
from ytterby.balance.closure import close_steps
from ytterby.balance.finding import list_findings
from ytterby.balance.mirror import judge_pairs
from ytterby.chain.book import Book, build_book
from ytterby.chain.destination import destination_of_lot
from ytterby.chain.door import read_document
from ytterby.chain.event import Entry
from ytterby.chain.origin import origin_of_lot
from ytterby.chain.party import Directory, Operation, Party, Site, make_directory
from ytterby.chain.postings import postings_of
from ytterby.chain.product import Product, ProductList, make_product_list
from ytterby.chain.trace import trace_lot
from ytterby.chain.world import World
from ytterby.matter.element import POSITION
from ytterby.shell.site.packs import door_tables, matter_tables, packaged_text
from ytterby.terms.identifier import tail

SAMPLE = packaged_text("chain", "sample/example-chain.json").encode()
KINDS = {
    "10": ("mine", "XA"),
    "27": ("separation", "XA"),
    "34": ("metal", "XA"),
    "41": ("magnet", "XA"),
    "58": ("component", "XB"),
    "65": ("recycler", "XA"),
    "72": ("customs", "XA"),
    "89": ("customs", "XB"),
}
ORE = "https://id.gs1.org/01/09520000000011/10/KR-2025-W14"
MAGNETS = "https://id.gs1.org/01/09520000000318/10/OM-N42SH-0623"
MASS_BEARING = (1, 7, 10, 11, 12, 14)  # positions in the document, from 0


def sample_directory() -> Directory:
    parties = [Party(f"https://id.gs1.org/417/95200000100{n}", n, country=c) for n, (_, c) in KINDS.items()]
    sites = [
        Site(
            f"https://id.gs1.org/414/95200000100{n}", n, kind, c, (Operation(f"https://id.gs1.org/417/95200000100{n}"),)
        )
        for n, (kind, c) in KINDS.items()
    ]
    return make_directory(parties, sites)


WORLD = World(sample_directory(), ProductList(), matter_tables())


def entries(document: bytes = SAMPLE) -> list[Entry]:
    read = read_document(document, door_tables())
    assert not read.all_problems
    return [Entry(one.event, "operator", one.number) for one in read.events]


@pytest.fixture(scope="module")
def book() -> Book:
    return build_book(entries(), WORLD)


def named(book: Book) -> set[tuple[str, str, str]]:
    return {(code, tail(lot), tail(site)[-2:]) for code, lot, site in findings(book)}


def test_the_sample_gives_no_problem_at_the_door_and_no_remark_from_the_book():
    assert [postings_of(entry, WORLD)[1] for entry in entries()] == [()] * 20


def test_the_findings_are_exactly_these(book):
    assert named(book) == {
        ("lot.not_created", "FE-2025-09", "34"),
        ("lot.not_created", "FB-2025-03", "34"),
        ("lot.changed_site", "TM-SC-12", "41"),
        ("receipt.implied", "OM-SW-0623", "65"),
        ("receipt.implied", "OM-N42SH-0623", "58"),
    }
    assert len(list_findings(book)) == 5


def test_products_registered_free_of_rare_earths_are_no_finding():
    items = ("09520000000240", "09520000000257")
    products = make_product_list(
        Product(f"https://id.gs1.org/01/{item}", "maker", is_free_of_rare_earths=True) for item in items
    )
    book = build_book(entries(), World(WORLD.directory, products, WORLD.matter))
    assert "lot.not_created" not in {code for code, _, _ in named(book)}
    assert not any(step.inputs_unknown for step in book.steps)


def test_before_the_correction_four_hundred_kilograms_are_unaccounted_and_after_it_none(book):
    early = build_book([e for i, e in enumerate(entries()) if i not in {5, 6}], WORLD)
    (found,) = (f for f in early.findings if f.code == "lot.used_beyond_held")
    assert (found.facts["used"], found.facts["held"], found.facts["excess"]) == ("10994", "10594", "400")
    assert tail(found.site) == "9520000010027"
    shares = {s.origin.kind: s for s in origin_of_lot(early, MAGNETS, elements=["Nd"])[0].origins}
    assert shares["unaccounted"].origin.site.endswith("27")
    assert shares["unaccounted"].share == pytest.approx(400 / 10994)
    late = {s.origin.kind: s.share for s in origin_of_lot(book, MAGNETS, elements=["Nd"])[0].origins}
    assert late == {"extraction": pytest.approx(1.0)}


def test_a_correction_is_as_if_the_mistake_had_never_been_but_for_its_trace(book):
    document = json.loads(SAMPLE)
    events = document["epcisBody"]["eventList"]
    document["epcisBody"]["eventList"] = events[:4] + events[6:]
    clean = build_book(entries(json.dumps(document).encode()), WORLD)
    assert clean.findings == book.findings
    assert [(n.lot, n.mass_kg.tobytes()) for n in clean.nodes] == [(n.lot, n.mass_kg.tobytes()) for n in book.nodes]
    assert len(book.endings) == 1
    assert not clean.endings


def test_event_by_event_in_two_hundred_orders_the_book_is_the_same_byte_for_byte(book):
    def bytes_of(one: Book) -> list[object]:
        rows = [
            (
                n.lot,
                n.site,
                n.holder,
                n.owner,
                n.amount,
                n.left,
                n.mass_kg.tobytes(),
                n.content.u_kg.tobytes(),
                n.parents,
            )
            for n in one.nodes
        ]
        weights = [[np.asarray(w).tobytes() for w in n.weights] for n in one.nodes]
        return [rows, weights, one.findings]

    expected = bytes_of(book)
    everything = entries()
    for seed in range(200):
        shuffled = everything.copy()
        random.Random(seed).shuffle(shuffled)
        renumbered = [Entry(e.event, e.submitter, i) for i, e in enumerate(shuffled)]
        assert bytes_of(build_book(renumbered, WORLD)) == expected, seed


def test_with_assay_uncertainties_alone_the_largest_score_is_terbium_at_the_flotation(book):
    ids = {entries()[i].event.event_id for i in MASS_BEARING}
    found = [c for c in close_steps(book, with_mass_uncertainty=False) if c.step.event_id in ids]
    assert len({c.step.index for c in found}) == 6
    worst = max(found, key=lambda c: abs(c.z))
    assert (worst.element, worst.step.run) == ("Tb", "https://kestrel.example/run/0418")
    assert abs(worst.z) == pytest.approx(0.003123, abs=5e-7)
    assert all(c.verdict == "closed" for c in close_steps(book) if c.step.event_id in ids)


def test_the_three_motors_hold_what_their_magnets_held(book):
    motors = [n for n in book.nodes if "/21/M0000" in n.lot]
    assert len(motors) == 3
    for element, kg in (("Nd", 1.50078), ("Pr", 0.40930), ("Dy", 0.08186)):
        assert sum(float(n.mass_kg[POSITION[element]]) for n in motors) == pytest.approx(kg, abs=5e-6)
    assert [c.verdict for c in close_steps(book) if c.step.run == "https://lumen.example/wo/5521"] == [
        "not testable"
    ] * 3


def test_the_mirror_differs_until_the_correction_and_is_matched_after_it(book):
    def state(one: Book) -> tuple[str, float]:
        found = next(s for s in judge_pairs(one) if tail(s.pair.lot) == "KR-C-0418")
        return found.state, round(found.d, 2)

    assert state(build_book(entries()[:5], WORLD)) == ("differs", 16.61)
    assert state(book) == ("matched", 0.71)
    states = {tail(s.pair.lot): s.state for s in judge_pairs(book)}
    assert states == {
        "KR-C-0418": "matched",
        "NV-NdPr-31": "matched",
        "NV-Dy-31": "matched",
        "OM-SW-0623": "implied",
        "OM-N42SH-0623": "implied",
    }


def test_every_gram_of_the_ore_is_somewhere_and_the_use_came_true_for_three_motors(book):
    for element in ("La", "Ce", "Pr", "Nd", "Tb", "Dy", "Y"):
        found = destination_of_lot(book, ORE, element=element)
        assert sum(d.mass_kg for d in found.destinations) == pytest.approx(found.mass_kg, rel=1e-12)
    (use,) = destination_of_lot(book, ORE, element="Nd").uses
    assert (use.use, use.country) == ("traction_motor_car", "XB")
    assert use.declared_kg == pytest.approx(20_000 * 0.045 * 0.2316015, rel=1e-9)
    assert use.realised_kg == pytest.approx(144 * 0.045 * 0.2316015, rel=1e-9)
    assert use.open_kg == pytest.approx(use.declared_kg - use.realised_kg)


def test_the_magnets_come_from_the_ore_and_the_ore_goes_into_the_magnets(book):
    back = trace_lot(book, MAGNETS, is_back=True, element="Nd")
    forward = trace_lot(book, ORE, is_back=False, element="Nd")
    ore = next(n for n in back.nodes if n.node.lot == ORE)
    magnets = next(n for n in forward.nodes if n.node.lot == MAGNETS and n.node.is_made)
    assert ore.mass_kg == pytest.approx(back.total_kg)
    assert magnets.mass_kg == pytest.approx(back.total_kg)
    assert back.unaccounted_kg == 0
    assert sum(e.mass_kg for e in back.edges if back.nodes[e.end].node.lot == MAGNETS) == pytest.approx(back.total_kg)


def test_place_holder_and_owner_are_apart(book):
    used = next(p for p in book.parcels_of[MAGNETS] if p.is_implied)
    assert used.holder.endswith("58")
    assert used.owner.endswith("58")
    assert used.left == Decimal(20_000 - 144)
    assert all(not node.site.endswith(("72", "89")) for node in book.nodes), "a customs place never holds"

"""What must hold of every book holds of random ones, and each thing that does not hold is named."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.chain_of import Chain, line, world
from chain.memory_shelf import WORLD, tangled
from chain.test_conservation import SITES, history
from ytterby.chain.book import Book, build_from_bundles
from ytterby.chain.book_check import faults_of_book
from ytterby.chain.excerpt import rows_of
from ytterby.chain.origin_row import OriginRow

seeds = st.integers(0, 10**9)


def broken(book: Book, rows=None) -> set[str]:
    return {fault.problem.code for fault in faults_of_book(book, rows or rows_of(book.nodes, {}))}


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_nothing_is_named_in_any_book(seed):
    assert broken(history(seed).book(world(*SITES))) == set()
    assert broken(build_from_bundles(tangled(seed), WORLD)) == set()


def sound() -> Book:
    chain = Chain()
    chain.source("mine", line("ore", 100, Nd=10))
    chain.step("mine", [line("ore", 60)], [line("metal", 5, Nd=6)])
    chain.ship("mine", "plant", line("metal", 5))
    chain.receive("plant", "mine", line("metal", 5))
    return chain.book(world("mine", "plant"))


def more_left(book: Book) -> None:
    book.nodes[0].left += 1


def less_made(book: Book) -> None:
    (step,) = book.steps
    (child,) = (node for node in book.nodes if step.index in node.parents)
    child.weights = [np.asarray(weight) * 0.9 for weight in child.weights]


def turned(book: Book) -> None:
    book.nodes[1].parents = [book.nodes[-1].index]


def boxed(book: Book) -> None:
    book.nodes[0].lot = "https://id.gs1.org/00/095200000000000011"


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (more_left, {"book.fractions", "book.conservation"}),
        (less_made, {"book.shares", "book.row_sums"}),
        (turned, {"book.order"}),
        (boxed, {"book.containers"}),
    ],
)
def test_each_thing_that_does_not_hold_is_named(spoil: Callable[[Book], None], codes: set[str]):
    book = sound()
    rows = rows_of(book.nodes, {})
    assert broken(book) == set()
    spoil(book)
    found = broken(book, rows if spoil is turned else rows_of(book.nodes, {}))
    assert codes <= found


def test_a_row_that_is_not_the_mass_is_named():
    book = sound()
    rows = rows_of(book.nodes, {})
    rows[0] = OriginRow(rows[0].classes, rows[0].mass_kg * 1.001)
    assert broken(book, rows) == {"book.row_sums"}

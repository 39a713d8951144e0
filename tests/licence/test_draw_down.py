"""The ledger of a line by vectors written by hand, by any order of entries, and by turning every branch of it round."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ytterby.licence.draw_down as room
from licence.flipped_branches import unnoticed
from ytterby.licence import draw_down_vector
from ytterby.licence.draw_down import ZERO, Entry, Kind, Ledger, Line, plus
from ytterby.licence.draw_down_vector import compute_drawdown, quantity_of
from ytterby.licence.exit import judge_exit, post_exit

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "drawdown.json"
CASES = json.loads(VECTORS.read_text(encoding="utf-8"))["drawdown"]


def told(case):
    (row,) = compute_drawdown([case])
    assert row["name"] == case["name"]
    return {key: row["computed"][key] for key in case["expect"]}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_room_does_what_the_vector_says(case):
    assert told(case) == case["expect"]


def agree(module):
    """Fail where any vector differs with this module in place of the room's."""
    held = {name: getattr(draw_down_vector, name) for name in ("Ledger", "Line", "Entry", "Kind")}
    import ytterby.licence.exit as leaving

    kept = {name: getattr(leaving, name) for name in ("drawn", "flaw_of", "post", "Change", "Posted", "Kind")}
    try:
        for name in held:
            setattr(draw_down_vector, name, getattr(module, name))
        for name in kept:
            setattr(leaving, name, getattr(module, name))
        assert all(told(case) == case["expect"] for case in CASES)
    finally:
        for name, value in held.items():
            setattr(draw_down_vector, name, value)
        for name, value in kept.items():
            setattr(leaving, name, value)


def test_every_branch_of_the_room_that_is_turned_round_makes_a_vector_fail():
    assert unnoticed(room, agree) == []


@pytest.mark.parametrize("wrong", [True, None, "x", "NaN", "Infinity", "1e100", [1]])
def test_what_is_no_quantity_is_refused(wrong):
    with pytest.raises((ValueError, TypeError)):
        quantity_of(wrong)


AMOUNTS = st.decimals(min_value="0.000001", max_value="12", places=6)
NAMES = st.sampled_from(["d1", "d2", "d3"])
STANDINGS = st.sampled_from(["active", "active", "suspended", "revoked"])
MOVES = st.one_of(
    st.tuples(st.sampled_from(list(Kind)), NAMES, AMOUNTS, st.sampled_from(["2026-06-01", "2027-06-01"])),
    st.tuples(st.just("status"), STANDINGS),
    st.tuples(st.just("requantify"), AMOUNTS),
)


@given(moves=st.lists(MOVES, max_size=30), tolerance=st.sampled_from([ZERO, Decimal("0.5")]))
def test_at_every_prefix_the_balance_holds_and_is_the_sum_of_what_was_entered(moves, tolerance):
    """Invariant I1: drawn and reserved never exceed the line, nothing is below zero, and columns are sums."""
    ledger = Ledger(Line(Decimal(10), "KGM", "2026-01-01", "2026-12-31", tolerance))
    for seq, move in enumerate(moves, 1):
        before = ledger.line
        if move[0] == "status":
            ledger.set_standing(move[1])
        elif move[0] == "requantify":
            ledger.requantify(move[1], tolerance)
        else:
            kind, name, amount, day = move
            entry = Entry(kind, name, seq, day, amount)
            if kind is Kind.EXIT:
                share = ledger.share(name)
                judged = judge_exit(ledger.line, share, amount, ledger.line.closed_on(day))
                assert plus(judged.drawn, judged.unlicensed) == amount
                ledger.apply(entry, post_exit(ledger.line, share, judged))
            elif ledger.enter(entry) != "ok":
                assert ledger.line == before
        line = ledger.line
        assert min(line.drawn, line.reserved, line.free, line.unlicensed) >= 0
        assert line.drawn + line.reserved <= line.quantity + line.tolerance
        assert line.reserved <= line.quantity
        for name in ("drawn", "reserved", "unlicensed"):
            assert getattr(line, name) == sum(getattr(share, name) for share in ledger.shares.values())
        assert all(
            min(share.drawn, share.reserved, share.unlicensed, share.left) >= 0 for share in ledger.shares.values()
        )
        # The same again changes nothing.
        if move[0] not in {"status", "requantify"}:
            assert ledger.known(entry) is not None
            ledger.enter(entry)
            assert ledger.line == line


@given(order=st.permutations(range(8)), again=st.lists(st.integers(0, 7), max_size=8))
def test_messages_that_come_again_or_in_another_order_count_each_exit_once(order, again):
    """Replayed and reordered messages: what left is told once, and no more is drawn than there is."""
    sent = [Entry(Kind.EXIT, f"d{n % 3}", n + 1, "2026-06-01", Decimal(n + 1)) for n in range(8)]
    ledger = Ledger(Line(Decimal(10), "KGM", "2026-01-01", "2026-12-31"))
    for n in (*order, *again):
        entry = sent[n]
        if ledger.known(entry) is None:
            share = ledger.share(entry.declaration)
            judged = judge_exit(ledger.line, share, entry.quantity, ledger.line.closed_on(entry.on))
            ledger.apply(entry, post_exit(ledger.line, share, judged))
    assert (ledger.line.drawn, ledger.line.unlicensed) == (10, sum(range(1, 9)) - 10)
    # A later message with less lowers nothing.
    assert ledger.enter(Entry(Kind.RESERVE, "d9", 1, "2026-06-01", Decimal(1))) == "refused:exhausted"

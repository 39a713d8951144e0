"""The ledger of an index: hand-worked entries, what cannot follow, invariants."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.balance.quota_ledger import QuotaAct, QuotaEntry, entry_problems, keep_ledgers

A, B = "party:a", "party:b"


def entry(act, tonnes, party=A, to="", reason="", **rest):
    fields = {"year": 2026, "kind": "mining", "source": "letter 7"} | rest
    return QuotaEntry(QuotaAct(act), party, tonnes_reo=Decimal(tonnes), to=to, reason=reason, **fields)


def balances(*entries):
    return {place[0]: [str(line.balance) for line in lines] for place, lines in keep_ledgers(entries).items()}


def test_an_index_is_allotted_in_parts_amended_transferred_and_cut():
    found = balances(
        entry("allot", "60.1"),
        entry("allot", "40.2"),
        entry("transfer", "0.3", to=B),
        entry("cut", "10", reason="article 21"),
        entry("amend", "95.5"),
    )
    assert found == {A: ["60.1", "100.3", "100.0", "90.0", "95.5"], B: ["0.3"]}


def test_each_line_says_by_how_much_and_both_ends_of_a_transfer_tell_it():
    ledgers = keep_ledgers([entry("set", "5"), entry("transfer", "2", to=B), entry("set", "4")])
    assert [str(line.change) for line in ledgers[A, 2026, "mining"]] == ["5", "-2", "1"]
    (got,) = ledgers[B, 2026, "mining"]
    assert (str(got.change), got.entry.party, got.entry.to) == ("2", A, B)


def test_another_year_or_kind_is_another_index():
    ledgers = keep_ledgers(
        [entry("allot", "5"), entry("allot", "6", year=2027), entry("allot", "7", kind="separation")]
    )
    assert sorted(str(lines[-1].balance) for lines in ledgers.values()) == ["5", "6", "7"]
    assert keep_ledgers([]) == {}


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (entry("allot", "0"), "quota.nothing"),
        (entry("cut", "1", reason=" "), "quota.reason_missing"),
        (entry("cut", "5.000001", reason="article 21"), "quota.beyond_index"),
        (entry("transfer", "6", to=B), "quota.beyond_index"),
        (entry("transfer", "1", to=A), "quota.same_party"),
        (entry("transfer", "1", party=B, to=A), "quota.not_allotted"),
        (entry("cut", "1", party=B, reason="article 21"), "quota.not_allotted"),
        (entry("amend", "1", year=2027), "quota.not_allotted"),
    ],
)
def test_what_cannot_follow_is_named(new, code):
    ledgers = keep_ledgers([entry("allot", "5")])
    assert [problem.code for problem in entry_problems(new, ledgers)] == [code]


def test_all_that_is_there_may_be_cut_and_nothing_is_another_thing_than_not_yet_allotted():
    ledgers = keep_ledgers([entry("allot", "5")])
    assert list(entry_problems(entry("cut", "5", reason="article 21"), ledgers)) == []
    assert list(entry_problems(entry("amend", "0"), ledgers)) == []
    assert balances(entry("allot", "5"), entry("cut", "5", reason="article 21"))[A][-1] == "0"


amounts = st.decimals(0, 10**12, places=9)
acts = st.tuples(st.sampled_from(list(QuotaAct)), st.sampled_from([A, B]), amounts)


@given(st.lists(acts, max_size=30))
def test_no_index_ever_becomes_negative_and_transfers_keep_the_sum(rows):
    taken, total = [], Decimal(0)
    for act, party, amount in rows:
        new = entry(act, amount, party=party, to=B if party == A else A, reason="article 21")
        ledgers = keep_ledgers(taken)
        if any(entry_problems(new, ledgers)):
            continue
        taken.append(new)
        after = keep_ledgers(taken)
        whole = sum((lines[-1].balance for lines in after.values()), Decimal(0))
        if act is QuotaAct.TRANSFER:
            assert whole == total
        total = whole
    for lines in keep_ledgers(taken).values():
        assert all(line.balance >= 0 for line in lines)
        assert sum((line.change for line in lines), Decimal(0)) == lines[-1].balance

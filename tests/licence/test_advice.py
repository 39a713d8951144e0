"""Advice: vectors of the project and our own, what is standing, who dissents, and every branch turned round."""

import json
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licence.flipped_branches import unnoticed
from ytterby.licence import advice as shipped
from ytterby.licence.advice import Advice, Verdict, check_advice, combine, combine_advice, standing_advice

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
CASES = [
    case
    for name in ("casework.json", "casework_combine.json")
    for case in json.loads((VECTORS / name).read_text(encoding="utf-8"))["combine"]
]
verdicts = st.sampled_from(Verdict)


def said(number: int, team: str = "a", verdict: str = "approve", *, over: int | None = None, subject: str = "", **rest):
    return {
        "id": number,
        "team": team,
        "by": f"u{number}",
        "verdict": verdict,
        "supersedes": over,
        "subject": subject,
    } | rest


def made(module: ModuleType, **fields):
    return module.Advice(**fields | {"verdict": module.Verdict(fields["verdict"])})


def codes(module: ModuleType, new: dict, *earlier: dict) -> list[str]:
    return [one.code for one in module.check_advice(made(module, **new), [made(module, **one) for one in earlier])]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_teams_come_to_one_word(case):
    assert combine(one["verdict"] for one in case["advice"]) == case["expect"]


@given(st.lists(verdicts, min_size=1), st.randoms())
def test_neither_order_nor_repetition_changes_the_word(given_verdicts, chance):
    again = given_verdicts + given_verdicts[:2]
    chance.shuffle(again)
    assert combine(again) == combine(given_verdicts)


@given(st.lists(verdicts))
def test_a_refusal_never_vanishes_in_a_word_that_lets_go(given_verdicts):
    """LITE lets some verdicts win over others; ours gives any dispute to a person."""
    word = combine([*given_verdicts, Verdict.REFUSE])
    assert word in {"refuse", "settle"}
    assert (word == "refuse") is (set(given_verdicts) <= {Verdict.REFUSE})


@given(st.lists(verdicts))
def test_no_licence_required_never_wins_over_another_verdict(given_verdicts):
    word = combine([*given_verdicts, Verdict.NO_LICENCE_REQUIRED])
    assert (word == "no_licence_required") is (set(given_verdicts) <= {Verdict.NO_LICENCE_REQUIRED})


def test_an_unknown_verdict_is_no_silent_approval():
    with pytest.raises(ValueError):
        combine(["approve", "maybe"])


def test_an_edit_of_advice_keeps_its_history():
    first = Advice(**said(3, verdict="refuse", reasons=("r1",)) | {"verdict": Verdict.REFUSE})
    second = Advice(**said(7, over=3) | {"verdict": Verdict.APPROVE})
    assert check_advice(second, [first]) == []
    assert standing_advice([second, first]) == (second,)
    assert combine_advice([first, second]).word == "approve"
    assert first.reasons == ("r1",)


def check_semantics(module: ModuleType) -> None:
    for case in CASES:
        assert module.combine(one["verdict"] for one in case["advice"]) == case["expect"], case["name"]
    assert codes(module, said(2)) == []
    assert codes(module, said(2), said(1)) == ["licence.advice_stands"]
    assert codes(module, said(2, over=1), said(1)) == []
    assert codes(module, said(2, "b"), said(1)) == []
    assert codes(module, said(2, subject="line:2"), said(1)) == []
    assert codes(module, said(2, over=9), said(1)) == ["licence.advice_not_own"]
    assert codes(module, said(2, "b", over=1), said(1)) == ["licence.advice_not_own"]
    assert codes(module, said(2, over=1, subject="line:2"), said(1)) == ["licence.advice_not_own"]
    # What is superseded is not superseded again: two edits of one advice cannot both stand.
    assert codes(module, said(3, over=1), said(1), said(2, over=1)) == ["licence.advice_not_own"]
    assert codes(module, said(1, verdict="proviso")) == ["licence.advice_conditions"]
    assert codes(module, said(1, verdict="proviso", conditions=("c",))) == []
    assert codes(module, said(1, conditions=("c",))) == ["licence.advice_conditions"]
    assert codes(module, said(1, verdict="refuse")) == ["licence.advice_no_reason"]
    assert codes(module, said(1, verdict="refuse", reasons=("r",))) == []
    known = module.check_advice(
        made(module, **said(3, over=9)), [made(module, **said(1)), made(module, **said(2, "b"))]
    )
    assert known[0].facts["known"] == "1"
    assert module.check_advice(made(module, **said(3, over=9)), [])[0].facts["known"] == "-"
    told = [
        said(1, "a"),
        said(2, "b", "proviso", conditions=("x", "y")),
        said(3, "c", "refuse", subject="line:1", reasons=("r",)),
    ]
    found = module.combine_advice([made(module, **one) for one in told])
    assert (found.word, [one.id for one in found.standing], [one.id for one in found.dissent]) == (
        "proviso",
        [1, 2],
        [1],
    )
    assert found.conditions == ("x", "y")
    split = module.combine_advice(
        [made(module, **one) for one in (said(4, "a"), said(5, "b", "refuse", reasons=("r",)))]
    )
    assert (split.word, [one.id for one in split.dissent]) == ("settle", [4, 5])
    later = module.standing_advice([made(module, **one) for one in (said(5, "b"), said(2, "a"), said(9, "b", over=5))])
    assert [one.id for one in later] == [2, 9]


def test_every_branch_turned_round_is_noticed():
    assert unnoticed(shipped, check_semantics) == []

"""What is kept of answers: the last few that were asked for, each made once."""

import pytest

from ytterby.shell.store.reading.kept import Kept


@pytest.fixture
def asked():
    return []


@pytest.fixture
def ask(asked):
    kept = Kept[str](2)

    def get(key):
        return kept.get(key, lambda: asked.append(key) or f"answer to {key}")

    get.clear = kept.clear
    return get


def test_an_answer_is_made_once(ask, asked):
    assert [ask("a"), ask("a"), ask("b"), ask("a")] == ["answer to a", "answer to a", "answer to b", "answer to a"]
    assert asked == ["a", "b"]


def test_what_was_asked_for_longest_ago_goes_first(ask, asked):
    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert asked == ["a", "b", "c", "b"]


def test_what_was_forgotten_is_made_again(ask, asked):
    ask("a")
    ask.clear()
    assert ask("a") == "answer to a"
    assert asked == ["a", "a"]


def test_an_answer_that_could_not_be_made_is_not_kept():
    kept = Kept[str](2)

    def fail():
        raise LookupError

    with pytest.raises(LookupError):
        kept.get("a", fail)
    assert kept.get("a", lambda: "made") == "made"

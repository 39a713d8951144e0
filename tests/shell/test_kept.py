"""What is kept of answers: the last few that were asked for, each made once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

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


def test_who_asks_for_what_is_being_made_waits_for_it_and_others_do_not():
    kept, begun, may_end, made = Kept[str](4), Event(), Event(), []

    def make():
        begun.set()
        assert may_end.wait(30)
        made.append("made")
        return "slow"

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(kept.get, "a", make)
        assert begun.wait(30)
        second = pool.submit(kept.get, "a", make)
        assert not kept.has("a")
        assert pool.submit(kept.get, "b", lambda: "quick").result(30) == "quick"
        may_end.set()
        assert (first.result(30), second.result(30)) == ("slow", "slow")
    assert made == ["made"]
    assert kept.has("a")


def test_who_waited_for_what_could_not_be_made_makes_it():
    kept, begun, may_end = Kept[str](4), Event(), Event()

    def fail():
        begun.set()
        assert may_end.wait(30)
        raise LookupError

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(kept.get, "a", fail)
        assert begun.wait(30)
        second = pool.submit(kept.get, "a", lambda: "made")
        may_end.set()
        assert second.result(30) == "made"
        with pytest.raises(LookupError):
            first.result(30)

"""Whatever comparison or branch of the filings is turned round, a test of them fails."""

import inspect
from contextlib import contextmanager
from itertools import islice

import pytest
from hypothesis import is_hypothesis_test

from licence import (
    filings,
    test_delivery_report,
    test_end_use_statement,
    test_filed,
    test_invitation,
    test_trade_order,
    test_use_profile,
)
from licence.flipped_branches import flipped_modules
from ytterby.licence import delivery_report, end_use_statement, filed, filing, invitation, trade_order, use_profile

TESTS = {
    invitation: (test_invitation, test_filed),
    end_use_statement: (test_end_use_statement, test_filed),
    use_profile: (test_use_profile, test_filed),
    trade_order: (test_trade_order, test_filed),
    delivery_report: (test_delivery_report, test_filed),
    filing: (
        test_filed,
        test_invitation,
        test_end_use_statement,
        test_use_profile,
        test_trade_order,
        test_delivery_report,
    ),
    filed: (
        test_filed,
        test_invitation,
        test_end_use_statement,
        test_use_profile,
        test_trade_order,
        test_delivery_report,
    ),
}
USERS = (*TESTS, filings, *{tests for group in TESTS.values() for tests in group})
SHARE = 12  # one of so many is tried in the quick suite


@contextmanager
def in_place(original, changed):
    """Put the functions and methods of a changed module in the place of the original's, wherever they are used."""
    before = []
    for name, new in vars(changed).items():
        old = vars(original).get(name)
        if inspect.isfunction(new) and inspect.isfunction(old) and new.__module__ == changed.__name__:
            for user in (original, *USERS):
                for used, value in list(vars(user).items()):
                    if value is old:
                        before.append((user, used, value))
                        setattr(user, used, new)
        elif inspect.isclass(new) and inspect.isclass(old) and new.__module__ == changed.__name__:
            for method, value in list(vars(new).items()):
                if (method in vars(old) and isinstance(value, property)) or (
                    inspect.isfunction(value) and not method.startswith("_")
                ):
                    before.append((old, method, vars(old)[method]))
                    setattr(old, method, value)
    tables = {name: vars(filed)[name] for name in ("ENTRIES",)}
    if original is filed:
        filed.ENTRIES = changed.ENTRIES
    try:
        yield
    finally:
        for owner, name, value in reversed(before):
            setattr(owner, name, value)
        for name, value in tables.items():
            setattr(filed, name, value)


def run_all(modules):
    """Run every test of these modules that draws nothing."""
    for module in modules:
        for name, test in vars(module).items():
            if not name.startswith("test_") or not inspect.isfunction(test) or is_hypothesis_test(test):
                continue
            marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
            if not marks:
                test()
            for mark in marks:
                names = mark.args[0] if isinstance(mark.args[0], tuple) else (mark.args[0],)
                for values in mark.args[1]:
                    test(*(values if len(names) > 1 else (values,)))


def unnoticed(module, every=1):
    left = []
    for place, make in islice(flipped_modules(module), 0, None, every):
        with in_place(module, make()):
            try:
                run_all(TESTS[module])
            except (Exception, pytest.fail.Exception):
                continue
        left.append(place)
    return left


def test_as_it_is_everything_passes():
    for modules in TESTS.values():
        run_all(modules)


@pytest.mark.long
@pytest.mark.parametrize("module", TESTS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_no_branch_is_turned_round_unnoticed(module):
    assert unnoticed(module) == []


@pytest.mark.parametrize("module", TESTS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_a_sample_of_branches_is_not_turned_round_unnoticed(module):
    assert unnoticed(module, SHARE) == []

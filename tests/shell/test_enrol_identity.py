"""What tells a party from others of like name is taken in with it, each mistake at its place."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.enrol_identity import identity_of
from ytterby.shell.store.registrations import registered_directory

PARTY = "https://id.gs1.org/417/9520000010027"
ROW = """
parties:
  - id: https://id.gs1.org/417/9520000010027
    name: Example Works
    also: [示例厂, Exampel Works]
    identifiers: {lei: 529900T8BM49AURSDO55, tax: 7}
    addresses: ["1 Example Road"]
    born: [1990, 1991-02-03]
    is_person: false
"""


def test_a_party_is_kept_with_what_identifies_it(register):
    found = import_directory(register, ROW)
    assert found.problems == ()
    party = registered_directory(found.size).parties[PARTY]
    assert party.also == ("示例厂", "Exampel Works")
    assert party.identifiers == (("lei", "529900T8BM49AURSDO55"), ("tax", "7"))
    assert (party.addresses, party.born, party.is_person) == (("1 Example Road",), ("1990", "1991-02-03"), False)


def test_a_party_without_it_is_recorded_as_before(register):
    size = import_directory(register, f"parties: [{{id: {PARTY}, name: Example}}]").size
    party = registered_directory(size).parties[PARTY]
    assert (party.also, party.identifiers, party.is_person) == ((), (), False)


@pytest.mark.parametrize(
    ("row", "place", "code"),
    [
        ("also: one", "/also", "enrolment.not_a_list"),
        ("also: ['']", "/also/0", "enrolment.missing"),
        (f"addresses: ['{'a' * 501}']", "/addresses/0", "enrolment.missing"),
        ("born: ['soon']", "/born/0", "enrolment.not_born"),
        ("identifiers: [1]", "/identifiers", "enrolment.not_a_row"),
        ("identifiers: {duns: 1}", "/identifiers/duns", "enrolment.identifier_kind"),
        ("identifiers: {lei: ''}", "/identifiers/lei", "enrolment.missing"),
        ("is_person: maybe", "/is_person", "enrolment.not_yes_or_no"),
    ],
)
def test_a_mistake_is_named_at_its_place(row, place, code):
    problems = []
    identity_of(yaml.safe_load(row), "/parties/0", problems)
    assert [(one.where.pointer, one.code) for one in problems] == [(f"/parties/0{place}", code)]


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.dates()


@given(
    st.dictionaries(
        st.sampled_from(["also", "identifiers", "addresses", "born", "is_person", "name"]),
        SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(max_size=5), SCALARS, max_size=3),
    )
)
def test_whatever_yaml_gives_is_taken_or_told(row):
    problems = []
    fields = identity_of(row, "", problems)
    if not problems:
        assert all(isinstance(value, list | dict | bool) for value in fields.values())

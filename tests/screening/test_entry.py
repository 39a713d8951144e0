"""An entry of a list and a snapshot are known by a digest of what they say, whatever its order."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ytterby.screening import EntrySchema, ListedEntry, ListedName, NameKind, entry_digest, snapshot_digest

ENTRY = ListedEntry(
    list="example",
    id="1",
    schema=EntrySchema.ORGANIZATION,
    names=(ListedName("Example Magnet Works"), ListedName("示例磁材厂", NameKind.ALIAS)),
    countries=("CN", "DE"),
    identifiers=(("lei", "529900T8BM49AURSDO55"), ("tax", "7")),
)
CHANGES = {
    "list": "other",
    "id": "2",
    "schema": EntrySchema.PERSON,
    "names": (ListedName("Example Magnet Works"),),
    "countries": ("CN",),
    "identifiers": (("tax", "7"),),
    "addresses": ("Example Road 1",),
    "born": ("1990",),
    "measures": ("no export",),
    "programmes": ("p",),
    "listed_on": date(2025, 1, 9),
    "ends_on": date(2027, 1, 9),
    "act": "notice 21",
    "url": "https://example.org",
    "remark": "r",
}


@given(st.permutations(ENTRY.names), st.permutations(ENTRY.countries), st.permutations(ENTRY.identifiers))
def test_the_order_of_what_is_said_does_not_count(names, countries, identifiers):
    same = replace(ENTRY, names=tuple(names), countries=tuple(countries), identifiers=tuple(identifiers))
    assert entry_digest(same) == entry_digest(ENTRY)


def test_every_field_counts():
    assert set(CHANGES) == set(ListedEntry.__dataclass_fields__)
    digests = {entry_digest(replace(ENTRY, **{name: value})) for name, value in CHANGES.items()}
    assert len(digests | {entry_digest(ENTRY)}) == len(CHANGES) + 1


def test_a_snapshot_is_the_set_of_its_entries():
    other = replace(ENTRY, id="2")
    assert snapshot_digest([ENTRY, other]) == snapshot_digest([other, ENTRY]) != snapshot_digest([ENTRY])

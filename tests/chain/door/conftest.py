"""What the tests of the door share."""

import pytest

from chain.door.door_samples import document, written
from ytterby.chain.door import read_document
from ytterby.shell.site.packs import door_tables


@pytest.fixture(scope="session")
def tables():
    return door_tables()


@pytest.fixture
def problems_of(tables):
    """Return (severity, code, pointer) of every problem of a document of these events."""

    def read(*events, level="profile", **options):
        found = read_document(written(document(*events)), tables, level=level, **options)
        return [(p.severity.value, p.code, p.where.pointer) for p in found.all_problems]

    return read


@pytest.fixture
def event_of(tables):
    """Return the one event of a document, which must be read without a refusal."""

    def read(event):
        found = read_document(written(document(event)), tables)
        assert not found.is_refused, found.all_problems
        return found.said[0]

    return read

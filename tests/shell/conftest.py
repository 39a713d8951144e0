"""Registers for tests: each in a folder of its own, in this process."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from postgres import ON_POSTGRESQL, Cluster, find_binary
from shell import register_copy
from shell.register_copy import Databases, PostgreSQLDatabases, SQLiteDatabases, forget_answers
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import Register, make_register

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """A PostgreSQL of these tests' own."""
    if find_binary("postgres") is None:
        pytest.skip("PostgreSQL is not installed; Debian's package `postgresql` brings it")
    cluster = Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def cluster(server: Cluster) -> Cluster:
    """That PostgreSQL, for a test that places its databases itself."""
    return server


@pytest.fixture(scope="session", autouse=True)
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Where the registers of this process lie, and tables that are made once: to make them takes longer than most
    tests.
    """
    from ytterby.shell.site import register as register_module

    kept = tmp_path_factory.mktemp("tables") / "made.sqlite3"
    made = PostgreSQLDatabases(request.getfixturevalue("server")) if ON_POSTGRESQL else SQLiteDatabases(kept)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(register_module, "configured_url", made.url_of)
        patch.setattr(register_module, "bring_tables_up", made.bring_tables_up)
        register_copy.databases = made
        yield made


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest, databases: Databases) -> Iterator[None]:
    """Leave a test that asks for the cluster to itself, and close what each opened."""
    from django.db import connections

    databases.is_placing = "cluster" not in request.fixturenames
    yield
    connections.close_all()
    databases.forget_environment()
    # What is made for a whole run is made before this is asked again.
    databases.is_placing = True


@pytest.fixture
def empty_register(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Register:
    """A demo register that knows nobody but its operator."""
    return _register_of(_make_empty, tmp_path, tmp_path_factory)


@pytest.fixture
def register(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Register:
    """A demo register with the sample chain's parties and sites."""
    return _register_of(_make_sample, tmp_path, tmp_path_factory)


def _register_of(make: Callable[[Path], Register], folder: Path, factory: pytest.TempPathFactory) -> Register:
    """Make a register; on PostgreSQL, where that takes longer than most tests, once for a run, and copy it."""
    if not ON_POSTGRESQL or not register_copy.databases.is_placing:
        return make(folder / "data")
    model = factory.getbasetemp() / make.__name__
    if not model.exists():
        make(model)
    return register_copy.copy_register(model, folder / "data")


def _make_empty(data: Path) -> Register:
    return make_register(data, origin="test.invalid/log", demo=True, at=AT)


def _make_sample(data: Path) -> Register:
    from ytterby.shell.actions.enrol import import_directory

    made = _make_empty(data)
    result = import_directory(made, packaged_text("shell.site", "sample_directory.yaml"), at=AT)
    assert not result.problems
    return made


@pytest.fixture(scope="session")
def sample() -> dict[str, Any]:
    """The sample chain as a document."""
    text = packaged_text("chain", "sample/example-chain.json")
    return json.loads(text)


@pytest.fixture
def part_of(sample: dict[str, Any]) -> Callable[..., bytes]:
    """Return a function that makes a document of some of the sample's events."""

    def make(*numbers: int) -> bytes:
        events = sample["epcisBody"]["eventList"]
        return json.dumps({**sample, "epcisBody": {"eventList": [events[n] for n in numbers]}}).encode()

    return make


@pytest.fixture(scope="module")
def offered_folder(tmp_path_factory: pytest.TempPathFactory, sample: dict[str, Any]) -> Path:
    """A register in which the sample chain is told until its magnets leave."""
    data = tmp_path_factory.mktemp("offered") / "data"
    tell_until_the_magnets_leave(make_register(data, origin="test.invalid/log", demo=True, at=AT_FIRST), sample)
    return data


@pytest.fixture
def offered(offered_folder: Path) -> Iterator[Register]:
    """That register; what a test writes into it is taken back, so that it is made once for all of them."""
    from django.db import transaction

    from ytterby.shell.site.register import open_register

    register = open_register(offered_folder)
    with transaction.atomic():
        yield register
        transaction.set_rollback(True)
    forget_answers()


@pytest.fixture(scope="session")
def licensed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register with an office at work, and a licence of 900 kg that customs know."""
    from shell.casework_story import tell_office

    return tell_office(tmp_path_factory.mktemp("licensed")).data


@pytest.fixture
def told_chain(tmp_path: Path, sample: dict[str, Any]) -> Register:
    """A register of its own in which the sample chain is told until its magnets leave."""
    register = make_register(tmp_path / "data", origin="test.invalid/log", demo=True, at=AT_FIRST)
    tell_until_the_magnets_leave(register, sample)
    return register


AT_FIRST = datetime(2025, 1, 1, tzinfo=UTC)


def tell_until_the_magnets_leave(register: Register, sample: dict[str, Any]) -> None:
    from ytterby.shell.actions.capture import capture
    from ytterby.shell.actions.enrol import import_directory
    from ytterby.shell.store.derived.deriving import derive_to

    assert not import_directory(register, packaged_text("shell.site", "sample_directory.yaml"), at=AT_FIRST).problems
    events = sample["epcisBody"]["eventList"][:13]
    document = json.dumps({**sample, "epcisBody": {"eventList": events}}).encode()
    result = capture(register, document, submitter="operator", at=datetime(2025, 6, 24, 6, tzinfo=UTC))
    assert result.outcome == "accepted", result.problems
    derive_to(register.size)

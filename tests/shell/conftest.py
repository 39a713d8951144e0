"""Registers for tests: each in a folder of its own, in this process."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from postgres import ON_POSTGRESQL, Cluster, find_binary
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import Register, make_register

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of these tests' own."""
    if find_binary("postgres") is None:
        pytest.skip("PostgreSQL is not installed; Debian's package `postgresql` brings it")
    cluster = Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put every register of a test into a PostgreSQL database of its own when YTTERBY_TEST_DATABASE says so."""
    from django.db import connections

    if not ON_POSTGRESQL or "cluster" in request.fixturenames:
        yield
        connections.close_all()
        return
    from ytterby.shell.site import register as register_module

    cluster: Cluster = request.getfixturevalue("cluster")
    urls: dict[Path, str] = {}

    def url_of(data: Path) -> str:
        data = data.resolve()
        if data not in urls:
            urls[data] = cluster.create(f"test_{request.node.nodeid.__hash__() & 0xFFFFFFFF:x}_{len(urls)}")
        # Children of a test open the register that it opened last.
        monkeypatch.setenv("DATABASE_URL", urls[data])
        return urls[data]

    monkeypatch.setattr(register_module, "configured_url", url_of)
    yield
    connections.close_all()


@pytest.fixture
def empty_register(tmp_path: Path) -> Register:
    """A demo register that knows nobody but its operator."""
    return make_register(tmp_path / "data", origin="test.invalid/log", demo=True, at=AT)


@pytest.fixture
def register(empty_register: Register) -> Register:
    """A demo register with the sample chain's parties and sites."""
    from ytterby.shell.actions.enrol import import_directory

    result = import_directory(empty_register, packaged_text("shell.site", "sample_directory.yaml"), at=AT)
    assert not result.problems
    return empty_register


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

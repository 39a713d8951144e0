"""Registers for tests: each in a folder of its own, in this process."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import Register, make_register

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


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

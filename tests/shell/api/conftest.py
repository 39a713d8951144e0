"""One register for a run, told until each stage once, and copied for each test; time stands where its story puts it."""

import pytest

from shell.api.office import Clock, World, copied
from ytterby.shell.api import api_limits, dispatch


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Let requests come on the day of the story, and count none of those before."""
    told = Clock()
    monkeypatch.setattr(dispatch, "now", told)
    api_limits.buckets.forget()
    return told


@pytest.fixture
def world(tmp_path, tmp_path_factory, sample, clock, request):
    """A register of its own and people who ask; told until the stage that the test's mark `stage` names."""
    mark = request.node.get_closest_marker("stage")
    register, told = copied(tmp_path / "data", tmp_path_factory, sample, mark.args[0] if mark else "office")
    clock.at = clock.at.fromisoformat(told["at"])
    api_limits.buckets.forget()
    return World(register, clock, told)

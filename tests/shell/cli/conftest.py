"""The demo's register, told once for all tests of the command line, and how tests ask."""

import contextlib
import io
import json
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from shell.register_copy import forget_answers
from ytterby.shell.cli import main

ROOT = Path(__file__).resolve().parents[3]
CHAIN = ROOT / "src" / "ytterby" / "chain" / "sample" / "example-chain.json"
DIRECTORY = ROOT / "src" / "ytterby" / "shell" / "site" / "sample_directory.yaml"


class Told(NamedTuple):
    """A demo that was run: where, what it said, how it ended."""

    data: Path
    code: int
    out: str
    err: str

    @property
    def documents(self) -> Path:
        return self.data / "documents"


class Answer(NamedTuple):
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def rows(self):
        return [json.loads(line) for line in self.out.splitlines()]


def run(*argv: object) -> Answer:
    """Run a command in this process, both streams piped."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(one) for one in argv])
    return Answer(code, out.getvalue(), err.getvalue())


def tell_demo(folder: Path, *argv: str) -> Told:
    data = folder / "ytterby-demo"
    answer = run("demo", "--data", data, *argv)
    return Told(data, *answer)


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Told:
    """Return the demo's register; tests read it, and copy it where they change it."""
    return tell_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def ask(demo):
    """Return how to ask the demo's register."""
    return lambda *argv: run(*argv, "--data", demo.data)


@pytest.fixture(autouse=True)
def _no_own_settings(monkeypatch):
    for name in ("YTTERBY_DEBUG", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


def made_register(folder: Path) -> Path:
    """Make a register that knows the sample's parties and sites, and return where."""
    assert run("register", "make", folder, "--origin", "log.example.org").code == 0
    assert run("party", "import", DIRECTORY, "--data", folder).code == 0
    return folder


@pytest.fixture
def copied(demo: Told, tmp_path: Path) -> Path:
    """Return a copy of the demo's register that a test may spoil."""
    # Copies have one identity, and each goes on in its own way: what this process keeps of another says nothing of it.
    forget_answers()
    data = tmp_path / demo.data.name
    shutil.copytree(demo.data, data)
    shutil.copytree(demo.data.with_name(demo.data.name + "-keys"), tmp_path / f"{demo.data.name}-keys")
    return data

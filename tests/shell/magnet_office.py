"""The office of the demo with the magnets of the sample chain, told as far as a test wants it.

It is the demo's own story (`cli.demo_licence`), so that pages are tested on what everybody can look at. Its time is
June and July 2025; `sample_clock` serves it by a clock that begins then.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from shlex import split
from typing import NamedTuple

from shell.timed_command import give
from ytterby.chain.party import OPERATOR
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.cli.demo_documents import Document, cut_chain, first_day
from ytterby.shell.cli.demo_licence import (
    CASE,
    HANDED_IN,
    LICENCE,
    apply_scenes,
    decide_scenes,
    set_up_office,
)
from ytterby.shell.cli.demo_scene import Scene
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import Register, make_register
from ytterby.shell.store.derived.deriving import derive_to

# How far the story is told: up to and with the scene whose command begins so.
OPENED, HANDED, REVIEWED = "party rescreen", "case submit", "case accept"
DRAFTED, GRANTED, ISSUED, TOLD = "case decide", "case approve", "case issue", "customs acknowledge"


class Office(NamedTuple):
    """Where the register lies, what its case and licence are called, and what time it is there."""

    register: Register
    case: str
    licence: str
    at: datetime


class Made(NamedTuple):
    """What a browser's test is told: where the documents lie that the demo hands in."""

    papers: str


def make_magnet_office(folder: Path, last: str = TOLD, *, with_case: bool = True) -> Office:
    """Make the demo's register with the magnets made and not exported, and tell its case up to a scene."""
    documents = cut_chain(packaged_text("chain", "sample/example-chain.json").encode())
    start = first_day(documents)
    register = make_register(folder, origin="demo.ytterby.invalid", demo=True, at=start)
    papers = folder / "documents"
    papers.mkdir()
    directory = packaged_text("shell.site", "sample_directory.yaml")
    assert not import_directory(register, directory, at=start).problems
    for one in documents[:3]:
        assert capture(register, one.raw, submitter=OPERATOR, at=one.handed_in).outcome == "accepted"
    derive_to(register.size)
    set_up_office(register, papers, start)
    at = HANDED_IN
    for scene in _story(register, papers, documents[3]):
        if with_case or not scene.command.startswith("case"):
            _play(scene, register)
        at = scene.at or at
        if scene.command.startswith(last):
            break
    return Office(register, CASE, LICENCE, at + timedelta(minutes=1))


def make_office(folder: Path) -> Made:
    """Make the same for a browser: the end user is found, and nothing is applied for yet."""
    make_magnet_office(folder, OPENED, with_case=False)
    return Made(str(folder / "documents"))


def _story(register: Register, papers: Path, packed: Document) -> Iterator[Scene]:
    yield from apply_scenes(register, papers)
    assert capture(register, packed.raw, submitter=OPERATOR, at=packed.handed_in).outcome == "accepted"
    derive_to(register.size)
    yield from decide_scenes(register)


def _play(scene: Scene, register: Register) -> None:
    outcome, said = give([*split(scene.command), "--data", register.data], scene.at)
    assert outcome is scene.ends, f"{scene.command}\n{said}"

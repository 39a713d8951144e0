"""`ytterby demo`: the main job on the sample chain, told on a simulated clock.

Twenty events of one chain, from an ore body to three motors, with an export, a recycling and a mistyped receipt.
Every scene is a question and the command that answers it, run as it is typed: what is shown is what anybody gets.
The clock stands, for each document, on the day after its last event.
"""

import argparse
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from shlex import quote, split
from typing import TYPE_CHECKING

from rich.text import Text

from ytterby.shell.cli.arguments import Nouns, add_command
from ytterby.shell.cli.demo_documents import Document, cut_chain, first_day, spoil
from ytterby.shell.cli.demo_folder import make_demo_register
from ytterby.shell.cli.demo_licence import apply_scenes, customs_event, decide_scenes, exit_scenes, set_up_office
from ytterby.shell.cli.demo_scene import Scene
from ytterby.shell.cli.outcome import CouldNotRun, Outcome
from ytterby.shell.cli.screen import Screen, plain
from ytterby.shell.cli.serve import add_address, check_address, serve

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

DATA = "ytterby-demo"
CHAIN = ("chain", "sample/example-chain.json")
DIRECTORY = ("shell.site", "sample_directory.yaml")
ORE, MAGNET, CONCENTRATE, ELEMENT = "KR-2025-W14", "OM-N42SH-0623", "KR-C-0418", "Nd"
EXPORT = "urn:uuid:73a1896b-d0b5-544e-8f54-593f0f831de4"
FREE = ("https://id.gs1.org/01/09520000000240", "https://id.gs1.org/01/09520000000257")
PARTIES = "parties.yaml"
# Of the documents, the one that holds the export alone; what customs confirms of it, and of another exit.
EXPORTED = 4
CONFIRMED = (
    ("customs-1.json", "XA-EX-0702-88121", 900, "2f6f5f0e-9d0a-5d5c-8d8b-000000000001"),
    ("customs-2.json", "XA-EX-0703-90002", 25, "2f6f5f0e-9d0a-5d5c-8d8b-000000000002"),
)
USER = "Lumen Motors"


def add(nouns: Nouns) -> None:
    """Add the command."""
    parser = add_command(nouns, "demo", run, "show the main job on a sample chain from mine to motor", data=DATA)
    parser.add_argument("--serve", action="store_true", help="then serve its pages until Ctrl-C")
    add_address(parser)


def run(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Tell the story; then serve it where that was asked for."""
    from ytterby.shell.site.packs import packaged_text

    if args.serve:
        check_address(args.host, args.port, "ytterby demo --serve")
    data: Path = args.data
    keys: Path = args.keys or data.with_name(data.name + "-keys")
    documents = cut_chain(packaged_text(*CHAIN).encode())
    start = first_day(documents)
    register = make_demo_register(data, keys, start)
    folder = data / "documents"
    _write_documents(folder, documents, packaged_text(*DIRECTORY))
    _say(screen, "demo.title", data=data)
    for scene in _scenes(register, documents, folder, start):
        _play(scene, args, screen)
    # Tables can be named only after the register was made.
    from ytterby.shell.actions.deliver import deliver

    deliver(register, at=documents[-1].handed_in + timedelta(days=2))
    _show_what_to_try(screen, args)
    return serve(register, screen, args.host, args.port) if args.serve else Outcome.GOOD


def _write_documents(folder: Path, documents: list[Document], directory: str) -> None:
    """Write what the demo hands in beside the register, so that its commands can be typed again."""
    folder.mkdir()
    (folder / PARTIES).write_text(directory, encoding="utf-8")
    for document in documents:
        (folder / document.name).write_bytes(document.raw)
    (folder / "mistakes.json").write_bytes(spoil(documents[0].raw))
    for name, declaration, mass_kg, number in CONFIRMED:
        (folder / name).write_bytes(customs_event(documents[EXPORTED].raw, declaration, mass_kg, number))


def _scenes(register: "Register", documents: list[Document], folder: Path, start: datetime) -> Iterator[Scene]:
    """Yield the scenes; a size of the log that a command quotes is known when its turn comes."""
    first, second, third, packed, export, last = documents
    picture = register.data / "neodymium.svg"
    here = quote(str(folder))
    yield Scene("demo.who", f"party import {here}/{PARTIES}", start)
    yield Scene("demo.capture", f"event capture {here}/{first.name} --as operator", first.handed_in)
    size = register.size
    yield Scene("demo.mistakes", f"event capture {here}/mistakes.json --as operator", first.handed_in, Outcome.FOUND)
    yield Scene("demo.correction", f"event capture {here}/{second.name} --as operator", second.handed_in)
    yield Scene("demo.differs", f"balance pairs --lot {CONCENTRATE} --known-at {size}", ends=Outcome.FOUND)
    yield Scene("demo.agrees", f"balance pairs --lot {CONCENTRATE}")
    yield Scene("demo.rest", f"event capture {here}/{third.name} --as operator", third.handed_in)
    set_up_office(register, folder, start)
    yield from apply_scenes(register, folder)
    yield Scene("demo.packed", f"event capture {here}/{packed.name} --as operator", packed.handed_in)
    yield from decide_scenes(register)
    yield from exit_scenes(register, folder, export.name, *(name for name, *_ in CONFIRMED))
    yield Scene("demo.last", f"event capture {here}/{last.name} --as operator", last.handed_in)
    yield Scene("demo.back", f"lot trace {MAGNET} --holder {quote(USER)} --back --element {ELEMENT}")
    yield Scene("demo.forward", f"lot destination {ORE} --element {ELEMENT} --svg {quote(str(picture))}")
    yield Scene("demo.steps", f"balance report --element {ELEMENT}")
    yield Scene("demo.findings", "balance findings", ends=Outcome.FOUND)
    register_free = f"product register {' '.join(FREE)} --free-of-rare-earths --as operator"
    yield Scene("demo.free", register_free, last.handed_in + timedelta(days=1))
    yield Scene("", "balance findings --brief", ends=Outcome.FOUND)
    yield Scene("demo.proof", f"log prove {EXPORT}")
    yield Scene("", "log verify")


def _play(scene: Scene, args: argparse.Namespace, screen: Screen) -> None:
    """Show a question and its command, and run the command.

    Raises:
        CouldNotRun: it ended otherwise than the story says.
    """
    from ytterby.shell.cli.command import make_parser

    where = f" --data {quote(str(args.data))}" + (f" --keys {quote(str(args.keys))}" if args.keys else "")
    typed = f"ytterby {scene.command}{where}"
    if not screen.is_json:
        if scene.question:
            screen.line()
            screen.line(Text(plain(screen.texts(scene.question)), style="bold cyan"))
        screen.line(f"$ {typed}", "dim")
    parsed = make_parser().parse_args([*split(typed)[1:], "--lang", screen.language])
    parsed.at = scene.at
    with screen.without_next():
        outcome = parsed.run(parsed, screen)
    if outcome is not scene.ends:
        raise CouldNotRun("demo.unexpected", command=typed, outcome=int(outcome))


def _say(screen: Screen, key: str, **facts: object) -> None:
    if not screen.is_json:
        screen.verdict(None, screen.texts(key, **facts), screen.texts(f"{key}_rest", **facts))


def _show_what_to_try(screen: Screen, args: argparse.Namespace) -> None:
    """Write the commands to go on with."""
    if screen.is_json:
        return
    where = f" --data {quote(str(args.data))}" + (f" --keys {quote(str(args.keys))}" if args.keys else "")
    screen.line()
    screen.line(Text(screen.texts("demo.try"), style="bold cyan"))
    tries = [
        "lot list",
        f"lot origin {MAGNET} --element Dy",
        f"lot trace {CONCENTRATE} --forward --element Dy --svg dysprosium.svg",
        "balance report --site Norrvik --json",
        *(() if args.serve else ("serve",)),
    ]
    for command in tries:
        screen.line(f"  ytterby {command}{where}")

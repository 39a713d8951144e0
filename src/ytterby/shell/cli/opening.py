"""Open the register a command works on, and find what its arguments mean: log size, lot, site, party."""

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import inf
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Protocol

from ytterby.shell.cli.arguments import DATA
from ytterby.shell.cli.outcome import CouldNotRun, WrongUse
from ytterby.shell.cli.progress import Progress
from ytterby.shell.cli.screen import Screen
from ytterby.terms.identifier import tail

if TYPE_CHECKING:
    from ytterby.chain.party import Directory, Party, Site
    from ytterby.shell.site.register import Register
    from ytterby.shell.store.reading.known import Known
    from ytterby.shell.store.reading.viewer import Viewer

SHOWN_MAX = 12


@dataclass(frozen=True)
class Reading:
    """An open register, who asks, and as known when."""

    register: "Register"
    viewer: "Viewer"
    known: "Known"

    def names(self, language: str) -> "Names":
        """Return what parties and sites are called in a language."""
        found = directory_of(self)
        rows: list[Party | Site] = [*found.parties.values(), *found.sites.values()]
        return Names({row.id: (row.name_zh if language == "zh" else "") or row.name for row in rows})


@dataclass(frozen=True)
class Names:
    """Names of parties and sites by identifier."""

    by_id: Mapping[str, str]

    def __call__(self, identifier: str | None) -> str:
        """Return a name, the end of the identifier where none is known."""
        return self.by_id.get(identifier, tail(identifier)) if identifier else ""

    def in_sentence(self, text: str, facts: Iterable[str]) -> str:
        """Return a sentence in which identifiers among its facts are said as names, lots by their tails."""
        for fact in sorted({fact for fact in facts if ":" in fact}, key=len, reverse=True):
            text = text.replace(fact, self(fact))
        return text


class Named(Protocol):
    """A party or a site."""

    @property
    def id(self) -> str:
        """Its identifier."""

    @property
    def name(self) -> str:
        """Its name."""


def open_data(args: argparse.Namespace, *, outdated: bool = False) -> "Register":
    """Open the register in --data; `outdated` also where what is derived comes from another version.

    Raises:
        CouldNotRun: there is none, folder and database do not belong together, or it must be derived anew.
    """
    from ytterby.shell.site.register import RegisterMismatch, RegisterMissing, RegisterOutdated, open_register

    try:
        return open_register(args.data, args.keys, outdated=outdated)
    except RegisterOutdated:
        command = with_data(args, "ytterby register rebuild")
        raise CouldNotRun("register.outdated", data=args.data, next_commands=(command,)) from None
    except RegisterMissing:
        make = f"ytterby register make {quote(str(args.data))} --origin log.example.org"
        raise CouldNotRun("register.missing", data=args.data, next_commands=(make, "ytterby demo")) from None
    except RegisterMismatch as error:
        raise CouldNotRun("register.mismatch", data=args.data, why=error) from None


def open_reading(args: argparse.Namespace, screen: Screen, *, derives: bool = True) -> Reading:
    """Open the register and resolve --known-at or --known-on, and --viewer; say so where the size was rounded.

    `derives` is false for commands that ask the book nothing: the directory is as registered, and waits for nothing.
    """
    register = open_data(args)
    from ytterby.shell.store.reading.known import known_at, known_on
    from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

    day = getattr(args, "known_on", None)
    size = getattr(args, "known_at", None)
    known = known_on(OPERATOR_VIEWER, day) if day is not None else known_at(OPERATOR_VIEWER, size)
    if size is not None and known.size != size:
        screen.remark(screen.texts("known.rounded", asked=size, size=known.size))
    if derives:
        known = _derived(known, screen, is_waiting=not getattr(args, "no_wait", False))
    reading = Reading(register, OPERATOR_VIEWER, known)
    text = getattr(args, "viewer", None)
    return reading if text is None else as_party(reading, text)


def as_party(reading: Reading, text: str) -> Reading:
    """Return the same reading as a party has it today.

    Raises:
        WrongUse: the text names no party, or several.
    """
    from ytterby.shell.actions.clock import now
    from ytterby.shell.store.reading.rights import viewer_of

    viewer = viewer_of(reading.viewer, find_party(reading, text), now().date())
    return Reading(reading.register, viewer, reading.known)


def _derived(known: "Known", screen: Screen, *, is_waiting: bool) -> "Known":
    """Wait until what is asked for is derived; without waiting, say what is not."""
    from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
    from ytterby.shell.store.reading.waiting import known_derived

    patience_seconds = inf if is_waiting else 0.0
    with Progress(screen, "known.waiting") as progress:
        found = known_derived(OPERATOR_VIEWER, known, patience_seconds=patience_seconds, progress=progress.tell)
    if found.size < known.size:
        screen.remark(screen.texts("known.behind", size=found.size, behind=known.size - found.size))
    return found


def directory_of(reading: Reading) -> "Directory":
    """Return the parties, sites and mandates as known."""
    from ytterby.shell.store.reading.entries import directory

    return directory(reading.viewer, reading.known)


def find_lot(reading: Reading, text: str) -> str:
    """Return the one lot whose identifier is the text or ends with it.

    Raises:
        WrongUse: none does (what looks like it is listed), or several.
    """
    from ytterby.shell.store.reading.lots import match_lots, near_lots

    matches = match_lots(reading.viewer, text, known=reading.known)
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise WrongUse("lot.ambiguous", lot=text, count=len(matches), rows=_shortened(matches))
    near = near_lots(reading.viewer, text, known=reading.known)
    if near:
        raise WrongUse("lot.unknown_near", lot=text, near=" · ".join(near))
    raise WrongUse("lot.unknown", lot=text, next_commands=("ytterby lot list",))


def find_site(reading: Reading, text: str) -> str:
    """Return the site that a text names: identifier, its tail, or name."""
    return _find(text, directory_of(reading).sites, "site.unknown", "site.ambiguous")


def find_party(reading: Reading, text: str) -> str:
    """Return the party that a text names: identifier, its tail, name, or `operator`."""
    from ytterby.chain.party import OPERATOR

    if text == OPERATOR:
        return OPERATOR
    return _find(text, directory_of(reading).parties, "party.unknown", "party.ambiguous")


def _find(text: str, rows: Mapping[str, Named], unknown: str, ambiguous: str) -> str:
    if text in rows:
        return text
    folded = text.casefold()
    found = [id_ for id_, row in rows.items() if row.name.casefold() == folded]
    found = found or [id_ for id_ in rows if text and id_.endswith(text)]
    found = found or [id_ for id_, row in rows.items() if folded and row.name.casefold().startswith(folded)]
    if len(found) == 1:
        return found[0]
    if found:
        shown = [f"{id_}  {rows[id_].name}" for id_ in sorted(found)]
        raise WrongUse(ambiguous, value=text, count=len(found), rows=_shortened(shown))
    names = {row.name: id_ for id_, row in rows.items()} | {tail(id_): id_ for id_ in rows}
    near = get_close_matches(text, names, n=3, cutoff=0.5) or [row.name for row in list(rows.values())[:SHOWN_MAX]]
    raise WrongUse(unknown, value=text, near=" · ".join(near))


def _shortened(rows: list[str]) -> tuple[str, ...]:
    more = len(rows) - SHOWN_MAX
    return (*rows[:SHOWN_MAX], f"… +{more}") if more > 0 else tuple(rows)


def with_data(args: argparse.Namespace, command: str) -> str:
    """Return a command to type next, with the folder where it is not the default."""
    return command if args.data == Path(DATA) else f"{command} --data {quote(str(args.data))}"

"""`ytterby law propose|activate|withdraw|settle|changes`: which packs a register goes by, and by whose word."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.text import Text

from ytterby.law.pack import Pack
from ytterby.law.trust import Confidence
from ytterby.shell.cli.law_book import (
    BadPacksError,
    open_register_law,
    show_refused,
    trusted_keys,
)
from ytterby.shell.cli.opening import open_data, with_data
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.rights import SHOWN, read_signer
from ytterby.shell.cli.screen import Screen, plain
from ytterby.shell.site.calendars import calendar_texts
from ytterby.shell.site.law_packs import calendars_beside, in_file, read_pack_file, read_signed_folder
from ytterby.shell.site.law_signature import CALENDARS
from ytterby.shell.wording import word
from ytterby.terms.instant import read_instant, write_instant
from ytterby.terms.problem import Problem, refuse

if TYPE_CHECKING:
    from ytterby.proof.key import PublicKey
    from ytterby.shell.actions.change_law import LawChange

# Of one proposal that many changes are shown to people; JSON has all.
CHANGES_SHOWN = 40
Json = dict[str, Any]


class _Proposed(NamedTuple):
    """Packs and tables of calendars as they were read, where each pack lies, and what is wrong with them."""

    packs: Sequence[Pack]
    calendars: Mapping[str, str]
    files: Mapping[str, str]
    problems: Sequence[Problem]


def run_propose(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Propose; exit 1 where it is refused."""
    start, problems = read_instant(args.start, "--from")
    if start is None:
        show_refused(screen, problems, args.start)
        raise WrongUse("law.change.no_instant", text=args.start)
    if args.not_before is not None and args.trusted_key is None:
        raise WrongUse("law.not_before_nothing", sequence=args.not_before)
    trusted = trusted_keys(args)
    named = ", ".join(str(path) for path in args.paths)
    try:
        read = _read(args.paths, trusted, args.not_before)
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=error.filename or named, why=error.strerror or error) from None
    if read.problems:
        show_refused(screen, read.problems, named)
        raise BadPacksError("law.packs_refused", folder=named, count=len(read.problems))
    register, by = open_data(args), read_signer(args)
    from ytterby.shell.actions.change_law import propose_law

    result = propose_law(
        register,
        read.packs,
        start=start,
        calendars=read.calendars,
        reason=args.reason,
        going_back=args.going_back,
        file_of=lambda pack: read.files.get(pack, pack),
        by=by,
        at=args.at,
    )
    return _answer(args, screen, result, named)


def _read(paths: Sequence[Path], trusted: "Sequence[PublicKey]", not_before: int | None) -> _Proposed:
    """Return what a folder, or single files, propose.

    Raises:
        OSError: something cannot be read, or is no UTF-8.
        WrongUse: several folders, or a key to check a signature that single files do not bear.
    """
    folders = [path for path in paths if path.is_dir()]
    if folders and len(paths) > 1:
        raise WrongUse("law.change.one_folder", folder=folders[0])
    if folders:
        return _read_folder(folders[0], trusted, not_before)
    if trusted:
        raise WrongUse("law.change.no_signed_folder", file=paths[0])
    packs: list[Pack] = []
    problems: list[Problem] = []
    files: dict[str, str] = {}
    for path in paths:
        pack, found = read_pack_file(path)
        problems += found
        if pack is not None and pack.id in files:
            problems.append(in_file(refuse("pack.twice", "/id", pack.id, first=files[pack.id]), path))
        elif pack is not None:
            packs.append(pack)
            files[pack.id] = str(path)
    return _Proposed(packs, {}, files, problems)


def _read_folder(folder: Path, trusted: "Sequence[PublicKey]", not_before: int | None) -> _Proposed:
    packs, problems = read_signed_folder(folder, trusted, not_before)
    _, tables = calendars_beside(folder)
    texts: Mapping[str, str] = {}
    if not tables and (folder / CALENDARS).is_dir():
        texts = calendar_texts(folder / CALENDARS)
    files = {pack.id: f"{folder}: {pack.id}" for pack in packs}
    return _Proposed(packs, texts, files, [*problems, *(in_file(one, folder / CALENDARS) for one in tables)])


def run_activate(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Confirm what another person proposed."""
    register, by = open_data(args), read_signer(args)
    from ytterby.shell.actions.change_law import activate_law

    return _answer(args, screen, activate_law(register, args.which, by=by, at=args.at), args.which)


def run_withdraw(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Withdraw what nobody confirmed."""
    register, by = open_data(args), read_signer(args)
    from ytterby.shell.actions.change_law import withdraw_law

    return _answer(args, screen, withdraw_law(register, args.which, by=by, at=args.at), args.which)


def run_settle(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Enter on which reading a dispute is settled."""
    register, by = open_data(args), read_signer(args)
    from ytterby.shell.actions.change_law import settle_dispute

    result = settle_dispute(
        register,
        args.dispute,
        args.reading,
        source=args.source,
        confidence=Confidence(args.confidence),
        by=by,
        at=args.at,
    )
    outcome = _answer(args, screen, result, args.dispute, is_settlement=True)
    if outcome is Outcome.GOOD and not screen.is_json:
        screen.next(with_data(args, f"ytterby law show {quote(args.dispute)}"))
    return outcome


def _answer(
    args: argparse.Namespace, screen: Screen, result: "LawChange", named: str, *, is_settlement: bool = False
) -> Outcome:
    answer = {
        "id": result.id or None,
        "state": result.state or None,
        "from": None if result.start is None else write_instant(result.start),
        "problems": [problem_json(problem, named, screen.language) for problem in result.problems],
        "as_of_size": result.size,
    }
    screen.answer(answer, lambda: _show(args, screen, result, named, is_settlement=is_settlement))
    return Outcome.FOUND if result.problems else Outcome.GOOD


def _show(args: argparse.Namespace, screen: Screen, result: "LawChange", named: str, *, is_settlement: bool) -> None:
    texts, number = screen.texts, result.id[:SHOWN]
    start = "" if result.start is None else write_instant(result.start)
    show_problems(screen, result.problems, named)
    if result.problems:
        screen.verdict(False, texts("rights.refused"))
    elif is_settlement:
        screen.verdict(True, texts("law.change.settled", dispute=args.dispute, reading=args.reading))
    elif result.state == "proposed":
        screen.verdict(None, texts("law.change.waits", id=number, start=start))
        screen.next(with_data(args, f"ytterby law activate {number} --by FILE"))
    elif result.state == "withdrawn":
        screen.verdict(True, texts("law.change.withdrawn", id=number))
    else:
        screen.verdict(True, texts("law.change.activated", id=number, start=start), texts("law.change.no_way_back"))


def run_changes(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List proposals, activations and settlements."""
    reading, at = open_register_law(args)
    from ytterby.shell.store.reading.law import changes_of_law

    answer = changes_of_law(reading.viewer, reading.known, at, language=screen.language)
    screen.answer(answer, lambda: _show_changes(screen, answer))
    return Outcome.GOOD


def _show_changes(screen: Screen, answer: Json) -> None:
    texts = screen.texts
    if not answer["proposals"] and not answer["settlements"]:
        screen.verdict(None, texts("law.change.none"))
    for row in answer["proposals"]:
        head = Text.assemble((row["id"][:SHOWN], "bold"), "  ", word("law_change", row["state"], screen.language), "  ")
        screen.line(head.append(texts("law.change.from", start=row["from"])))
        said = [("law.change.proposed_by", row["proposed_by"], row["proposed_at"])]
        if row["closed_at"] is not None:
            key = "law.change.withdrawn_by" if row["state"] == "withdrawn" else "law.change.in_force_by"
            said.append((key, row["closed_by"], row["closed_at"]))
        for key, who, when in said:
            screen.line("  " + texts(key, who=who or texts("law.change.nobody"), at=when))
        for key, text in (("law.change.reason", row["reason"]), ("law.change.going_back", row["going_back"])):
            if text:
                screen.line("  " + texts(key, text=text))
        for change in row["changes"][:CHANGES_SHOWN]:
            screen.line("  " + plain(f"{change['pack']}: {change['text']}"))
        if len(row["changes"]) > CHANGES_SHOWN:
            screen.line("  " + texts("law.change.more", count=len(row["changes"]) - CHANGES_SHOWN), "dim")
        if row["calendars"]:
            screen.line("  " + texts("law.change.calendars", names=", ".join(row["calendars"])))
    for row in answer["settlements"]:
        key = "law.change.settlement" if row["holds"] else "law.change.settlement_corrected"
        screen.line(texts(key, dispute=row["dispute"], reading=row["reading"], day=row["known_since"]), "bold")
        screen.line(
            "  " + texts("law.change.source", source=row["source"], who=row["by"] or texts("law.change.nobody"))
        )

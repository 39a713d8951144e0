"""`ytterby law sign FOLDER --key FILE`: vouch for the packs of a folder, so that others can load only those."""

import argparse
from pathlib import Path

from ytterby.proof.key import PrivateKey
from ytterby.shell.actions.clock import now
from ytterby.shell.cli.law_book import BadPacksError, show_refused
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.screen import Screen
from ytterby.shell.cli.texts import counted
from ytterby.shell.site.law_packs import law_of, read_folder
from ytterby.shell.site.law_signature import (
    SEQUENCE_MOST,
    Stamp,
    make_signer,
    public_file,
    read_signer,
    sign_folder,
    stamp_of,
)


def run_sign(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Sign; what does not load is not signed."""
    try:
        packs, problems = read_folder(args.folder)
        problems = problems or law_of(args.folder)[1]
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=args.folder, why=error.strerror or error) from None
    if problems:
        show_refused(screen, problems, str(args.folder))
        raise BadPacksError("law.packs_refused", folder=args.folder, count=len(problems))
    if not packs:
        raise CouldNotRun("law.sign.nothing", folder=args.folder)
    stamp = _stamp(args.folder, args.sequence)
    key = _key(args.key, args.new_key)
    try:
        path = sign_folder(args.folder, packs, key, stamp)
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=args.folder, why=error.strerror or error) from None
    answer = {
        "folder": str(args.folder),
        "file": str(path),
        "signer": key.name,
        "sequence": stamp.sequence,
        "day": stamp.day.isoformat(),
        "key": key.public.text(),
        "packs": [{"id": pack.id, "digest": pack.digest} for pack in packs],
    }
    screen.answer(answer, lambda: _show(screen, args, path, key, len(packs), stamp))
    return Outcome.GOOD


def _stamp(folder: Path, asked: int | None) -> Stamp:
    """Return the number of the set, which rises above that of the signature it replaces, and today.

    Raises:
        WrongUse: the number that was asked for does not.
    """
    try:
        before = stamp_of(folder)
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=folder, why=error.strerror or error) from None
    last = 0 if before is None else before.sequence
    sequence = last + 1 if asked is None else asked
    if not last < sequence <= SEQUENCE_MOST:
        raise WrongUse("law.sign.sequence", sequence=sequence, last=last, most=SEQUENCE_MOST)
    return Stamp(sequence, now().date())


def _key(path: Path, new_name: str | None) -> PrivateKey:
    try:
        return read_signer(path) if new_name is None else make_signer(path, new_name)
    except FileExistsError as error:
        raise WrongUse("law.sign.key_exists", file=error.filename) from None
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=path, why=error.strerror or error) from None
    except ValueError as error:
        raise CouldNotRun("law.sign.no_key", file=path, why=error) from None


def _show(screen: Screen, args: argparse.Namespace, path: Path, key: PrivateKey, count: int, stamp: Stamp) -> None:
    screen.verdict(True, counted(screen.texts, "law.sign.signed", count, signer=key.name), str(path))
    screen.line(screen.texts("law.sign.set", sequence=stamp.sequence, day=stamp.day))
    screen.line(key.public.text())
    trusted = public_file(args.key)
    if trusted.exists():
        screen.next(f"ytterby law show --packs {args.folder} --trusted-key {trusted} --not-before {stamp.sequence}")

"""`ytterby law sign FOLDER --key FILE`: vouch for the packs of a folder, so that others can load only those."""

import argparse
from pathlib import Path

from ytterby.proof.key import PrivateKey
from ytterby.shell.cli.law_book import BadPacksError, show_refused
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.screen import Screen
from ytterby.shell.cli.texts import counted
from ytterby.shell.site.law_packs import law_of, read_folder
from ytterby.shell.site.law_signature import make_signer, public_file, read_signer, sign_folder


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
    key = _key(args.key, args.new_key)
    try:
        path = sign_folder(args.folder, packs, key)
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=args.folder, why=error.strerror or error) from None
    answer = {
        "folder": str(args.folder),
        "file": str(path),
        "signer": key.name,
        "key": key.public.text(),
        "packs": [{"id": pack.id, "digest": pack.digest} for pack in packs],
    }
    screen.answer(answer, lambda: _show(screen, args, path, key, len(packs)))
    return Outcome.GOOD


def _key(path: Path, new_name: str | None) -> PrivateKey:
    try:
        return read_signer(path) if new_name is None else make_signer(path, new_name)
    except FileExistsError as error:
        raise WrongUse("law.sign.key_exists", file=error.filename) from None
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=path, why=error.strerror or error) from None
    except ValueError as error:
        raise CouldNotRun("law.sign.no_key", file=path, why=error) from None


def _show(screen: Screen, args: argparse.Namespace, path: Path, key: PrivateKey, count: int) -> None:
    screen.verdict(True, counted(screen.texts, "law.sign.signed", count, signer=key.name), str(path))
    screen.line(key.public.text())
    trusted = public_file(args.key)
    if trusted.exists():
        screen.next(f"ytterby law show --packs {args.folder} --trusted-key {trusted}")

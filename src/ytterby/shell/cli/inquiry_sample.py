"""`ytterby inquiry sample|papers`: what is drawn to be visited, and folders that can be checked without a register."""

import argparse
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from ytterby.proof.key import PublicKey
from ytterby.shell.cli.arguments import Nouns, add_command, day, whole_number
from ytterby.shell.cli.opening import open_data, with_data
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.rights import add_signer, read_signer
from ytterby.shell.cli.screen import Column, Screen
from ytterby.terms.identifier import tail
from ytterby.terms.problem import is_refused

if TYPE_CHECKING:
    from ytterby.balance.sampling_plan import Stratum
    from ytterby.shell.actions.sample import SampleChange
    from ytterby.shell.site.register import Register

Json = dict[str, Any]


def add(verbs: Nouns) -> None:
    """Add the verbs."""
    sample = add_command(verbs, "sample", run_sample, "draw at random which plants or lots are visited")
    what = sample.add_mutually_exclusive_group()
    what.add_argument("--seed-commit", action="store_true", help="fix plan and seed before the period is over")
    what.add_argument("--draw", action="store_true", help="draw by the plan, once the frame day is over")
    what.add_argument("--out", type=Path, metavar="DIR", help="write the drawn sample as a folder for anybody to check")
    sample.add_argument("--period", metavar="MONTH", help="which month, as 2026-02")
    sample.add_argument("--unit", choices=("plant", "lot"), default="plant", help="what is drawn (default: plant)")
    sample.add_argument("--size", default="equal", metavar="E", help="element whose kg are the size (default: equal)")
    sample.add_argument("--count", type=whole_number, metavar="N", help="how many are drawn of all")
    sample.add_argument("--strata", metavar="KIND=N,…", help="how many are drawn of each kind of site")
    sample.add_argument("--frame-day", type=day, metavar="DATE", help="as known at the end of which day, UTC")
    sample.add_argument("--seed", type=Path, metavar="FILE", help="file of the seed: written at --seed-commit")
    add_signer(sample)
    papers = add_command(verbs, "papers", run_papers, "write the work papers of a case as one folder, or check one")
    papers.add_argument("which", metavar="ID", nargs="?", help="the number of a case, or a finding")
    where = papers.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", type=Path, metavar="DIR", help="write the papers into this new folder")
    where.add_argument("--check", type=Path, metavar="DIR", help="check a folder without a register")
    papers.add_argument("--key", metavar="KEY", help="the log's public key, as you know it (with --check)")


def run_sample(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Commit, draw, write out, or list."""
    register = open_data(args)
    if not (args.seed_commit or args.draw or args.out):
        return _list(args, screen)
    if args.period is None or (args.seed is None and args.out is None):
        raise WrongUse("inquiry.sample_needs")
    if args.out is not None:
        from ytterby.shell.actions.work_papers import write_sample_papers

        return _write(args, screen, lambda: write_sample_papers(register, f"{args.period} {args.unit}", args.out))
    result = _commit(register, args) if args.seed_commit else _draw(register, args)
    drawn: list[Json] = [one.fields for one in result.drawn]
    answer = {
        "sample": result.key or None,
        "digest": result.digest or None,
        "drawn": drawn,
        "problems": [problem_json(problem, "", screen.language) for problem in result.problems],
        "as_of_size": result.size,
    }
    screen.answer(answer, lambda: show_problems(screen, result.problems, ""))
    refused = is_refused(result.problems)
    if not screen.is_json:
        if refused:
            screen.verdict(False, screen.texts("inquiry.refused"))
        elif args.seed_commit:
            screen.verdict(True, screen.texts("inquiry.committed", sample=result.key, file=args.seed))
        else:
            _show_drawn(screen, drawn)
            screen.verdict(True, screen.texts("inquiry.drawn", count=len(result.drawn), digest=result.digest[:16]))
            screen.next(with_data(args, f"ytterby inquiry sample --period {quote(args.period)} --out DIR"))
    return Outcome.FOUND if refused else Outcome.GOOD


def _show_drawn(screen: Screen, rows: list[Json]) -> None:
    columns = [Column(screen.texts(f"column.{key}")) for key in ("id", "kind", "probability")]
    screen.table(columns, [[tail(one["id"]), one["stratum"] or "", one["probability"]] for one in rows])


def _commit(register: "Register", args: argparse.Namespace) -> "SampleChange":
    from ytterby.shell.actions.sample import commit_plan, make_seed

    if args.frame_day is None:
        raise WrongUse("inquiry.sample_needs")
    # All that may be refused comes before the file of the seed, which is never written over.
    strata, by = _strata(args), read_signer(args)
    seed = make_seed()
    try:
        descriptor = args.seed.open("x", encoding="utf-8")
    except FileExistsError:
        raise CouldNotRun("rights.file_taken", file=args.seed) from None
    except OSError as error:
        raise CouldNotRun("file.unwritable", file=args.seed, why=error.strerror or error) from None
    with descriptor as file:
        args.seed.chmod(0o600)
        file.write(seed.hex() + "\n")
    result = commit_plan(
        register, period=args.period, unit=args.unit, size=args.size, strata=strata, frame_day=args.frame_day,
        seed=seed, by=by, at=args.at,
    )  # fmt: skip
    if is_refused(result.problems):
        args.seed.unlink()
    return result


def _strata(args: argparse.Namespace) -> "tuple[Stratum, ...]":
    from ytterby.balance.sampling_plan import WHOLE, Stratum

    if (args.count is None) == (args.strata is None):
        raise WrongUse("inquiry.sample_needs")
    if args.strata is None:
        return (Stratum(WHOLE, args.count),)
    found = []
    for part in args.strata.split(","):
        kind, _, count = part.partition("=")
        if not (kind.strip() and count.strip().isdecimal()):
            raise WrongUse("inquiry.sample_needs")
        found.append(Stratum(kind.strip(), int(count)))
    return tuple(found)


def _draw(register: "Register", args: argparse.Namespace) -> "SampleChange":
    from ytterby.shell.actions.sample import draw_sample

    try:
        seed = bytes.fromhex(args.seed.read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        raise CouldNotRun("inquiry.no_seed", file=args.seed) from None
    return draw_sample(register, period=args.period, unit=args.unit, seed=seed, by=read_signer(args), at=args.at)


def _list(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.store.reading.known import known_at
    from ytterby.shell.store.reading.sampling import list_samples
    from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

    found = list_samples(OPERATOR_VIEWER, known=known_at(OPERATOR_VIEWER, None))
    rows = [row for row in found["samples"] if args.period in {None, row["period"]}]
    answer = {**found, "samples": rows}

    def show() -> None:
        for row in rows:
            screen.verdict(None, screen.texts("inquiry.plan", **{k: row[k] for k in ("period", "unit", "frame_day")}))
            if row["drawn"]:
                _show_drawn(screen, row["drawn"])
        if not rows:
            screen.verdict(None, screen.texts("inquiry.no_samples"))

    screen.answer(answer, show)
    return Outcome.GOOD


def run_papers(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Write a folder, or check one."""
    if args.check is not None:
        return _check(args, screen)
    register = open_data(args)
    from ytterby.shell.actions.work_papers import write_case_papers

    if args.which is None:
        raise WrongUse("inquiry.unknown", which="", next_commands=("ytterby inquiry list",))
    return _write(args, screen, lambda: write_case_papers(register, args.which, args.out))


def _write(args: argparse.Namespace, screen: Screen, write: Any) -> Outcome:
    try:
        papers = write()
    except KeyError:
        which = getattr(args, "which", None) or args.period
        raise WrongUse("inquiry.unknown", which=which, next_commands=("ytterby inquiry list",)) from None
    except FileExistsError:
        raise CouldNotRun("rights.file_taken", file=args.out) from None
    except OSError as error:
        raise CouldNotRun("file.unwritable", file=args.out, why=error.strerror or error) from None
    answer = {"folder": str(args.out), "files": dict(papers.files), "as_of_size": papers.size}

    def show() -> None:
        screen.verdict(True, screen.texts("inquiry.written", count=len(papers.files), folder=args.out))
        screen.next(f"ytterby inquiry papers --check {quote(str(args.out))}")

    screen.answer(answer, show)
    return Outcome.GOOD


def _check(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.actions.check_papers import check_papers

    try:
        key = PublicKey.parse(args.key) if args.key else None
    except ValueError:
        raise WrongUse("inquiry.no_key") from None
    found = check_papers(args.check, key)
    answer = {
        "folder": str(args.check),
        "ok": not found.wrong,
        "files": found.files,
        "proofs": found.proofs,
        "key": "given" if found.is_trusted else "folder",
        "failures": [{"file": one.file, "what": one.what} for one in found.wrong],
    }

    def show() -> None:
        for one in found.wrong:
            screen.line(f"  {one.file}: {one.what}")
        counts = {"files": found.files, "proofs": found.proofs}
        if found.wrong:
            screen.verdict(False, screen.texts("inquiry.papers_wrong", count=len(found.wrong)))
        else:
            rest = "" if found.is_trusted else screen.texts("inquiry.papers_key")
            screen.verdict(True, screen.texts("inquiry.papers_hold", **counts), rest)

    screen.answer(answer, show)
    return Outcome.FOUND if found.wrong else Outcome.GOOD

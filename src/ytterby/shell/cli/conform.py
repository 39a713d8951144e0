"""`ytterby conform FILE…`: run vectors from anywhere and say what comes out, or whether it agrees.

A file's kind is told by its keys, never by its name: `provenance` (events of sources, transforms, pools and
shipments), `reo` (factors between element and oxide), `balance` (items in periods), `page` (thresholds and run lengths
of Page's test), `network` (plants and links over months) and `reconcile` (measured streams and the balances they must
satisfy), `casework` (clocks, draw-down, advice, approvals). A file of JSON lines with `kind` classify or applies is of
the kind law, and a CSV file is told by its heading (`working days`). One JSON object a line for each file. Exit 0 when
all agree, 1 when a figure differs, 2 when a file is of no known kind, 3 when one cannot be read.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from ytterby.chain.provenance_vector import compute_provenance, is_provenance_vector
from ytterby.shell.cli.agreement import Agreement, is_number
from ytterby.shell.cli.arguments import Nouns, add_command
from ytterby.shell.cli.conform_balance import (
    ARL_TOLERANCE,
    H_TOLERANCE,
    expected_of_page,
    is_balance_vector,
    is_page_vector,
    run_balance,
    run_page,
)
from ytterby.shell.cli.conform_calendar import (
    expected_of_working_days,
    is_working_day_text,
    is_working_day_vector,
    not_computed_columns,
    read_working_day_rows,
    run_working_days,
)
from ytterby.shell.cli.conform_casework import (
    expected_of_casework,
    is_casework_vector,
    run_casework,
)
from ytterby.shell.cli.conform_law import expected_of_law, is_law_vector, run_law
from ytterby.shell.cli.conform_network import (
    is_network_vector,
    is_reconciliation_vector,
    run_network,
    run_reconciliation,
)
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, Stop, WrongUse
from ytterby.shell.cli.screen import Screen, write_json

Json = dict[str, Any]
# A vector is text that somebody wrote; what is larger is another kind of file.
BYTES_MAX = 200_000_000


def _nothing(document: Any) -> list[str]:
    return []


class Kind(NamedTuple):
    """A kind of vector: how it is told, run and compared."""

    name: str
    is_of: Callable[[Any], bool]
    compute: Callable[[Json], Any]
    expected_of: Callable[[Json], Any]
    tolerance: float
    is_absolute: bool = False
    has_whole_rows: bool = False
    tolerance_of: Mapping[str, float] = MappingProxyType({})  # by key, where a key has one of its own
    not_computed: Callable[[Json], list[str]] = _nothing  # what the file holds and nobody computes yet


def add(nouns: Nouns) -> None:
    """Add the command."""
    parser = add_command(nouns, "conform", run, "run vectors, and compare with what they expect")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--compare", action="store_true", help="say whether the figures agree instead of showing them")


def run(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Write one line for each file; the worst outcome is the command's."""
    return max(_conform(path, screen, is_compared=args.compare) for path in args.files)


def _conform(path: Path, screen: Screen, *, is_compared: bool) -> Outcome:
    try:
        document = read_vector(path)
        kind = kind_of(document, path)
        unbuilt = kind.not_computed(document)
        left_out = {"not_computed": unbuilt} if unbuilt else {}
        with screen.waiting(screen.texts("conform.waiting", file=path)):
            computed = _computed(kind, document, path)
        if not is_compared:
            write_json({"file": str(path), "kind": kind.name, "computed": computed} | left_out)
            return Outcome.GOOD
        agreement = compare(kind, document, computed, path)
    except Stop as stop:
        screen.remark(screen.texts(stop.key, **stop.facts), "red")
        return stop.outcome
    write_json(
        {
            "file": str(path),
            "kind": kind.name,
            "agrees": agreement.agrees,
            "compared": agreement.compared,
            "worst": agreement.worst,
            "differ": agreement.differ,
        }
        | left_out
    )
    return Outcome.GOOD if agreement.agrees else Outcome.FOUND


def _computed(kind: Kind, document: Json, path: Path) -> Any:
    try:
        return kind.compute(document)
    except (ValueError, TypeError, KeyError, ArithmeticError) as error:
        raise CouldNotRun("conform.unreadable", file=path, why=error) from error


def compare(kind: Kind, document: Json, computed: Any, path: Path) -> Agreement:
    """Return how what was computed agrees with what the file expects.

    Raises:
        WrongUse: the file expects nothing.
    """
    expected = kind.expected_of(document)
    if not expected and kind.not_computed(document):
        raise WrongUse("conform.not_built", file=path, keys=", ".join(kind.not_computed(document)))
    if not expected:
        raise WrongUse("conform.expects_nothing", file=path)
    stated = document.get("tolerance_rel") if isinstance(document, dict) else None
    is_stated = is_number(stated) and not kind.is_absolute
    agreement = Agreement(
        float(stated) if is_stated and stated is not None else kind.tolerance,
        kind.is_absolute,
        kind.has_whole_rows,
        kind.tolerance_of,
    )
    agreement.compare("", computed, expected)
    return agreement


def read_vector(path: Path) -> Any:
    """Return a JSON document, its fractions exact; of a CSV file with a known heading its rows.

    Raises:
        CouldNotRun: no such file, not UTF-8, or broken JSON.
        WrongUse: text that is no JSON at all.
    """
    try:
        if path.stat().st_size > BYTES_MAX:
            raise WrongUse("conform.no_known_kind", file=path, kinds=_names())
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=path, why=error.strerror or error) from None
    except UnicodeDecodeError:
        raise CouldNotRun("conform.unreadable", file=path, why="not UTF-8") from None
    if is_working_day_text(text):
        try:
            return read_working_day_rows(text)
        except ValueError as error:
            raise CouldNotRun("conform.unreadable", file=path, why=error) from None
    if text.lstrip()[:1] not in {"{", "["}:
        raise WrongUse("conform.no_known_kind", file=path, kinds=_names())
    try:
        return _read_json(text)
    except (ValueError, RecursionError, ArithmeticError) as error:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            return [_read_json(line) for line in lines] if len(lines) > 1 else _read_json(text)
        except (ValueError, RecursionError, ArithmeticError):
            raise CouldNotRun("conform.unreadable", file=path, why=error) from None


def _read_json(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def kind_of(document: Any, path: Path) -> Kind:
    """Return the kind that a document's keys say.

    Raises:
        WrongUse: none does.
    """
    for kind in KINDS:
        if kind.is_of(document):
            return kind
    raise WrongUse("conform.no_known_kind", file=path, kinds=_names())


def _names() -> str:
    return ", ".join(kind.name for kind in KINDS)


# Kinds


def _run_provenance(document: Json) -> Any:
    from ytterby.shell.site.packs import matter_tables

    return compute_provenance(document, matter_tables())


def _is_reo(document: Any) -> bool:
    factors = document.get("factors") if isinstance(document, dict) else None
    return isinstance(factors, dict) and all(isinstance(row, dict) for row in factors.values())


def _run_reo(document: Json) -> Any:
    from ytterby.matter.oxide import OXYGEN, conform_reo
    from ytterby.shell.site.packs import matter_tables

    return conform_reo(document, matter_tables().weights[OXYGEN])


def _expected_factors(document: Json) -> Any:
    """Return the two factors of each row; the rest of a row is its input."""
    wanted = ("element_per_oxide", "oxide_per_element")
    rows = {name: {key: row[key] for key in wanted if key in row} for name, row in document["factors"].items()}
    return {"factors": rows} if any(rows.values()) else {}


def _expected(document: Json) -> Any:
    return document.get("expected")


KINDS = (
    Kind("provenance", is_provenance_vector, _run_provenance, _expected, tolerance=1e-12, has_whole_rows=True),
    Kind("reo", _is_reo, _run_reo, _expected_factors, tolerance=1e-6, is_absolute=True),
    Kind("balance", is_balance_vector, run_balance, _expected, tolerance=1e-9),
    Kind(
        "page",
        is_page_vector,
        run_page,
        expected_of_page,
        tolerance=H_TOLERANCE,
        is_absolute=True,
        tolerance_of=MappingProxyType({"arl": ARL_TOLERANCE}),
    ),
    Kind("network", is_network_vector, run_network, _expected, tolerance=1e-7),
    Kind("law", is_law_vector, run_law, expected_of_law, tolerance=0.0),
    Kind("reconcile", is_reconciliation_vector, run_reconciliation, _expected, tolerance=1e-8),
    Kind(
        "casework",
        is_casework_vector,
        run_casework,
        expected_of_casework,
        tolerance=0.0,
        is_absolute=True,
    ),
    Kind(
        "working days",
        is_working_day_vector,
        run_working_days,
        expected_of_working_days,
        tolerance=0.0,
        is_absolute=True,
        not_computed=not_computed_columns,
    ),
)

"""A nation through the register: are planted diversions named, and how many honest firms with them?

Each seed is a nation of 40 plants over 24 months, twelve of them clean, then one diversion of each kind. Its documents
go through `event capture`; `balance findings` is read as a person reads it. A diversion is *named* by a finding that
concerns a party of it from its first month on; a finding that concerns nobody who diverts is *false*. Beside it the
naive rule: a plant whose month is off by more than three standard deviations of that month alone.
"""

import json
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.table import Line
from ytterby.nation.scenario import DIVERSIONS

Json = dict[str, Any]
NAIVE_SCORE = 3.0


class Outcome(NamedTuple):
    """What came of one nation: each diversion by kind, whether it was named and found by the naive rule."""

    named: dict[str, bool]
    naive: dict[str, bool]
    findings: int
    false: int
    expected: float
    naive_false: int
    capture_seconds: float
    findings_seconds: float


def run_nation(seed: int, share: float) -> Outcome:
    """Simulate, capture and judge one nation."""
    with tempfile.TemporaryDirectory() as folder:
        return _judge(Path(folder), seed, share)


def _judge(folder: Path, seed: int, share: float) -> Outcome:
    from ytterby.shell.cli.command import main

    nation, data = folder / "nation", folder / "data"
    orders = [text for kind in DIVERSIONS for text in ("--diversion", f"{kind}={share}")]
    size = ["--plants", "40", "--months", "24", "--seed", str(seed)]
    _quietly(main, ["nation", "simulate", *size, *orders, "--out", str(nation)])
    _quietly(main, ["register", "make", str(data), "--origin", "nation.example"])
    _quietly(main, ["party", "import", str(nation / "parties.yaml"), "--data", str(data)])
    started = time.perf_counter()
    _quietly(main, ["event", "capture", str(nation / "documents"), "--as", "sender", "--data", str(data)])
    captured = time.perf_counter()
    found = json.loads(_quietly(main, ["balance", "findings", "--data", str(data), "--json"]).splitlines()[-1])
    judged = time.perf_counter()
    truth = json.loads((nation / "truth.json").read_text(encoding="utf-8"))
    named = {one["kind"]: any(_names(row, one) for row in found["findings"]) for one in truth["diversions"]}
    diverting = {party for one in truth["diversions"] for party in _parties(one)}
    false = [row for row in found["findings"] if not _concerned(row) & diverting]
    naive, naive_false = _naive(data, truth["diversions"])
    return Outcome(
        named=named,
        naive=naive,
        findings=len(found["findings"]),
        false=len(false),
        expected=found["expected_false_alarms"],
        naive_false=naive_false,
        capture_seconds=captured - started,
        findings_seconds=judged - captured,
    )


def _quietly(main: Any, arguments: list[str]) -> str:
    """Run a command in this process; return what it writes."""
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = main(arguments)
    if code not in {0, 1}:
        raise RuntimeError(f"{' '.join(arguments)} came to {code}")
    return out.getvalue()


def _parties(one: Json) -> set[str]:
    ends = [one["plant"], one.get("partner"), one.get("declared"), one.get("realised")]
    return {end.get("party") or end.get("end_user") for end in ends if end} - {None}


def _concerned(row: Json) -> set[str]:
    return {party for group in row["parties"] for party in group}


def _names(row: Json, one: Json) -> bool:
    """A finding names a diversion when it concerns who diverts, in the diversion's months; of uses by the year."""
    wanted = {one["plant"]["party"]} | ({one["partner"]["party"]} if one.get("partner") else set())
    is_use = row["kind"].startswith("use.")
    if is_use != (one["kind"] == "use_swap") or not wanted & _concerned(row):
        return False
    return is_use or not row["months"] or row["months"][-1] >= one["start"]


def _naive(data: Path, diversions: Iterable[Json]) -> tuple[dict[str, bool], int]:
    """Return which diversions the naive rule finds, and how many honest plants it names."""
    from ytterby.balance.month_report import plant_months
    from ytterby.balance.quantity import element_quantity
    from ytterby.shell.site.register import open_register
    from ytterby.shell.store.reading.accounts import accounts_of
    from ytterby.shell.store.reading.known import known_at
    from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

    open_register(data, None)
    accounts = accounts_of(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None))
    off: dict[str, list[str]] = {}
    for site in accounts.sites:
        for month in plant_months(accounts, site, element_quantity("Nd"), ()).months:
            if month.sigma_kg and month.muf_kg is not None and abs(month.muf_kg) > NAIVE_SCORE * month.sigma_kg:
                off.setdefault(site, []).append(str(month.month))
    listed = list(diversions)
    sites = [{end["site"] for end in (one["plant"], one.get("partner")) if end} for one in listed]
    found = {
        one["kind"]: any(month >= one["start"] for site in ends for month in off.get(site, ()))
        for one, ends in zip(listed, sites, strict=True)
    }
    return found, len(set(off) - set().union(*sites))


def run(size: str) -> list[Line]:
    """Return the figures: two seeds at 5 %, or seeds 1 to 5 at 2 and 5 %."""
    seeds = range(1, 6) if size == "full" else range(1, 3)
    lines = []
    for share in (0.05, 0.02) if size == "full" else (0.05,):
        outcomes = [run_nation(seed, share) for seed in seeds]
        lines += [_named_line(kind, share, outcomes) for kind in DIVERSIONS]
        false, expected = sum(one.false for one in outcomes), sum(one.expected for one in outcomes)
        naive = float(sum(one.naive_false for one in outcomes))
        note = f"expected {expected:.1f}; captured in {sum(one.capture_seconds for one in outcomes):.0f} s"
        target = f"<= {1.5 * expected:.0f}"
        lines.append(Line(f"false findings, {share:.0%}", float(false), "findings", target, "naive rule", naive, note))
    return lines


def _named_line(kind: str, share: float, outcomes: Sequence[Outcome]) -> Line:
    named, naive = (float(sum(getattr(one, of)[kind] for one in outcomes)) for of in ("named", "naive"))
    of = f"of {len(outcomes)} nations"
    return Line(f"{kind} {share:.0%} named", named, of, "all" if share >= 0.05 else ">= 9 of 10", "naive rule", naive)


if __name__ == "__main__":
    import sys

    for argument in sys.argv[1:]:
        seed, _, share = argument.partition(":")
        one = run_nation(int(seed), float(share))
        print(argument, json.dumps(one._asdict()), flush=True)

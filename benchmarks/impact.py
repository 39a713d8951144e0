"""A change of law over a nation: `law impact` from the command line, and its kernel beside the plain way.

The nation has 200 plants and reported six months, the last of them up to a day in its middle, so that goods lie on
hand: made and not yet shipped. Three changes are asked about: a rule suspended from a day on, a limit moved, a rule of
conduct. The plain way classifies all goods by both books on every day on which either changes; the kernel's ratio is
taken over 100,000 lots of distinct compositions, and over the lots of the nation.
"""

import copy
import json
import tempfile
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.nation import _quietly
from benchmarks.table import Line
from ytterby.law.book import make_book
from ytterby.law.impact import Subject, impact
from ytterby.law.pack import Pack
from ytterby.law.pack_reader import read_pack
from ytterby.law.reach import Law
from ytterby.shell.site.law_packs import packaged_law, packaged_packs

Json = dict[str, Any]
PLANTS = {"small": 40, "full": 200}
MONTHS = {"small": 2, "full": 6}
LOTS = {"small": 5_000, "full": 100_000}
ON = date(2026, 11, 24)
LIMIT_SECONDS = 60.0  # what issue 04 asks for
CUT_DAY = "15T12"


def run(size: str) -> list[Line]:
    """Measure the kernel over made-up lots, and the command over a nation."""
    lines = [_kernel_line(name, LOTS[size]) for name in CHANGES if name != "conduct"]
    with tempfile.TemporaryDirectory() as folder:
        return [*lines, *_nation_lines(Path(folder), PLANTS[size], MONTHS[size])]


# Changes


def _suspended(content: Json) -> None:
    rule = next(one for one in content["rules"] if one["id"] == "CN-18")
    trust = {"source": "a proposal", "confidence": "read"}
    rule["suspended"] = [{"from": "2026-12-01", "to": "2027-03-31", **trust}]


def _limit(content: Json) -> None:
    content["parameters"]["heavy-trace"]["value"] = "0.8"


def _conduct(content: Json) -> None:
    rule = next(one for one in content["rules"] if one["id"] == "CN-O785.11")
    rule["when"]["all"] = [{"fact": "site_kind", "in": ["recycler"]}, {"fact": "form", "in": ["swarf", "scrap"]}]
    rule["published"] = rule["effective"] = content["knows"]["from"] = "2022-01-01"


CHANGES: dict[str, tuple[str, Callable[[Json], None]]] = {
    "a rule suspended": ("cn-18", _suspended),
    "a limit moved": ("cn-18", _limit),
    "conduct": ("cn-conduct", _conduct),
}


def _changed(name: str) -> tuple[Json, Pack]:
    pack, change = CHANGES[name]
    content: Json = copy.deepcopy(dict(next(one for one in packaged_packs() if one.id == pack).content))
    change(content)
    found, problems = read_pack(content)
    if found is None:
        raise RuntimeError(str(problems[0]))
    return content, found


# The kernel


def _kernel_line(name: str, count: int) -> Line:
    book, problems = make_book([*packaged_packs(), _changed(name)[1]])
    if problems:
        raise RuntimeError(str(problems[0]))
    known = max(ON, book.known_to)
    laws = Law(packaged_law(), known), Law(book, known)
    subjects = _subjects(count)
    started = time.process_time()
    found = impact(*laws, subjects, on=ON)
    ours = time.process_time() - started
    # The plain way over a part of them: all of them take minutes.
    part = subjects[:: max(1, count // 2_000)]
    started = time.process_time()
    plain = impact(*laws, part, on=ON, is_reach_used=False)
    theirs = (time.process_time() - started) * count / len(part)
    changed = sum(len(one.subjects) for one in found)
    wanted = {one.subjects[0].id for one in plain}
    if wanted != {one.id for row in found for one in row.subjects} & {one.id for one in part}:
        raise RuntimeError("the two ways differ")
    note = f"{changed:,} change; the plain way over {len(part):,}, times {count / len(part):.0f}"
    work, target = f"impact of {name}, {count:,} compositions", f"<= {LIMIT_SECONDS:.0f}"
    return Line(work, ours, "s of CPU", target, "plain way", theirs, note)


def _subjects(count: int) -> list[Subject]:
    """Return lots as a nation holds them, no two of one composition: one in six magnets, the rest before them."""
    from ytterby.chain.lot_goods import facts_of, goods_of
    from ytterby.matter.assay import Assay
    from ytterby.shell.site.packs import goods_tables

    forms = {
        "concentrate": (90_000, 28_000, 3_000),
        "oxide": (560_000, 170_000, 0),
        "metal": (640_000, 195_000, 0),
        "magnet": (230_000, 70_000, 7_500),
        "component": (46_000, 14_000, 1_500),
        "swarf": (180_000, 55_000, 5_800),
    }
    found = []
    for number in range(count):
        form, contents = list(forms.items())[number % len(forms)]
        assays = [
            Assay(symbol, Decimal(content) + Decimal(number) / 1000, Decimal(content) / 100)
            for symbol, content in zip(("Nd", "Pr", "Dy"), contents, strict=True)
            if content
        ]
        goods = goods_of(form, assays, goods_tables())
        if goods is not None:
            found.append(Subject("lot", str(number), "", goods, goods, facts_of(goods)))
    return found


# The command, over a nation


def _nation_lines(folder: Path, plants: int, months: int) -> list[Line]:
    from ytterby.shell.cli.command import main

    nation, data = folder / "nation", folder / "data"
    _quietly(main, ["nation", "simulate", "--plants", str(plants), "--months", str(months), "--out", str(nation)])
    _cut(nation / "documents", f"2023-{months:02d}-{CUT_DAY}")
    _quietly(main, ["register", "make", str(data), "--origin", "nation.example"])
    _quietly(main, ["party", "import", str(nation / "parties.yaml"), "--data", str(data)])
    _quietly(main, ["event", "capture", str(nation / "documents"), "--as", "sender", "--data", str(data)])
    _quietly(main, ["register", "derive", "--data", str(data)])
    return [_command_line(name, folder, data, plants) for name in CHANGES]


def _command_line(name: str, folder: Path, data: Path, plants: int) -> Line:
    """Measure the command as it is typed, in a process of its own: its processor time, since others may run too."""
    import resource
    import subprocess
    import sys

    path = folder / "pack.yaml"
    path.write_text(json.dumps(_changed(name)[0]), encoding="utf-8")
    words = [
        sys.executable,
        "-m",
        "ytterby",
        "law",
        "impact",
        str(path),
        "--data",
        str(data),
        "--on",
        str(ON),
        "--json",
    ]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(words, stdout=subprocess.PIPE, check=False)
    after, seconds = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - started
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    answer = json.loads(done.stdout)
    counts = ", ".join(f"{answer['changed'][kind]} of {answer['asked'][kind]} {kind}" for kind in answer["asked"])
    work = f"law impact, {name}, {plants} plants"
    note = f"{counts}; {seconds:.1f} s by the clock"
    return Line(work, used, "s of CPU", f"<= {LIMIT_SECONDS:.0f}", "limit of issue 04", LIMIT_SECONDS, note)


def _cut(documents: Path, until: str) -> None:
    """Leave of each document what happened up to an hour, byte for byte; of none of it nothing."""
    for path in documents.glob("*.json"):
        head, *lines, last, end = path.read_text(encoding="utf-8").split("\n")
        rows = [line.removesuffix(",") for line in lines]
        kept = [row for row in rows if json.loads(row)["eventTime"][: len(until)] <= until]
        if kept:
            path.write_text("\n".join([head, ",\n".join(kept), last, end]), encoding="utf-8")
        else:
            path.unlink()

"""Screening: names told apart, and how fast, beside rapidfuzz in the same run and nomenklatura's matchers in an
environment of their own. Figures of the odd half of the development set; peers score our candidates of a sample of it.
"""

import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rapidfuzz import fuzz, process, utils

from benchmarks.screening_names import DATA, TARGETS, made_up
from benchmarks.table import Line, cpu_of
from ytterby.screening.entry import EntrySchema, ListedEntry, ListedName, NameKind
from ytterby.screening.evaluation import Judged, area_under, evaluate, is_odd
from ytterby.screening.name_index import Bearer, build_index
from ytterby.screening.name_lines import QueryLine, schema_of
from ytterby.screening.rescreening import parties_near
from ytterby.screening.screener import Screener
from ytterby.shell.cli.name_files import read_queries, read_targets
from ytterby.shell.cli.party_evaluate import invented_queries, judge
from ytterby.shell.site.screening_tables import name_tables, scoring

SIZES = {"small": (50_000,), "full": (50_000, 500_000, 5_000_000)}
SPEED = {50_000: ">= 800", 500_000: ">= 300", 5_000_000: "works"}
PEERS = Path(__file__).with_name("peers")
# Of the odd half every so many a query is scored by the peers too, which take milliseconds a pair.
PEER_STEP = 6
RECORDED = "recorded, not run: screening.md, 2026"
Names = Callable[[str, Sequence[str]], list[float]]


def run(size: str) -> list[Line]:
    """Measure recall, area, speed, cold start and difference."""
    if not TARGETS.exists():
        return [Line("screening", 0.0, "", "", "", None, "the development set is not here (YTTERBY_SHARED_DATA)")]
    bearers, _ = read_targets(TARGETS)
    index, rarity = build_index(bearers, name_tables())
    screener = Screener(index, name_tables(), rarity, scoring())
    queries, _ = read_queries(DATA / "dev" / "queries.csv")
    lines = recall(screener, queries, bearers)
    lines += name_bench(screener)
    lines.append(cold())
    for count in SIZES[size]:
        lines += speed(count, queries)
    return lines


def recall(screener: Screener, queries: list[QueryLine], bearers: list[Bearer]) -> list[Line]:
    """Return recall on the odd half; with every so many of its queries also the peers'."""
    odd = [one for one in queries + invented_queries(3_000, screener) if is_odd(one.id)]
    lines = _recall_lines("names, odd half", judge(odd, screener), "", None, {0.01: ">= .82", 0.05: ">= .91"})
    sample = odd[::PEER_STEP]
    ours = judge(sample, screener)
    by_key = {one.key: one for one in bearers}
    hits = [[screener.index.keys[hit.bearer] for hit in screener.screen(one.name, one.schema)] for one in sample]
    peers: dict[str, list[list[float]] | None] = {
        "rapidfuzz token_sort_ratio": [
            [max(_sorted_ratio(one.name, text) for text, _ in by_key[key].names) for key in keys]
            for one, keys in zip(sample, hits, strict=True)
        ]
    }
    for algorithm in ("logic-v1", "logic-v2"):
        peers[f"nomenklatura {algorithm}"] = nomenklatura(algorithm, sample, hits, by_key)
    for peer, scores in peers.items():
        theirs = None if scores is None else _judged(sample, ours, hits, scores)
        lines += _recall_lines("names, sample of it", ours, peer, theirs, {})
    return lines


def _sorted_ratio(one: str, other: str) -> float:
    return fuzz.token_sort_ratio(one, other, processor=utils.default_process) / 100


def _judged(
    sample: list[QueryLine], ours: list[Judged], hits: list[list[str]], scores: list[list[float]]
) -> list[Judged]:
    found = []
    for query, mine, keys, values in zip(sample, ours, hits, scores, strict=True):
        own = dict(zip(keys, values, strict=True)).get(query.target) if query.is_positive else None
        best = max(values, default=0.0)
        found.append(Judged(mine.id, mine.cls, mine.is_positive, mine.group, best, own))
    return found


def _recall_lines(
    work: str, ours: list[Judged], peer: str, theirs: list[Judged] | None, targets: dict[float, str]
) -> list[Line]:
    lines = []
    for rate in (0.01, 0.05):
        row = evaluate(ours, rate)
        other = None if theirs is None else evaluate(theirs, rate).recall
        note = RECORDED + (", .74 / .82" if "logic-v2" in peer else "") if peer and theirs is None else ""
        lines.append(Line(f"recall at {rate:.0%}, {work}", row.recall, "", targets.get(rate, ""), peer, other, note))
    if not peer:
        row = evaluate(ours, 0.01)
        for cls, target in (("neg_sibling", "<= .05"), ("neg_sibling_zh", "<= .05"), ("zh_listed_variant", ">= .92")):
            share = next(one.share for one in row.rows if one.cls == cls)
            lines.append(Line(f"{cls} alerted at 1%, {work}", share, "", target, "", None))
        buyers = sum(one.alerts for one in row.rows if one.cls.startswith("neg_buyer_real"))
        lines.append(Line(f"real buyers alerted at 1%, {work}", buyers, "names", "<= 1", "", None))
    return lines


def nomenklatura(
    algorithm: str, sample: list[QueryLine], hits: list[list[str]], by_key: dict[str, Bearer]
) -> list[list[float]] | None:
    """Return their scores of our candidates; None where they are not installed."""
    rows = [
        {
            "schema": _schema(query.schema),
            "name": query.name,
            "candidates": [
                {"schema": _schema(by_key[key].schema), "names": [text for text, _ in by_key[key].names]}
                for key in keys
            ],
        }
        for query, keys in zip(sample, hits, strict=True)
    ]
    answer = _ask_peer(algorithm, rows)
    return None if answer is None else answer["scores"]


def _schema(schema: EntrySchema) -> str:
    return schema.value


def _ask_peer(algorithm: str, rows: list[dict[str, object]]) -> dict[str, list[list[float]]] | None:
    python = PEERS / ".screening" / "bin" / "python"
    if not python.exists():
        return None
    done = subprocess.run(
        [python, PEERS / "screening_peer.py", algorithm],
        input="".join(json.dumps(row) + "\n" for row in rows),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stderr[-500:], file=sys.stderr)
        return None
    found: dict[str, list[list[float]]] = json.loads(done.stdout.splitlines()[-1])
    return found


def name_bench(screener: Screener) -> list[Line]:
    """Return the area under the curve on nomenklatura's own pairs, each pair in both directions."""
    with (DATA / "raw" / "nk_name_bench_cases.csv").open(encoding="utf-8") as file:
        cases = list(csv.DictReader(file))
    scored = []
    for case in cases:
        schema = schema_of(case["schema"]) or EntrySchema.LEGAL_ENTITY
        pair = (case["name1"], case["name2"])
        scored.append(max(_pair(screener, *pair, schema), _pair(screener, *pair[::-1], schema)))
    same = [case["is_match"] == "true" for case in cases]
    peers = {
        "rapidfuzz token_sort_ratio": [_sorted_ratio(case["name1"], case["name2"]) for case in cases],
        "nomenklatura logic-v2": _peer_pairs("logic-v2", cases),
    }
    lines = []
    for peer, scores in peers.items():
        theirs = None if scores is None else _area(scores, same)
        note = RECORDED + ", .870" if scores is None else ""
        lines.append(
            Line(f"{len(cases)} pairs of nomenklatura, area", _area(scored, same), "", ">= .88", peer, theirs, note)
        )
    return lines


def _area(scores: Sequence[float], same: Sequence[bool]) -> float:
    pairs = list(zip(scores, same, strict=True))
    return area_under(
        [score for score, is_same in pairs if is_same], [score for score, is_same in pairs if not is_same]
    )


def _peer_pairs(algorithm: str, cases: list[dict[str, str]]) -> list[float] | None:
    rows: list[dict[str, object]] = [
        {
            "schema": case["schema"],
            "name": case["name1"],
            "candidates": [{"schema": case["schema"], "names": [case["name2"]]}],
        }
        for case in cases
    ]
    answer = _ask_peer(algorithm, rows)
    return None if answer is None else [row[0] for row in answer["scores"]]


def _pair(screener: Screener, name: str, listed: str, schema: EntrySchema) -> float:
    index, _ = build_index([Bearer("one", "", schema, ((listed, NameKind.PRIMARY),))], name_tables(), screener.rarity)
    hits = Screener(index, name_tables(), screener.rarity, screener.scoring).screen(name, schema)
    return hits[0].score if hits else 0.0


def cold() -> Line:
    """Return the wall time of `party screen NAME` in a new process, the index of 50,000 names on disk."""
    with tempfile.TemporaryDirectory() as folder:
        targets = Path(folder) / "targets.jsonl"
        rows = [{"id": one.key, "schema": one.schema.value, "names": [one.names[0][0]]} for one in made_up(50_000)]
        targets.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        command = [sys.executable, "-m", "ytterby", "party", "screen", "Ningbo Huada Magnetic Materials Co., Ltd."]
        command += ["--targets", str(targets), "--index", str(Path(folder) / "index")]
        times = []
        for _ in range(4):
            start = time.perf_counter()
            subprocess.run(command, capture_output=True, check=False)
            times.append(time.perf_counter() - start)
    note = f"index made in the first call, {times[0]:.1f} s"
    return Line(
        "party screen NAME, cold, 50,000 names", min(times[1:]), "s", "<= 1.5", "logic-v2, recorded", 10.0, note
    )


def speed(count: int, queries: list[QueryLine]) -> list[Line]:
    """Return queries a second against so many names, end to end, one core, beside rapidfuzz over all names."""
    bearers = made_up(count)
    start = time.process_time()
    index, rarity = build_index(bearers, name_tables())
    built = time.process_time() - start
    screener = Screener(index, name_tables(), rarity, scoring())
    asked = queries[:: 6 if count <= 500_000 else 60]
    ours = len(asked) / cpu_of(2, lambda: [screener.screen(one.name, one.schema) for one in asked])
    texts = [one.names[0][0] for one in bearers]
    few = asked[:20] if count <= 50_000 else asked[:3]
    theirs = len(few) / cpu_of(
        1, lambda: [process.extract(one.name, texts, scorer=fuzz.token_sort_ratio, limit=20) for one in few]
    )
    lines = [
        Line(
            f"queries against {count:,} names",
            ours,
            "1/s",
            SPEED[count],
            "rapidfuzz, all names",
            theirs,
            f"built in {built:.0f} s CPU, {index.postings.names.nbytes / 1e6:,.0f} MB of postings",
        )
    ]
    if count == 500_000:
        changed = [
            ListedEntry("l", one.id, one.schema, (ListedName(one.name),)) for one in [*queries, *queries][:1_000]
        ]
        spent = cpu_of(2, lambda: parties_near(changed, screener, 0.5))
        lines.append(Line("1,000 changed names x 500,000 parties", spent, "s", "<= 10", "", None))
    return lines

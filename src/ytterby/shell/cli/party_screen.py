"""`ytterby party screen`: a name, or many, against the register's lists or a file of targets: who it may be, and why.

It needs no register where targets are given. One name is answered in words; many, one JSON line a query. It records
nothing and clears nobody: that is `party check`.
"""

import argparse
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli.arguments import Nouns, add_command, add_known
from ytterby.shell.cli.opening import open_reading, with_data
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.screen import Screen, write_json
from ytterby.terms.problem import Problem, is_refused, shown

if TYPE_CHECKING:
    from ytterby.screening.party_screening import Candidate
    from ytterby.screening.scoring_rules import Thresholds
    from ytterby.screening.screener import Fold, Screener
    from ytterby.screening.support import Facts
    from ytterby.screening.trace import Trace

Json = dict[str, Any]


def add(verbs: Nouns) -> None:
    """Add the verb."""
    found = add_command(verbs, "screen", run_screen, "compare names with listed ones: who it may be, and why")
    found.add_argument("names", nargs="*", metavar="NAME", help="a name as it stands on the papers")
    found.add_argument("--queries", type=Path, metavar="FILE", help="many: JSON lines {id, schema, name}")
    found.add_argument(
        "--targets", type=Path, metavar="FILE", help="listed ones: JSON lines {id, schema, names[]}, or CSV"
    )
    found.add_argument("--index", type=Path, metavar="DIR", help="keep the targets' index in this folder, and use it")
    found.add_argument("--schema", default="", metavar="S", help="Person, Organization, Vessel … (default: any)")
    found.add_argument("--icu", action="store_true", help="ask ICU too how a name reads (extra icu)")
    found.add_argument("--country", action="append", default=[], metavar="CC", help="its country, for order alone")
    add_known(found)


def run_screen(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Screen names."""
    from ytterby.screening.name_lines import SCHEMAS, schema_of
    from ytterby.screening.screener import Screener
    from ytterby.shell.cli.name_files import open_index
    from ytterby.shell.site.screening_tables import name_tables, scoring, thresholds

    if bool(args.names) == bool(args.queries):
        raise WrongUse("party.screen.names_or_queries")
    schema = schema_of(args.schema)
    if schema is None:
        raise WrongUse("party.screen.schema", value=args.schema, known=", ".join(SCHEMAS))
    if args.targets is None:
        return _screen_by_register(args, screen, schema)
    with screen.waiting(screen.texts("party.screen.reading")):
        index, rarity, problems = open_index(args.targets, args.index)
    _remark(screen, problems, str(args.targets))
    screener = Screener(index, name_tables(), rarity, scoring(), _second(args))
    found = thresholds((args.at or datetime.now(UTC)).date())
    if args.queries:
        return _screen_many(args, screen, screener, found)
    return _screen_few(args, screen, screener, found, schema)


def _screen_by_register(args: argparse.Namespace, screen: Screen, schema: Any) -> Outcome:
    """Screen names against the lists that stand in the register; say which are missing or too old."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.screening.screener import Screener
    from ytterby.shell.actions.clock import now
    from ytterby.shell.site.screening_tables import name_tables, scoring, thresholds
    from ytterby.shell.store.reading.listed_names import listed_names
    from ytterby.shell.store.reading.screening_lists import lists_in_force, reads_lists

    if not reads_lists(reading.viewer):
        raise WrongUse("screening.not_yours")
    at = args.at or now()
    names = listed_names(reading.viewer, reading.register, reading.known, at.date())
    if not names.lists:
        raise WrongUse("party.screen.no_lists")
    stopped = [one.list_id for one in lists_in_force(reading.viewer, reading.known, at) if one.keeps_from_checking]
    if stopped:
        screen.remark(screen.texts("lists.blocked", lists=", ".join(stopped)))
        if not screen.is_json and not args.queries:
            screen.next(with_data(args, "ytterby party lists show"))
    held = names.screener
    screener = Screener(held.index, name_tables(), held.rarity, scoring(), _second(args))
    found = thresholds(at.date())
    if args.queries:
        return _screen_many(args, screen, screener, found)

    def owners_of(name: str) -> Json | None:
        from ytterby.shell.cli.party_owners import ownership_json
        from ytterby.shell.store.reading.owned_by_listed import owned_by_listed, party_named

        party = party_named(reading.viewer, reading.known, name)
        owned = party and owned_by_listed(reading.viewer, reading.known, names, party, at.date())
        return ownership_json(owned, owned.of(party), has_chain=True) if party and owned else None

    return _screen_few(args, screen, screener, found, schema, names.facts, owners_of)


def _second(args: argparse.Namespace) -> "Fold | None":
    from ytterby.shell.site.icu_names import fold_by_icu, is_installed
    from ytterby.shell.site.screening_tables import name_tables

    if not args.icu:
        return None
    if not is_installed():
        raise CouldNotRun("party.screen.no_icu")
    return fold_by_icu(name_tables())


def _remark(screen: Screen, problems: Iterable[Problem], file: str) -> None:
    """Write problems of a file beside the data, the first of them."""
    from ytterby.shell.cli.problem_lines import problem_line

    for problem in list(problems)[:20]:
        screen.remark(problem_line(problem, file, screen).plain)


def _screen_many(args: argparse.Namespace, screen: Screen, screener: "Screener", thresholds: "Thresholds") -> Outcome:
    from ytterby.screening.name_check import check_name
    from ytterby.shell.cli.name_files import read_queries

    queries, problems = read_queries(args.queries)
    _remark(screen, problems, str(args.queries))
    for query in queries:
        wrong = check_name(query.name)
        row: Json = {"id": query.id, "candidates": []}
        if not is_refused(wrong):
            row["candidates"] = [
                {
                    "target": screener.index.keys[hit.bearer],
                    "score": hit.score,
                    "reasons": reasons_of(hit.trace(), screener.index.texts[hit.name]),
                    "band": thresholds.band(hit.group, hit.score).value,
                }
                for hit in screener.screen(query.name, query.schema)
            ]
        if wrong:
            row["problems"] = [problem_json(problem, str(args.queries), screen.language) for problem in wrong]
        write_json(row)
    return Outcome.FOUND if is_refused(problems) else Outcome.GOOD


def reasons_of(trace: "Trace", listed_name: str) -> list[Json]:
    """Return how a score came about: the listed name, aligned words, and what is left over on both sides."""
    found: list[Json] = [{"kind": "name", "listed": listed_name}]
    found += [
        {"kind": "pair", "query": one.query, "listed": one.listed, "likeness": one.likeness, "weight": one.weight}
        for one in trace.pairs
    ]
    found += [{"kind": "left_query", "query": word, "weight": weight} for word, weight in trace.query_left]
    found += [{"kind": "left_listed", "listed": word, "weight": weight} for word, weight in trace.listed_left]
    return found


# One name, in words


def _screen_few(
    args: argparse.Namespace,
    screen: Screen,
    screener: "Screener",
    thresholds: "Thresholds",
    schema: Any,
    facts_of: "Callable[[str], Facts] | None" = None,
    owners_of: Callable[[str], Json | None] = lambda _: None,
) -> Outcome:
    from ytterby.screening.name_check import check_name
    from ytterby.screening.party_screening import Screened, pins_of, screen_party
    from ytterby.screening.support import Facts

    def _nothing_known(_: str) -> Facts:
        return Facts()

    outcome = Outcome.GOOD
    for name in args.names:
        wrong = check_name(name)
        candidates: list[Candidate] = []
        if not is_refused(wrong):
            party = Screened(schema, (name,), facts=Facts(countries=tuple(args.country)))
            candidates = screen_party(party, screener, thresholds, identifiers={}, facts_of=facts_of or _nothing_known)
        owned = None if is_refused(wrong) else owners_of(name)
        is_owned = owned is not None and owned["verdict"] in {"captured", "possible"}
        if is_refused(wrong) or is_owned or any(one.band.value == "alert" for one in candidates):
            outcome = Outcome.FOUND
        if screen.is_json:
            pins = pins_of(screener, thresholds)
            write_json(
                {
                    "name": name,
                    "candidates": [_candidate_json(one) for one in candidates],
                    "ownership": owned,
                    "problems": [problem_json(problem, "", screen.language) for problem in wrong],
                    "pins": {slot: getattr(pins, slot) for slot in pins.__slots__},
                }
            )
        else:
            show_problems(screen, wrong, "")
            _show(screen, name, candidates, refused=is_refused(wrong))
            if owned is not None:
                from ytterby.shell.cli.party_owners import show_ownership

                screen.line(screen.texts("party.screen.registered", party=owned["party"]))
                show_ownership(screen, owned)
    return outcome


def _candidate_json(one: "Candidate") -> Json:
    trace = one.trace
    return {
        "target": one.key,
        "list": one.list or None,
        "band": one.band.value,
        "score": one.score,
        "listed_name": one.listed_name,
        "listed_kind": one.listed_kind.value if one.listed_kind else None,
        "reasons": reasons_of(trace, one.listed_name) if trace else [],
    }


def _show(screen: Screen, name: str, candidates: "list[Candidate]", *, refused: bool) -> None:
    """Write what was found: alerts and what should be looked at in words, the rest as a number."""
    texts = screen.texts
    if refused:
        screen.verdict(False, texts("party.screen.not_compared", name=shown(name)))
        return
    found = [one for one in candidates if one.band.value != "clear"]
    alerts = sum(one.band.value == "alert" for one in found)
    key = "party.screen.alerts" if alerts else "party.screen.review" if found else "party.screen.nothing"
    screen.verdict(not found, texts(key, name=shown(name), count=alerts or len(found)))
    for one in found:
        screen.line()
        # Of a register's lists the key begins with the list.
        place = one.key if one.key.startswith(f"{one.list} ") else f"{one.list} {one.key}".strip()
        head = texts(
            f"party.screen.band.{one.band.value}", target=place, listed=one.listed_name, score=f"{one.score:.3f}"
        )
        screen.line(f"  {head}")
        if trace := one.trace:
            _show_trace(screen, trace)
        if one.is_short:
            screen.line("    " + texts("party.screen.short"))
    rest = len(candidates) - len(found)
    if rest:
        screen.line()
        screen.line(texts("party.screen.rest", count=rest))


def _show_trace(screen: Screen, trace: "Trace") -> None:
    texts = screen.texts
    for pair in trace.pairs:
        key = "party.screen.same" if pair.likeness == 1.0 and pair.query == pair.listed else "party.screen.like"
        facts = {"query": pair.query, "listed": pair.listed}
        facts |= {"likeness": f"{100 * pair.likeness:.0f}", "weight": weight_word(screen, pair.weight)}
        screen.line(f"    {texts(key, **facts)}")
    for side, left in (("query", trace.query_left), ("listed", trace.listed_left)):
        if left:
            words = ", ".join(f"{word} ({weight_word(screen, weight)})" for word, weight in left)
            screen.line(f"    {texts(f'party.screen.left.{side}', words=words)}")


def weight_word(screen: Screen, weight: float) -> str:
    """Return in a word how much a word says."""
    from ytterby.screening.trace import rareness

    return screen.texts(f"party.screen.weight.{rareness(weight)}")

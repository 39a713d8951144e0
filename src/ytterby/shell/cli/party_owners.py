"""`ytterby party owners`: who is owned by listed parties, by the rules of a day, with the stakes that make it so.

Statements come from a file, or from the register where none is named. Exit 1 when a party is captured or could be.
"""

import argparse
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli.arguments import Nouns, add_command, add_viewer, day
from ytterby.shell.cli.document_file import read_text_file
from ytterby.shell.cli.figures import write_count
from ytterby.shell.cli.opening import open_reading
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.screen import Screen
from ytterby.shell.cli.texts import counted

if TYPE_CHECKING:
    from ytterby.screening.ownership import ListedParty, Stake
    from ytterby.screening.ownership_verdict import Ownership, PartyOwnership, UnderRule
    from ytterby.terms.problem import Problem

Json = dict[str, Any]
BYTES_MAX = 200_000_000
SHOWN_MAX, CHAIN_MAX = 40, 24
# Parties of which the chain is told: of those that are only possible the first; --party tells it of any.
CHAINS_MAX = 1000


def add(verbs: Nouns) -> None:
    """Add the verb."""
    owners = add_command(verbs, "owners", run_owners, "say who is owned by listed parties, and through which stakes")
    owners.add_argument("file", nargs="?", type=Path, metavar="FILE", help="stakes (default: those of the register)")
    owners.add_argument("--listed", type=Path, required=True, metavar="FILE", help="listed parties: party, list, since")
    owners.add_argument("--party", metavar="NAME", help="answer of this party alone")
    owners.add_argument("--on", type=day, metavar="DATE", help="on which day (default: today)")
    owners.add_argument("--known-on", type=day, metavar="DATE", help="by the rules as known on this day")
    owners.add_argument("--rules", metavar="ID,…", help="by these rules alone (default: all)")
    add_viewer(owners)


def run_owners(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Answer."""
    from ytterby.screening.ownership import latest_stakes
    from ytterby.screening.ownership_statement import read_listed, sum_problems
    from ytterby.screening.ownership_verdict import Ownership
    from ytterby.shell.actions.clock import now
    from ytterby.shell.site.screening_tables import ownership_rules

    on = args.on or now().date()
    chosen = tuple(filter(None, (args.rules or "").split(",")))
    known_ids = [one.id for one in ownership_rules().rules]
    if unknown := [one for one in chosen if one not in known_ids]:
        raise WrongUse("owners.unknown_rule", rule=unknown[0], known=", ".join(known_ids))
    stakes, parties, problems = _stakes(args, screen)
    listed, wrong = read_listed(read_text_file(args.listed, BYTES_MAX))
    wrong_stakes = (*problems, *(() if problems else sum_problems(latest_stakes(stakes, on))))
    if wrong_stakes or wrong:
        return _refuse(screen, [(str(args.file or ""), wrong_stakes), (str(args.listed), wrong)])
    with screen.waiting(screen.texts("owners.waiting")):
        found = Ownership(
            stakes, listed, ownership_rules(), on=on, known=args.known_on or on, chosen=chosen, parties=parties
        )
        rows = [found.of(_one(found, args.party))] if args.party else list(found.all())
    remarks = _remarks(found, stakes, listed)
    answer = _answer(args, screen, found, rows, on, remarks)
    screen.answer(answer, lambda: _show(screen, args, answer, remarks))
    is_stopped = any(answer["counts"][name] for name in ("captured", "possible"))
    return Outcome.FOUND if is_stopped else Outcome.GOOD


def _stakes(args: argparse.Namespace, screen: Screen) -> "tuple[Sequence[Stake], Sequence[str], tuple[Problem, ...]]":
    """Return the stakes of the file, or of the register."""
    if args.file is not None:
        from ytterby.screening.ownership_statement import read_statements

        return read_statements(read_text_file(args.file, BYTES_MAX))
    # The rules are asked as known on a day; the register is, as it stands now.
    asked = argparse.Namespace(**{**vars(args), "known_on": None})
    reading = open_reading(asked, screen, derives=False)
    from ytterby.shell.store.reading.owners import declared_stakes

    return declared_stakes(reading.viewer, known=reading.known), (), ()


def _one(found: "Ownership", name: str) -> str:
    if name in found.graph.number:
        return name
    near = [one for one in found.graph.parties if one.endswith(name) or one.casefold() == name.casefold()]
    if len(near) == 1:
        return near[0]
    raise WrongUse("owners.unknown_party", value=name)


def _refuse(screen: Screen, found: "Iterable[tuple[str, Sequence[Problem]]]") -> Outcome:
    listed = [(file, one) for file, problems in found for one in problems]
    answer = {"problems": [problem_json(one, file, screen.language) for file, one in listed]}

    def show() -> None:
        for file, one in listed:
            show_problems(screen, [one], file)
        screen.verdict(False, screen.texts("owners.refused"))

    screen.answer(answer, show)
    return Outcome.FOUND


def _remarks(found: "Ownership", stakes: "Sequence[Stake]", listed: "Sequence[ListedParty]") -> "list[Problem]":
    from ytterby.terms.problem import remark

    found_remarks = []
    later = sum(one.on > found.on for one in stakes)
    if later:
        found_remarks.append(remark("ownership.later", "", found.on.isoformat(), count=later, all=len(stakes)))
    named = {one.owner for one in stakes} | {one.owned for one in stakes}
    alone = sorted({one.party for one in listed if one.holds_on(found.on)} - named)
    if alone and stakes:
        found_remarks.append(remark("ownership.listed_unconnected", "", alone[0], count=len(alone)))
    return found_remarks


def _answer(
    args: argparse.Namespace,
    screen: Screen,
    found: "Ownership",
    rows: "Sequence[PartyOwnership]",
    on: date,
    remarks: "Sequence[Problem]",
) -> Json:
    from ytterby.screening.ownership_verdict import Verdict, count_verdicts

    counts = {verdict.value: count for verdict, count in count_verdicts(rows).items()}
    captured = [one.party for one in rows if one.verdict is Verdict.CAPTURED]
    possible = [one.party for one in rows if one.verdict is Verdict.POSSIBLE]
    chained = {*captured, *possible[: max(CHAINS_MAX - len(captured), SHOWN_MAX)]}
    told = rows if args.party else [one for one in rows if one.is_minority or one.verdict is not Verdict.CLEAR]
    return {
        "on": on.isoformat(),
        "known_on": (args.known_on or on).isoformat(),
        "rules": [_rule(one, screen.language) for one in found.rules],
        "counts": {**counts, "minority": sum(one.is_minority for one in rows)},
        "parties": [ownership_json(found, one, has_chain=one.party in chained) for one in told],
        "problems": [problem_json(one, str(args.listed), screen.language) for one in remarks],
    }


def _rule(one: Any, language: str) -> Json:
    from ytterby.screening.ownership_rule import percent_of

    terms, trust = one.terms, (one.version or one.rule.rule).trust
    return {
        "id": one.rule.id,
        "jurisdiction": one.rule.jurisdiction,
        "title": one.rule.rule.title[language],
        "standing": one.standing.word,
        "since": one.standing.since.isoformat() if one.standing.since else None,
        "until": one.standing.until.isoformat() if one.standing.until else None,
        "lists": sorted(terms.lists) if terms else [],
        "threshold_percent": format(percent_of(terms.threshold), "f") if terms else None,
        "is_inclusive": terms.is_inclusive if terms else None,
        "aggregates": terms.aggregates if terms else None,
        "source": trust.source,
        "confidence": trust.confidence.value,
        "confidence_note": trust.note,
    }


def ownership_json(found: "Ownership", one: "PartyOwnership", *, has_chain: bool) -> Json:
    """Return what ownership makes of a party, with the stakes that capture it where they are asked for."""
    from ytterby.screening.ownership_rule import percent_of
    from ytterby.screening.ownership_verdict import STOPS

    under = min(one.under, key=_rank, default=None)
    is_told = has_chain and under is not None and under.verdict in STOPS
    chain = found.chain(one.party, under.rule.rule.id, most=CHAIN_MAX) if is_told and under else ()
    return {
        "party": one.party,
        "verdict": one.verdict.value,
        "is_disputed": one.is_disputed,
        "is_minority": one.is_minority,
        "lists": [row.list for row in one.lists],
        "rules": [
            {
                "rule": each.rule.rule.id,
                "verdict": each.verdict.value,
                "is_disputed": each.is_disputed,
                "counts": each.counts,
                "low_percent": format(percent_of(each.low), "f"),
                "declared_percent": format(percent_of(each.declared), "f"),
                "most_percent": format(percent_of(each.most), "f"),
            }
            for each in one.under
        ],
        "undeclared_percent": format(percent_of(one.open_share), "f"),
        "rule": under.rule.rule.id if under else None,
        "chain": [
            {
                "depth": link.depth,
                "owner": link.stake.owner,
                "owned": link.stake.owned,
                "lo_percent": format(percent_of(link.stake.lo), "f"),
                "hi_percent": format(percent_of(link.stake.hi), "f"),
                "on": link.stake.on.isoformat(),
                "source": link.stake.source,
                "is_listed": link.is_listed,
            }
            for link in chain
        ],
        "multiplied_percent": round(found.multiplied_percent(one.party), 4),
    }


def _rank(one: "UnderRule") -> tuple[bool, int, bool, str]:
    """Order rules by how much they matter for a party: those that count, the gravest verdict, the undisputed."""
    from ytterby.screening.ownership_verdict import GRAVITY

    return not one.counts, GRAVITY[one.verdict], one.is_disputed, one.rule.rule.id


# For people


def _show(screen: Screen, args: argparse.Namespace, answer: Json, remarks: "Sequence[Problem]") -> None:
    texts, counts = screen.texts, answer["counts"]
    for rule in answer["rules"]:
        key = "owners.rule" if rule["threshold_percent"] else "owners.rule_absent"
        facts = {
            "title": rule["title"],
            "standing": texts(f"owners.standing.{rule['standing']}"),
            "threshold": rule["threshold_percent"],
            "how": texts("owners.inclusive") if rule["is_inclusive"] else texts("owners.exclusive"),
            "adds": texts(f"owners.adds.{rule['aggregates']}"),
            "lists": ", ".join(rule["lists"]),
        }
        screen.line(texts(key, **facts), style="dim")
    show_problems(screen, remarks, str(args.listed))
    shown = [one for one in answer["parties"] if args.party or one["verdict"] not in {"listed", "unstated"}]
    for one in shown[:SHOWN_MAX]:
        show_ownership(screen, one)
    if len(shown) > SHOWN_MAX:
        screen.line("  " + texts("owners.more", count=write_count(len(shown) - SHOWN_MAX)))
    if counts["captured"] or counts["possible"]:
        head = texts("owners.found", **{name: write_count(counts[name]) for name in ("captured", "possible")})
        screen.verdict(False, head)
    else:
        screen.verdict(True, texts("owners.clear"))
    if counts["unstated"]:
        screen.line(counted(texts, "owners.unstated", counts["unstated"]))


def show_ownership(screen: Screen, one: Json) -> None:
    """Write what ownership makes of a party in plain words."""
    texts = screen.texts
    under = next((row for row in one["rules"] if row["rule"] == one["rule"]), None)
    facts = {
        "party": one["party"],
        "rule": one["rule"] or "",
        "lists": ", ".join(one["lists"]),
        "low": under["low_percent"] if under else "",
        "most": under["most_percent"] if under else "",
        "open": one["undeclared_percent"],
    }
    verdict = "minority" if one["verdict"] == "clear" and one["is_minority"] else one["verdict"]
    if verdict == "possible" and one["undeclared_percent"] == "0":
        verdict = "possible_declared"
    screen.line(texts(f"owners.verdict.{verdict}", **facts), style="bold" if verdict == "captured" else "")
    if one["is_disputed"]:
        screen.line("  " + texts("owners.disputed"))
    for link in one["chain"]:
        share = (
            link["lo_percent"]
            if link["lo_percent"] == link["hi_percent"]
            else (f"{link['lo_percent']}–{link['hi_percent']}")
        )
        key = "owners.link_listed" if link["is_listed"] else "owners.link"
        said = texts(key, owner=link["owner"], owned=link["owned"], share=share, on=link["on"], source=link["source"])
        screen.line("  " * link["depth"] + said)
    if one["multiplied_percent"] and one["verdict"] != "listed":
        screen.line("  " + texts("owners.multiplied", percent=f"{one['multiplied_percent']:.2f}"), style="dim")

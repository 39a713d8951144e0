"""`ytterby quota set|allot|amend|transfer|cut|show`: what an enterprise may make in a year, t REO, and how it came to
that; how much is used, and how long it lasts.

Exit 1 when a quota is exceeded, or was not registered. A breach is a finding: nothing is refused for it.
"""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rich.text import Text

from ytterby.chain.party import OPERATOR
from ytterby.shell.cli.arguments import Nouns, add_command, add_known, add_noun, day, from_zero_on, whole_number
from ytterby.shell.cli.figures import UNKNOWN, decimals_for, write_count, write_exact, write_kg, write_share
from ytterby.shell.cli.flow_return import judged_on
from ytterby.shell.cli.opening import Names, find_party, open_reading, with_data
from ytterby.shell.cli.outcome import Outcome
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.cli.texts import counted
from ytterby.shell.wording import word
from ytterby.terms.problem import Problem, is_refused

Json = dict[str, Any]


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "quota", "yearly quotas of mining and separation, and how much of them is used")
    _add_entry(verbs, "set", "register the quota of an enterprise, a year and a kind")
    _add_entry(verbs, "allot", "allot a quota, or a further part of it")
    _add_entry(verbs, "amend", "correct an allotted quota to another figure")
    transfer = _add_entry(verbs, "transfer", "move a part of a quota to another enterprise")
    transfer.add_argument("--to", required=True, metavar="PARTY", help="the enterprise that gets it")
    cut = _add_entry(verbs, "cut", "take a part of a quota away by an order")
    cut.add_argument("--reason", required=True, metavar="TEXT", help="the article and the decision that order it")
    show = add_command(verbs, "show", run_show, "show how much of each quota is used, and when it will be used up")
    show.add_argument("party", nargs="?", metavar="PARTY", help="one enterprise (default: all)")
    show.add_argument("--year", type=whole_number, metavar="YEAR", help="one year (default: all)")
    show.add_argument("--on", type=day, metavar="DATE", help="take the pace of the months before this day")
    add_known(show)


def _add_entry(verbs: Nouns, act: str, what: str) -> argparse.ArgumentParser:
    """Add a verb that enters something in the ledger of a quota."""
    verb = add_command(verbs, act, run_entry, what)
    verb.set_defaults(act=act)
    verb.add_argument("party", metavar="PARTY", help="identifier, its tail, or name")
    verb.add_argument("--year", type=whole_number, required=True, metavar="YEAR", help="the quota year")
    verb.add_argument("--kind", required=True, metavar="KIND", help="as mining, separation")
    verb.add_argument("--tonnes-reo", type=from_zero_on, required=True, metavar="T", help="tonnes of rare-earth oxide")
    verb.add_argument("--source", required=True, metavar="TEXT", help="the document that it rests on")
    return verb


def run_entry(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Enter something in the ledger of a quota."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.balance.quota_ledger import QuotaAct, QuotaEntry
    from ytterby.shell.actions.set_quota import enter_quota

    party = find_party(reading, args.party)
    to = find_party(reading, args.to) if getattr(args, "to", None) else ""
    entry = QuotaEntry(
        act=QuotaAct(args.act),
        party=party,
        year=args.year,
        kind=args.kind,
        tonnes_reo=args.tonnes_reo,
        source=args.source,
        to=to,
        reason=getattr(args, "reason", ""),
    )
    result = enter_quota(reading.register, entry, submitter=OPERATOR, at=args.at)
    is_good = not is_refused(result.problems)
    held = {who: None if balance is None else format(balance, "f") for who, balance in result.held}
    answer = {
        "act": args.act,
        "party": party,
        "year": entry.year,
        "kind": entry.kind,
        "quota_t_reo": held.get(party),
        "to": to or None,
        "to_quota_t_reo": held.get(to),
        "accepted": is_good,
        "problems": [problem_json(problem, "", screen.language) for problem in result.problems],
        "as_of_size": result.size,
    }
    names = reading.names(screen.language)
    screen.answer(answer, lambda: _show_entry(screen, answer, held, names))
    if not screen.is_json:
        show_problems(screen, [_named(problem, names) for problem in result.problems], "")
        screen.next(with_data(args, f"ytterby quota show --year {args.year}"))
    return Outcome.GOOD if is_good else Outcome.FOUND


def _show_entry(screen: Screen, answer: Json, held: Mapping[str, str | None], names: Names) -> None:
    if not answer["accepted"]:
        screen.verdict(False, screen.texts("quota.refused", party=names(answer["party"])))
        return
    for party, tonnes_reo in held.items():
        kind = word("quota", answer["kind"], screen.language)
        facts = {"party": names(party), "year": answer["year"], "kind": kind, "tonnes": write_exact(tonnes_reo)}
        screen.verdict(True, screen.texts("quota.set", **facts))


def _named(problem: Problem, names: Names) -> Problem:
    """Return a problem with the name of the enterprise that it is about."""
    is_party = problem.value.startswith(("http://", "https://", "urn:"))
    return replace(problem, value=names(problem.value)) if is_party else problem


def run_show(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show the positions."""
    reading = open_reading(args, screen)
    from ytterby.shell.store.reading.quotas import quota_positions

    party = find_party(reading, args.party) if args.party else None
    with screen.waiting(screen.texts("balance.waiting")):
        found = quota_positions(
            reading.viewer,
            known=reading.known,
            on=judged_on(args),
            party=party,
            year=args.year,
            language=screen.language,
        )
    screen.answer(found, lambda: show_positions(screen, found, reading.names(screen.language)))
    if not screen.is_json and found["positions"]:
        screen.next(with_data(args, "ytterby return list"))
    return Outcome.FOUND if found["findings"] else Outcome.GOOD


def show_positions(screen: Screen, found: Json, names: Names) -> None:
    """Write a line for each quota, where the production came from, and each breach."""
    texts = screen.texts
    if not found["positions"]:
        screen.verdict(None, texts("quota.none"))
        return
    columns = [
        Column(texts("column.party")),
        Column(texts("column.year")),
        Column(texts("column.kind")),
        Column(texts("column.quota_t"), is_number=True),
        Column(texts("column.produced_t"), is_number=True),
        Column(texts("column.u_t_reo"), is_number=True),
        Column(texts("column.share"), is_number=True),
        Column(texts("column.used_up")),
        Column(texts("column.between")),
    ]
    decimals = decimals_for(one["produced_t_reo"] for one in found["positions"])
    screen.table(columns, [_position_row(one, screen, names, decimals) for one in found["positions"]])
    for one in found["positions"]:
        _show_parts(screen, one, names, decimals)
        _show_ledger(screen, one, names)
    if not found["findings"]:
        screen.verdict(True, texts("quota.kept"))
        return
    screen.verdict(False, counted(texts, "quota.exceeded", len(found["findings"])))
    for breach in found["findings"]:
        screen.line("  " + breach["text"] + screen.joint + texts("settles") + screen.joint + breach["settles"][0])


def _position_row(one: Json, screen: Screen, names: Names, decimals: int) -> list[str | Text]:
    ends = one["used_up"]
    between = ""
    if ends is not None and not one["is_exceeded"]:
        between = f"{ends['earliest'] or UNKNOWN} … {ends['latest'] or UNKNOWN}"
    share = write_share(one["share"])
    return [
        names(one["party"]["id"]),
        str(one["year"]),
        word("quota", one["kind"], screen.language),
        write_exact(one["quota_t_reo"]) if one["quota_t_reo"] else word("quota", one["state"], screen.language),
        write_kg(one["produced_t_reo"], decimals),
        write_kg(one["u_t_reo"], decimals),
        Text(f"✗ {share}", style="bold red") if one["is_exceeded"] else share,
        (ends["day"] or UNKNOWN) if ends is not None else UNKNOWN,
        between,
    ]


def _show_ledger(screen: Screen, one: Json, names: Names) -> None:
    """Write the entries that made a quota what it is, where it was not registered at one go."""
    if len(one["ledger"]) < 2:
        return
    about = f"{names(one['party']['id'])} {one['year']}"
    for line in one["ledger"]:
        facts = {
            "about": about,
            "act": word("quota", line["act"], screen.language),
            "change": line["t_reo"] if line["t_reo"].startswith("-") else f"+{line['t_reo']}",
            "held": line["index_t_reo"],
            "why": screen.joint.join(filter(None, (_between(line, names), line["reason"], line["source"]))),
        }
        screen.line("  " + screen.texts("quota.ledger", **facts))


def _between(line: Json, names: Names) -> str:
    return f"{names(line['from']['id'])} → {names(line['to']['id'])}" if line["to"] else ""


def _show_parts(screen: Screen, one: Json, names: Names, decimals: int) -> None:
    """Write of which origin a production is, and what could not be counted."""
    texts = screen.texts
    about = f"{names(one['party']['id'])} {one['year']}"
    for part in one["origins"]:
        origin = " ".join(filter(None, (word("origin", part["kind"], screen.language), part["country"])))
        mass = write_kg(part["t_reo"], decimals)
        key = "quota.origin" if part["is_counted"] else "quota.origin_exempt"
        screen.line("  " + texts(key, about=about, origin=origin, mass=mass))
    for left in one["not_counted"]:
        why = word("quota", left["reason"], screen.language)
        screen.line("  " + texts("quota.not_counted", about=about, count=write_count(len(left["lots"])), why=why))

"""`ytterby quota set|show`: what an enterprise may make in a year, t REO, how much is used, and how long it lasts.

Exit 1 when a quota is exceeded, or was not registered. A breach is a finding: nothing is refused for it.
"""

import argparse
from decimal import Decimal, InvalidOperation
from typing import Any

from rich.text import Text

from ytterby.chain.party import OPERATOR
from ytterby.shell.cli.arguments import Nouns, add_command, add_known, add_noun, day, whole_number
from ytterby.shell.cli.figures import UNKNOWN, decimals_for, write_count, write_exact, write_kg, write_share
from ytterby.shell.cli.flow_return import judged_on
from ytterby.shell.cli.opening import Names, find_party, open_reading, with_data
from ytterby.shell.cli.outcome import Outcome
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.cli.texts import counted
from ytterby.shell.wording import word

Json = dict[str, Any]


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "quota", "yearly quotas of mining and separation, and how much of them is used")
    give = add_command(verbs, "set", run_set, "register the quota of an enterprise, a year and a kind")
    give.add_argument("party", metavar="PARTY", help="identifier, its tail, or name")
    give.add_argument("--year", type=whole_number, required=True, metavar="YEAR")
    give.add_argument("--kind", required=True, metavar="KIND", help="as mining, separation")
    give.add_argument("--tonnes-reo", type=tonnes, required=True, metavar="T", help="tonnes of rare-earth oxide")
    give.add_argument("--source", required=True, metavar="TEXT", help="the document that grants it")
    show = add_command(verbs, "show", run_show, "show how much of each quota is used, and when it will be used up")
    show.add_argument("party", nargs="?", metavar="PARTY", help="one enterprise (default: all)")
    show.add_argument("--year", type=whole_number, metavar="YEAR", help="one year (default: all)")
    show.add_argument("--on", type=day, metavar="DATE", help="take the pace of the months before this day")
    add_known(show)


def tonnes(text: str) -> Decimal:
    """Return a decimal number from zero on."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not (value.is_finite() and value >= 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from zero on")
    return value


def run_set(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Register a quota."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.set_quota import set_quota

    party = find_party(reading, args.party)
    from ytterby.balance.quota import Quota

    quota = Quota(party, args.year, args.kind, args.tonnes_reo, args.source)
    result = set_quota(reading.register, quota, submitter=OPERATOR, at=args.at)
    is_good = not result.problems
    answer = {
        "party": party,
        "year": quota.year,
        "kind": quota.kind,
        "quota_t_reo": format(quota.tonnes_reo, "f"),
        "accepted": is_good,
        "problems": [problem_json(problem, "", screen.language) for problem in result.problems],
        "as_of_size": result.size,
    }
    name = reading.names(screen.language)(party)
    screen.answer(answer, lambda: _show_set(screen, answer, name))
    if not screen.is_json:
        show_problems(screen, result.problems, "")
        screen.next(with_data(args, f"ytterby quota show --year {args.year}"))
    return Outcome.GOOD if is_good else Outcome.FOUND


def _show_set(screen: Screen, answer: Json, name: str) -> None:
    if not answer["accepted"]:
        screen.verdict(False, screen.texts("quota.refused", party=name))
        return
    facts = {
        "party": name,
        "year": answer["year"],
        "kind": word("quota", answer["kind"], screen.language),
        "tonnes": write_exact(answer["quota_t_reo"]),
    }
    screen.verdict(True, screen.texts("quota.set", **facts))


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
        write_exact(one["quota_t_reo"]),
        write_kg(one["produced_t_reo"], decimals),
        write_kg(one["u_t_reo"], decimals),
        Text(f"✗ {share}", style="bold red") if one["is_exceeded"] else share,
        (ends["day"] or UNKNOWN) if ends is not None else UNKNOWN,
        between,
    ]


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

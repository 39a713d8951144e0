"""`ytterby party check|alerts|opinion|rescreen|sample`: whether parties pass, hits that wait, what people say of them.

Exit 1 when a party does not pass (check), when a hit waits for somebody (alerts), and when an opinion is refused.
"""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli.arguments import Nouns, add_command, add_known, day
from ytterby.shell.cli.figures import write_count
from ytterby.shell.cli.opening import Reading, find_party, open_data, open_reading, with_data
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.party_screen import weight_word
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.progress import Progress
from ytterby.shell.cli.rights import add_signer, read_signer
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.wording import word

if TYPE_CHECKING:
    from ytterby.screening.check import Check, Missing
    from ytterby.screening.hit import Hit
    from ytterby.shell.site.register import Register
    from ytterby.shell.store.reading.screening import Alert

Json = dict[str, Any]
SHOWN = 8  # digits of a hit's number that people read


def add(verbs: Nouns) -> None:
    """Add the verbs."""
    check = add_command(verbs, "check", run_check, "say whether parties and their owners pass as far as lists tell")
    check.add_argument("parties", nargs="+", metavar="PARTY")
    check.add_argument("--with-review", action="store_true", help="weaker hits stand in the way too")
    add_known(check)
    alerts = add_command(verbs, "alerts", run_alerts, "list hits of screening, or show one with its opinions")
    alerts.add_argument("which", nargs="?", metavar="HIT")
    alerts.add_argument("--all", action="store_true", help="those that are cleared or no longer found too")
    alerts.add_argument("--person", default="", metavar="NAME", help="who reads, in a demo")
    add_signer(alerts)
    add_known(alerts)
    opinion = add_command(verbs, "opinion", run_opinion, "say whether the party is the one that is listed")
    opinion.add_argument("which", metavar="HIT")
    opinion.add_argument("verdict", choices=("no_match", "match", "cannot_tell"))
    opinion.add_argument("--reason", required=True, metavar="CODE", help="why; a wrong one tells which")
    opinion.add_argument("--text", required=True, metavar="TEXT", help="what was looked at")
    opinion.add_argument("--document", action="append", default=[], metavar="SHA256", help="what it rests on; repeat")
    opinion.add_argument("--until", type=day, metavar="DATE", help="the last day of a clearance (no_match)")
    opinion.add_argument("--person", default="", metavar="NAME", help="who says so, in a demo, where nobody signs")
    add_signer(opinion)
    again = add_command(verbs, "rescreen", run_rescreen, "screen registered parties against the lists that stand")
    again.add_argument("--whole", action="store_true", help="everybody against everything (default: what is missing)")
    sample = add_command(verbs, "sample", run_sample, "draw which suppressed hits of a month are looked at again")
    sample.add_argument("month", metavar="MONTH")


def run_check(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Check parties."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.clock import now
    from ytterby.shell.site.alert_answer import hit_json
    from ytterby.shell.store.reading.screening import check_parties, reads_screening

    if not reads_screening(reading.viewer):
        raise WrongUse("screening.not_yours")
    parties = [find_party(reading, name) for name in args.parties]
    at = args.at or now()
    found = check_parties(reading.viewer, reading.known, parties, at, with_review=args.with_review)
    answer = {
        "parties": parties,
        "answer": found.answer.value,
        "missing": [_gap(one) for one in found.missing],
        "alerts": [hit_json(hit) for hit in found.alerts],
        "reviews": [hit_json(hit) for hit in found.reviews],
        "suppressed": [hit_json(hit) for hit in found.suppressed],
        "as_of_size": reading.known.size,
    }
    screen.answer(answer, lambda: _show_check(args, screen, reading, found))
    return Outcome.GOOD if found.answer.value == "passed" else Outcome.FOUND


def _gap(one: "Missing") -> Json:
    return {"gap": one.gap.value, "party": one.party or None, "list": one.list or None}


def _show_check(args: argparse.Namespace, screen: Screen, reading: Reading, found: "Check") -> None:
    texts, names = screen.texts, reading.names(screen.language)
    told = word("screening", found.answer.value, screen.language)
    screen.verdict(found.answer.value == "passed", told)
    for one in found.missing:
        gap = word("screening", one.gap.value, screen.language)
        screen.line("  " + " ".join(part for part in (gap, names(one.party) if one.party else "", one.list) if part))
    for hit in (*found.alerts, *found.reviews):
        screen.line("  " + _hit_line(screen, hit, names(hit.party)))
    if found.suppressed:
        screen.line("  " + texts("screening.suppressed", count=len(found.suppressed)))
    if found.alerts:
        screen.next(with_data(args, f"ytterby party alerts {found.alerts[0].number[:SHOWN]}"))
    elif found.missing:
        is_of_lists = any(one.gap.value in {"list_missing", "list_stale", "no_lists"} for one in found.missing)
        screen.next(with_data(args, "ytterby party lists show" if is_of_lists else "ytterby party rescreen"))


def _hit_line(screen: Screen, hit: "Hit", party: str) -> str:
    band = word("screening", hit.band.value, screen.language)
    names = f"{hit.name} ~ {hit.listed_name}"
    return f"{hit.number[:SHOWN]}  {band} {hit.score:.2f}  {party}: {names} ({hit.list} {hit.entry})"


def run_alerts(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List hits, or show one."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.clock import now
    from ytterby.shell.site.alert_answer import alert_json, waits
    from ytterby.shell.store.reading.screening import find_alert, list_alerts, reads_screening

    if not reads_screening(reading.viewer):
        raise WrongUse("screening.not_yours")
    on = (args.at or now()).date()
    if args.which is None:
        rows = [one for one in list_alerts(reading.viewer, reading.known, on) if args.all or waits(one)]
        answer = {"alerts": [alert_json(one) for one in rows], "as_of_size": reading.known.size}
        screen.answer(answer, lambda: _show_alerts(args, screen, reading, rows))
        return Outcome.FOUND if any(map(waits, rows)) else Outcome.GOOD
    key = read_signer(args)
    account = key.name if key is not None else args.person
    one = find_alert(reading.viewer, reading.known, args.which, on, account)
    if one is None:
        raise WrongUse("screening.unknown", value=args.which)
    found = {**alert_json(one), "as_of_size": reading.known.size}
    screen.answer(found, lambda: _show_alert(args, screen, reading, one))
    return Outcome.FOUND if waits(one) else Outcome.GOOD


def _show_alerts(args: argparse.Namespace, screen: Screen, reading: Reading, rows: "list[Alert]") -> None:
    if not rows:
        screen.verdict(True, screen.texts("screening.none"))
        return
    names = reading.names(screen.language)
    columns = [Column(screen.texts(f"column.{name}")) for name in ("hit", "state", "score", "party", "listed", "list")]
    table = [
        [
            one.hit.number[:SHOWN],
            word("screening", one.outcome.value, screen.language),
            f"{one.hit.score:.2f}",
            names(one.hit.party),
            one.hit.listed_name,
            f"{one.hit.list} {one.hit.entry}",
        ]
        for one in rows
    ]
    screen.table(columns, table)
    screen.next(with_data(args, f"ytterby party alerts {rows[0].hit.number[:SHOWN]}"))


def _show_alert(args: argparse.Namespace, screen: Screen, reading: Reading, one: "Alert") -> None:
    from ytterby.shell.site.alert_answer import waits

    texts, language = screen.texts, screen.language
    screen.verdict(not waits(one), word("screening", one.outcome.value, language))
    screen.line("  " + _hit_line(screen, one.hit, reading.names(language)(one.hit.party)))
    for line in _reason_lines(screen, one.hit):
        screen.line("    " + line)
    if one.cleared_until is not None:
        screen.line("  " + texts("screening.cleared_until", day=one.cleared_until.isoformat()))
    for said in one.opinions:
        verdict, why = word("screening", said.verdict.value, language), word("screening", said.reason, language)
        screen.line(f"  {said.on.isoformat()}  {said.by}: {verdict} [{why}] {said.text}")
    if not one.opinions and one.given:
        screen.line("  " + texts("screening.blind", count=one.given))
    if waits(one):
        command = f"ytterby party opinion {one.hit.number[:SHOWN]} no_match --reason CODE --text TEXT"
        screen.next(with_data(args, command))


def _reason_lines(screen: Screen, hit: "Hit") -> Iterator[str]:
    """Yield in words how a hit came about: identifiers, aligned words, what is left over, what else speaks."""
    texts = screen.texts
    for one in hit.reasons:
        if one["kind"] == "identifier":
            yield texts("screening.same_identifier", which=one["which"].upper(), value=one["value"])
        elif one["kind"] == "pair":
            facts = {"query": one["query"], "listed": one["listed"], "likeness": f"{100 * float(one['likeness']):.0f}"}
            key = "party.screen.same" if one["query"] == one["listed"] else "party.screen.like"
            yield texts(key, **facts, weight=weight_word(screen, float(one["weight"])))
    for side in ("query", "listed"):
        left = [one for one in hit.reasons if one["kind"] == f"left_{side}"]
        words = ", ".join(f"{one['word']} ({weight_word(screen, float(one['weight']))})" for one in left)
        if words:
            yield texts(f"party.screen.left.{side}", words=words)
    for one in hit.reasons:
        if one["kind"] in {"country", "born", "address"}:
            yield texts(f"screening.{one['kind']}.{one['said']}")
        elif one["kind"] == "listed_kind":
            yield texts(f"screening.listed_kind.{one['said']}")


def run_opinion(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Give an opinion."""
    register = open_data(args)
    from ytterby.shell.actions.judge_hit import give_opinion

    result = give_opinion(
        register,
        args.which,
        args.verdict,
        reason=args.reason,
        text=args.text,
        documents=tuple(args.document),
        until=args.until,
        by=read_signer(args),
        person=args.person,
        at=args.at,
    )
    answer = {
        "hit": result.number or None,
        "outcome": result.outcome or None,
        "problems": [problem_json(problem, "", screen.language) for problem in result.problems],
        "as_of_size": result.size,
    }
    screen.answer(answer, lambda: show_problems(screen, result.problems, ""))
    if not screen.is_json:
        if result.problems:
            screen.verdict(False, screen.texts("lists.nothing_entered"))
        else:
            outcome = word("screening", result.outcome, screen.language)
            screen.verdict(True, screen.texts("screening.given", hit=result.number[:SHOWN], outcome=outcome))
    return Outcome.FOUND if result.problems else Outcome.GOOD


def run_rescreen(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Screen whoever has to be screened."""
    register = open_data(args)
    from ytterby.shell.actions.screen_parties import screen_parties

    with Progress(screen, "screening.waiting") as progress:
        result = screen_parties(register, is_whole=args.whole, at=args.at, tell=progress.tell)
    counts = {name: getattr(result, name) for name in ("whole", "by_difference", "entries", "changed", "hits")}
    answer = {**counts, "as_of_size": result.size}
    screen.answer(answer, lambda: _show_rescreened(args, screen, counts))
    return Outcome.GOOD


def rescreen_again(args: argparse.Namespace, screen: Screen, register: "Register") -> Json | None:
    """Screen by what changed on a list, where parties were screened before; None where nobody was."""
    from ytterby.shell.actions.screen_parties import screen_again

    with Progress(screen, "screening.waiting") as progress:
        result = screen_again(register, at=args.at, tell=progress.tell)
    if result is None:
        return None
    return {"whole": result.whole, "by_difference": result.by_difference, "hits": result.hits, "size": result.size}


def _show_rescreened(args: argparse.Namespace, screen: Screen, counts: dict[str, int]) -> None:
    told = {name: write_count(count) for name, count in counts.items()}
    if not counts["whole"] and not counts["by_difference"]:
        screen.verdict(True, screen.texts("screening.nothing_missing", **told))
    else:
        screen.verdict(None, screen.texts("screening.done", **told))
    screen.next(with_data(args, "ytterby party alerts"))


def run_sample(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Draw a month's sample."""
    register = open_data(args)
    from ytterby.shell.actions.judge_hit import draw_sample

    result = draw_sample(register, args.month, at=args.at)
    answer = {
        "month": result.month or None,
        "suppressed": result.suppressed,
        "drawn": list(result.drawn),
        "problems": [problem_json(problem, "", screen.language) for problem in result.problems],
        "as_of_size": result.size,
    }
    screen.answer(answer, lambda: show_problems(screen, result.problems, ""))
    if not screen.is_json and not result.problems:
        facts = {"month": result.month, "drawn": len(result.drawn), "of": result.suppressed}
        screen.verdict(True, screen.texts("screening.drawn", **facts))
        for number in result.drawn:
            screen.line(f"  {number[:SHOWN]}")
    return Outcome.FOUND if result.problems else Outcome.GOOD

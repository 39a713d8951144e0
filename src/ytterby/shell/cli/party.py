"""`ytterby party import|list`: who reports, which sites are whose, who may speak for whom, who oversees.

Below it: rights of people and public bodies (`rights`), how people and machines come in (`people`), lists of the
listed (`party_lists`), names compared with listed ones (`party_screen`, `party_evaluate`), whether parties pass and
what people say of hits (`party_check`), who is owned by listed parties (`party_owners`), red flags of an end user
(`party_flags`), invitations (`party_invite`), what makes an end user a validated one (`party_validate`).
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ytterby.shell.cli import (
    party_check,
    party_evaluate,
    party_flags,
    party_invite,
    party_lists,
    party_owners,
    party_screen,
    party_validate,
    people,
    rights,
)
from ytterby.shell.cli.arguments import Nouns, add_command, add_known, add_noun
from ytterby.shell.cli.document_file import read_text_file
from ytterby.shell.cli.opening import directory_of, open_data, open_reading, with_data
from ytterby.shell.cli.outcome import Outcome
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.screen import Column, Screen
from ytterby.terms.identifier import tail
from ytterby.terms.problem import is_refused

Json = dict[str, Any]
BYTES_MAX = 20_000_000


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "party", "who reports, and which sites are whose")
    bring = add_command(verbs, "import", run_import, "take parties, sites, mandates, bodies, lists, owners from YAML")
    bring.add_argument("file", type=Path, metavar="FILE")
    rights.add_signer(bring)
    add_known(add_command(verbs, "list", run_list, "list parties and their sites"))
    rights.add(verbs)
    people.add(verbs)
    party_owners.add(verbs)
    party_lists.add(verbs)
    party_screen.add(verbs)
    party_evaluate.add(verbs)
    party_check.add(verbs)
    party_flags.add(verbs)
    party_invite.add(verbs)
    party_validate.add(verbs)


def run_import(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Import a directory."""
    register = open_data(args)
    from ytterby.shell.actions.enrol import import_directory

    text = read_text_file(args.file, BYTES_MAX)
    result = import_directory(register, text, at=args.at, by=rights.read_signer(args))
    refused = is_refused(result.problems)
    answer = {
        "file": str(args.file),
        "parties": result.parties,
        "sites": result.sites,
        "mandates": result.mandates,
        "bodies": result.bodies,
        "lists": result.lists,
        "owners": result.owners,
        "problems": [problem_json(problem, str(args.file), screen.language) for problem in result.problems],
        "as_of_size": result.size,
    }
    screen.answer(answer, lambda: show_problems(screen, result.problems, str(args.file)))
    if not screen.is_json:
        if refused:
            screen.verdict(False, screen.texts("party.refused"), screen.texts("event.nothing_entered"))
        else:
            counts = {key: answer[key] for key in ("parties", "sites", "mandates")}
            bodies = screen.texts("party.bodies", count=result.bodies) if result.bodies else ""
            lists = screen.texts("party.lists", count=result.lists) if result.lists else ""
            owners = screen.texts("party.owners", count=result.owners) if result.owners else ""
            more = screen.joint.join(filter(None, (bodies, lists, owners)))
            screen.verdict(True, screen.texts("party.imported", **counts), more)
            screen.next(with_data(args, "ytterby party rights" if result.bodies else "ytterby party list"))
    return Outcome.FOUND if refused else Outcome.GOOD


def run_list(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List the parties."""
    reading = open_reading(args, screen)
    found = directory_of(reading)
    sites_of: dict[str, list[Json]] = {}
    for site in found.sites.values():
        for operation in site.operations:
            row = {
                "id": site.id,
                "name": site.name,
                "kind": site.kind,
                "country": site.country or None,
                "start": operation.start.isoformat() if operation.start else None,
                "end": operation.end.isoformat() if operation.end else None,
            }
            sites_of.setdefault(operation.party, []).append(row)
    parties = [
        {
            "id": party.id,
            "name": party.name,
            "name_zh": party.name_zh,
            "country": party.country or None,
            "roles": sorted(party.roles),
            "sites": sites_of.get(party.id, []),
        }
        for party in found.parties.values()
    ]
    mandates = [{"party": mandate.party, "site": mandate.site} for mandate in found.mandates]
    answer = {"parties": parties, "mandates": mandates, "as_of_size": reading.known.size}
    screen.answer(answer, lambda: _show_list(screen, args, parties))
    return Outcome.GOOD


def _show_list(screen: Screen, args: argparse.Namespace, parties: Sequence[Json]) -> None:
    texts = screen.texts
    if not parties:
        screen.verdict(None, texts("party.none"))
        screen.next(with_data(args, "ytterby party import FILE"))
        return
    columns = [
        Column(texts("column.party")),
        Column(texts("column.country")),
        Column(texts("column.id")),
        Column(texts("column.sites")),
    ]
    rows = [
        [
            (party["name_zh"] if screen.language == "zh" else "") or party["name"],
            party["country"] or "",
            tail(party["id"]),
            ", ".join(f"{site['name']} ({tail(site['id'])})" for site in party["sites"]),
        ]
        for party in parties
    ]
    screen.table(columns, rows)
    screen.verdict(None, texts("party.count", count=len(parties)))
    screen.next(with_data(args, "ytterby lot list"))

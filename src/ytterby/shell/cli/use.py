"""`ytterby use`: what a plant needs in a year, and what of it is released to suppliers' orders.

ytterby use profile profile.json --by user.key
ytterby use release 3fa9… --to "Oriel Magnets" --order PO-7 --year 2026 Dy=60 Nd=800 --by user.key
"""

import argparse
from pathlib import Path
from typing import Any

from ytterby.shell.cli.arguments import Nouns, add_command, add_known, add_noun, element, whole_number
from ytterby.shell.cli.filing import add_filing, filed, filing_speaker, read_object, show_rows
from ytterby.shell.cli.opening import Reading, find_party, open_reading
from ytterby.shell.cli.outcome import Outcome
from ytterby.shell.cli.screen import Screen
from ytterby.shell.wording import word
from ytterby.terms.identifier import tail

Json = dict[str, Any]


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "use", "what an end user needs, and what of it it releases to suppliers")
    profile = add_filing(verbs, "profile", run_profile, "file a use profile in JSON (docs/deliveries.md)")
    profile.add_argument("file", type=Path, metavar="FILE")
    release = add_filing(verbs, "release", run_release, "release an amount of a profile to a supplier's order")
    release.add_argument("profile", metavar="ID")
    release.add_argument("amounts", nargs="+", type=_amount, metavar="EL=KG", help="kilograms by element; 0 takes back")
    release.add_argument("--to", required=True, metavar="PARTY", help="which supplier")
    release.add_argument("--order", required=True, metavar="NUMBER", help="the supplier's number of the order")
    release.add_argument(
        "--year", required=True, type=whole_number, metavar="YEAR", help="to which year's need it counts"
    )
    add_known(add_command(verbs, "list", run_list, "list profiles and releases"))


def _amount(text: str) -> tuple[str, str]:
    name, _, kilograms = text.partition("=")
    return element(name), kilograms


def run_profile(args: argparse.Namespace, screen: Screen) -> Outcome:
    """File a profile."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.release_use import file_profile

    speaker = filing_speaker(args, reading)
    return filed(args, screen, file_profile(reading.register, read_object(args.file), speaker, at=args.at))


def run_release(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Release an amount."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.release_use import release_use

    change = release_use(
        reading.register,
        args.profile,
        exporter=find_party(reading, args.to),
        number=args.order,
        year=args.year,
        amounts=dict(args.amounts),
        speaker=filing_speaker(args, reading),
        at=args.at,
    )
    return filed(args, screen, change)


def run_list(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List profiles and releases."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.clock import now
    from ytterby.shell.store.reading.use_profiles import list_profiles, list_releases

    on = (args.at or now()).date()
    profiles = list_profiles(reading.viewer, reading.known, on)
    releases = list_releases(reading.viewer, reading.known)
    answer = {"profiles": profiles, "releases": releases, "as_of_size": reading.known.size}
    screen.answer(answer, lambda: _show(screen, reading, profiles, releases))
    is_over = any(row["exceeds"] for profile in profiles for row in profile["positions"])
    return Outcome.FOUND if is_over else Outcome.GOOD


def _show(screen: Screen, reading: Reading, profiles: list[Json], releases: list[Json]) -> None:
    texts, names = screen.texts, reading.names(screen.language)
    for row in profiles:
        needs = ", ".join(f"{name} {kg} kg" for name, kg in row["needs"].items())
        use = word("use", row["use"], screen.language)
        said = {"id": row["id"], "party": names(row["end_user"]), "product": row["product"], "model": row["model"]}
        screen.line(texts("use.profile", **said, use=use, needs=needs))
        for one in row["positions"]:
            figures = {name: one[name] for name in ("year", "element", "need_kg", "released_kg", "suppliers")}
            screen.line("  " + texts("use.position", **figures), "red" if one["exceeds"] else "")

    def cells(row: Json) -> list[str]:
        amounts = ", ".join(f"{name} {kg}" for name, kg in row["amounts"].items())
        order = row["order"].removeprefix(row["exporter"]).strip() or tail(row["order"])
        return [names(row["end_user"]), names(row["exporter"]), order, str(row["year"]), amounts]

    show_rows(screen, ("end_user", "exporter", "order", "year", "released"), releases, cells)

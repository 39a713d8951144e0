"""What a lot of the register tells a rule: where it was mined, separated, refined, melted and made."""

import argparse
from typing import TYPE_CHECKING, Any

from ytterby.law.book import LawBook
from ytterby.shell.cli.figures import write_share
from ytterby.shell.cli.opening import find_lot, open_reading
from ytterby.shell.cli.screen import Screen
from ytterby.shell.wording import word
from ytterby.terms.identifier import tail

if TYPE_CHECKING:
    from ytterby.shell.store.reading.stages import LotStages

Json = dict[str, Any]


def read_lot_stages(args: argparse.Namespace, screen: Screen, law: LawBook) -> "LotStages | None":
    """Return what the lot of --lot tells, as --viewer may read it; None where none was asked for.

    Raises:
        CouldNotRun: there is no register in --data.
        WrongUse: no lot, or no party, of that name.
    """
    if args.lot is None:
        return None
    reading = open_reading(args, screen)
    from ytterby.shell.store.reading.stages import lot_stages

    lot = find_lot(reading, args.lot)
    with screen.waiting(screen.texts("lot.trace.waiting", lot=tail(lot))):
        return lot_stages(reading.viewer, lot, law, known=reading.known, element=args.element)


def show_stages(screen: Screen, told: Json | None) -> None:
    """Write by stage and element which countries are sure or possible, and what is open."""
    if told is None:
        return
    screen.line(screen.texts("law.lot.heading", lot=tail(told["lot"])), "bold")
    screen.line("  " + screen.texts("law.lot.followed"), "dim")
    for row in told["stages"]:
        places = [_country(one, screen) for one in row["countries"]]
        said = "; ".join(places) or screen.texts("law.lot.nowhere")
        screen.line("  " + screen.texts("law.lot.stage", fact=row["fact"], element=row["element"], places=said))
        for one in row["open"]:
            screen.line("    " + screen.texts("law.lot.open", **_opening(one, screen)), "yellow")
        if row["more_open"]:
            screen.line("    " + screen.texts("more", count=row["more_open"], option="--json"), "dim")


def _country(one: Json, screen: Screen) -> str:
    bounds = "" if one["min"] == one["max"] else f" ({write_share(one['min'])} – {write_share(one['max'])})"
    key = "law.lot.sure" if one["is_sure"] else "law.lot.possible"
    return screen.texts(key, country=one["country"], share=write_share(one["share"]), bounds=bounds)


def _opening(one: Json, screen: Screen) -> dict[str, str]:
    kind = one["kind"]
    is_step = kind in {"no_step", "no_country"}
    said = screen.texts(f"law.lot.{kind}") if is_step else word("origin", kind, screen.language)
    form = word("form", one["form"], screen.language) if one["form"] else "?"
    lot = tail(one["lot"]) if one["lot"] else "–"
    site = one["site_name"] or "–"
    return {"what": said, "share": write_share(one["share"]), "lot": lot, "form": form, "site": site}

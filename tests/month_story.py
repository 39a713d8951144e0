"""The story of docs/a-month.md: a mine and a plant report a month as spreadsheets; two months later one is corrected.

Everything is said on the command line, on a simulated clock, so that the page can be held against what it answers.
"""

import contextlib
import csv
import io
import shlex
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from plant_month import CONCENTRATE, MINE, PlantMonth

MADE = datetime(2026, 2, 27, 9, tzinfo=UTC)
REPORTED = datetime(2026, 4, 2, 9, tzinfo=UTC)
CORRECTED = datetime(2026, 6, 8, 10, tzinfo=UTC)
MISTYPED, RIGHT = "7.5", "5.5"
CORRECTIVE = "urn:uuid:5b0d5c0e-3c5e-4a58-9f5e-0b7a1d3f7c21"
MINE_HEADER = (
    *("Event", "Step", "Date", "Time zone", "Site", "Product", "Lot", "Quantity [t]", "Form", "Delivery note"),
    *("From party", "From site", "To party", "To site", "Assay method"),
    *("Nd [mg/kg]", "Pr [mg/kg]", "Dy [mg/kg]", "Tb [mg/kg]"),
)
NORRVIK = "9520000010027"


def make_register_of(folder: Path) -> None:
    """Make the register that the page begins with, with the sample's parties and sites."""
    from ytterby.shell.actions.enrol import import_directory
    from ytterby.shell.site.packs import packaged_text
    from ytterby.shell.site.register import make_register

    register = make_register(folder, origin="log.example.org", at=MADE)
    import_directory(register, packaged_text("shell.site", "sample_directory.yaml"), at=MADE)


def mine_month(month: PlantMonth) -> str:
    """Return what the mine says of the same month as CSV: each lorry that the plant received, dug and sent."""
    target = io.StringIO()
    sheet = csv.DictWriter(target, MINE_HEADER, restval="")
    sheet.writeheader()
    for number, row in enumerate(one for one in month.rows if one["Step"] == "received"):
        at = row["Date"]
        assert isinstance(at, datetime)
        tonnes = {"Quantity [t]": f"{row['Quantity [kg]'] / 1000:.4f}"}  # type: ignore[operator]
        place = {"Time zone": "+01:00", "Site": MINE, "Product": CONCENTRATE, "Lot": row["Lot"], **tonnes}
        assays = {"Nd [mg/kg]": 240000, "Pr [mg/kg]": 82000, "Dy [mg/kg]": 5600, "Tb [mg/kg]": 3100}
        dug = {"Form": "concentrate", "Assay method": "XRF", **assays}
        sent = {"From party": MINE, "From site": MINE, "To party": NORRVIK, "To site": NORRVIK}
        first = at.replace(hour=1, minute=0)
        sheet.writerow({"Event": 2 * number + 1, "Step": "commissioned", "Date": first, **place, **dug})
        document = {"Delivery note": row["Delivery note"], **sent}
        later = first.replace(hour=3)
        sheet.writerow({"Event": 2 * number + 2, "Step": "shipped", "Date": later, **place, **document})
    return target.getvalue()


def correction(exported: str) -> str:
    """Return a sheet that declares the draw of NV-Dy-07 wrong and says it again, of the rows that were exported."""
    rows = list(csv.DictReader(io.StringIO(exported.lstrip("\ufeff"))))
    draw = next(row["Event"] for row in rows if row["Lot"] == "NV-Dy-07" and row["Step"] == "processed")
    old = [row for row in rows if row["Event"] == draw]
    wrong = {
        "Declared wrong at": f"{CORRECTED:%Y-%m-%d %H:%M}",
        "Why wrong": "incorrect_data",
        "Corrected by": CORRECTIVE,
    }
    new = [{**row, "Event": "2", "Event identifier": CORRECTIVE} for row in old]
    for row in new:
        row["Quantity"] = RIGHT if row["Lot"] == "NV-Dy-07" else row["Quantity"]
    target = io.StringIO()
    sheet = csv.DictWriter(target, [*rows[0], *wrong], restval="")
    sheet.writeheader()
    sheet.writerows([{**row, "Event": "1", **wrong} for row in old] + new)
    return target.getvalue()


def say(command: str, at: datetime) -> str:
    """Run one line and return what it writes on both streams."""
    from ytterby.shell.cli.command import make_parser
    from ytterby.shell.cli.outcome import Stop
    from ytterby.shell.cli.screen import Screen

    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        args = make_parser().parse_args(shlex.split(command)[1:])
        args.at = at
        screen = Screen("en")
        try:
            with screen.without_next():
                args.run(args, screen)
        except Stop as stop:
            screen.remark(screen.texts(stop.key, **stop.facts))
    return out.getvalue()


def tell(folder: Path) -> Iterator[Callable[[str], str]]:
    """Yield, for each part of the page, what answers its commands; between the parts the files come to be."""
    month = PlantMonth(seed=7)
    (draw,) = (row for row in month.rows if row.get("Lot") == "NV-Dy-07" and row["Step"] == "drawn")
    draw["Quantity [kg]"] = Decimal(MISTYPED)
    make_register_of(folder / "ytterby-data")
    (folder / "march.xlsx").write_bytes(month.xlsx())
    (folder / "mine.csv").write_text(mine_month(month), encoding="utf-8")
    yield lambda command: say(command, REPORTED)
    (folder / "correction.csv").write_text(
        correction((folder / "out.csv").read_text(encoding="utf-8")), encoding="utf-8"
    )
    yield lambda command: say(command, CORRECTED)

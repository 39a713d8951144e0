"""The months of a plant and element as `balance report` shows them: what is missing, how sure, what nobody can say."""

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from ytterby.shell.cli.figures import decimals_for, write_count, write_kg, write_score, write_share
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.cli.texts import counted
from ytterby.shell.wording import word

Json = dict[str, Any]
FIGURES = ("muf_kg", "sigma_kg", "cumuf_kg", "sigma_cumuf_kg")
CONTRIBUTORS_SHOWN = 3


def show_months(screen: Screen, months: Sequence[Json], element: str, check: Json | None = None) -> None:
    """Write a row for each month, how many alarm, what makes the last one unsure, and why months have no balance."""
    texts = screen.texts
    tested = [month for month in months if month["testable"]]
    decimals = decimals_for((month[key] for month in months for key in FIGURES), digits=4)
    columns = [
        Column(texts("column.month")),
        *(Column(texts(f"column.{key}"), is_number=True) for key in FIGURES),
        Column("SITMUF", is_number=True),
        Column(texts("column.page_up"), is_number=True),
        Column(texts("column.page_down"), is_number=True),
        Column(texts("column.verdict")),
    ]
    screen.table(columns, [_row(month, decimals, screen) for month in months])
    alarms = [month for month in tested if month["alarm"]]
    element_word = word("element", element, screen.language)
    if alarms:
        when = ", ".join(month["month"] for month in alarms)
        screen.verdict(False, counted(texts, "balance.months.alarm", len(alarms), element=element_word, when=when))
    elif tested:
        screen.verdict(True, counted(texts, "balance.months.quiet", len(tested), element=element_word))
    else:
        screen.verdict(None, texts("balance.months.none_tested"))
    if tested:
        _show_contributors(screen, tested[-1])
    # A loss raises the mean square too: of uncertainties it speaks only where nothing alarms.
    if check is not None and not alarms and check["verdict"] in {"too_small", "too_good_to_be_true"}:
        facts = {"mean": write_score(check["mean_square"]), "count": write_count(check["months"])}
        screen.line("  " + texts(f"balance.self_check.{check['verdict']}", **facts))
    for reason in dict.fromkeys(month["reason"] for month in months if month["reason"]):
        count = sum(month["reason"] == reason for month in months)
        screen.line("  " + texts(f"balance.untestable.{reason}", count=write_count(count)))


def _row(month: Json, decimals: int, screen: Screen) -> list[str | Text]:
    levels = [
        " / ".join(write_score(month[f"page_{way}_{k}"]) if month["testable"] else "–" for k in ("05", "10"))
        for way in ("up", "down")
    ]
    if month["alarm"]:
        said: str | Text = Text("✗ " + screen.texts("balance.months.is_alarm"), style="bold red")
    else:
        said = (
            screen.texts("balance.months.is_quiet")
            if month["testable"]
            else word("untestable", month["reason"], screen.language)
        )
    return [
        month["month"],
        *(write_kg(month[key], decimals, signed=not key.startswith("sigma")) for key in FIGURES),
        write_score(month["sitmuf"]),
        *levels,
        said,
    ]


def _show_contributors(screen: Screen, month: Json) -> None:
    """Say which measurements make the last month unsure: where better ones would help."""
    texts = screen.texts
    named = [
        texts(
            "balance.months.contributor",
            share=write_share(one["share_of_variance"]),
            what=word("item", one["what"], screen.language),
            name=one["lot"] or one["id"],
        )
        for one in month["contributors"][:CONTRIBUTORS_SHOWN]
    ]
    if named:
        screen.line("  " + texts("balance.months.unsure", month=month["month"], parts="; ".join(named)))

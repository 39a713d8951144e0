"""`ytterby law impact NEW`: whose answer changes by another law, other lists or corrected goods, before it holds.

Exit 1 when anybody's answer changes, like diff.
"""

import argparse
import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytterby.law.book import LawBook
from ytterby.law.goods import Goods
from ytterby.law.impact import Subject, impact
from ytterby.law.law_change import rule_changes
from ytterby.law.reach import Law
from ytterby.shell.actions.clock import now
from ytterby.shell.cli.document_file import read_text_file
from ytterby.shell.cli.figures import write_count, write_exact
from ytterby.shell.cli.law_arguments import PACKAGED
from ytterby.shell.cli.law_book import BadPacksError, books_of_proposal, law_of_register, show_refused
from ytterby.shell.cli.law_goods import read_goods_file
from ytterby.shell.cli.opening import Reading, find_lot, open_reading
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.progress import Progress
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.site.impact_answer import Reasons, difference_json, rule_change_json
from ytterby.shell.site.impact_notice import answer_word, notices
from ytterby.shell.site.law_answer import first_day, packs_json, packs_of_items
from ytterby.shell.site.law_packs import law_with, packaged_law
from ytterby.shell.spreadsheets.neutral import neutral
from ytterby.shell.wording import LANGUAGES, word

if TYPE_CHECKING:
    from datetime import datetime

    from ytterby.chain.party import NamedList

Json = dict[str, Any]
LISTS_BYTES_MAX = 20_000_000
ROWS_SHOWN = 20
GOODS = "goods"
CSV_COLUMNS = (
    *("kind", "id", "tail", "holder", "holder_name", "about", "name", "form", "site", "amount", "unit", "since"),
    *("old_answer", "old_codes", "new_answer", "new_codes", "gained", "lost", "rules", "why", "sources"),
)


def run_impact(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List whose answer changes."""
    if (args.lot is None) != (args.assay is None):
        raise WrongUse("law.impact.lot_and_assay")
    if args.goods is not None:
        return _run_goods(args, screen, packaged_law(), None)
    reading = open_reading(args, screen)
    from ytterby.shell.store.reading.impact import Question
    from ytterby.shell.store.reading.impact_answer import list_impact

    base, _ = law_of_register(reading, _instant(args), screen)
    if args.lot is not None:
        return _run_goods(args, screen, base, reading)
    old, new = _books(args, screen, base, reading)
    question = Question(old, new, _on(args), args.until or date.max, tuple(_lists(args, screen)))
    with Progress(screen, "law.impact.waiting") as progress:
        answer = list_impact(
            reading.viewer, question, known=reading.known, language=screen.language, tell=progress.tell
        )
    if args.csv is not None:
        _write(args.csv, csv_text(answer))
    if args.notices is not None:
        answer["notices"] = _write_notices(args, screen, reading, question)
    screen.answer(answer, lambda: _show(screen, answer))
    return Outcome.FOUND if answer["rows"] else Outcome.GOOD


def _on(args: argparse.Namespace) -> date:
    found: date = args.on or (args.at or now()).date()
    if args.until is not None and args.until < found:
        raise WrongUse("law.impact.until", on=found, until=args.until)
    return found


def _instant(args: argparse.Namespace) -> "datetime | None":
    """Return the present instant; None where the register is asked as known earlier."""
    is_past = args.known_at is not None or args.known_on is not None
    return None if is_past else args.at or now()


def _books(args: argparse.Namespace, screen: Screen, base: LawBook, reading: Reading | None) -> tuple[LawBook, LawBook]:
    """Return both laws; of a proposal the law at its instant without it, unless another one is named."""
    proposed = _proposed(args.new, screen, reading)
    new = proposed[1] if proposed is not None else _book(args.new, screen, base)
    old = proposed[0] if proposed is not None else base
    if args.against is not None:
        old = _book(args.against, screen, base)
    first = min(first_day(book, packs_of_items(book)) for book in (old, new))
    if _on(args) < first:
        raise WrongUse("law.before_packs", day=_on(args), first=first)
    return old, new


def _proposed(name: str, screen: Screen, reading: Reading | None) -> tuple[LawBook, LawBook] | None:
    """Return the law without and with the proposal that a number names; None where it names none."""
    if reading is None or Path(name).exists():
        return None
    return books_of_proposal(reading, name, screen)


def _book(name: str, screen: Screen, base: LawBook) -> LawBook:
    """Return the law that a name stands for: the packaged one, or the register's with a pack or a folder of them.

    Raises:
        CouldNotRun: no such file or folder, or bad packs, whose problems are written first.
    """
    if name == PACKAGED:
        return packaged_law()
    try:
        book, problems = law_with(base, Path(name))
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=name, why=error.strerror or error) from None
    if problems:
        show_refused(screen, problems, name)
        raise BadPacksError("law.packs_refused", folder=name, count=len(problems))
    return book


def _lists(args: argparse.Namespace, screen: Screen) -> "list[NamedList]":
    if args.lists is None:
        return []
    from ytterby.shell.actions.enrol import read_lists

    found, problems = read_lists(read_text_file(args.lists, LISTS_BYTES_MAX))
    if problems:
        show_refused(screen, problems, str(args.lists))
        raise CouldNotRun("law.impact.lists_refused", file=args.lists, count=len(problems))
    return found


# Goods that were corrected


def _run_goods(args: argparse.Namespace, screen: Screen, base: LawBook, reading: Reading | None) -> Outcome:
    """Tell what changes for goods that are named, or for a lot by another assay: the same question."""
    old, new = _books(args, screen, base, reading)
    known = max(_on(args), old.known_to, new.known_to)
    laws = Law(old, known), Law(new, known)
    subjects = _of_files(args, screen) if reading is None else _of_lot(args, screen, reading)
    found = impact(*laws, subjects, on=_on(args), until=args.until or date.max)
    reasons = Reasons(screen.language)
    rows = [
        {"kind": subject.kind, "id": subject.id, "holder": subject.holder or None, **difference_json(one, reasons)}
        for one in found
        for subject in one.subjects
    ]
    answer = {
        "on": str(_on(args)),
        "known_on": str(known),
        "old": packs_json(old),
        "new": packs_json(new),
        "rules": [rule_change_json(one, *laws, screen.language) for one in rule_changes(*laws, on=_on(args))],
        "rows": rows,
        "reasons": reasons.rows,
    }
    screen.answer(answer, lambda: _show_goods(screen, answer))
    return Outcome.FOUND if rows else Outcome.GOOD


def _of_files(args: argparse.Namespace, screen: Screen) -> list[Subject]:
    from ytterby.chain.lot_goods import facts_of

    old, new = (_goods(name, screen) for name in args.goods)
    return [Subject(GOODS, args.goods[1], "", old, new, facts_of(new))]


def _goods(name: str, screen: Screen) -> Goods:
    goods, problems = read_goods_file(name)
    if goods is None:
        show_refused(screen, problems, name)
        raise CouldNotRun("law.impact.goods_refused", file=name, count=len(problems))
    return goods


def _of_lot(args: argparse.Namespace, screen: Screen, reading: Reading) -> list[Subject]:
    """Return a lot on hand with its composition, and with that of a file; its form and how it is built in stay."""
    from ytterby.chain.lot_goods import facts_of
    from ytterby.shell.store.reading.lots_on_hand import stock_of

    lot = find_lot(reading, args.lot)
    assayed = _goods(args.assay, screen)
    rows = [row for row in stock_of(reading.viewer, reading.known).rows if row.lot == lot]
    if not rows:
        raise WrongUse("law.impact.not_on_hand", lot=args.lot)
    goods = [replace(row.goods, elements=assayed.elements, u=assayed.u) for row in rows]
    return [
        Subject("lot", lot, row.holder, row.goods, new, facts_of(new)) for row, new in zip(rows, goods, strict=True)
    ]


# Showing


def _show(screen: Screen, answer: Json) -> None:
    texts = screen.texts
    _show_rules(screen, answer)
    counts = {f"{kind}_{of}": write_count(answer[of][kind]) for of in ("asked", "changed") for kind in answer[of]}
    _show_groups(screen, answer)
    _show_rows(screen, answer)
    screen.verdict(None if answer["rows"] else True, texts("law.impact.changed", on=answer["on"], **counts))
    if answer.get("notices") is not None:
        screen.line(texts("law.impact.notices", count=len(answer["notices"])))
    screen.line(texts("law.impact.not_covered"), "dim")
    for one in answer["not_covered"]:
        screen.line("  " + one["why"], "dim")


def _show_rules(screen: Screen, answer: Json) -> None:
    texts = screen.texts
    if not answer["rules"]:
        screen.line(texts("law.impact.same_rules"))
        return
    screen.line(texts("law.impact.rules"), "bold")
    for one in answer["rules"]:
        sides = [texts(f"law.impact.state.{one[side]['state'] if one[side] else 'absent'}") for side in ("old", "new")]
        key = "law.impact.rule_since" if one["since"] else "law.impact.rule_worded"
        said = texts(key, old=sides[0], new=sides[1], day=one["since"])
        screen.line(f"  {one['rule']} ({one['title']}): {said}")


def _group(row: Json, screen: Screen) -> tuple[str, ...]:
    """Return what is told of rows together: since when, which kind, what of it, both answers."""
    what = row["what"]
    about = _about(row, screen) if what["about"] else word("form", what["form"], screen.language)
    return row["since"], screen.texts(f"law.impact.kind.{row['kind']}"), about, *_sides(row, screen)


def _about(row: Json, screen: Screen) -> str:
    return screen.texts(f"law.impact.about.{row['what']['about']}", name=row["what"]["name"])


def _sides(row: Json, screen: Screen) -> tuple[str, str]:
    """Return the old and the new answer with their codes; what else they rest on where only that differs, and what
    rules answer.
    """
    is_alike = all(row["old"][key] == row["new"][key] for key in ("answer", "codes"))
    sides = []
    for side in ("old", "new"):
        found = row[side]
        said = [" ".join((answer_word(found["answer"], screen.language), *found["codes"]))]
        if is_alike and row["old"]["by"] != row["new"]["by"]:
            said.append(screen.texts(f"law.by.{found['by']}"))
        if is_alike and row["old"]["candidates"] != row["new"]["candidates"]:
            said.append(screen.texts("law.candidates", codes=", ".join(found["candidates"]) or "–"))
        said += [f"{one['rule']} {answer_word(one[side]['answer'], screen.language)}" for one in row["rules"]]
        sides.append("; ".join(said))
    return sides[0], sides[1]


def _show_groups(screen: Screen, answer: Json) -> None:
    names = ("since", "kind", "what", "old_answer", "new_answer")
    counts = Counter(_group(row, screen) for row in answer["rows"])
    if counts:
        columns = [Column(screen.texts(f"column.{name}")) for name in names]
        rows = [[*group, write_count(count)] for group, count in counts.items()]
        screen.table([*columns, Column(screen.texts("column.count"), is_number=True)], rows)


def _show_rows(screen: Screen, answer: Json) -> None:
    texts = screen.texts
    rows = answer["rows"][:ROWS_SHOWN]
    if not rows:
        return
    columns = [Column(texts(f"column.{name}")) for name in ("since", "id", "holder")]
    columns += [Column(texts("column.amount"), is_number=True), Column(texts("column.new_answer"))]
    screen.table(columns, [_row(row, screen) for row in rows])
    more = len(answer["rows"]) - len(rows)
    if more:
        screen.line(texts("law.impact.more", count=write_count(more)), "dim")


def _row(row: Json, screen: Screen) -> list[str]:
    holder = (row["holder"]["name_zh"] if screen.language == "zh" else "") or row["holder"]["name"]
    amount = row["what"]["amount"]
    said = f"{write_exact(amount)} {word('unit', row['what']['unit'], screen.language)}" if amount else ""
    return [row["since"], row["tail"], holder, said, _sides(row, screen)[1]]


def _show_goods(screen: Screen, answer: Json) -> None:
    texts = screen.texts
    if not answer["rows"]:
        screen.verdict(True, texts("law.impact.goods_same", on=answer["on"]))
        return
    for row in answer["rows"]:
        old, new = _sides(row, screen)
        screen.verdict(None, texts("law.impact.goods", id=row["id"], day=row["since"], old=old, new=new))
        for side in ("old", "new"):
            screen.line(texts(f"law.impact.why_{side}"), "bold")
            for number in row[side]["reasons"]:
                reason = answer["reasons"][number]
                head = " ".join(filter(None, (reason["rule"], reason["code"])))
                screen.line(f"  {head}: {reason['text']} [{reason['source']}]")


# Files


def csv_text(answer: Json) -> str:
    """Return the rows of an answer as CSV, their reasons written out."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(CSV_COLUMNS)
    writer.writerows([neutral(cell) for cell in _csv_row(row, answer)] for row in answer["rows"])
    return out.getvalue()


def _csv_row(row: Json, answer: Json) -> Iterable[str]:
    what, holder = row["what"], row["holder"]
    used = [*row["new"]["reasons"], *(number for one in row["rules"] for number in one["new"]["reasons"])]
    reasons = [answer["reasons"][number] for number in dict.fromkeys(used)]
    site = what["site"]["id"] if what["site"] else None
    rules = [f"{one['rule']}: {one['old']['answer']} > {one['new']['answer']}" for one in row["rules"]]
    cells: Sequence[Any] = (
        *(row["kind"], row["id"], row["tail"], holder["id"], holder["name"], what["about"], what["name"], what["form"]),
        *(site, what["amount"], what["unit"], row["since"]),
        *(cell for side in ("old", "new") for cell in (row[side]["answer"], " ".join(row[side]["codes"]))),
        *(" ".join(row["gained"]), " ".join(row["lost"]), "; ".join(rules)),
        *(" ".join(one["text"] for one in reasons), "; ".join(dict.fromkeys(one["source"] for one in reasons))),
    )
    return ["" if cell is None else str(cell) for cell in cells]


def _write(path: Path, text: str) -> None:
    try:
        # With a mark of its encoding, or spreadsheets misread Chinese.
        path.write_text(text, encoding="utf-8-sig" if path.suffix == ".csv" else "utf-8", newline="")
    except OSError as error:
        raise CouldNotRun("file.unwritable", file=path, why=error.strerror or error) from None


def _write_notices(args: argparse.Namespace, screen: Screen, reading: Reading, question: Any) -> list[str]:
    """Write a text for each party that is concerned, in each language; return the names of the files."""
    from ytterby.shell.store.reading.impact_answer import list_impact

    folder: Path = args.notices
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CouldNotRun("file.unwritable", file=folder, why=error.strerror or error) from None
    written = []
    for language in LANGUAGES:
        answer = list_impact(reading.viewer, question, known=reading.known, language=language)
        for number, (party, text) in enumerate(notices(answer, language).items(), 1):
            name = f"{number:04d}-{_file_name(party)}-{language}.txt"
            _write(folder / name, text)
            written.append(name)
    return sorted(written)


def _file_name(party: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in party.rpartition("/")[2])[:60]

"""CSV of lists: bytes to rows with their line numbers, whatever the bytes are."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ytterby.screening.lists.gathering import FileRefused, Gathering, ListFile, Place
from ytterby.terms.problem import refuse, remark

_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
# What ends the legacy files of OFAC: the end of file of another age.
_END_OF_FILE = "\x1a"
COLUMNS_MOST = 500


@dataclass(frozen=True, slots=True)
class Row:
    """A row by the names of its columns, lower case, with its place."""

    cells: Mapping[str, str]
    place: Place

    def get(self, *names: str) -> str:
        """Return the first cell that is not empty under these names."""
        return next((text for name in names if (text := self.cells.get(name, "").strip())), "")


def decoded(file: ListFile, gathering: Gathering) -> str:
    """Return the text of a file: UTF-8, or what Windows wrote before it, which is told."""
    try:
        return file.raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        gathering.tell(Place(file.name).of(remark("list.not_utf8", "", "", byte=error.start)))
        return file.raw.decode("cp1252", "replace")


def plain_rows(file: ListFile, gathering: Gathering) -> Iterator[tuple[int, list[str]]]:
    """Yield rows that hold anything, each with the line on which it begins."""
    text = decoded(file, gathering)
    reader = csv.reader((match.group() for match in _LINE.finditer(text)), strict=False)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileRefused(Place(file.name, line).of(refuse("list.csv_unreadable", "", error))) from None
        if len(row) > COLUMNS_MOST:
            raise FileRefused(Place(file.name, line).of(refuse("list.too_many_columns", "", "", limit=COLUMNS_MOST)))
        if any(cell.strip(" \r\t" + _END_OF_FILE) for cell in row):
            yield line, [_bounded(cell, file, line, gathering) for cell in row]


def _bounded(cell: str, file: ListFile, line: int, gathering: Gathering) -> str:
    if len(cell) > gathering.limits.characters:
        place, limit = Place(file.name, line), gathering.limits.characters
        raise FileRefused(place.of(refuse("list.text_too_long", "", "", limit=limit)))
    return cell.replace("\x00", "").replace(_END_OF_FILE, "")


def named_rows(file: ListFile, gathering: Gathering, known: Sequence[str], needed: Sequence[str]) -> Iterator[Row]:
    """Yield the rows below the heading, which is the first row that holds the needed columns.

    Columns that are not known are counted; their cells are in the rows too.
    """
    heading: list[str] | None = None
    for line, cells in plain_rows(file, gathering):
        if heading is None:
            names = [" ".join(cell.split()).casefold() for cell in cells]
            if set(needed) <= set(names):
                heading = names
                for name in names:
                    if name and name not in known:
                        gathering.strange(file.name, f"column {name}")
            elif line > 20:
                break
            continue
        if len(cells) > len(heading):
            gathering.strange(file.name, "cells beyond the last column")
        yield Row(dict(zip(heading, cells, strict=False)), Place(file.name, line))
    if heading is None:
        raise FileRefused(Place(file.name).of(refuse("list.no_heading", "", "", needed=", ".join(needed))))


def cells_of(text: str) -> list[str]:
    """Return what stands in one cell, apart by semicolons or bars."""
    return [piece.strip() for piece in re.split(r"[;|]", text) if piece.strip()]

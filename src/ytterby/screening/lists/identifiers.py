"""What lists call identifiers: which kind a label means, from a table, and how numbers of some kinds are written."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

OTHER = "other"
_IMO = re.compile(r"(?:IMO\W*)?(\d{7})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class IdentifierKinds:
    """(part of a label in lower case, kind) in order: the first that is contained decides."""

    rows: Sequence[tuple[str, str]]

    def kind_of(self, label: str, value: str = "") -> str:
        """Return lei, uscc, imo, tax, registration, passport or other."""
        folded = f" {label.casefold()} "
        for part, kind in self.rows:
            if part in folded:
                return kind
        return "imo" if re.match(r"IMO\W*\d{7}\b", value) else OTHER


def plain_identifier(kind: str, value: str) -> str:
    """Return an identifier as it is compared where its kind has one way of writing; else as written."""
    if kind == "imo" and (match := _IMO.fullmatch(value.strip())):
        return match.group(1)
    if kind in {"lei", "uscc"}:
        return "".join(value.split()).upper()
    return value


def parse_identifier_kinds(text: str) -> IdentifierKinds:
    """Return the table."""
    return IdentifierKinds([(row["part"].replace("_", " "), row["kind"]) for row in csv.DictReader(text.splitlines())])

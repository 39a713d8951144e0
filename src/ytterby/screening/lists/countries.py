"""What lists call countries: a table of names and their codes (ISO 3166-1 alpha-2), folded before they are compared."""

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Countries:
    """Codes by folded name."""

    by_name: Mapping[str, str]
    codes: frozenset[str]

    def code_of(self, text: str) -> str | None:
        """Return the code of a country that a list names by code or by name; None for a word that is not known."""
        upper = text.strip().upper()
        if upper in self.codes:
            return upper
        return self.by_name.get(fold_country(text))


def fold_country(text: str) -> str:
    """Return a name as it is compared: without case, accents, signs and a leading or trailing article."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(word for word in letters.split() if word not in {"the", "of", "and"})


def parse_countries(text: str) -> Countries:
    """Return the table.

    Raises:
        ValueError: one name stands for two countries.
    """
    by_name: dict[str, str] = {}
    codes = set()
    for row in csv.DictReader(text.splitlines()):
        codes.add(row["code"])
        for name in row["names"].split("|"):
            folded = fold_country(name)
            if by_name.setdefault(folded, row["code"]) != row["code"]:
                raise ValueError(f"{name} stands for {by_name[folded]} and {row['code']}")
    return Countries(by_name, frozenset(codes))

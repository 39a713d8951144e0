"""Forms that rare-earth material takes, and how much element each can hold at most."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Form:
    """One form. `limit` is `oxide` (no more element than the oxide holds) or `whole` (no more than a kilogram)."""

    id: str
    name_en: str
    name_zh: str
    limit: str


def parse_forms(csv_text: str) -> Mapping[str, Form]:
    """Return the forms by identifier."""
    rows = csv.DictReader(csv_text.splitlines())
    return MappingProxyType({r["form"]: Form(r["form"], r["name_en"], r["name_zh"], r["limit"]) for r in rows})

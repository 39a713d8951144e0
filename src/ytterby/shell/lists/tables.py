"""The packaged tables and rules of lists, read once and handed to the room."""

from functools import lru_cache

from ytterby.screening.list_rule import ListRules, parse_list_rules
from ytterby.screening.lists.countries import parse_countries
from ytterby.screening.lists.gathering import ListTables
from ytterby.screening.lists.identifiers import parse_identifier_kinds
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.wording.yaml_text import read_yaml


@lru_cache(maxsize=1)
def list_tables() -> ListTables:
    """Return what lists call countries and identifiers."""
    return ListTables(
        parse_countries(packaged_text("screening.lists", "countries.csv")),
        parse_identifier_kinds(packaged_text("screening.lists", "identifier_kinds.csv")),
    )


@lru_cache(maxsize=1)
def list_rules() -> ListRules:
    """Return which lists there are, and what holds an import back."""
    return parse_list_rules(read_yaml(packaged_text("screening", "list_rules.yaml")))

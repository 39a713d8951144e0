"""The groups by which names are scored and judged, since their names are made differently."""

from enum import StrEnum

from ytterby.screening.entry import EntrySchema
from ytterby.screening.romanisation import is_han


class Group(StrEnum):
    """What a query is: a person; a body (firm, vessel, aircraft) in letters; a body in Han characters."""

    PERSON = "person"
    BODY = "body"
    HAN = "han"


def group_of(name: str, schema: EntrySchema) -> Group:
    """Return the group of a queried name."""
    if schema is EntrySchema.PERSON:
        return Group.PERSON
    return Group.HAN if any(map(is_han, name)) else Group.BODY

"""A document as it is to be read: JSON as it came, a spreadsheet as the EPCIS document that it stands for."""

from collections.abc import Iterable
from dataclasses import dataclass

from ytterby.chain.spreadsheet.cell import NO_PLACES, Places
from ytterby.chain.spreadsheet.settings import Settings
from ytterby.shell.spreadsheets.converting import convert_spreadsheet
from ytterby.terms.problem import Problem, is_refused


@dataclass(frozen=True, slots=True)
class Readable:
    """A document as it is to be read: its EPCIS text, what is wrong already, and the cells behind it.

    `derived` is the text to be kept, None where it is what was submitted; `sheets` are the kinds of a spreadsheet's.
    """

    text: bytes
    problems: tuple[Problem, ...] = ()
    places: Places = NO_PLACES
    derived: bytes | None = None
    sheets: frozenset[str] = frozenset()

    @property
    def is_refused(self) -> bool:
        """There is nothing to read."""
        return is_refused(self.problems)

    def placed(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return problems at the cells that they come from; those of JSON as they are."""
        return self.places.all_placed(problems) if self.derived is not None else list(problems)


def sheet_text(document: bytes, media_type: str, name: str, settings: Settings) -> Readable:
    """Return the EPCIS document that a spreadsheet stands for."""
    made = convert_spreadsheet(document, media_type, name, settings)
    return Readable(made.document, made.problems, made.places, made.document or None, made.sheets)

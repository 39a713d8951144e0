"""Products that feed the process which makes them: a month cannot say which came first, so the return must.

Within a month the book puts makers before users. What is made and used again in the same process line, or goes round
through several, has no such order: it never left the process and belongs in neither column, or is reported by lot.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from ytterby.chain.period import Month
from ytterby.chain.spreadsheet.reader import RowReader
from ytterby.chain.spreadsheet.table import Row
from ytterby.terms.problem import refuse

Node = tuple[str, str]


class Flowing(Protocol):
    """A row of a return."""

    @property
    def row(self) -> Row:
        """The row itself."""

    @property
    def site(self) -> str:
        """Where."""

    @property
    def month(self) -> Month:
        """When."""

    @property
    def product(self) -> str:
        """Of what."""

    @property
    def process(self) -> str:
        """In which process line."""

    @property
    def flows(self) -> Mapping[str, object]:
        """How much, by column."""


def refuse_loops(lines: Iterable[Flowing], reader: RowReader) -> None:
    """Keep a problem for each row that uses a product which its own process makes, at once or by way of others."""
    by_site: dict[tuple[str, Month], list[Flowing]] = {}
    for line in lines:
        by_site.setdefault((line.site, line.month), []).append(line)
    for mine in by_site.values():
        after: dict[Node, set[Node]] = {}
        for line in mine:
            product, process = ("product", line.product), ("process", line.process)
            if line.flows.get("used"):
                after.setdefault(product, set()).add(process)
            if line.flows.get("made"):
                after.setdefault(process, set()).add(product)
        for line in mine:
            product, process = ("product", line.product), ("process", line.process)
            if line.flows.get("used") and _reaches(process, product, after):
                facts = {"process": line.process or "-"}
                reader.keep(refuse("sheet.process_loop", "", line.product, **facts), line.row.place("used"))


def _reaches(start: Node, goal: Node, after: dict[Node, set[Node]]) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        for node in after.get(waiting.pop(), ()):
            if node == goal:
                return True
            if node not in seen:
                seen.add(node)
                waiting.append(node)
    return False

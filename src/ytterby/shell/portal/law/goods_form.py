"""The form of goods: what was typed becomes goods as `law classify` reads them, or everything that is wrong by field.

Nothing typed is lost: every field and row is shown again as it was typed.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import zip_longest
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from ytterby.law.goods import Goods, read_goods
from ytterby.shell.portal.law.typed import Field, Wrong, fields_of, wrong_of
from ytterby.terms.problem import Problem, pointer

SINGLE = ("form", "magnet_type", "system", "formula", "built_in", "hs")
ELEMENT, CONTENT, U = "element", "wt", "u"
BUILT_IN = {"yes": True, "no": False}
BLANK_ROWS, ROWS_MIN, ROWS_MORE = 2, 4, 6
_FIGURE = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,20})?")

Json = dict[str, Any]


class ElementRow(NamedTuple):
    """One element with its content and standard uncertainty, as they were typed."""

    element: Field
    wt: Field
    u: Field


class GoodsForm:
    """What was typed of goods, and what it is."""

    def __init__(self, query: QueryDict, language: str, without: Mapping[str, str]) -> None:
        self._without = without
        self._language = language
        self._query = {name: query.get(name, "").strip() for name in SINGLE}
        typed = (query.getlist(name) for name in (ELEMENT, CONTENT, U))
        rows = [tuple(cell.strip() for cell in row) for row in zip_longest(*typed, fillvalue="")]
        self._rows = [row for row in rows if any(row)]
        self._more = ROWS_MORE if query.get("more") else 0
        self.wrong: dict[str, list[Wrong]] = {}
        # Without a form nothing was asked; "more" only asks for rows.
        self.is_asked = "form" in query and not self._more
        self.goods: Goods | None = None
        if self.is_asked:
            self._read()

    # Reading

    def _read(self) -> None:
        value = self._value()
        goods, problems = read_goods(value)
        for problem in problems:
            if problem.code == "goods.missing_field":
                continue  # said already, in the words of the form
            self._note(self._field_of(problem), wrong_of(problem, self._language))
        self.goods = None if self.wrong else goods

    def _note(self, field: str, wrong: Wrong) -> None:
        found = self.wrong.setdefault(field, [])
        # A symbol that is none is one thing to put right, in whichever column it was given a figure.
        if wrong not in found:
            found.append(wrong)

    def _value(self) -> Json:
        """Return goods as JSON would tell them; what is no figure is noted here, in the words of the form."""
        value: Json = {name: text for name, text in self._query.items() if text and name != "built_in"}
        if not self._query["form"]:
            self._note("form", Wrong(_("The form is missing."), _("Choose in which form the goods are.")))
        built_in = self._query["built_in"]
        if built_in:
            value["built_in"] = BUILT_IN.get(built_in, built_in)
        elements: dict[str, Decimal] = {}
        u: dict[str, Decimal] = {}
        seen: set[str] = set()
        for number, (symbol, content, spread) in enumerate(self._rows):
            if not symbol:
                self._note(_row(ELEMENT, number), Wrong(_("The element is missing."), _("Write its symbol, as Dy.")))
                continue
            if symbol in seen:
                said = _("%(symbol)s stands in two rows.") % {"symbol": symbol}
                self._note(_row(ELEMENT, number), Wrong(said, _("Keep one of them.")))
                continue
            seen.add(symbol)
            for name, text, figures in ((CONTENT, content, elements), (U, spread, u)):
                figures.update(self._figure(name, number, symbol, text))
            if not content:
                cure = _("Write it in wt%, or name the element in the system or the formula instead.")
                self._note(_row(CONTENT, number), Wrong(_("The content is missing."), cure))
                elements[symbol] = Decimal(0)
        if elements:
            value["elements"] = elements
        if u:
            value["u"] = u
        return value

    def _figure(self, name: str, number: int, symbol: str, text: str) -> Iterator[tuple[str, Decimal]]:
        if not text:
            return
        if _FIGURE.fullmatch(text):
            yield symbol, Decimal(text)
            return
        said = _("“%(text)s” is no figure.") % {"text": text}
        self._note(_row(name, number), Wrong(said, _("Write it in wt% with a point, as 2.1.")))
        # So that the other column does not complain of an element that has none.
        yield symbol, Decimal(0)

    def _field_of(self, problem: Problem) -> str:
        """Return the field that a problem stands at."""
        place = problem.where.pointer
        for number, (symbol, _content, _u) in enumerate(self._rows):
            for name, column in (("elements", CONTENT), ("u", U)):
                if symbol and place == pointer(name, symbol):
                    if problem.code == "goods.unknown_element":
                        return _row(ELEMENT, number)
                    return _row(column, number)
        name = place.removeprefix("/")
        return name if name in SINGLE else "elements"

    # Showing

    @property
    def fields(self) -> Mapping[str, Field]:
        """The fields that stand once."""
        return fields_of(SINGLE, self._query, self.wrong, self._without)

    @property
    def rows(self) -> list[ElementRow]:
        """The rows of elements: those typed, and blank ones below."""
        blank = max(BLANK_ROWS, ROWS_MIN - len(self._rows)) + self._more
        rows = [*self._rows, *[("", "", "")] * blank]
        return [
            ElementRow(*(Field(at := _row(name, number), text, self.wrong.get(at, [])) for name, text in cells))
            for number, cells in enumerate(zip((ELEMENT, CONTENT, U), row, strict=True) for row in rows)
        ]

    @property
    def contents(self) -> Mapping[str, Field]:
        """What gets worse without the contents and their uncertainties."""
        return fields_of(("elements", U), {}, {}, self._without)

    @property
    def wrong_elements(self) -> list[Wrong]:
        """What is wrong with all contents together."""
        return self.wrong.get("elements", [])


def _row(name: str, number: int) -> str:
    return f"{name}-{number + 1}"

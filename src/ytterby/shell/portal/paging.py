"""Pages of a long list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ytterby.shell.portal.moment import Moment
from ytterby.shell.portal.page import link_to

ROWS_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Paging:
    """A stretch of a list; page numbers count from 1, None where there is no such page."""

    rows: Sequence[Any]
    number: int
    count: int
    before: int | None
    after: int | None
    first: int
    last: int
    total: int


def page_of(rows: Sequence[Any], query: Mapping[str, str], per_page: int = ROWS_PER_PAGE) -> Paging:
    """Return the page of a list that a query asks for, the nearest one where there is none of that number."""
    paging = paging_of(len(rows), query, per_page)
    return replace(paging, rows=rows[max(0, paging.first - 1) : paging.last])


def paging_of(total: int, query: Mapping[str, str], per_page: int = ROWS_PER_PAGE) -> Paging:
    """Return which rows a query asks for, without the rows; first and last are 0 where there are none."""
    count = max(1, -(-total // per_page))
    asked = query.get("page", "1")
    number = min(max(int(asked), 1), count) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    first = (number - 1) * per_page + 1 if total else 0
    return Paging(
        rows=(),
        number=number,
        count=count,
        before=number - 1 if number > 1 else None,
        after=number + 1 if number < count else None,
        first=first,
        last=min(total, number * per_page),
        total=total,
    )


def cursor_links(name: str, moment: Moment, query: Mapping[str, str], after: str | None) -> dict[str, Any]:
    """Return what a page of a list that is read by a cursor shows (`portal/cursor.html`): the query without its place,
    the addresses of the next page and of the first one, each empty where there is none.
    """
    return {
        "query": {key: value for key, value in query.items() if key != "after"},
        "next_href": link_to(name, moment, query={**query, "after": after}) if after else "",
        "first_href": link_to(name, moment, query={**query, "after": ""}) if query.get("after") else "",
    }

"""The address of a lot's page: its tail where that can stand in a path, else its whole identifier in the query."""

import re
from collections.abc import Mapping

from ytterby.shell.portal.moment import Moment
from ytterby.shell.portal.page import link_to

# Stands in the path where the query names what is meant.
IN_QUERY = "~"
PATH_SAFE = re.compile(r"(?!\.+$)[\w.-]+")


def lot_page(lot: str, tail: str, moment: Moment | None, query: Mapping[str, object], *, kind: str = "") -> str:
    """Return where the page of a lot is found; with `kind` (svg, csv, json) the file of its trace."""
    name, rest = ("lot_file", (kind,)) if kind else ("lot", ())
    if tail and PATH_SAFE.fullmatch(tail):
        return link_to(name, moment, tail, *rest, query=query)
    return link_to(name, moment, IN_QUERY, *rest, query={"lot": lot, **query})

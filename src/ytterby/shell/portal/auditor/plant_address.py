"""The address of a plant's month balances: the end of its identifier where that tells it apart, else all of it."""

from collections.abc import Collection, Mapping

from ytterby.shell.portal.moment import Moment
from ytterby.shell.portal.tail_address import TailAddresses


class PlantAddresses:
    """Addresses among the plants that a reader may read."""

    def __init__(self, sites: Collection[str], moment: Moment) -> None:
        self._addresses = TailAddresses(sites, moment, "site")

    def find(self, text: str) -> str | None:
        """Return the plant that an address means: its identifier, or the end of it if no other ends like it."""
        return self._addresses.find(text, {})

    def page(self, site: str, element: str, query: Mapping[str, object] | None = None, *, kind: str = "") -> str:
        """Return where a plant and element is found; with `kind` (svg, csv, json) its file."""
        name, rest = ("plant_months_file", (kind,)) if kind else ("plant_months", ())
        return self._addresses.page(name, site, element, *rest, query=query)

"""The address of a plant's month balances: the end of its identifier where that tells it apart, else all of it."""

from collections.abc import Collection, Mapping

from ytterby.shell.portal.lot_address import IN_QUERY, PATH_SAFE
from ytterby.shell.portal.moment import Moment
from ytterby.shell.portal.page import link_to
from ytterby.terms.identifier import tail


class PlantAddresses:
    """Addresses among the plants that a reader may read."""

    def __init__(self, sites: Collection[str], moment: Moment) -> None:
        self.sites = tuple(dict.fromkeys(sites))
        self.moment = moment
        self._tails = [tail(site) for site in self.sites]

    def find(self, text: str) -> str | None:
        """Return the plant that an address means: its identifier, or the end of it if no other ends like it."""
        if text in self.sites:
            return text
        found = [site for site, end in zip(self.sites, self._tails, strict=True) if end == text]
        return found[0] if len(found) == 1 else None

    def page(self, site: str, element: str, query: Mapping[str, object] | None = None, *, kind: str = "") -> str:
        """Return where a plant and element is found; with `kind` (svg, csv, json) its file."""
        name, rest = ("plant_months_file", (kind,)) if kind else ("plant_months", ())
        end = tail(site)
        if PATH_SAFE.fullmatch(end) and self._tails.count(end) == 1:
            return link_to(name, self.moment, end, element, *rest, query=query)
        return link_to(name, self.moment, IN_QUERY, element, *rest, query={"site": site, **(query or {})})

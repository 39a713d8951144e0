"""Addresses of things that go by a long identifier: its end where that tells it apart, else all of it in the query."""

from collections.abc import Collection, Mapping

from ytterby.shell.portal.lot_address import IN_QUERY, PATH_SAFE
from ytterby.shell.portal.moment import Moment
from ytterby.shell.portal.page import link_to
from ytterby.terms.identifier import tail


class TailAddresses:
    """Addresses among the identifiers that a reader may read; `parameter` names one in the query."""

    def __init__(self, identifiers: Collection[str], moment: Moment, parameter: str) -> None:
        self.identifiers = tuple(dict.fromkeys(identifiers))
        self.moment = moment
        self.parameter = parameter
        self._tails = [tail(one) for one in self.identifiers]

    def find(self, text: str, query: Mapping[str, str]) -> str | None:
        """Return what an address means: an identifier, or the end of one if no other ends like it."""
        text = query.get(self.parameter, "") if text == IN_QUERY else text
        if text in self.identifiers:
            return text
        found = [one for one, end in zip(self.identifiers, self._tails, strict=True) if end == text]
        return found[0] if len(found) == 1 else None

    def is_short(self, identifier: str) -> bool:
        """Tell whether the end of an identifier is enough, and can stand in a path."""
        end = tail(identifier)
        return bool(PATH_SAFE.fullmatch(end)) and self._tails.count(end) == 1

    def page(self, name: str, identifier: str, *rest: str, query: Mapping[str, object] | None = None) -> str:
        """Return where a page is found whose address begins with an identifier."""
        if self.is_short(identifier):
            return link_to(name, self.moment, tail(identifier), *rest, query=query)
        return link_to(name, self.moment, IN_QUERY, *rest, query={self.parameter: identifier, **(query or {})})

"""Whether goods may ship on a licence as far as their end users and the parties of their orders say.

A licence rests on the statements that its application named, else on those of its end users for its holder's order. One
that was repudiated, or an alarm of it or of the order, closes the licence for whatever is not reserved yet, until the
office ends the alarm or a new application names another statement (`licence.end_use_statement`).
"""

from ytterby.licence.end_use_statement import stops_shipping
from ytterby.licence.filed import Filed
from ytterby.licence.filing import order_key
from ytterby.licence.licence import Licence
from ytterby.shell.site.register import current_register
from ytterby.shell.store.cases import stored_case
from ytterby.shell.store.filed import kept_filed


def shipping_is_stopped(licence: Licence) -> bool:
    """Tell whether anything that was filed stops goods of a licence; the case is looked up only where something is."""
    return is_stopped_by(kept_filed(current_register()), licence)


def is_stopped_by(filed: Filed, licence: Licence) -> bool:
    """Tell whether something of what was filed stops goods of a licence."""
    stops = filed.stops()
    if not stops:
        return False
    case = stored_case(licence.case)
    number = case.application.order if case is not None else ""
    order = order_key(licence.holder, number) if number else ""
    named = case.application.statements if case is not None else ()
    return stops_shipping(stops, named or _of_end_users(filed, licence, order), order)


def _of_end_users(filed: Filed, licence: Licence, order: str) -> list[str]:
    """Return the statements of a licence's end users for its holder, and for an order where one is known."""
    return [
        digest
        for digest, one in filed.statements.items()
        if one.statement.exporter == licence.holder
        and one.statement.end_user in licence.end_users
        and (not order or one.covers(order))
    ]

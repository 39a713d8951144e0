"""Enter an order, from which application, certificate, declaration and reports are filled. Who may: its seller."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ytterby.licence.filing import order_key
from ytterby.licence.trade_order import TradeOrder
from ytterby.shell.actions.filing import FilingChange, file_with, read_filing, unregistered
from ytterby.shell.site.register import Register
from ytterby.shell.store.case_speakers import Speaker
from ytterby.shell.store.filed import kept_filed


def enter_order(
    register: Register, fields: Mapping[str, Any], speaker: Speaker, *, at: datetime | None = None
) -> FilingChange:
    """Enter an order, or the next version of one. `fields` are those of an order; its version is counted here."""
    seller, number = str(fields.get("seller", speaker.party)), str(fields.get("number", ""))
    known = kept_filed(register).orders.get(order_key(seller, number))
    counted = {"version": 1 if known is None else known.order.version + 1, "seller": seller}
    order, problems = read_filing({**counted, **fields}, TradeOrder)
    if order is None:
        return FilingChange(problems, register.size)
    named = {"seller": order.seller, "buyer": order.buyer, "end_user": order.end_user, "consignee": order.consignee}
    if strangers := unregistered(**named):
        return FilingChange(tuple(strangers), register.size)
    return file_with(register, order, speaker, at=at)

"""Events of monthly returns become the rows of the returns again: the other way round of `monthly_return`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ytterby.chain.period import CLOSING, is_period_lot, period_of, product_of
from ytterby.chain.spreadsheet.event_rows import add_assays, short_site
from ytterby.chain.spreadsheet.monthly_return import PURPOSE
from ytterby.chain.spreadsheet.out_table import Value
from ytterby.chain.spreadsheet.reader import GS1
from ytterby.terms.identifier import product_class

Row = dict[str, Value]
Json = Mapping[str, Any]
_SIDES = ("quantityList", "inputQuantityList", "outputQuantityList")


@dataclass
class _Account:
    """The rows of a product at a site in a month, while events are read."""

    head: Row
    whole: Row = field(default_factory=dict)
    others: dict[tuple[Value, ...], Row] = field(default_factory=dict)

    def rows(self) -> list[Row]:
        """Return the row of the product, then one for each counterparty and process line."""
        return [{**self.head, **row} for row in (self.whole, *self.others.values())]


def is_of_return(tree: Json) -> bool:
    """Tell whether an event was made from a monthly return."""
    return str(tree.get("ree:purpose", "")).startswith(f"{PURPOSE}/")


def return_rows(trees: Sequence[tuple[Json, Mapping[str, str]]]) -> list[Row]:
    """Return the rows of the returns that these events were made from, in the order of the events.

    An event without goods, or with goods without a quantity, was made from none, whatever purpose it names.
    """
    accounts: dict[tuple[Value, ...], _Account] = {}
    goods = [_goods(tree) for tree, _ in trees]
    lots = (str(line["epcClass"]) for lines in goods for line in lines)
    named = {product_of(lot) for lot in lots if is_period_lot(lot)}
    for (tree, prefixes), lines in zip(trees, goods, strict=True):
        if not lines:
            continue
        _, what, *revision = str(tree["ree:purpose"]).split("/")
        line = lines[0]
        product = _product_of(str(line["epcClass"]), named)
        site, month = str((tree.get("bizLocation") or {}).get("id")), str(tree.get("eventTime"))[:7]
        head: Row = {"month": month, "return_site": short_site(site), "return_product": _product(product)}
        if "uom" not in line:
            head["return_unit"] = "H87"
        if revision:
            head["revision"] = revision[0]
        account = accounts.setdefault((site, month, product), _Account(head))
        account.head |= head
        _enter(account, what, tree, line)
        _add_told(account.whole, tree, prefixes)
    return [row for account in accounts.values() for row in account.rows()]


def _goods(tree: Json) -> list[Json]:
    """Return the goods of an event, none where it does not say of each how much: its row could not either."""
    lines = [line for name in _SIDES for line in tree.get(name) or ()]
    return lines if all(isinstance(line.get("quantity"), Decimal | int) for line in lines) else []


def _product_of(lot: str, named: Collection[str]) -> str:
    """Return the product of a lot; `named` are those of the lots of months.

    A lot that a row names itself may be any identifier, a serial number or one of another's making: only where it
    stands below a product of the return is it read as a lot of that.
    """
    product = product_of(lot)
    return product if is_period_lot(lot) or product in named else product_class(lot)


def _product(uri: str) -> str:
    digits = uri.removeprefix(f"{GS1}01/")
    return digits if len(digits) == 14 and digits.isdecimal() else uri


def _enter(account: _Account, what: str, tree: Json, line: Json) -> None:
    """Add what one event says to the rows of its product."""
    quantity = Decimal(line["quantity"])
    if what == "opening":
        account.whole["opening"] = quantity
        if tree.get("action") == "ADD":
            account.whole["first"] = "yes"
    elif what == "lost":
        account.whole["lost"] = quantity
    elif what in ("made", "used"):
        process = str(tree.get("ree:process", ""))
        row = account.others.setdefault(("process", process), {"process": process}) if process else account.whole
        row[what] = quantity
    elif what in ("received", "shipped"):
        names = _other(tree, what, str(line["epcClass"]))
        account.others.setdefault(tuple(names.items()), names)[what] = quantity  # type: ignore[arg-type]
    elif what == "pool_out":
        lots = ((period_of(str(one["epcClass"])), one) for one in tree.get("outputQuantityList", ()))
        account.whole.setdefault("closing", Decimal(0))
        for period, one in lots:
            if period is not None and period[0] == CLOSING:
                account.whole["closing"] = Decimal(one["quantity"])
    elif what == "count":
        account.whole.setdefault("closing", Decimal(0))


def _other(tree: Json, what: str, lot: str) -> Row:
    """Return the counterparty of a delivery, its document, and its lot where it is no month's."""
    field_name, member = ("sourceList", "source") if what == "received" else ("destinationList", "destination")
    row: Row = {}
    for one in tree.get(field_name, ()):
        key = "counterparty" if one.get("type") == "owning_party" else "counterparty_site"
        row[key] = short_site(str(one.get(member)))
    for one in tree.get("bizTransactionList", ()):
        row["document"] = str(one.get("bizTransaction"))
    if period_of(lot) is None:
        row["return_lot"] = lot
    return row


def _add_told(row: Row, tree: Json, prefixes: Mapping[str, str]) -> None:
    ilmd = tree.get("ilmd")
    if not isinstance(ilmd, dict):
        return
    told = (ilmd.get("ree:lotData") or [ilmd])[0]
    form = told.get("ree:form")
    if isinstance(form, str):
        row["return_form"] = form
    assays = told.get("ree:assay")
    add_assays(row, assays if isinstance(assays, list) else (), prefixes)

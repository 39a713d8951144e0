"""Papers that are filled from an order: application, certificate, receipt form, each for whoever writes it.

Who may read: an application and a certificate the order's seller, the receipt form whoever receives the goods, all of
them licensing bodies and the operator. What a receiver is handed holds no mass of the shipper's.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from ytterby.law.procedure import Procedure
from ytterby.licence.application import Application
from ytterby.licence.delivery_report import RECEIVER, SELLER, roles_in
from ytterby.licence.end_use_statement import COMMITMENT
from ytterby.licence.trade_order import certificate_fields, fill_application, receipt_form
from ytterby.shell.store.reading.filed import filed_at, reads_filings
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import Viewer

Json = dict[str, Any]
APPLICATION, CERTIFICATE, RECEIPT = "application", "certificate", "receipt"
PAPERS = (APPLICATION, CERTIFICATE, RECEIPT)
WRITERS = {APPLICATION: SELLER, CERTIFICATE: SELLER, RECEIPT: RECEIVER}


def filled_paper(
    viewer: Viewer, key: str, paper: str, procedure: Procedure, known: Known, name_of: Callable[[str], str]
) -> Json | None:
    """Return a paper that an order (key) and the statements that serve it fill in; None where the viewer writes none.

    A certificate is that of the latest statement that serves the order; there is none without.
    """
    filed = filed_at(viewer, known)
    ordered = filed.orders.get(key)
    if ordered is None:
        return None
    order = ordered.order
    if not (reads_filings(viewer) or WRITERS[paper] in roles_in(order, viewer.party or "")):
        return None
    if paper == RECEIPT:
        return receipt_form(order)
    serving = [one for one in filed.statements.values() if one.covers(key) and one.repudiation is None]
    if paper == APPLICATION:
        found: Json = msgspec.to_builtins(fill_application(Application(procedure.id, (), ()), order, serving))
        return found
    if not serving:
        return None
    # A field of the certificate is called as its provision is, without the kind of provision before it.
    codes = {one.id.removeprefix(f"{COMMITMENT}_"): one.id for one in procedure.provisions.values()}
    undertakings = {field: code for field, code in codes.items() if field != code}
    return certificate_fields(order, serving[-1], name_of, undertakings)

"""A licence as customs is told of it, the rules of a made-up office, and messages about it."""

import string
from datetime import UTC, datetime, timedelta

from ytterby.licence.customs_content import ToldLicence, ToldLine, ToldParty, content_of
from ytterby.licence.customs_file_rules import read_file_rules
from ytterby.licence.customs_message import Action, CustomsMessage

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
RULES = {
    "name_width": 35,
    "address_width": 35,
    "address_lines": 5,
    "text_width": 60,
    "lines": 20,
    "consignees": 5,
    "digits": 12,
    "units": {"KGM": {"word": "KG", "decimals": 3}, "H87": {"word": "NO", "decimals": 0}},
    "characters": string.ascii_letters + string.digits + " -_.:/,&()'",
}


def rules(**changes):
    found, problems = read_file_rules({**RULES, **changes})
    assert found is not None, problems
    return found


def told(**changes):
    works = ToldParty("https://id.gs1.org/417/9520000010058", "Example Magnets", "CN", ("1 Long Road", "Baotou"))
    buyer = ToldParty("", "Rotor AG", "XA", ("2 Short Street",))
    line = ToldLine("L1", "sintered magnets N42SH", "900", "KGM", "09520000000059", "2C902.a")
    fields = {
        "number": "XA-DU-2025-004417", "version": 1, "status": "issued", "holder": works, "destination": "XA",
        "consignees": (buyer,), "valid_from": "2026-01-05", "valid_to": "2026-12-31", "exports": "one",
        "lines": (line,), "tolerance": "0", "conditions": ("one consignee",),
    }  # fmt: skip
    return ToldLicence(**{**fields, **changes})


def message(n, action="issued", *, licence="", attempt=1, minutes=0, id_="", **changes):
    number = licence or "XA-DU-2025-004417"
    content = content_of(told(number=number, **changes))
    id_ = id_ or f"m{n}" + (f"-{attempt}" if attempt > 1 else "")
    at = AT + timedelta(minutes=minutes)
    return CustomsMessage(id_, number, 1, n, Action(action), at, content, attempt)

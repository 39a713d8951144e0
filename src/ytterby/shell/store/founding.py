"""The first entries of a register: its own keys' public halves, and the party `operator`."""

from datetime import datetime
from typing import TYPE_CHECKING

from ytterby.chain.party import OPERATOR
from ytterby.chain.posting_record import DERIVATION
from ytterby.proof.merkle import Frontier
from ytterby.shell.store.models import Edition, LogHead
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.writing import accepted_at, append, new_public, write
from ytterby.terms.canonical import canonical_json
from ytterby.terms.instant import write_instant

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register


def found(register: "Register", at: datetime) -> None:
    """Write the head and the first entries of an empty register."""
    empty = Frontier()
    LogHead.objects.create(
        id=1,
        register_id=register.id,
        origin=register.origin,
        size=0,
        frontier=empty.to_bytes(),
        root=empty.root(),
        accepted_at=write_instant(at),
    )
    Edition.objects.create(number=1, derivation=DERIVATION, is_live=True)
    keys = [register.log_key.public.text(), register.receipt_key.public.text()]
    publics = [new_public(canonical_json({"type": "key", "key": key, "at": write_instant(at)}, {})) for key in keys]

    def enter(head: LogHead) -> None:
        append(head, publics, accepted_at(head, at))

    write(enter)
    register_documents(
        [Registrable("party", OPERATOR, {"id": OPERATOR, "name": "Operator", "name_zh": "运营方"})], OPERATOR, at
    )

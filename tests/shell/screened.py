"""Runs of screening as tests enter them: hits that no screener had to find."""

from shell.case_of import on
from ytterby.screening.hit import Band, Ground, Hit
from ytterby.screening.run import ScreeningRun, run_fields
from ytterby.screening.screened_party import ScreenedParty, party_digest
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.screenings import RUN

AT = on(0)


def hit_of(party: ScreenedParty, entry: str = "e1") -> Hit:
    name = party.names[0]
    digest = party_digest(party)
    return Hit(party.id, digest, "control", entry, "d" * 64, Ground.NAME, Band.ALERT, 0.9, name, "Exampel Works")


def enter_run(register, *hits: Hit, at=AT, **changes):
    fields = {"at": at, "size": register.size, "parties": None, "lists": {}, "hits": hits}
    run = ScreeningRun(**{**fields, "scorer": "1", "weights": "w", "thresholds": "t"} | changes)
    key = f"run {register.size}"
    register_documents([Registrable(RUN, key, {"id": key, **run_fields(run)})], "operator", at)

"""Whether a registered party is owned by listed ones: its owners are screened by their names, their stakes followed.

Who may read: those who screen (`screening`). Whoever has a hit of the band alert, or bears an identifier that a list
has, counts as listed until two people have cleared it.
"""

from datetime import date

from ytterby.screening.disposition import Disposition, Outcome
from ytterby.screening.entry import entry_at
from ytterby.screening.hit import hit_number
from ytterby.screening.ownership import ListedParty
from ytterby.screening.ownership_verdict import Ownership
from ytterby.screening.scoring_rules import Band
from ytterby.screening.screened_party import party_digest
from ytterby.shell.site.register import current_register
from ytterby.shell.site.screening_tables import ownership_rules
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.listed_names import ListedNames
from ytterby.shell.store.reading.owners import declared_stakes
from ytterby.shell.store.reading.screening import reads_screening, registered_parties, with_owners
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.shell.store.screenings import stored_screenings


def party_named(viewer: Viewer, known: Known, name: str) -> str | None:
    """Return the one registered party that has this name or identifier; None where there is none, or several."""
    wanted = name.strip().casefold()
    found = [
        id_
        for id_, one in registered_parties(viewer, known).items()
        if wanted == id_.casefold() or any(wanted == own.casefold() for own in one.party.names)
    ]
    return found[0] if len(found) == 1 else None


def owned_by_listed(viewer: Viewer, known: Known, names: ListedNames, party: str, on: date) -> Ownership | None:
    """Return what the stakes that are declared say of a party and its owners; None where none is declared of it."""
    if not reads_screening(viewer):
        return None
    registered = registered_parties(viewer, known)
    owners = [id_ for id_ in with_owners(viewer, known, [party], on) if id_ != party]
    if not owners:
        return None
    said = stored_screenings(current_register(), known.size).dispositions
    listed = []
    for id_ in owners:
        one = registered.get(id_)
        for candidate in names.screen(one.party) if one is not None else ():
            number = hit_number(party_digest(one.party), names.digests[candidate.key]) if one is not None else ""
            is_cleared = said.get(number, Disposition()).outcome(on) is Outcome.CLEARED
            if (candidate.identifiers or candidate.band is Band.ALERT) and not is_cleared:
                listed.append(ListedParty(id_, entry_at(candidate.key)[0]))
    stakes = declared_stakes(viewer, known=known)
    return Ownership(stakes, listed, ownership_rules(), on=on, known=on, chosen=(), parties=())

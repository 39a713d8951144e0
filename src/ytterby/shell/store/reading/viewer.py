"""Who reads. Every function of `store.reading` takes a viewer first; what it may not read does not exist.

Who may read what stands in `readers.py` (and in docs/rights.md, which a test holds to it): `GRANTS` kind of data -> who
-> how much, `PARTY_FIELDS` the fields that a party is shown. What is not listed is not readable.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ytterby.chain.party import OPERATOR
from ytterby.shell.store.compartment import Compartment

AUDIT, TRACING, LICENSING, PROVINCE, CUSTOMS = "audit", "tracing", "licensing", "province", "customs"
CONSULTED = "consulted"  # a department that a licence office asks
# Which compartment a mandate of a public body opens. Licensing reads of tracing only what a case offers it.
COMPARTMENTS_OF: Mapping[str, frozenset[Compartment]] = {
    AUDIT: frozenset({Compartment.TRACING}),
    TRACING: frozenset({Compartment.TRACING}),
    LICENSING: frozenset({Compartment.LICENCE_EVIDENCE}),
    PROVINCE: frozenset(),
    CUSTOMS: frozenset(),
    CONSULTED: frozenset(),
}
MANDATES = tuple(COMPARTMENTS_OF)
# A party reads an event whole for these reasons; for others it reads what `chain.disclosure` lists.
WHOLE = ("submitter", "site_holder")
ADDRESSED, PASSES = "named_destination", "customs"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A party with the mandates that hold on the day. Built anew for each request, so that a right that was withdrawn
    counts at once (threat X10). `places` are the customs places that a customs mandate covers.
    """

    party: str | None
    mandates: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()

    @property
    def compartments(self) -> frozenset[Compartment]:
        """The compartments that the viewer's mandates open."""
        return frozenset().union(*(COMPARTMENTS_OF.get(mandate, frozenset()) for mandate in self.mandates))

    @property
    def reads_all(self) -> bool:
        """Nothing of the compartment tracing is hidden from this viewer but what is sealed."""
        return Compartment.TRACING in self.compartments


OPERATOR_VIEWER = Viewer(OPERATOR, frozenset({AUDIT}))

"""Who reads. Every function of `store.reading` takes a viewer first; what it may not read does not exist."""

from dataclasses import dataclass

from ytterby.chain.party import OPERATOR

AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A party with its mandates. The mandate `audit` reads all; a party reads the events that name it or its sites."""

    party: str | None
    mandates: frozenset[str] = frozenset()

    @property
    def reads_all(self) -> bool:
        """Nothing is hidden from this viewer but what is sealed."""
        return AUDIT in self.mandates


OPERATOR_VIEWER = Viewer(OPERATOR, frozenset({AUDIT}))

"""A pack: dated law as data, with an identifier and a digest; and the book of all packs that are loaded.

The digest is SHA-256 over the canonical content (JSON, keys sorted, no blanks, UTF-8; the YAML's comments and layout
do not count), so that a decision can pin what it relied on, and two offices can tell whether they use the same law.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from types import MappingProxyType

from ytterby.law.basis import FieldBasis
from ytterby.law.conduct import Conduct
from ytterby.law.dated_rule import Dispute, Rule
from ytterby.law.dossier_rule import DossierRules
from ytterby.law.end_use_rule import EndUseRules
from ytterby.law.fact import FactKind
from ytterby.law.flow_entry import FlowReturnRule, QuotaDraw
from ytterby.law.item import Annex, Doubt, Guidance, Item, Parameter, Tariff
from ytterby.law.procedure import Procedure
from ytterby.law.stage import Stage
from ytterby.law.trust import Trust, Words
from ytterby.terms.record_text import record_text

SCHEMA = "ytterby-pack/1"
DIGEST_SUITE = "sha256"
_DOMAIN = b"ytterby/pack/v1\x00"


@dataclass(frozen=True, slots=True)
class Cited:
    """A document that rules cite: title, dates where they are known, source."""

    id: str
    title: Words
    published: date | None
    effective: date | None
    note: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack as it was read. `knows` are the first and the last day of which it speaks, `content` its text."""

    id: str
    group: str
    title: Words
    knows: tuple[date, date]
    digest: str
    cited: Mapping[str, Cited]
    facts: Mapping[str, FactKind]
    parameters: Mapping[str, Parameter]
    disputes: Mapping[str, Dispute]
    rules: Mapping[str, Rule]
    items: Mapping[str, Item]
    guidance: tuple[Guidance, ...]
    doubts: tuple[Doubt, ...]
    tariff: Tariff
    conduct: Mapping[str, Conduct] = field(default_factory=dict)
    flow_returns: Mapping[str, FlowReturnRule] = field(default_factory=dict)
    quotas: Mapping[str, QuotaDraw] = field(default_factory=dict)
    procedure: Procedure | None = None
    dossier: DossierRules | None = None
    end_use: EndUseRules | None = None
    field_basis: tuple[FieldBasis, ...] = ()
    annexes: Mapping[str, Annex] = field(default_factory=dict)
    stages: Mapping[str, Stage] = field(default_factory=dict)
    content: Mapping[str, object] = field(repr=False, default_factory=lambda: MappingProxyType({}))


def pack_digest(content: Mapping[str, object]) -> str:
    """Return `sha256:` and the digest of a pack's canonical content.

    Raises:
        TypeError: it holds what JSON does not.
    """
    return digest_of(_DOMAIN, content)


def digest_of(domain: bytes, content: Mapping[str, object]) -> str:
    """Return `sha256:` and the digest of canonical content; that of another domain is another."""
    return f"{DIGEST_SUITE}:{sha256(domain + record_text(content).encode('utf-8', 'surrogatepass')).hexdigest()}"

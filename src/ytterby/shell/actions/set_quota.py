"""Register a quota: t REO of an enterprise, a year and a kind, with the document that grants it.

A quota that is raised during the year is registered anew; the one before stays in the log. Who may: the register's
operator.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ytterby.balance.quota import Quota
from ytterby.chain.party import OPERATOR
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.site.register import Register
from ytterby.shell.site.return_packs import quota_rules
from ytterby.shell.store.reading.entries import whole_directory
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.quotas import QUOTA
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.terms.problem import Problem, refuse

YEAR_FIRST, YEAR_LAST = 2000, 2099
# The register's largest number.
TONNES_MOST = Decimal(10**12)


@dataclass(frozen=True, slots=True)
class QuotaRegistration:
    """What came of it; `size` is the log's size afterwards."""

    problems: tuple[Problem, ...]
    size: int


def set_quota(register: Register, quota: Quota, *, submitter: str, at: datetime | None = None) -> QuotaRegistration:
    """Enter a quota, or say why not; the same again is nothing new."""
    problems = _check(quota, submitter)
    if problems:
        return QuotaRegistration(tuple(problems), register.size)
    key = f"{quota.party} {quota.year} {quota.kind}"
    fields = {
        "id": key,
        "party": quota.party,
        "year": quota.year,
        "kind": quota.kind,
        "tonnes_reo": format(quota.tonnes_reo, "f"),
        "source": quota.source.strip(),
    }
    size = register_documents([Registrable(QUOTA, key, fields)], submitter, at or now())
    publish_or_leave(register)
    return QuotaRegistration((), size)


def _check(quota: Quota, submitter: str) -> list[Problem]:
    problems = []
    kinds = [rule.kind for rule in quota_rules().kinds]
    if submitter != OPERATOR:
        problems.append(refuse("quota.not_the_operator", "", submitter))
    if quota.party not in whole_directory(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None)).parties:
        problems.append(refuse("quota.unknown_party", "/party", quota.party))
    if quota.kind not in kinds:
        problems.append(refuse("quota.unknown_kind", "/kind", quota.kind, kinds=", ".join(dict.fromkeys(kinds))))
    if not YEAR_FIRST <= quota.year <= YEAR_LAST:
        problems.append(refuse("quota.year", "/year", quota.year, first=YEAR_FIRST, last=YEAR_LAST))
    amount = quota.tonnes_reo
    if not (amount.is_finite() and 0 <= amount <= TONNES_MOST):
        problems.append(refuse("quota.amount", "/tonnes_reo", amount, most=format(TONNES_MOST, "f")))
    if not quota.source.strip():
        problems.append(refuse("quota.source_missing", "/source"))
    return problems

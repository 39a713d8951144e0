"""Who asks: the account of a bearer token, with the rights that the log gives its party now (threats O3, X10).

Nothing is remembered between two requests. A session cookie of the pages is not looked at, so that a page of somebody
else can ask nothing here in a person's name. What an account may do in a case is asked of the case.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.http import HttpRequest

from ytterby.shell.actions.speaker import TOKEN, Speaker
from ytterby.shell.actions.token import Bearer, bearer_of
from ytterby.shell.site.register import current_register
from ytterby.shell.store.reading.rights import viewer_of
from ytterby.shell.store.reading.viewer import AUDIT, CONSULTED, CUSTOMS, LICENSING, OPERATOR_VIEWER, PROVINCE, Viewer

SCHEME = "bearer"


class Audience(StrEnum):
    """Who an address is there for."""

    EVERYBODY = "everybody"
    APPLICANT = "applicant"
    END_USER = "end_user"
    OFFICER = "officer"
    AUDITOR = "auditor"
    PROVINCE = "province"
    DEPARTMENT = "department"
    CUSTOMS = "customs"


# What a mandate of a party makes of its accounts; a party without any applies, and is an end user of others.
AUDIENCE_OF = {
    LICENSING: Audience.OFFICER,
    AUDIT: Audience.AUDITOR,
    PROVINCE: Audience.PROVINCE,
    CONSULTED: Audience.DEPARTMENT,
    CUSTOMS: Audience.CUSTOMS,
}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks. `roles` are the audiences that it belongs to, `scopes` what its token is for."""

    account: str
    party: str
    viewer: Viewer
    roles: frozenset[Audience]
    scopes: frozenset[str]

    @property
    def speaker(self) -> Speaker:
        """The same as whoever takes a step."""
        return Speaker(self.account, self.party, TOKEN)

    @property
    def is_party(self) -> bool:
        """It is a party without any mandate, which reads its own alone."""
        return not self.viewer.mandates

    def is_one_of(self, who: Collection[Audience]) -> bool:
        """Tell whether it belongs to one of these audiences."""
        return Audience.EVERYBODY in who or not self.roles.isdisjoint(who)


def told_token(request: HttpRequest) -> str | None:
    """Return the token of a request; None where no Authorization was sent, empty where it is of another scheme."""
    told = request.headers.get("Authorization")
    if told is None:
        return None
    scheme, _, token = told.partition(" ")
    return token.strip() if scheme.casefold() == SCHEME else ""


def asker_of(token: str | None, at: datetime) -> Asker | None:
    """Return who asks by a token; None for a stranger."""
    bearer = bearer_of(current_register(), token, at) if token else None
    return None if bearer is None else _asker(bearer, at)


def _asker(bearer: Bearer, at: datetime) -> Asker:
    viewer = viewer_of(OPERATOR_VIEWER, bearer.party, at.date())
    roles = {AUDIENCE_OF[mandate] for mandate in viewer.mandates if mandate in AUDIENCE_OF}
    if not viewer.mandates:
        roles |= {Audience.APPLICANT, Audience.END_USER}
    return Asker(bearer.account, bearer.party, viewer, frozenset(roles), bearer.scopes)

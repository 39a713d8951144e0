"""What addresses of invitations, statements, orders and deliveries answer (see `answers`)."""

from typing import Any

from ytterby.licence.end_use_statement import EndUseStatement
from ytterby.shell.api.answers import Answer, ProblemAnswer

Json = dict[str, Any]


class Filed(Answer, frozen=True):
    """The key under which the log keeps what was filed, with what is worth a question."""

    key: str
    problems: tuple[ProblemAnswer, ...]
    as_of_size: int | None = None


class PartyInvitation(Answer, frozen=True):
    """An invitation as whoever asked for it, or took it up, is told it."""

    party: str
    asked_by: str
    state: str


class OfficeInvitation(Answer, frozen=True):
    """An invitation as the office reads it."""

    id: str
    party: str
    asked_by: str
    state: str
    sent_at: str
    expires: str
    used_at: str | None
    ended: str | None
    is_newest: bool
    how: str
    where: str
    found_on: str
    documents: tuple[str, ...]
    level: str
    flags: tuple[str, ...]
    case: str | None
    request: str | None
    rebinds: bool


class PartyInvitations(Answer, frozen=True):
    """Invitations that concern a party."""

    invitations: tuple[PartyInvitation, ...]
    as_of_size: int | None = None


class OfficeInvitations(Answer, frozen=True):
    """All invitations."""

    invitations: tuple[OfficeInvitation, ...]
    as_of_size: int | None = None


class RequestTold(Answer, frozen=True):
    """A request for an invitation."""

    id: str
    asked_by: str
    name: str
    country: str
    text: str
    is_answered: bool


class Requests(Answer, frozen=True):
    """Requests for invitations."""

    requests: tuple[RequestTold, ...]
    as_of_size: int | None = None


class OpenedLink(Answer, frozen=True):
    """What a link opens. `signs` (base64url) is what the new key has to sign, where one was named."""

    invitation: str
    party: str
    expires: str
    binds: bool
    register: str
    signs: str | None
    problems: tuple[ProblemAnswer, ...]
    as_of_size: int | None = None


class StatementRow(Answer, frozen=True):
    """A statement in a list."""

    digest: str
    end_user: str
    exporter: str
    importer: str | None
    made: str
    filed_by: str
    filed_at: str
    valid_from: str
    valid_to: str
    orders: tuple[str, ...]
    use: str
    state: str


class StatementList(Answer, frozen=True):
    """Statements."""

    statements: tuple[StatementRow, ...]
    as_of_size: int | None = None


class StatementTold(StatementRow, frozen=True, kw_only=True):
    """A statement whole."""

    procedure: str
    goods: tuple[Json, ...]
    end_use: Json
    undertakings: Json
    signer: Json
    documents: tuple[str, ...]
    repudiation: Json | None
    as_of_size: int | None = None


class DraftedStatement(Answer, frozen=True):
    """A statement as it will be filed; `signs` (base64url) is what the end user's key signs."""

    statement: EndUseStatement
    signs: str
    problems: tuple[ProblemAnswer, ...]
    as_of_size: int | None = None


class ProfileList(Answer, frozen=True):
    """Use profiles with what is released of them."""

    profiles: tuple[Json, ...]
    as_of_size: int | None = None


class ReleaseList(Answer, frozen=True):
    """What was released to orders."""

    releases: tuple[Json, ...]
    as_of_size: int | None = None


class OrderList(Answer, frozen=True):
    """Orders."""

    orders: tuple[Json, ...]
    as_of_size: int | None = None


class ReportList(Answer, frozen=True):
    """Reports of deliveries."""

    reports: tuple[Json, ...]
    as_of_size: int | None = None


class AlarmList(Answer, frozen=True):
    """What stops shipping, or did."""

    alarms: tuple[Json, ...]
    as_of_size: int | None = None


class RetransferList(Answer, frozen=True):
    """Requests that goods may go to somebody else."""

    retransfers: tuple[Json, ...]
    as_of_size: int | None = None


class VisitList(Answer, frozen=True):
    """Visits that verified an end use."""

    visits: tuple[Json, ...]
    as_of_size: int | None = None

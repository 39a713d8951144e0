"""Bearer tokens: a machine of a party speaks for an account through the interface, within scopes and for a time.

The token is told once; the database holds its digest. What its bearer may do is what the account may do by the log at
the moment of the request, and less: a token signs nothing, so that no approval comes of it alone (threat D2).
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ytterby.proof.base64url import to_base64url
from ytterby.shell.actions.secret_digest import secret_digest
from ytterby.shell.site.people_limits import people_limits
from ytterby.shell.site.register import Register
from ytterby.shell.store.models import Account, LogHead, Token
from ytterby.shell.store.rights import stored_rights
from ytterby.shell.store.writing import write
from ytterby.terms.problem import Problem, refuse

_DOMAIN = "ytterby/token/v1"
MARK = "ytt_"
TOKEN_BYTES = 32
NUMBER_LENGTH = 12  # characters of a digest that people read
SHORTEST = 8
# What a token may be for; each address of the interface names one.
READ, CAPTURE, CASEWORK, CUSTOMS = SCOPES = ("read", "capture", "casework", "customs")


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token: the text is shown now and never again."""

    problems: tuple[Problem, ...]
    text: str = ""
    number: str = ""
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who speaks by a token: the account, the party that the log says it acts for, what the token is for."""

    account: str
    party: str
    scopes: frozenset[str]
    number: str


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as it is listed."""

    number: str
    account: str
    name: str
    scopes: tuple[str, ...]
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None
    is_revoked: bool


def issue_token(
    register: Register, account: str, scopes: Iterable[str], *, name: str = "", days: int, at: datetime
) -> IssuedToken:
    """Make a token of an account in force."""
    wanted = tuple(dict.fromkeys(scopes))
    problems = [refuse("people.token_scope", "", one, known=" ".join(SCOPES)) for one in wanted if one not in SCOPES]
    if not wanted:
        problems.append(refuse("people.token_scope", "", "", known=" ".join(SCOPES)))
    if not 0 < days <= people_limits().token_days:
        problems.append(refuse("people.token_days", "", str(days), most=str(people_limits().token_days)))
    text = MARK + to_base64url(secrets.token_bytes(TOKEN_BYTES))
    ends_at = at + timedelta(days=days) if not problems else at

    def enter(head: LogHead) -> tuple[Problem, ...]:
        del head
        is_disabled = Account.objects.filter(id=account, is_disabled=True).exists()
        if account not in stored_rights(register).accounts() or is_disabled:
            return (*problems, refuse("people.no_account", "", account))
        if not problems:
            Token.objects.create(
                digest=secret_digest(_DOMAIN, text),
                account=account,
                name=name,
                scopes=" ".join(wanted),
                made_at=at,
                ends_at=ends_at,
            )
        return tuple(problems)

    found = write(enter)
    return IssuedToken(found) if found else IssuedToken((), text, secret_digest(_DOMAIN, text)[:NUMBER_LENGTH], ends_at)


def bearer_of(register: Register, text: str, at: datetime) -> Bearer | None:
    """Return who speaks by a token; None for none, one that is over or revoked, or whose account is out of force."""
    if not text.startswith(MARK):
        return None
    row = Token.objects.filter(digest=secret_digest(_DOMAIN, text), is_revoked=False, ends_at__gt=at).first()
    account = None if row is None else stored_rights(register).accounts().get(row.account)
    if row is None or account is None or Account.objects.filter(id=row.account, is_disabled=True).exists():
        return None
    if row.used_at is None or at - row.used_at >= timedelta(minutes=people_limits().token_use_minutes):
        _note_use(row.digest, at)
    return Bearer(row.account, account.party, frozenset(row.scopes.split()), row.digest[:NUMBER_LENGTH])


def _note_use(digest: str, at: datetime) -> None:
    def enter(head: LogHead) -> None:
        del head
        Token.objects.filter(digest=digest).update(used_at=at)

    write(enter)


def revoke_token(number: str) -> tuple[Problem, ...]:
    """End a token; `number` is the beginning of its digest."""

    def enter(head: LogHead) -> tuple[Problem, ...]:
        del head
        held = Token.objects.filter(digest__startswith=number.lower(), is_revoked=False)
        if len(number) < SHORTEST or held.count() != 1:
            return (refuse("people.token_unknown", "", number),)
        held.update(is_revoked=True)
        return ()

    return write(enter)


def list_tokens(account: str = "") -> list[TokenRow]:
    """Return the tokens of an account, or all, the oldest first."""
    rows = Token.objects.filter(account=account) if account else Token.objects.all()
    return [
        TokenRow(
            number=row.digest[:NUMBER_LENGTH],
            account=row.account,
            name=row.name,
            scopes=tuple(row.scopes.split()),
            made_at=row.made_at,
            ends_at=row.ends_at,
            used_at=row.used_at,
            is_revoked=row.is_revoked,
        )
        for row in rows.order_by("made_at", "digest")
    ]

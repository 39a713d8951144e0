"""Names, passwords and one-time codes of people: invited or set by the operator, chosen and changed by themselves.

A login opens a session and nothing else: what its person may do is worked out from the log (threat X10), and an
approval needs the person's own key (threat D2). Passwords are hashed by scrypt; secrets of codes are encrypted under
the web secret, which does not lie in the database; an invitation is stored hashed and works once.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import CommonPasswordValidator, NumericPasswordValidator
from django.core.exceptions import ValidationError

from ytterby.proof.base64url import to_base64url
from ytterby.proof.one_time_code import SECRET_BYTES, step_of_code
from ytterby.shell.actions.secret_digest import secret_digest
from ytterby.shell.actions.web_session import end_sessions_of
from ytterby.shell.site.people_limits import people_limits
from ytterby.shell.store.models import Account, LogHead, Login
from ytterby.shell.store.writing import write
from ytterby.terms.problem import Problem, refuse

_DOMAIN = "ytterby/sign-in-invitation/v1"
INVITATION_BYTES = 32
NAME_LENGTH_MAX, PASSWORD_LENGTH_MAX = 150, 200


@dataclass(frozen=True, slots=True)
class LoginChange:
    """What came of it; `invitation` is told once and never again."""

    problems: tuple[Problem, ...] = ()
    name: str = ""
    invitation: str = ""


def set_login(account: str, *, name: str = "", password: str = "", invites: bool = False, at: datetime) -> LoginChange:
    """Give an account a name and a password, or an invitation to choose one; ends its sessions.

    The name is kept where none is given. What was there before, the one-time code too, is gone with an invitation.
    """
    problems = [] if invites else list(password_problems(password))
    invitation = to_base64url(secrets.token_bytes(INVITATION_BYTES)) if invites else ""
    hashed = "" if invites else make_password(password)

    def enter(head: LogHead) -> str:
        del head
        held = Login.objects.filter(account=account).first()
        row = held or Login(account=account)
        row.name = _told_name(name) or row.name
        found = [*problems, *_name_problems(row), *_account_problems(account)]
        if found:
            raise _RefusedError(*found)
        row.password, row.invitation = hashed, secret_digest(_DOMAIN, invitation) if invites else ""
        row.invited_until = at + timedelta(days=people_limits().invitation_days) if invites else None
        if invites:
            row.code_secret = ""
        row.save(force_insert=held is None)
        end_sessions_of(account)
        return row.name

    try:
        return LoginChange((), write(enter), invitation)
    except _RefusedError as refused:
        return LoginChange(refused.problems)


class _RefusedError(Exception):
    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems)
        self.problems = problems


def _name_problems(row: Login) -> list[Problem]:
    if not 0 < len(row.name) <= NAME_LENGTH_MAX or not row.name.isprintable():
        return [refuse("people.name_missing", "", row.name)]
    is_taken = Login.objects.filter(name=row.name).exclude(account=row.account).exists()
    return [refuse("people.name_taken", "", row.name)] if is_taken else []


def _told_name(name: str) -> str:
    """Return a name as it is kept: no case, no blanks about it."""
    return name.strip().casefold()


def _account_problems(account: str) -> list[Problem]:
    is_there = Account.objects.filter(id=account, is_disabled=False).exists()
    return [] if is_there else [refuse("people.no_account", "", account)]


def password_problems(password: str) -> tuple[Problem, ...]:
    """Return what is wrong with a new password."""
    least = people_limits().password_characters
    if not least <= len(password) <= PASSWORD_LENGTH_MAX:
        return (refuse("people.password_length", least=str(least), most=str(PASSWORD_LENGTH_MAX)),)
    try:
        CommonPasswordValidator().validate(password)
        NumericPasswordValidator().validate(password)
    except ValidationError:
        return (refuse("people.password_common"),)
    return ()


def check_login(name: str, password: str) -> str | None:
    """Return the account that name and password belong to; None for none. Takes as long for a wrong name."""
    row = Login.objects.filter(name=_told_name(name)).exclude(password="").first()
    held = row.password if row is not None else _nobodys_password()
    is_right = check_password(password[:PASSWORD_LENGTH_MAX], held)
    return row.account if row is not None and is_right else None


def check_own_password(account: str, password: str) -> bool:
    """Tell whether a password is an account's."""
    row = Login.objects.filter(account=account).exclude(password="").first()
    held = row.password if row is not None else _nobodys_password()
    return check_password(password[:PASSWORD_LENGTH_MAX], held) and row is not None


_nobody = ""


def _nobodys_password() -> str:
    """Return the hash of a password that nobody knows, made once."""
    global _nobody  # noqa: PLW0603 -- a memo of a constant
    _nobody = _nobody or make_password(secrets.token_urlsafe(24))
    return _nobody


def invited_account(invitation: str, at: datetime) -> tuple[str, str] | None:
    """Return account and name that an invitation is for; None where it was used, is over, or never was."""
    row = Login.objects.filter(invitation=secret_digest(_DOMAIN, invitation), invited_until__gte=at).first()
    return None if row is None else (row.account, row.name)


def accept_invitation(invitation: str, password: str, at: datetime) -> LoginChange:
    """Choose a password by an invitation, which ends with it."""
    problems = password_problems(password)
    hashed = "" if problems else make_password(password)

    def enter(head: LogHead) -> LoginChange:
        del head
        held = Login.objects.filter(invitation=secret_digest(_DOMAIN, invitation), invited_until__gte=at)
        row = held.first()
        if row is None:
            return LoginChange((refuse("people.invitation_over"),))
        if problems:
            return LoginChange(problems)
        held.update(password=hashed, invitation="", invited_until=None)
        return LoginChange((), row.name)

    return write(enter)


def new_code_secret() -> bytes:
    """Draw the secret of an account's one-time codes; it counts once a code of it was given."""
    return secrets.token_bytes(SECRET_BYTES)


def has_code(account: str) -> bool:
    """Tell whether an account has one-time codes."""
    return Login.objects.filter(account=account).exclude(code_secret="").exists()


def set_code_secret(account: str, secret: bytes, code: str, at: datetime) -> bool:
    """Give an account one-time codes, where a first code shows that the app has the secret; ends its sessions."""
    step = step_of_code(secret, _plain(code), at.timestamp())
    if step is None:
        return False
    kept = seal_secret(secret)

    def enter(head: LogHead) -> bool:
        del head
        end_sessions_of(account)
        return Login.objects.filter(account=account).update(code_secret=kept, code_step=step) == 1

    return write(enter)


def check_code(account: str, code: str, at: datetime) -> bool:
    """Tell whether a code is the account's, now, and was not used; uses it."""

    def enter(head: LogHead) -> bool:
        del head
        row = Login.objects.filter(account=account).exclude(code_secret="").first()
        secret = None if row is None else open_secret(row.code_secret)
        if row is None or secret is None:
            return False
        step = step_of_code(secret, _plain(code), at.timestamp(), last_step=row.code_step)
        if step is None:
            return False
        Login.objects.filter(account=account).update(code_step=step)
        return True

    return write(enter)


def _plain(code: str) -> str:
    return "".join(code.split())[:10]


def seal_secret(secret: bytes) -> str:
    """Encrypt under the web secret."""
    return Fernet(_sealing_key()).encrypt(secret).decode()


def open_secret(sealed: str, *, seconds_most: int | None = None) -> bytes | None:
    """Decrypt; None where it was sealed under another web secret, or longer ago than it may be."""
    try:
        return Fernet(_sealing_key()).decrypt(sealed.encode("utf-8", "surrogatepass"), ttl=seconds_most)
    except InvalidToken:
        return None


def _sealing_key() -> bytes:
    made = HKDF(SHA256(), 32, salt=None, info=b"ytterby/one-time-code/v1").derive(settings.SECRET_KEY.encode())
    return base64.urlsafe_b64encode(made)

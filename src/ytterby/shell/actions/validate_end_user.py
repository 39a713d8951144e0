"""Enter what an end user has shown, confirm it as another person of the office, and withdraw it.

Who may: accounts of a licensing body. One enters and another confirms (threat D1); one alone withdraws. Everything is a
filing, checked again whenever the log is read.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime

from ytterby.licence.end_user_validation import EndUserValidation, ValidationConfirmation, ValidationWithdrawal
from ytterby.shell.actions.filing import FilingChange, file_with, unregistered
from ytterby.shell.site.register import Register
from ytterby.shell.store.case_speakers import Speaker

ID_BYTES = 6


def enter_validation(
    register: Register,
    party: str,
    shown: Mapping[str, str],
    text: str,
    speaker: Speaker,
    *,
    documents: tuple[str, ...],
    at: datetime | None = None,
) -> FilingChange:
    """Enter what an end user has shown, by need of the pack (visits, reconciliation, documents) with its day. It counts
    once another person of the office has confirmed it.
    """
    if problems := unregistered(party=party):
        return FilingChange(tuple(problems), register.size)
    one = EndUserValidation(secrets.token_hex(ID_BYTES), party, dict(shown), text, documents)
    return file_with(register, one, speaker, at=at)


def confirm_validation(
    register: Register, validation: str, speaker: Speaker, *, at: datetime | None = None
) -> FilingChange:
    """Confirm what another person of the office entered, by its number."""
    return file_with(register, ValidationConfirmation(validation), speaker, at=at)


def withdraw_validation(
    register: Register, validation: str, text: str, speaker: Speaker, *, at: datetime | None = None
) -> FilingChange:
    """Let a validation count no more."""
    return file_with(register, ValidationWithdrawal(validation, text), speaker, at=at)

"""Whether whoever signs a record about a case or a sample may say it (threat O3).

Who may: for the office accounts of the operator and of auditing and tracing bodies, for a party its own accounts, each
with a key that never lies on the server. In a demo nobody has to sign, and whoever holds the folder may.
"""

from datetime import date

from ytterby.proof.key import PrivateKey
from ytterby.shell.actions.rights import check_key
from ytterby.shell.site.register import Register
from ytterby.shell.store.inquiries import speaker_flaw
from ytterby.shell.store.registering import Registrable
from ytterby.shell.store.rights import stored_rights
from ytterby.terms.problem import refuse


def check_speaker(register: Register, record: Registrable, by: PrivateKey | None, day: date) -> None:
    """Refuse a signed record whose speaker may not say it; the caller holds the lock.

    Raises:
        RefusedRight: nobody signed, or the account may not.
    """
    if register.is_demo:
        return

    def may(_: PrivateKey) -> bool:
        return speaker_flaw(stored_rights(register), register.id, record.kind, record.fields, day) is None

    check_key(register, by, may, needed=refuse("inquiry.account_needed"), refused=refuse("inquiry.not_an_account"))

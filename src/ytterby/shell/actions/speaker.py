"""Who speaks, for doors: an account by its key, the account of a session, or in a demo whom the folder's holder names.

What somebody may do follows from the log at each step (`store.case_speakers`); here it is only said who it is. A page
has checked who is signed in, and no key signs what it hands over; records say so (threat P4). An approval is signed all
the same (threat D2, `portal.sign`).
"""

from ytterby.proof.key import PrivateKey
from ytterby.shell.site.register import Register
from ytterby.shell.store.case_speakers import DEMO, KEY, SESSION, TOKEN, Speaker, demo_speaker
from ytterby.shell.store.case_speakers import key_speaker as speaker_of_rights
from ytterby.shell.store.rights import stored_rights

__all__ = ("DEMO", "KEY", "SESSION", "TOKEN", "Speaker", "demo_speaker", "key_speaker", "session_speaker")


def key_speaker(register: Register, key: PrivateKey) -> Speaker:
    """Return who speaks with a key by the log as it is now; for no party where no account in force has it."""
    return speaker_of_rights(stored_rights(register), key)


def session_speaker(account: str, party: str) -> Speaker:
    """Return who speaks in a session.

    Raises:
        ValueError: nobody is signed in as a person; a party or an auditor of a demo says nothing.
    """
    if not account:
        raise ValueError("who speaks has an account")
    return Speaker(account, party, SESSION)

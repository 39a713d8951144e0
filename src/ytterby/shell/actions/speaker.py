"""Who speaks, for doors: an account by its key, or in a demo whom the holder of the folder names.

What somebody may do follows from the log at each step (`store.case_speakers`); here it is only said who it is.
"""

from ytterby.proof.key import PrivateKey
from ytterby.shell.site.register import Register
from ytterby.shell.store.case_speakers import DEMO, KEY, SESSION, TOKEN, Speaker, demo_speaker
from ytterby.shell.store.case_speakers import key_speaker as speaker_of_rights
from ytterby.shell.store.rights import stored_rights

__all__ = ("DEMO", "KEY", "SESSION", "TOKEN", "Speaker", "demo_speaker", "key_speaker")


def key_speaker(register: Register, key: PrivateKey) -> Speaker:
    """Return who speaks with a key by the log as it is now; for no party where no account in force has it."""
    return speaker_of_rights(stored_rights(register), key)

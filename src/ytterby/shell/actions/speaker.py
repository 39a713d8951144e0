"""Who speaks through a page: the account of the session, for its party.

A page has checked who is signed in, and no key signs what it hands over; records say so (threat P4). What the account
may do follows from the log when the step is taken. An approval is signed all the same (threat D2, `portal.sign`).
"""

from ytterby.shell.store.case_speakers import SESSION, Speaker


def session_speaker(account: str, party: str) -> Speaker:
    """Return who speaks in a session.

    Raises:
        ValueError: nobody is signed in as a person; a party or an auditor of a demo says nothing.
    """
    if not account:
        raise ValueError("who speaks has an account")
    return Speaker(account, party, SESSION)

"""The store's tables: what was submitted, the events in it, the log over them, who may see what, closed months,
lists of the listed, cases of the licence office, licences and what is drawn on them, how people sign in,
what waits to be sent.
"""

from ytterby.shell.store.models.account import Account
from ytterby.shell.store.models.account_version import AccountVersion
from ytterby.shell.store.models.casework import ApprovalRow, CaseEventRow, CaseParty, CaseRow
from ytterby.shell.store.models.derived import Edition, EventCell, LotCell, PostingRecord, Thread, Touch
from ytterby.shell.store.models.event import EventRecord, Reader, Visible
from ytterby.shell.store.models.evidence import (
    CaseMarkRow,
    EndUserAsk,
    LotReservation,
    PrecedentKey,
    PrecedentRow,
    ReservedLot,
)
from ytterby.shell.store.models.licence import LicenceEntryRow, LicenceLineRow, LicenceRow, LicensedEvent
from ytterby.shell.store.models.listed import ListedFile, ListedText, ListMembers
from ytterby.shell.store.models.log import LogEntry, LogHead, StoredHash
from ytterby.shell.store.models.outbox import CustomsMessageRow, NoticeRow
from ytterby.shell.store.models.people import AccountMail, IssuedNonce, Login, Passkey, Token, WebSession
from ytterby.shell.store.models.registration import Registration
from ytterby.shell.store.models.repeat import RepeatedAnswer
from ytterby.shell.store.models.submission import Submission

__all__ = [
    "Account",
    "AccountMail",
    "AccountVersion",
    "ApprovalRow",
    "CaseEventRow",
    "CaseMarkRow",
    "CaseParty",
    "CaseRow",
    "CustomsMessageRow",
    "Edition",
    "EndUserAsk",
    "EventCell",
    "EventRecord",
    "IssuedNonce",
    "LicenceEntryRow",
    "LicenceLineRow",
    "LicenceRow",
    "LicensedEvent",
    "ListMembers",
    "ListedFile",
    "ListedText",
    "LogEntry",
    "LogHead",
    "Login",
    "LotCell",
    "LotReservation",
    "NoticeRow",
    "Passkey",
    "PostingRecord",
    "PrecedentKey",
    "PrecedentRow",
    "Reader",
    "Registration",
    "RepeatedAnswer",
    "ReservedLot",
    "StoredHash",
    "Submission",
    "Thread",
    "Token",
    "Touch",
    "Visible",
    "WebSession",
]

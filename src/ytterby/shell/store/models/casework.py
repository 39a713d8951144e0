"""Cases as they stand, their events and approvals: derived from records of the log, and checked by the doctor.

The constraints repeat what the room of licences decides, so that no path into the database goes round it (threats D1,
D2): an event of a version stands once, an approval is by somebody else than the draft's author, one person approves a
draft once, an order is approved once, a licence is amended by one case at a time.
"""

from django.db import models
from django.db.models import F, Q


class CaseRow(models.Model):
    """Where a case stands. `amending` is the licence that it amends while it is open, so that there is one at a time.

    `rank` and `due` are what worklists are ordered by; instants are RFC 3339 in UTC, days ISO.
    """

    number = models.TextField(primary_key=True)
    kind = models.TextField()
    procedure = models.TextField()
    state = models.TextField()
    holder = models.TextField()
    version = models.IntegerField()
    applicant = models.TextField()
    officer = models.TextField(default="")
    tier = models.TextField(default="")
    destination = models.TextField(default="")
    begun_at = models.TextField()
    received_at = models.TextField(null=True)
    decided_at = models.TextField(null=True)
    changed_at = models.TextField()
    due = models.TextField()
    is_open = models.BooleanField(default=True)
    amending = models.TextField(null=True, unique=True)
    copy_of = models.TextField(default="")

    class Meta:
        """Read by worklists: open cases of a holder, of an officer, of an applicant, and all by their day."""

        indexes = [
            models.Index(fields=["is_open", "holder", "due", "number"], name="case_worklist"),
            models.Index(fields=["is_open", "officer", "due", "number"], name="case_of_officer"),
            models.Index(fields=["applicant", "number"], name="case_of_applicant"),
            models.Index(fields=["due", "number"], name="case_due"),
        ]
        constraints = [models.CheckConstraint(condition=Q(version__gte=1), name="case_version_from_one")]


class CaseEventRow(models.Model):
    """One event: which record of the log it is."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, db_constraint=False)
    version = models.IntegerField()
    log_index = models.BigIntegerField(unique=True)
    verb = models.TextField()
    by = models.TextField()
    at = models.TextField()

    class Meta:
        """A version of a case stands once (invariant I10)."""

        constraints = [models.UniqueConstraint(fields=["case", "version"], name="case_version_once")]


class ApprovalRow(models.Model):
    """One approval of a draft, with the draft's author beside it, so that the database can tell them apart (I6)."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, db_constraint=False)
    draft = models.TextField()
    order = models.IntegerField()
    by = models.TextField()
    author = models.TextField()
    nonce = models.TextField(unique=True)
    log_index = models.BigIntegerField()

    class Meta:
        """Separation of duty as the database holds it."""

        constraints = [
            models.CheckConstraint(condition=~Q(by=F("author")), name="approval_not_by_author"),
            models.CheckConstraint(condition=Q(order__gte=1), name="approval_order_from_one"),
            models.UniqueConstraint(fields=["draft", "by"], name="approval_of_a_person_once"),
            models.UniqueConstraint(fields=["draft", "order"], name="approval_of_an_order_once"),
        ]


class CaseParty(models.Model):
    """A party on a case by its role, to find the cases of an end user, an importer, a consignee."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, db_constraint=False)
    party = models.TextField()
    role = models.TextField()

    class Meta:
        """A party has a role once."""

        constraints = [models.UniqueConstraint(fields=["case", "party", "role"], name="case_party_once")]
        indexes = [models.Index(fields=["party", "role"], name="case_of_party")]

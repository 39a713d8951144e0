"""Licences, their lines and what was entered on them: written with the records of the log that say it.

All three are functions of the log, and the doctor works them out again. Quantities are whole millionths of the line's
unit (`licence.scaled`). The database itself holds the balance: of every row of a line quantity and tolerance are what
is drawn, reserved and free, none below zero; triggers (`migrations.0011_licence`) add each entry to its line, let a
line change in no other way, and let no entry change or go. Whoever alters one of these tables makes its triggers anew:
SQLite drops them with the table that it copies.
"""

from django.db import models

STATUSES = (
    *("issued", "active", "amending", "suspended", "exhausted"),
    *("expired", "revoked", "surrendered", "superseded"),
)
STANDINGS = ("not_sent", "sent", "acknowledged", "rejected")


class LicenceRow(models.Model):
    """One version of a licence: what it says stands in the record `log_index`. `customs` is what customs answered."""

    number = models.TextField()
    version = models.IntegerField()
    status = models.TextField()
    customs = models.TextField()
    holder = models.TextField()
    valid_from = models.TextField()
    valid_to = models.TextField()
    log_index = models.BigIntegerField()

    class Meta:
        """A version stands once; one of a number is not superseded."""

        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="licence_once"),
            models.UniqueConstraint(
                fields=["number"], condition=~models.Q(status="superseded"), name="licence_version_once"
            ),
            models.CheckConstraint(condition=models.Q(status__in=STATUSES), name="licence_status"),
            models.CheckConstraint(condition=models.Q(customs__in=STANDINGS), name="licence_customs"),
        ]
        indexes = [models.Index(fields=["holder"], name="licence_holder")]


class LicenceLineRow(models.Model):
    """A line of a licence through all its versions: sums of its entries, and how many they are."""

    number = models.TextField()
    line = models.TextField()
    unit = models.TextField()
    quantity = models.BigIntegerField(default=0)
    tolerance = models.BigIntegerField(default=0)
    drawn = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    free = models.BigIntegerField(default=0)
    unlicensed = models.BigIntegerField(default=0)
    entries = models.BigIntegerField(default=0)
    is_exhausted = models.BooleanField(default=False)

    class Meta:
        """A line stands once; its balance holds, and nothing in it is below zero."""

        constraints = [
            models.UniqueConstraint(fields=["number", "line"], name="licence_line_once"),
            models.CheckConstraint(
                condition=models.Q(
                    quantity__gte=0, tolerance__gte=0, drawn__gte=0, reserved__gte=0, free__gte=0, unlicensed__gte=0
                ),
                name="licence_line_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    free=models.F("quantity") + models.F("tolerance") - models.F("drawn") - models.F("reserved")
                ),
                name="licence_line_balance",
            ),
        ]


class LicenceEntryRow(models.Model):
    """One entry of a line: the `place`-th, with what it changes and the sums after it.

    Key: declaration, line of the declaration, sequence. Entries that set the quantity (`licensed`, by version) have the
    empty declaration and line 0. `asked` is the quantity that was said; `back` what came back and restores nothing;
    `reason` of an exit why not all of it was drawn, or why what was drawn needed its reservation.
    """

    line = models.ForeignKey(LicenceLineRow, on_delete=models.PROTECT, db_index=False)
    place = models.BigIntegerField()
    log_index = models.BigIntegerField()
    kind = models.TextField()
    declaration = models.TextField()
    declaration_line = models.BigIntegerField()
    seq = models.BigIntegerField()
    day = models.TextField()
    asked = models.BigIntegerField()
    unit = models.TextField()
    code = models.TextField()
    reason = models.TextField(default="")
    quantity = models.BigIntegerField(default=0)
    tolerance = models.BigIntegerField(default=0)
    drawn = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    unlicensed = models.BigIntegerField(default=0)
    back = models.BigIntegerField(default=0)
    drawn_after = models.BigIntegerField()
    reserved_after = models.BigIntegerField()
    is_exhausted_after = models.BooleanField()

    class Meta:
        """A key stands once on a line, and so does a place."""

        constraints = [
            models.UniqueConstraint(fields=["line", "place"], name="licence_entry_place"),
            models.UniqueConstraint(
                fields=["line", "declaration", "declaration_line", "seq"], name="licence_entry_key"
            ),
        ]
        indexes = [models.Index(fields=["log_index"], name="licence_entry_record")]


class LicensedEvent(models.Model):
    """An accepted event that names a licence and a declaration: written with it, followed once it is accepted.

    `followed` is the number in the log of the record that says what it did, or the event's own where it did nothing,
    for the reason `why` (a problem's code).
    """

    log_index = models.BigIntegerField(primary_key=True)
    licence = models.TextField()
    followed = models.BigIntegerField(null=True)
    why = models.TextField(default="")

    class Meta:
        """Asked for by what was not followed yet."""

        indexes = [
            models.Index(fields=["log_index"], condition=models.Q(followed__isnull=True), name="licensed_event_waits")
        ]

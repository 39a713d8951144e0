"""What cases leave for others to find: claims on lots, what end users are to get, precedents, documents of goods that
need no licence. All functions of the log, written with the record that says it, and worked out again by the doctor.

Quantities are exact decimals as text: no column of either database holds them exactly.
"""

from django.db import models


class CaseMarkRow(models.Model):
    """A case that left something, and the digest of all of it: so that a step that changes nothing writes nothing."""

    case = models.TextField(primary_key=True)
    digest = models.TextField()


class LotReservation(models.Model):
    """What a line of a case, or of the licence that it became, may take of lots that one party holds."""

    case = models.TextField()
    line = models.IntegerField()
    holder = models.TextField()
    licence = models.TextField(default="")
    licence_line = models.TextField(default="")
    amount = models.TextField()
    unit = models.TextField()

    class Meta:
        """A line reserves once."""

        constraints = [models.UniqueConstraint(fields=["case", "line"], name="lot_reservation_once")]


class ReservedLot(models.Model):
    """One of the lots that a reservation may be taken out of."""

    reservation = models.ForeignKey(LotReservation, on_delete=models.CASCADE, related_name="+")
    lot = models.TextField()

    class Meta:
        """Found by lot."""

        constraints = [models.UniqueConstraint(fields=["reservation", "lot"], name="reserved_lot_once")]
        indexes = [models.Index(fields=["lot"], name="reserved_lot")]


class EndUserAsk(models.Model):
    """What an end user is to get of an element by a case or its licence, kg as text."""

    case = models.TextField()
    party = models.TextField()
    element = models.TextField()
    kg = models.TextField()

    class Meta:
        """Added up by party."""

        constraints = [models.UniqueConstraint(fields=["case", "party", "element"], name="end_user_ask_once")]
        indexes = [models.Index(fields=["party", "element", "kg", "case"], name="end_user_ask_party")]


class PrecedentRow(models.Model):
    """A decided case as later cases are compared with it, as JSON."""

    case = models.TextField(primary_key=True)
    decided = models.TextField()
    document = models.TextField()


class PrecedentKey(models.Model):
    """A key under which a precedent is found, with its day beside it so that the latest are found first."""

    precedent = models.ForeignKey(PrecedentRow, on_delete=models.CASCADE, related_name="+")
    key = models.TextField()
    decided = models.TextField()

    class Meta:
        """Found by key, the latest first."""

        constraints = [models.UniqueConstraint(fields=["precedent", "key"], name="precedent_key_once")]
        indexes = [models.Index(fields=["key", "decided", "precedent"], name="precedent_key")]

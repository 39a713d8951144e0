"""One digest over all that is derived: equal sets of accepted events give equal digests, whatever their history."""

from hashlib import sha256

from ytterby.shell.store.derived.packing import unpacked
from ytterby.shell.store.derived.threads import chunks
from ytterby.shell.store.models import EventCell, LotCell
from ytterby.terms.canonical import framed

START = b"ytterby/derived/v1\x00"


def derived_digest(edition: int) -> str:
    """Return the digest of an edition's cells, hexadecimal: lots by identifier, then events by digest.

    Numbers of the log and of the store do not enter it, since the same events in another order have others.
    """
    digest = sha256(START)
    lots = dict(LotCell.objects.filter(edition=edition).values_list("lot__text", "lot_id"))
    # Sorted here: databases sort text each in their own way.
    for texts in chunks(sorted(lots)):
        rows = LotCell.objects.filter(edition=edition, lot_id__in=[lots[text] for text in texts])
        bodies = dict(rows.values_list("lot__text", "body"))
        for text in texts:
            digest.update(framed(text.encode()) + framed(unpacked(bodies[text])))
    events = EventCell.objects.filter(edition=edition).order_by("digest").values_list("digest", "body")
    for key, body in events.iterator(chunk_size=500):
        digest.update(framed(bytes(key)) + framed(unpacked(body)))
    return digest.hexdigest()

"""Which derived rows answer: one live edition, of this derivation, up to a log size that ends a submission."""

from collections.abc import Iterator

from ytterby.chain.posting_record import DERIVATION
from ytterby.shell.actions.doctor.unsound import Unsound
from ytterby.shell.store.models import Edition, EventCell, LogEntry, LotCell, PostingRecord, Touch
from ytterby.terms.problem import finding


def unsound_editions(size: int) -> Iterator[Unsound]:
    """Yield what is wrong with the editions themselves; `size` is the log's."""
    editions = list(Edition.objects.order_by("number"))
    live = [edition for edition in editions if edition.is_live]
    if len(live) != 1:
        yield Unsound(finding("derived.edition"), "editions", f"{len(live)} are live, and one must be")
    for edition in editions:
        where = f"edition {edition.number}"
        if edition.is_live and edition.derivation != DERIVATION:
            what = f"it was derived by {edition.derivation}, and this version derives by {DERIVATION}"
            yield Unsound(finding("derived.edition"), where, what)
        if edition.is_live and edition.is_retired:
            yield Unsound(finding("derived.edition"), where, "it is live and retired, and can be but one")
        for name, at in (("derived", edition.derived_to), ("posted", edition.posted_to)):
            if at > size or (at and not LogEntry.objects.filter(batch_end=at).exists()):
                what = f"it says that it is {name} to {at}, which is no log size that ends a submission"
                yield Unsound(finding("derived.watermark"), where, what)
    numbers = [edition.number for edition in editions]
    for model in (PostingRecord, Touch, LotCell, EventCell):
        strange = model.objects.exclude(edition__in=numbers).values_list("edition", flat=True).first()
        if strange is not None:
            what = f"rows of {model._meta.db_table} belong to it, and there is no such edition"
            yield Unsound(finding("derived.edition"), f"edition {strange}", what)


def derived_edition() -> Edition | None:
    """Return the edition whose rows can be compared; None where there is none of this derivation."""
    live = list(Edition.objects.filter(is_live=True, derivation=DERIVATION)[:2])
    return live[0] if len(live) == 1 else None

"""The outcome receipt of a submission: stored without its entries, which the event rows hold, and made whole here."""

import json
from typing import Any

from ytterby.shell.store.models import Submission

Json = dict[str, Any]


def submission_entries(submission: Submission) -> list[Json]:
    """Return index, salt and digest of each entry that a submission made: what its receipt promises."""
    rows = submission.eventrecord_set.order_by("log_index").values_list("log_index", "salt", "digest")
    return [{"index": index, "salt": bytes(salt).hex(), "digest": bytes(digest).hex()} for index, salt, digest in rows]


def stored_outcome(receipt: Json) -> str:
    """Return a receipt as it is stored."""
    return json.dumps({name: value for name, value in receipt.items() if name != "entries"}, ensure_ascii=False)


def whole_outcome(submission: Submission) -> Json | None:
    """Return the outcome receipt as it was handed out; None before there is one.

    Raises:
        ValueError: what is stored is no JSON object.
    """
    if submission.outcome_receipt is None:
        return None
    stored = json.loads(submission.outcome_receipt)
    if not isinstance(stored, dict):
        raise ValueError("a receipt is an object")
    return {**stored, "entries": submission_entries(submission)}

"""Decisions by rule that people look at again, and what came of it.

Who may read: licensing bodies, auditors and the register's operator. To parties there is none of it: neither that a
case was drawn nor what somebody found (threats A5, C7).
"""

from typing import Any

from ytterby.chain.party import OPERATOR
from ytterby.licence.audit import Drawn
from ytterby.shell.site.register import current_register
from ytterby.shell.store.audits import Audits, stored_audits
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import AUDIT, LICENSING, Viewer

Json = dict[str, Any]


def list_audits(viewer: Viewer, known: Known) -> list[Json]:
    """Return the months that were drawn, each with its cases and their results."""
    if viewer.party != OPERATOR and not viewer.mandates & {LICENSING, AUDIT}:
        return []
    audits = stored_audits(current_register(), known.size)
    return [
        {
            "month": month,
            "decided": len(sample.frame),
            "shares": dict(sample.shares),
            "seed": sample.seed,
            "drawn": [_row(audits, one) for one in sample.drawn],
        }
        for month, sample in sorted(audits.samples.items())
    ]


def _row(audits: Audits, one: Drawn) -> Json:
    looked = audits.results.get(one.case, ())
    return {
        "case": one.case,
        "why": one.why,
        "verdict": looked[-1].result.verdict if looked else None,
        "results": [
            {"verdict": each.result.verdict, "text": each.result.text, "by": each.by, "on": each.on.isoformat()}
            for each in looked
        ],
    }

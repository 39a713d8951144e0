"""Hits as the fields of an answer: the same keys on the command line and beside the pages.

Who may read: whoever was given the hits (`screening`); nothing is read here.
"""

from typing import Any

from ytterby.screening.disposition import Outcome
from ytterby.screening.hit import Hit
from ytterby.shell.store.reading.screening import Alert

Json = dict[str, Any]


def hit_json(hit: Hit) -> Json:
    """Return a hit as the fields of an answer."""
    return {
        "number": hit.number,
        "party": hit.party,
        "list": hit.list,
        "entry": hit.entry,
        "ground": hit.ground.value,
        "band": hit.band.value,
        "score": hit.score,
        "name": hit.name,
        "listed_name": hit.listed_name,
        "reasons": [dict(one) for one in hit.reasons],
    }


def waits(one: Alert) -> bool:
    """Tell whether a hit waits for somebody: it is still found and not cleared."""
    return one.is_found and one.outcome is not Outcome.CLEARED


def alert_json(one: Alert) -> Json:
    """Return a hit with where it stands and the opinions that its reader may see."""
    return {
        **hit_json(one.hit),
        "outcome": one.outcome.value,
        "given": one.given,
        "is_found": one.is_found,
        "cleared_until": one.cleared_until.isoformat() if one.cleared_until else None,
        "opinions": [
            {
                "by": said.by,
                "on": said.on.isoformat(),
                "verdict": said.verdict.value,
                "reason": said.reason,
                "text": said.text,
                "documents": list(said.documents),
                "until": said.until.isoformat() if said.until else None,
            }
            for said in one.opinions
        ],
    }

"""How a share of value came about, and whether one may file and ship, as answers of law say them.

Law is public: nothing here knows who asks.
"""

from collections.abc import Mapping
from typing import Any

from ytterby.law.applies import written
from ytterby.law.book import LawBook
from ytterby.law.export_leave import ExportLeave
from ytterby.law.goods_facts import GoodsFacts
from ytterby.law.goods_value import Amount
from ytterby.law.value_share import Listed, PartShare, Settling, ValueShare
from ytterby.shell.site.law_texts import law_text
from ytterby.shell.site.law_words import trust_json, worded

Json = dict[str, Any]


def leave_json(leave: ExportLeave | None, language: str) -> Json:
    """Return whether one may file and ship as far as an answer goes; null where the rule is not about export."""
    if leave is None:
        return {"may_file": None, "may_ship": None}
    return {
        "may_file": {"answer": leave.file.word.value, "why": worded(leave.file.said, language)},
        "may_ship": {"answer": leave.ship.word.value, "why": worded(leave.ship.said, language)},
    }


def share_json(told: GoodsFacts, book: LawBook, language: str) -> Json | None:
    """Return how goods told a rule its share of value; null where the rule asks for none, or they state no value."""
    if told.member is None:
        return None
    member = told.member
    found: Json = {
        "member": {**_listed_json(member.listed, language), "annex": _annex(member.annex, book, language)},
        "share": None,
        "settles": [_settling_json(one, language) for one in told.settles],
        "notes": [],
    }
    if told.share is None:
        return {**found, "notes": [law_text("law.share.no_value", language)]}
    share = told.share
    found["share"] = {
        "low": written(share.bounds.low),
        "low_u": written(share.bounds.low_u),
        "high": written(share.bounds.high),
        "high_u": written(share.bounds.high_u),
        "currency": share.value.currency,
        "price_basis": share.value.price_basis,
        "whole": _amount_json(share.whole),
        "parts": [_part_json(one, language) for one in share.parts],
    }
    found["notes"] = _notes(share, language)
    return found


def _annex(name: str, book: LawBook, language: str) -> Json:
    return {"id": name, "text": book.annexes[name].text[language]}


def _listed_json(listed: Listed, language: str) -> Json:
    return {
        "answer": listed.value.value,
        "entry": listed.entry or None,
        "why": worded(listed.said, language),
        **trust_json(listed.trust),
    }


def _amount_json(amount: Amount | None) -> Json | None:
    return None if amount is None else {"amount": written(amount.value), "u": written(amount.u)}


def _part_json(one: PartShare, language: str) -> Json:
    return {
        "where": f"/value/parts/{one.place}",
        "what": one.part.what,
        "value": _amount_json(one.part.amount),
        "price_basis": one.part.price_basis,
        "counts": one.counts.value,
        "listed": _listed_json(one.listed, language),
        "of_origin": one.origin.value,
        "origin": {name: list(places) for name, places in one.part.origin.items()},
    }


def _settling_json(one: Settling, language: str) -> Json:
    said = law_text(f"law.settles.{one.kind}", language, where=one.where)
    return {"where": one.where, "kind": one.kind, "is_enough": one.is_enough, "text": said}


def _notes(share: ValueShare, language: str) -> list[str]:
    notes = [law_text("law.share.basis", language, basis=share.value.price_basis)]
    others = sorted({one.part.price_basis for one in share.parts if one.part.price_basis is not None})
    if others:
        notes.append(law_text("law.share.other_basis", language, bases=", ".join(others)))
    if share.whole is not None and share.value.amount is None:
        notes.append(law_text("law.share.summed", language))
    exact = [str(one.place) for one in share.parts if one.part.amount is not None and not one.part.amount.u]
    if exact:
        notes.append(law_text("law.share.exact", language, places=", ".join(exact)))
    return notes


def share_lines(found: Mapping[str, Any], language: str) -> list[str]:
    """Return a share of value as lines of text: the figure, each part, what would settle it, what is to be said."""
    lines = []
    member, share = found["member"], found["share"]
    key = f"law.share.member_{member['answer']}"
    lines.append(law_text(key, language, annex=member["annex"]["text"], why=member["why"]))
    if share is not None:
        whole = share["whole"]["amount"] if share["whole"] is not None else "?"
        facts = {**share, "whole": whole}
        key = "law.share.figure" if share["low"] == share["high"] else "law.share.bounds"
        lines.append(law_text(key, language, **facts))
        for part in share["parts"]:
            said = law_text(f"law.share.part_{part['counts']}", language)
            amount = part["value"]["amount"] if part["value"] is not None else "?"
            places = "; ".join(f"{name} {', '.join(where)}" for name, where in part["origin"].items()) or "?"
            facts = {"what": part["what"] or part["where"], "amount": amount, "currency": share["currency"]}
            lines.append(
                law_text("law.share.part", language, **facts, said=said, why=part["listed"]["why"], places=places)
            )
    for one in found["settles"]:
        lines.append(law_text("law.share.settles" if one["is_enough"] else "law.share.settles_partly", language, **one))
    return [*lines, *found["notes"]]

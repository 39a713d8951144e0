"""What a change of law does, as an answer: a row for each lot, product and party whose answer changes, and why.

Who may read: as of the impact itself (`impact`): a party what concerns its own lots, products and lists.
"""

from datetime import date
from typing import Any

from ytterby.chain.party import Directory
from ytterby.law.impact import Difference, Subject, goods_key
from ytterby.law.pack_diff import diff_packs
from ytterby.shell.site.impact_answer import Reasons, difference_json, plain_answer, rule_change_json
from ytterby.shell.site.law_answer import packs_json
from ytterby.shell.site.law_texts import law_text
from ytterby.shell.store.derived.deriving import Progress, nothing_to_tell
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.reading.beside import Work
from ytterby.shell.store.reading.impact import (
    KINDS,
    PARTY,
    PRODUCT,
    ConductChange,
    Impact,
    ListChange,
    PartyDuty,
    Question,
    impact_of,
)
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.naming import Json, exact, site_in
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.terms.identifier import tail

NO, YES, UNKNOWN = "no", "yes", "unknown"
CONDUCT, LIST = "conduct", "list"
_EMPTY: Json = {"about": None, "name": None, "form": None, "site": None, "amount": None, "unit": None}
_NO_RULES: Json = {"gained": [], "lost": [], "rules": []}


def list_impact(
    viewer: Viewer, question: Question, *, known: Known, language: str = "en", tell: Progress = nothing_to_tell
) -> Json:
    """Return whose answer changes, in order of day, kind and holder; with it rules, reasons and what is not covered."""
    found = impact_of(viewer, known, question, tell=tell)
    reasons = Reasons(language)
    writing = _Writing(found, known, reasons)
    rows = [row for one in found.goods for row in writing.goods_rows(one)]
    rows += [writing.conduct_row(one, question) for one in found.conduct]
    rows += [writing.list_row(one) for one in found.lists]
    rows += [writing.duty_row(one, language) for one in found.duties]
    rows.sort(key=lambda row: (row["since"], KINDS.index(row["kind"]), row["holder"]["id"], row["id"]))
    old, new = question.laws
    changed = {kind: len({(row["id"], row["holder"]["id"]) for row in rows if row["kind"] == kind}) for kind in KINDS}
    return {
        "as_of_size": known.size,
        "on": str(question.on),
        "until": None if question.until == date.max else str(question.until),
        "known_on": str(old.known),
        "old": packs_json(question.old),
        "new": packs_json(question.new),
        "changes": len(diff_packs(question.old.packs, question.new.packs)),
        "rules": [rule_change_json(one, old, new, language) for one in found.rules],
        "asked": {kind: found.asked.get(kind, 0) for kind in KINDS},
        "changed": changed,
        "rows": rows,
        "reasons": reasons.rows,
        "not_covered": [_not_covered(what, count, language) for what, count in found.not_covered],
    }


def impact_work(viewer: Viewer, question: Question) -> Work:
    """Return the work of an answer, to be done beside the page that asks for it."""
    del viewer  # who asks is told to the work when it is done

    def make(viewer: Viewer, known: Known, tell: Progress) -> object:
        return impact_of(viewer, known, question, tell=tell)

    return Work(f"impact {hash(question.key)}", make)


class _Writing:
    """Writes the rows of one answer."""

    def __init__(self, found: Impact, known: Known, reasons: Reasons) -> None:
        world = world_at(known.size)
        self.found, self.reasons = found, reasons
        self.directory: Directory = world.directory
        self.names = {one.id: one.name for rows in world.products.by_class.values() for one in rows}

    def goods_rows(self, one: Difference) -> list[Json]:
        said = difference_json(one, self.reasons)
        # Held at two sites in one composition, a lot is two subjects that are equal.
        subjects = {(subject.kind, subject.id, subject.holder): subject for subject in one.subjects}
        return [
            {**self._named(subject.kind, subject.id, subject.holder, what), **said}
            for subject in subjects.values()
            for what in self._what(subject)
        ]

    def _what(self, subject: Subject) -> list[Json]:
        if subject.kind == PRODUCT:
            return [{**_EMPTY, "name": self.names.get(subject.id) or None, "form": subject.new.form}]
        held = self.found.on_hand.get((subject.id, subject.holder, goods_key(subject.old)), ())
        return [
            {**_EMPTY, "form": row.form, "site": self._site(row.site), "amount": exact(row.amount), "unit": row.unit}
            for row in held
        ]

    def conduct_row(self, one: ConductChange, question: Question) -> Json:
        finding = one.finding
        facts = finding.problem.facts
        what = {**_EMPTY, "about": CONDUCT, "name": facts.get("rule"), "form": facts.get("goods") or None}
        what["site"] = self._site(finding.site) if finding.site else None
        old, new = (NO if side is None else side.problem.facts.get("status", YES) for side in (one.old, one.new))
        party = finding.parties[0] if finding.parties else ""
        return {
            **self._named(PARTY, party, party, what),
            "since": str(question.on),
            "old": plain_answer(old),
            "new": plain_answer(new),
            **_NO_RULES,
        }

    def list_row(self, one: ListChange) -> Json:
        what = {**_EMPTY, "about": LIST, "name": one.name}
        words = {None: UNKNOWN, True: YES, False: NO}
        return {
            **self._named(PARTY, one.party, one.party, what),
            "since": str(one.since),
            "old": plain_answer(words[one.old]),
            "new": plain_answer(words[one.new], self._source(one)),
            **_NO_RULES,
        }

    def duty_row(self, one: PartyDuty, language: str) -> Json:
        change = one.change
        what = {**_EMPTY, "about": change.about, "name": change.name or change.kind, "site": self._site(one.site)}
        sides = []
        for word, every, due in zip((change.old, change.new), change.every, change.due, strict=True):
            told = law_text(f"law.impact.every.{every}", language, due=due) if due is not None else ""
            sides.append(plain_answer(word, self._reason(change.about, change.since, told) if told else ()))
        return {
            **self._named(PARTY, one.party, one.party, what),
            "since": str(change.since),
            "old": sides[0],
            "new": sides[1],
            **_NO_RULES,
        }

    def _source(self, one: ListChange) -> list[int]:
        """Return the act that publishes a list as a reason."""
        return self._reason(one.name, one.since, one.source) if one.source else []

    def _reason(self, rule: str, on: date, text: str) -> list[int]:
        self.reasons.rows.append(
            {
                "code": None,
                "rule": rule,
                "on": str(on),
                "text": text,
                "source": text,
                "confidence": "read",
                "confidence_note": None,
            }
        )
        return [len(self.reasons.rows) - 1]

    def _named(self, kind: str, name: str, holder: str, what: Json) -> Json:
        known = self.directory.parties.get(holder)
        called = {
            "id": holder,
            "name": known.name if known else tail(holder),
            "name_zh": known.name_zh if known else "",
        }
        return {"kind": kind, "id": name, "tail": tail(name), "holder": called, "what": what}

    def _site(self, site: str) -> Any:
        return site_in(self.directory, site)


def _not_covered(what: str, count: int, language: str) -> Json:
    why = law_text(f"law.impact.not_covered.{what}", language, count=count)
    return {"what": what, "why": why, "count": count or None}

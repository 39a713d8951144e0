"""All packs that are loaded, as one book of law: what rules, items and parameters there are, and whether they fit.

A pack may name what another holds (a ban names the items' packs); what no loaded pack holds is refused here.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from ytterby.law import conduct as asked
from ytterby.law.clock_rule import ClockRule
from ytterby.law.condition import leaves_of
from ytterby.law.conduct import NO, YES, Conduct
from ytterby.law.dated_rule import Dispute, Rule, Settlement, ShareRule
from ytterby.law.dossier_rule import DossierRules
from ytterby.law.end_use_rule import EndUseRules
from ytterby.law.fact import CODE, FIGURES, PLACE, SHARE, FactKind
from ytterby.law.flow_entry import FlowEntry, FlowReturnRule, QuotaDraw, is_said_twice
from ytterby.law.goods_value import PLACES
from ytterby.law.item import Annex, Doubt, Guidance, Item, Parameter
from ytterby.law.pack import Cited, Pack, digest_of
from ytterby.law.procedure import Procedure, clock_rules_of, entries_of
from ytterby.law.stage import Stage
from ytterby.terms.problem import Problem, pointer, refuse

# Parameters that the classification itself asks for; every book that lists items must hold them.
COVERAGE, IMPURITY = "coverage", "impurity"
_DOMAIN = b"ytterby/law-book/v1\x00"


@dataclass(frozen=True, eq=False)
class LawBook:
    """The packs by identifier, in order of it; the order in which they were loaded changes no answer.

    `settlements` are entries beside the packs that close disputes, by dispute (`settlement.with_settlements`).
    """

    packs: Mapping[str, Pack]
    settlements: Mapping[str, tuple[Settlement, ...]] = field(default_factory=dict)

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """Every rule by identifier."""
        return _merged(pack.rules for pack in self.packs.values())

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Every item by code, in order of it."""
        return dict(sorted(_merged(pack.items for pack in self.packs.values()).items()))

    @cached_property
    def disputes(self) -> Mapping[str, Dispute]:
        """Every dispute by identifier, with what it was settled on: what names no reading of it settles nothing."""
        found: dict[str, Dispute] = _merged(pack.disputes for pack in self.packs.values())
        for name, settled in self.settlements.items():
            if name in found:
                fitting = tuple(one for one in settled if one.reading in found[name].readings)
                found[name] = replace(found[name], settlements=(*found[name].settlements, *fitting))
        return found

    @cached_property
    def facts(self) -> Mapping[str, FactKind]:
        """Every fact that may be given."""
        return _merged(pack.facts for pack in self.packs.values())

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Every parameter by name."""
        return _merged(pack.parameters for pack in self.packs.values())

    @cached_property
    def cited(self) -> Mapping[str, Cited]:
        """Every document that is cited, by identifier."""
        return _merged(pack.cited for pack in self.packs.values())

    @cached_property
    def guidance(self) -> tuple[Guidance, ...]:
        """All guidance, in order of pack."""
        return tuple(one for pack in self.packs.values() for one in pack.guidance)

    @cached_property
    def doubts(self) -> tuple[Doubt, ...]:
        """All doubts, in order of pack."""
        return tuple(one for pack in self.packs.values() for one in pack.doubts)

    @cached_property
    def annexes(self) -> Mapping[str, Annex]:
        """Every list that rules refer to without control codes, by identifier."""
        return _merged(pack.annexes for pack in self.packs.values())

    @cached_property
    def stages(self) -> Mapping[str, Stage]:
        """Every stage of the chain that a fact asks about, by that fact."""
        return _merged(pack.stages for pack in self.packs.values())

    @cached_property
    def conduct(self) -> Mapping[str, Conduct]:
        """What rules say of conduct, by their rule."""
        return _merged(pack.conduct for pack in self.packs.values())

    @cached_property
    def flow_returns(self) -> Mapping[str, FlowReturnRule]:
        """Every entry about returns of flow, by identifier."""
        return _merged(pack.flow_returns for pack in self.packs.values())

    @cached_property
    def quotas(self) -> Mapping[str, QuotaDraw]:
        """Every entry about what draws on a quota, by identifier."""
        return _merged(pack.quotas for pack in self.packs.values())

    @cached_property
    def procedures(self) -> Mapping[str, Procedure]:
        """Every procedure by identifier."""
        found = [pack.procedure for pack in self.packs.values() if pack.procedure is not None]
        return {one.id: one for one in found}

    @cached_property
    def dossiers(self) -> Mapping[str, DossierRules]:
        """The rules for dossiers of every procedure that has some, by procedure."""
        found = [pack.dossier for pack in self.packs.values() if pack.dossier is not None]
        return {one.procedure: one for one in found}

    @cached_property
    def end_uses(self) -> Mapping[str, EndUseRules]:
        """All rules for descriptions of end uses, by identifier."""
        found = [pack.end_use for pack in self.packs.values() if pack.end_use is not None]
        return {one.id: one for one in found}

    @cached_property
    def entries(self) -> frozenset[str]:
        """What the basis of a field may name: rules, and `PROCEDURE:ENTRY` of every entry of a procedure."""
        inside = {f"{one.id}:{name}" for one in self.procedures.values() for name in entries_of(one)}
        return frozenset(inside.union(self.rules))

    @cached_property
    def clock_rules(self) -> Mapping[str, ClockRule]:
        """The rule of every clock of every procedure, by identifier."""
        return _merged(clock_rules_of(one) for one in self.procedures.values())

    @property
    def known_to(self) -> date:
        """The latest day that a loaded pack knows."""
        return max((pack.knows[1] for pack in self.packs.values()), default=date.min)

    @property
    def latest_known(self) -> date:
        """The latest day of which anything here speaks: the packs, and what settles their disputes."""
        settled = (one.trust.known_since for found in self.settlements.values() for one in found)
        return max([self.known_to, *settled])

    @cached_property
    def digest(self) -> str:
        """What tells this book from every other that may answer otherwise: over its packs and its settlements."""
        settled = [
            [name, one.reading, one.by, *(str(part) for part in one.trust)]
            for name, found in sorted(self.settlements.items())
            for one in found
        ]
        content = {"packs": [[pack.id, pack.digest] for pack in self.packs.values()], "settlements": settled}
        return digest_of(_DOMAIN, content)

    def code_of(self, name: str) -> str:
        """Return a code without its pack's group as prefix (`xx-1A001.a` is `1A001.a`); any other name as it is."""
        head, joint, rest = name.partition("-")
        groups = {pack.group for pack in self.packs.values()}
        return rest if joint and rest in self.items and head.lower() in groups else name

    def listed_code(self, name: str) -> str | None:
        """Return the control code that a text names; None where no loaded pack lists it."""
        code = self.code_of(name)
        return code if code in self.items else None

    def of_group(self, group: str) -> "LawBook":
        """Return the book of one group's packs, with those that hold what all share."""
        chosen = {name: pack for name, pack in self.packs.items() if pack.group in {group, SHARED}}
        return LawBook(chosen, self.settlements)


SHARED = "shared"


def _merged(tables: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {name: row for table in tables for name, row in table.items()}


def make_book(packs: Sequence[Pack]) -> tuple[LawBook, list[Problem]]:
    """Return the book of these packs, and where they do not fit together; a later pack of the same id replaces one."""
    by_id = {pack.id: pack for pack in packs}
    book = LawBook(dict(sorted(by_id.items())))
    problems = [*_named_twice(book)]
    for pack in book.packs.values():
        problems += [problem.at(f"{pack.id}#") for problem in _references(pack, book)]
    return book, problems


def _named_twice(book: LawBook) -> Iterator[Problem]:
    for section in (
        *("rules", "items", "disputes", "facts", "parameters", "cited", "conduct"),
        *("annexes", "stages", "flow_returns", "quotas"),
    ):
        seen: dict[str, str] = {}
        for pack in book.packs.values():
            for name in getattr(pack, section):
                if seen.setdefault(name, pack.id) != pack.id:
                    yield refuse("pack.in_two_packs", f"{pack.id}#{pointer(section)}", name, other=seen[name])
    procedures: dict[str, str] = {}
    for pack in book.packs.values():
        # A clock is asked for by its name alone, whatever the procedure.
        names = () if pack.procedure is None else (pack.procedure.id, *pack.procedure.clocks)
        for name in names:
            if procedures.setdefault(name, pack.id) != pack.id:
                where = f"{pack.id}#{pointer('procedure')}"
                yield refuse("pack.in_two_packs", where, name, other=procedures[name])
    for section, key in (("dossier", "procedure"), ("end_use", "id")):
        holders: dict[str, str] = {}
        for pack in book.packs.values():
            part = getattr(pack, section)
            if part is not None and holders.setdefault(getattr(part, key), pack.id) != pack.id:
                name = getattr(part, key)
                yield refuse("pack.in_two_packs", f"{pack.id}#{pointer(section)}", name, other=holders[name])


def _references(pack: Pack, book: LawBook) -> Iterator[Problem]:
    """Yield every name in a pack that no pack of the book holds."""
    for number, (name, rule) in enumerate(pack.rules.items()):
        for where, wanted, known in _rule_references(rule, book):
            if wanted not in known:
                place = pointer("rules", number) + where
                yield refuse("pack.unknown_reference", place, wanted, known=", ".join(sorted(known)) or name)
    for number, item in enumerate(pack.items.values()):
        yield from _known(item.rule, book.rules, pointer("items", number, "rule"))
        yield from _limit_references(item, book, pointer("items", number))
    places = {name for name, kind in book.facts.items() if kind.kind == PLACE}
    for number, name in enumerate(pack.stages):
        yield from _known(name, dict.fromkeys(places), pointer("stages", number, "fact"))
    for number, annex in enumerate(pack.annexes.values()):
        for at, one in enumerate(annex.entries):
            yield from _limit_references(one, book, pointer("annexes", number, "entries", at))
    for section in ("guidance", "doubts"):
        for number, row in enumerate(getattr(pack, section)):
            yield from _known(row.rule, book.rules, pointer(section, number, "rule"))
            if getattr(row, "limit", ""):
                yield from _known(row.limit, book.parameters, pointer(section, number, "limit"))
    for number, entry in enumerate(pack.conduct.values()):
        place = pointer("conduct", number, "rule")
        yield from _known(entry.rule, book.rules, place)
        if entry.rule in book.rules:
            yield from _conduct_problems(entry, book.rules[entry.rule], book, place)
    if pack.items or pack.annexes:
        # A group can be asked alone: what its items need must not stand in another group.
        own = book.of_group(pack.group).parameters
        for name in (COVERAGE, IMPURITY):
            yield from _known(name, own, "/items" if pack.items else "/annexes")
    for section in ("flow_returns", "quotas"):
        for number, row in enumerate(getattr(pack, section).values()):
            yield from _flow_references(row, book, pointer(section, number))
    if pack.procedure is not None:
        yield from _procedure_references(pack.procedure, book)
    yield from _dossier_references(pack, book)


def _limit_references(item: Item, book: LawBook, place: str) -> Iterator[Problem]:
    for number, part in enumerate(item.parts):
        if part.limit:
            yield from _known(part.limit, book.parameters, place + pointer("parts", number, "limit"))


def _flow_references(entry: FlowEntry, book: LawBook, place: str) -> Iterator[Problem]:
    """Yield readings of no dispute, words that no list of the register holds, and what another entry says already."""
    for where, wanted, known in _rule_references(entry.dated, book):
        if wanted not in known:
            yield refuse("pack.unknown_reference", place + where, wanted, known=", ".join(sorted(known)))
    is_return = isinstance(entry, FlowReturnRule)
    fields = {"kinds": asked.KIND} if is_return else _QUOTA_FACTS
    for name, fact in fields.items():
        kind = book.facts.get(fact)
        for value in sorted(getattr(entry, name) - set(kind.values)) if kind is not None and kind.values else ():
            yield refuse("pack.choice", place + pointer(name), value, allowed=", ".join(kind.values if kind else ()))
    others: Mapping[str, FlowEntry] = book.flow_returns if is_return else book.quotas
    for other in others.values():
        if other.id < entry.id and is_said_twice(entry, other):
            yield refuse("pack.contradiction", place, entry.id, what=f"{other.pack} {other.id}")


# Which facts list the words of which fields.
_QUOTA_FACTS = {"sites": asked.KIND, "made": asked.FORM, "entered": asked.ENTERED, "not_counted": asked.ENTERED}


def _procedure_references(procedure: Procedure, book: LawBook) -> Iterator[Problem]:
    for section in ("deadlines", "returns", "provisions"):
        for number, row in enumerate(getattr(procedure, section).values()):
            if row.under:
                yield from _known(row.under, book.rules, pointer("procedure", section, number, "under"))


def _dossier_references(pack: Pack, book: LawBook) -> Iterator[Problem]:
    """Yield procedures, documents, entries and rules for end uses that the parts of a pack name and no pack holds."""
    named = dict.fromkeys(book.entries)
    for number, entry in enumerate(pack.field_basis):
        if entry.ground.rule:
            yield from _known(entry.ground.rule, named, pointer("field_basis", number, "rule"))
    rules = pack.dossier
    if rules is None:
        return
    yield from _known(rules.procedure, book.procedures, pointer("dossier", "procedure"))
    procedure = book.procedures.get(rules.procedure)
    for number, document in enumerate(rules.documents.values()):
        place = pointer("dossier", "documents", number)
        if procedure is not None:
            yield from _known(document.id, procedure.documents, place + "/document")
        for at, asked_for in enumerate(document.fields.values()):
            if asked_for.rule:
                yield from _known(asked_for.rule, named, place + pointer("fields", at, "rule"))
    for number, check in enumerate(rules.checks.values()):
        place = pointer("dossier", "checks", number)
        if check.rule:
            yield from _known(check.rule, named, place + "/rule")
        if check.end_use:
            yield from _known(check.end_use, book.end_uses, place + "/end_use")


def calendar_problems(book: LawBook, calendars: Collection[str]) -> list[Problem]:
    """Return everything of a procedure that counts by a calendar which is none of these names."""
    return [
        refuse("calendar.unknown", pointer("procedure") + where, name, known=", ".join(calendars)).at(f"{pack.id}#")
        for pack in book.packs.values()
        if pack.procedure is not None
        for where, name in _calendars_of(pack.procedure)
        if name not in {"", *calendars}
    ]


def _calendars_of(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """Yield the calendar of each clock, deadline, report and appeal, with its place."""
    for section in ("clocks", "deadlines"):
        for number, row in enumerate(getattr(procedure, section).values()):
            yield pointer(section, number, "calendar"), row.calendar
    for number, kind in enumerate(procedure.licence_kinds.values()):
        for place, report in enumerate(kind.reports):
            yield pointer("licence_kinds", number, "reports", place, "calendar"), report.calendar
    appeal = None if procedure.casework is None else procedure.casework.appeal
    if appeal is not None:
        yield pointer("casework", "appeal", "calendar"), appeal.calendar


def _known(name: str, known: Mapping[str, object], where: str) -> Iterator[Problem]:
    if name not in known:
        yield refuse("pack.unknown_reference", where, name, known=", ".join(sorted(known)))


def _conduct_problems(entry: Conduct, rule: Rule, book: LawBook, place: str) -> Iterator[Problem]:
    """Yield what keeps a rule from being judged of a deed: other words or dates, no condition, facts no deed tells."""
    if rule.governs != asked.GOVERNED_BY or rule.strictest is not None or (rule.holds, rule.fails) != ("yes", "no"):
        yield refuse("pack.no_conduct_rule", place, rule.id, day=asked.GOVERNED_BY)
    for version in rule.versions:
        if version.condition is None:
            yield refuse("pack.no_conduct_rule", place, rule.id, day=asked.GOVERNED_BY)
            continue
        for leaf in leaves_of(version.condition):
            if not asked.may_ask(entry.deed, leaf.fact):
                known = ", ".join((*asked.facts_of(entry.deed), f"{asked.NAMED}…"))
                yield refuse("pack.conduct_fact", place, leaf.fact, deed=entry.deed, known=known)
            if leaf.fact == asked.MAKING:
                for value in sorted(leaf.values):
                    yield from _known(value, book.conduct, place)
            kind = book.facts.get(leaf.fact)
            strange = sorted(leaf.values - set(kind.values)) if kind is not None and kind.values else []
            for value in strange:
                allowed = ", ".join(kind.values if kind is not None else ())
                yield refuse("pack.choice", place, value, allowed=allowed)


def _rule_references(rule: Rule, book: LawBook) -> Iterator[tuple[str, str, Iterable[str]]]:
    for number, reading in enumerate(rule.readings):
        yield pointer("readings", number, "dispute"), reading.dispute, book.disputes
        dispute = book.disputes.get(reading.dispute)
        if dispute is not None:
            yield pointer("readings", number, "id"), reading.id, dispute.readings
    for version in rule.versions:
        for leaf in leaves_of(version.condition) if version.condition is not None else ():
            kinds = {name for name, kind in book.facts.items() if (kind.kind in FIGURES) == bool(leaf.relation)}
            yield "/when", leaf.fact, kinds
            if leaf.u:
                yield "/when", leaf.u, kinds
    for name in rule.presumed:
        yield "/presumed", name, book.facts
    if rule.share is not None:
        yield from _share_references(rule.share, book)
    if rule.strictest is not None:
        # A rule that follows another that follows others could follow itself.
        plain = [name for name, other in book.rules.items() if other.strictest is None]
        for name in rule.strictest.rules:
            yield "/strictest/rules", name, plain
        words = rule.strictest.order
        followed = [book.rules[name] for name in rule.strictest.rules if name in book.rules]
        said = {rule.strictest.listed, rule.strictest.otherwise}
        for one in sorted(said | {word for other in followed for word in (other.holds, other.fails)}):
            yield "/strictest/order", one, words
        codes = {name for name, kind in book.facts.items() if kind.kind == CODE}
        yield "/strictest/fact", rule.strictest.fact, codes


def _share_references(share: ShareRule, book: LawBook) -> Iterator[tuple[str, str, Iterable[str]]]:
    figures = [name for name, kind in book.facts.items() if kind.kind == SHARE]
    yield "/share/fact", share.fact, figures
    yield "/share/u", share.u, figures
    for name in ("counts", "of"):
        yield pointer("share", name), getattr(share, name), book.annexes
    members = [name for name, kind in book.facts.items() if {YES, NO} <= set(kind.values)]
    yield "/share/member", share.member, members
    for leaf in leaves_of(share.when):
        # A part is asked where it is from, and nothing else.
        yield "/share/when", leaf.fact, [name for name in PLACES if name in book.facts and not leaf.relation]

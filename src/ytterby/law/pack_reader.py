"""From the content of a pack, as YAML gave it, to a `Pack`: shape first, then what it says, all problems at once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ytterby.law.condition import ALL, ANY, AT_LEAST, MORE_THAN, NOT, Branch, Condition, Leaf
from ytterby.law.conduct import Breach, Conduct, Deed
from ytterby.law.dated_rule import (
    Dispute,
    Period,
    Reading,
    Rule,
    Settlement,
    ShareRule,
    Strictest,
    Transition,
    Version,
)
from ytterby.law.dossier_reader import dossier_of, end_use_of, field_basis_of
from ytterby.law.fact import FactKind
from ytterby.law.flow_entry import DUE_DAY, PRODUCTION, DueDay, FlowReturnRule, QuotaDraw
from ytterby.law.item import (
    Annex,
    CustomsCondition,
    Doubt,
    Guidance,
    Item,
    Parameter,
    Part,
    Tariff,
    TariffLine,
)
from ytterby.law.pack import Cited, Pack, pack_digest
from ytterby.law.pack_check import pack_problems
from ytterby.law.pack_schema import shape_problems
from ytterby.law.procedure_reader import procedure_of
from ytterby.law.stage import Stage
from ytterby.law.trust import trust_of
from ytterby.terms.problem import Problem

Json = Mapping[str, Any]


def read_pack(content: Any) -> tuple[Pack | None, list[Problem]]:
    """Return the pack that a content describes, or None and everything that is wrong with it."""
    problems = shape_problems(content)
    if not problems:
        problems = pack_problems(content)
    return (None, problems) if problems else (_pack(content), [])


def _pack(content: Json) -> Pack:
    name = content["id"]
    rules = [_rule(row, name) for row in content.get("rules", ())]
    tariff = content.get("tariff", {"conditions": (), "lines": ()})
    return Pack(
        id=name,
        group=content["group"],
        title=content["title"],
        knows=(_day(content["knows"]["from"]), _day(content["knows"]["to"])),
        digest=pack_digest(content),
        cited={row["id"]: _cited(row) for row in content.get("cited", ())},
        facts={key: _fact(key, row) for key, row in content.get("facts", {}).items()},
        parameters={key: _parameter(key, row) for key, row in content.get("parameters", {}).items()},
        disputes={row["id"]: _dispute(row) for row in content.get("disputes", ())},
        rules={rule.id: rule for rule in rules},
        items={row["code"]: _item(row, name) for row in content.get("items", ())},
        guidance=tuple(_guidance(row, name) for row in content.get("guidance", ())),
        doubts=tuple(_doubt(row, name) for row in content.get("doubts", ())),
        tariff=Tariff(
            {row["letter"]: _customs_condition(row) for row in tariff["conditions"]},
            {row["code"]: _line(row) for row in tariff["lines"]},
        ),
        conduct={row["rule"]: _conduct(row, name) for row in content.get("conduct", ())},
        flow_returns={row["id"]: _flow_return(row, name) for row in content.get("flow_returns", ())},
        quotas={row["id"]: _quota(row, name) for row in content.get("quotas", ())},
        procedure=procedure_of(content["procedure"], name) if "procedure" in content else None,
        dossier=dossier_of(content["dossier"], name) if "dossier" in content else None,
        end_use=end_use_of(content["end_use"], name) if "end_use" in content else None,
        field_basis=tuple(field_basis_of(row, name) for row in content.get("field_basis", ())),
        stages={row["fact"]: _stage(row) for row in content.get("stages", ())},
        annexes={row["id"]: _annex(row, name) for row in content.get("annexes", ())},
        content=MappingProxyType(dict(content)),
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _optional_day(text: str | None) -> date | None:
    return None if text is None else _day(text)


def _cited(row: Json) -> Cited:
    published = _optional_day(row.get("published"))
    return Cited(
        row["id"], row["title"], published, _optional_day(row.get("effective")), row.get("note", ""), trust_of(row)
    )


def _fact(name: str, row: Json) -> FactKind:
    return FactKind(name, row["kind"], tuple(row.get("values", ())), row.get("unknown", ""), row["text"])


def _parameter(name: str, row: Json) -> Parameter:
    of = tuple(row.get("of", ()))
    return Parameter(name, Decimal(row["value"]), row["unit"], of, row["basis"], row["text"], trust_of(row))


def _dispute(row: Json) -> Dispute:
    settled = row.get("settled")
    return Dispute(
        id=row["id"],
        text=row["text"],
        settled_by=row["settled_by"],
        readings={one["id"]: (one["text"], trust_of(one)) for one in row["readings"]},
        settlements=(Settlement(settled["reading"], settled["by"], trust_of(settled)),) if settled else (),
    )


def _rule(row: Json, pack: str) -> Rule:
    words = row.get("words", {"holds": "yes", "fails": "no"})
    strictest = row.get("strictest")
    return Rule(
        id=row["id"],
        pack=pack,
        title=row["title"],
        governs=row["governs"],
        versions=tuple(_version(one) for one in (row, *row.get("later", ()))),
        suspended=tuple(_period(one) for one in row.get("suspended", ())),
        readings=tuple(_reading(one) for one in row.get("readings", ())),
        holds=words["holds"],
        fails=words["fails"],
        presumed={name: tuple(values) for name, values in row.get("presumed", {}).items()},
        duties=tuple(row.get("duties", ())),
        strictest=_strictest(strictest) if strictest else None,
        trust=trust_of(row, row["published"]),
        share=_share(row["share"]) if "share" in row else None,
        means=dict(row.get("means", {})),
    )


def _share(row: Json) -> ShareRule:
    return ShareRule(row["fact"], row["u"], row["counts"], condition_of(row["when"]), row["of"], row["member"])


def _strictest(row: Json) -> Strictest:
    return Strictest(tuple(row["order"]), tuple(row["rules"]), row["fact"], row["listed"], row["otherwise"])


def _version(row: Json) -> Version:
    when = row.get("when")
    return Version(
        published=_day(row["published"]),
        effective=_optional_day(row["effective"]),
        not_before=_optional_day(row.get("effective_not_before")),
        condition=condition_of(when) if when is not None else None,
        text=row["text"],
        trust=trust_of(row, row["published"]),
        transition=tuple(_transition(one, row) for one in row.get("transition", ())),
    )


def _transition(row: Json, version: Json) -> Transition:
    until = _optional_day(row.get("until"))
    trust = trust_of(row, version["published"])
    return Transition(row["day"], _day(row["before"]), row.get("end", ""), until, row["text"], trust)


def _period(row: Json) -> Period:
    return Period(
        first=_day(row["from"]),
        last=_optional_day(row["to"]),
        is_last_included=row.get("is_last_included", True),
        is_last_sure=row.get("is_last_sure", True),
        trust=trust_of(row),
    )


def _reading(row: Json) -> Reading:
    return Reading(row["dispute"], row["id"], tuple(_period(one) for one in row.get("suspended", ())))


def condition_of(row: Json) -> Condition:
    """Return the condition that a row of good shape describes."""
    for kind in (ALL, ANY):
        if kind in row:
            return Branch(kind, tuple(condition_of(part) for part in row[kind]))
    if NOT in row:
        return Branch(NOT, (condition_of(row[NOT]),))
    trust = trust_of({"source": "", **row}) if "confidence" in row else None
    relation = AT_LEAST if AT_LEAST in row else MORE_THAN if MORE_THAN in row else ""
    return Leaf(
        fact=row["fact"],
        values=frozenset(row.get("in", ())),
        relation=relation,
        limit=Decimal(row[relation]) if relation else Decimal(0),
        u=row.get("u", ""),
        k=Decimal(row.get("k", "0")),
        is_no_if_missing="if_missing" in row,
        text=row.get("text"),
        trust=trust,
    )


def _part(row: Json, item: Json) -> Part:
    listed = row.get("closed_list")
    is_unread = "closed_list" in row and listed is None
    return Part(
        n=row["n"],
        how="unread" if is_unread else row["how"],
        what=row["what"],
        forms=frozenset(row["forms"]),
        systems=None if listed is None else tuple(frozenset(one.split("-")) for one in listed),
        is_superset_asked=frozenset(row.get("superset_asked", ())),
        magnet_types=frozenset(row.get("magnet_types", ())),
        limit=row.get("limit", ""),
        trust=trust_of({"source": item["source"], **row}) if "confidence" in row else trust_of(item),
    )


def _item(row: Json, pack: str) -> Item:
    return Item(
        code=row["code"],
        pack=pack,
        rule=row["rule"],
        elements=tuple(row["elements"]),
        text=row["text"],
        parts=tuple(_part(part, row) for part in row["parts"]),
        reference_hs=tuple(row.get("reference_hs", ())),
        trust=trust_of(row),
    )


def _annex(row: Json, pack: str) -> Annex:
    entries = tuple(_item({**one, "code": one["id"], "rule": row["id"]}, pack) for one in row["entries"])
    return Annex(row["id"], pack, row["text"], entries, trust_of(row))


def _stage(row: Json) -> Stage:
    listed = {name: frozenset(row.get(name, ())) for name in ("sources", "processes", "site_kinds", "after", "before")}
    return Stage(fact=row["fact"], text=row["text"], trust=trust_of(row), **listed)


def _guidance(row: Json, pack: str) -> Guidance:
    effective = row.get("effective")
    built_in = frozenset(row.get("built_in", (True, False, None)))
    return Guidance(
        id=row["id"],
        pack=pack,
        rule=row["rule"],
        forms=frozenset(row["forms"]),
        built_in=built_in,
        basis=row["basis"],
        effective=_optional_day(effective),
        text=row["text"],
        trust=trust_of(row, effective),
    )


def _doubt(row: Json, pack: str) -> Doubt:
    return Doubt(
        id=row["id"],
        pack=pack,
        rule=row["rule"],
        forms=frozenset(row["forms"]),
        built_in=frozenset(row.get("built_in", (True, False, None))),
        elements=frozenset(row.get("elements", ())),
        limit=row.get("limit", ""),
        needs_element=row.get("needs_element", False),
        text=row["text"],
        trust=trust_of(row),
    )


def _conduct(row: Json, pack: str) -> Conduct:
    return Conduct(
        rule=row["rule"],
        pack=pack,
        deed=Deed(row["deed"]),
        breach=Breach(row["breach"]),
        article=row["article"],
        document=row["document"],
        trust=trust_of(row),
    )


def _dated(row: Json, pack: str, governs: str) -> Rule:
    """Return what an entry of flow has of a rule; where it ends, it is suspended without an end."""
    rule = _rule({**row, "governs": governs}, pack)
    if "until" not in row:
        return rule
    end = Period(_day(row["until"]), None, True, True, rule.trust, is_end=True)
    return replace(rule, suspended=(*rule.suspended, end))


def _due_day(row: Json) -> DueDay:
    return DueDay(
        day=row["day"],
        months_after=row["months_after"],
        counts=row["counts"],
        published=_day(row["published"]),
        effective=_day(row["effective"]),
        until=_optional_day(row.get("until")),
        article=row.get("article"),
        trust=trust_of(row, row["published"]),
    )


def _flow_return(row: Json, pack: str) -> FlowReturnRule:
    dated = _dated(row, pack, DUE_DAY)
    return FlowReturnRule(
        id=row["id"],
        pack=pack,
        dated=dated,
        kinds=frozenset(row["kinds"]),
        countries=frozenset(row["countries"]),
        every=row["every"],
        due=tuple(_due_day(one) for one in row["due"]),
        basis=row["basis"],
        article=row.get("article"),
        until=_optional_day(row.get("until")),
        trust=dated.trust,
    )


def _quota(row: Json, pack: str) -> QuotaDraw:
    dated = _dated(row, pack, PRODUCTION)
    return QuotaDraw(
        id=row["id"],
        pack=pack,
        dated=dated,
        kind=row["kind"],
        sites=frozenset(row["sites"]),
        made=frozenset(row["made"]),
        entered=frozenset(row["entered"]),
        not_counted=frozenset(row["not_counted"]),
        countries=frozenset(row["countries"]),
        unit=row["unit"],
        article=row.get("article"),
        until=_optional_day(row.get("until")),
        trust=dated.trust,
    )


def _customs_condition(row: Json) -> CustomsCondition:
    return CustomsCondition(row["letter"], row["kind"], row["meaning"], trust_of(row))


def _line(row: Json) -> TariffLine:
    return TariffLine(
        code=row["code"],
        text=row["text"],
        form=row.get("form", ""),
        elements=tuple(row.get("elements", ())),
        conditions=row.get("conditions", ""),
        conditions_note=row.get("conditions_note", ""),
        note=row.get("note", ""),
        trust=trust_of(row),
    )

"""A procedure as `law show` tells it: every section with its entries, in one language, as sure as each of them is."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ytterby.law.casework_fact import CaseTest
from ytterby.law.casework_rule import CaseworkRules, CustomsAdapter
from ytterby.law.procedure import Procedure
from ytterby.law.span import Span
from ytterby.law.trust import Trust

Json = dict[str, Any]
Sure = Callable[[Trust], Json]
LANGUAGES = frozenset({"en", "zh"})
# Said once for the whole, or by the entries of its sections.
_HEAD = ("id", "pack", "title", "published", "effective", "governs")


def procedure_json(procedure: Procedure, digest: str, language: str, sure: Sure) -> Json:
    """Return a procedure with the keys of its schema; `sure` writes how sure an entry is."""
    apart = {*_HEAD, "trust", "casework"}
    sections = [field.name for field in fields(procedure) if field.name not in apart]
    return {
        "kind": "procedure",
        **{name: _plain(getattr(procedure, name), language, sure) for name in _HEAD},
        "digest": digest,
        **{name: [_entry_json(one, language, sure) for one in getattr(procedure, name).values()] for name in sections},
        "casework": None if procedure.casework is None else _casework_json(procedure.casework, language, sure),
        **sure(procedure.trust),
    }


def _casework_json(rules: CaseworkRules, language: str, sure: Sure) -> Json:
    told = _entry_json(rules, language, sure)
    for section in ("tiers", "coded_reasons"):
        told[section] = [_entry_json(one, language, sure) for one in getattr(rules, section).values()]
    told["phases"] = {phase.value: state for phase, state in rules.phases.items()}
    told["blocking"] = sorted(rules.blocking)
    return told


def _entry_json(entry: Any, language: str, sure: Sure) -> Json:
    named = {field.name: getattr(entry, field.name) for field in fields(entry) if field.name != "trust"}
    # `kind` is the kind of the whole answer; what is said by default is not said.
    said = {"of_kind" if name == "kind" else name: _plain(value, language, sure) for name, value in named.items()}
    return {**said, **sure(entry.trust)} if hasattr(entry, "trust") else said


def _plain(value: Any, language: str, sure: Sure) -> Any:
    if isinstance(value, Span):
        return f"{value.count} {value.unit}"
    if isinstance(value, CaseTest):
        return _test_words(value)
    if isinstance(value, CustomsAdapter):
        return {"id": value.id, **value.content}
    if is_dataclass(value):
        return _entry_json(value, language, sure)
    if isinstance(value, Mapping):
        return value[language] if value.keys() == LANGUAGES else dict(value)
    if isinstance(value, tuple):
        return [_plain(one, language, sure) for one in value]
    if isinstance(value, date | Decimal):
        return str(value)
    return value if value != "" else None


def _test_words(test: CaseTest) -> str:
    """Return a question as a pack writes it: the fact, how it is asked, and with what."""
    figure = "" if test.figure is None else str(test.figure)
    return " ".join(filter(None, (test.fact, test.op.value, ", ".join(sorted(test.words)), figure, test.unit)))

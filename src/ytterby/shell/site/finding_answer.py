"""A finding of a case with its sentence and cure, for commands, pages and the interface."""

from typing import Any

from ytterby.licence.finding import Finding
from ytterby.shell.wording import sentence
from ytterby.terms.problem import Problem, Severity, Where

Json = dict[str, Any]


def finding_json(one: Finding, language: str) -> Json:
    """Return a finding in one language."""
    facts = {name: str(value) for name, value in one.facts.items()}
    told = Problem(f"case.finding.{one.check}.{one.kind}", Where(), one.subject, facts, Severity.FINDING)
    text, cure = sentence(told, language)
    return {
        "key": one.key,
        "check": one.check,
        "kind": one.kind,
        "severity": one.severity,
        "blocks": one.blocks,
        "subject": one.subject or None,
        "facts": facts,
        "text": text,
        "cure": cure or None,
    }

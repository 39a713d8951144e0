"""What findings of cases say, in English and in Chinese: case_finding_texts.yaml beside this file, and for completeness
the sentences of `law complete`, so that both sides of an application read the same words.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ytterby.licence.evidence import COMPLETENESS
from ytterby.licence.finding import NOT_RUN, Finding
from ytterby.shell.site.law_texts import law_text, law_texts
from ytterby.shell.wording import fill, language_of
from ytterby.shell.wording.yaml_text import read_yaml

GAP = "law.gap."


@cache
def finding_texts() -> Mapping[str, Mapping[str, Any]]:
    """Return what stands in the file."""
    text = files(__package__).joinpath("case_finding_texts.yaml").read_text(encoding="utf-8")
    return {str(key): said for key, said in read_yaml(text).items()}


def finding_text(one: Finding, language: str) -> tuple[str, str]:
    """Return sentence and cure of a finding; of one that has none its check and kind."""
    said = language_of(language)
    facts = _facts(one, said)
    if one.check == COMPLETENESS and one.kind != NOT_RUN and GAP + one.kind in law_texts():
        cure = f"{GAP}{one.kind}.cure"
        if facts.get("fields") == "" and f"{GAP}{one.kind}.cure_bare" in law_texts():
            cure = f"{GAP}{one.kind}.cure_bare"
        return law_text(GAP + one.kind, language, **facts), law_text(cure, language, **facts)
    held = finding_texts().get("any.not_run" if one.kind == NOT_RUN else f"{one.check}.{one.kind}")
    if held is None:
        return f"{one.check}.{one.kind}", ""
    return fill(held[said]["text"], facts), fill(held[said]["cure"], facts)


def _facts(one: Finding, language: str) -> dict[str, str]:
    """Return the facts in a language: titles of packs stand in the evidence in each, reasons are words of the file."""
    found = {"subject": one.subject, **one.facts}
    for name in one.facts:
        plain, _, spoken = name.rpartition("@")
        if plain and spoken == language:
            found[plain] = one.facts[name]
    why = finding_texts().get(f"why.{found.get('why', '')}")
    return found if why is None else {**found, "why": str(why[language])}

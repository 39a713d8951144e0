"""How answers of law word what packs and the register say, and how they write where it stands and how sure it is."""

from typing import Any

from ytterby.law.said import Said
from ytterby.law.trust import Trust, Words
from ytterby.shell.site.law_texts import law_text
from ytterby.shell.wording import language_of, word

Json = dict[str, Any]


def worded(text: Words | Said, language: str) -> str:
    """Return a pack's own words, or a sentence of the register, in a language."""
    if isinstance(text, Said):
        facts = dict(text.facts)
        if "form" in facts:
            facts["form"] = word("form", facts["form"], language).lower()
        if "governs" in facts:
            facts["governs"] = law_text(f"law.governs.{facts['governs']}", language)
        return law_text(f"law.why.{text.key}", language, **facts)
    return text[language_of(language)]


def trust_json(trust: Trust) -> Json:
    """Return where something stands and how sure it is."""
    return {"source": trust.source, "confidence": trust.confidence.value, "confidence_note": trust.note or None}

"""The parts `dossier`, `end_use` and `field_basis` of a pack: their entries and fields, and of which kind they are."""

from ytterby.law.basis import Basis
from ytterby.law.dossier_rule import ALWAYS, CHECKS, IF_ASKED, VALUES
from ytterby.law.end_use_rule import ALONE, ANYWHERE
from ytterby.law.shape import Shape, choice, day, entry, fields, figure, sequence, text, truth, word, words

_BY = {"rule": word, "article": words}
_VALID = {"effective": day, "until": day}
_FIELD = entry(
    {"id": word, "title": words, "value": choice(*VALUES), "basis": choice(*Basis)},
    {
        "choices": sequence(word),
        "required": truth,
        "asked": truth,
        "sensitive": truth,
        "without": words,
        **_BY,
        **_VALID,
    },
)
_DOCUMENT = fields({"document": word, "title": words, "fields": sequence(_FIELD)}, {"when": choice(ALWAYS, IF_ASKED)})
_CHECK = entry(
    {"id": word, "title": words, "kind": choice(*CHECKS), "in": sequence(text), "basis": choice(*Basis)},
    {"tolerance": figure, "near": figure, "same": word, "end_use": word, "language": word, **_BY, **_VALID},
)
DOSSIER: Shape = entry(
    {
        "id": word,
        "procedure": word,
        "title": words,
        "application": word,
        "documents": sequence(_DOCUMENT),
        "checks": sequence(_CHECK),
    },
    {"legal_forms": sequence(text)},
)
_ELEMENT = entry({"id": word, "title": words, "question": words, "phrase": words}, {"cues": sequence(text)})
_VAGUE = entry({"words": sequence(text), "where": choice(ANYWHERE, ALONE), "why": words})
END_USE: Shape = entry(
    {
        "id": word,
        "title": words,
        "opening": words,
        "joint": words,
        "closing": words,
        "elements": sequence(_ELEMENT),
        "vague": sequence(_VAGUE),
    },
)
FIELD_BASIS: Shape = entry(
    {"id": word, "form": word, "fields": sequence(text), "basis": choice(Basis.LAW, Basis.PRACTICE)},
    {"required": truth, **_BY},
)

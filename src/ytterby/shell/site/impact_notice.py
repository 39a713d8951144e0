"""What a change of law does, told to each party in plain words: its lots, products and lists, and nothing of others.

Findings of conduct are not told: they show what others said of a party, and an inquiry asks about them.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ytterby.shell.site.law_texts import law_text
from ytterby.shell.wording import language_of, word
from ytterby.terms.identifier import tail

Json = dict[str, Any]
NAMED_MAX = 10
PARTY, LIST, LOT = "party", "list", "lot"
DUTIES = frozenset({"return", "quota"})
SAID = frozenset({"controlled", "not_controlled", "ask", "disputed", "unknown"})


def notices(answer: Json, language: str) -> dict[str, str]:
    """Return the text for each party that an answer of `law impact` concerns, by its identifier."""
    rows_of: dict[str, list[Json]] = {}
    for row in answer["rows"]:
        if row["kind"] != PARTY or row["what"]["about"] in {LIST, *DUTIES}:
            rows_of.setdefault(row["holder"]["id"], []).append(row)
    return {party: _notice(rows, answer, language) for party, rows in sorted(rows_of.items())}


def _notice(rows: Sequence[Json], answer: Json, language: str) -> str:
    holder = rows[0]["holder"]
    name = (holder["name_zh"] if language_of(language) == "zh" else "") or holder["name"]
    lines = [law_text("law.notice.head", language, name=name), ""]
    groups: dict[tuple[Any, ...], list[Json]] = {}
    for row in rows:
        groups.setdefault(_group(row, answer), []).append(row)
    for group in groups.values():
        lines += [*_paragraph(group, answer, language), ""]
    changed = [one for one in answer["rules"] if not one["conduct"]]
    if changed:
        lines.append(law_text("law.notice.rules", language))
        lines += [law_text("law.notice.rule", language, rule=one["rule"], title=one["title"]) for one in changed]
        lines.append("")
    packs = ", ".join(f"{one['id']} {one['digest']}" for one in answer["new"] if one not in answer["old"])
    lines.append(law_text("law.notice.foot", language, packs=packs or "–", size=answer["as_of_size"]))
    return "\n".join(lines) + "\n"


def _group(row: Json, answer: Json) -> tuple[Any, ...]:
    """Return what rows of one sentence have in common."""
    sides = tuple(str(_side(row, side)) for side in ("old", "new"))
    rules = tuple((one["rule"], one["old"]["answer"], one["new"]["answer"]) for one in row["rules"])
    what = row["what"]
    return row["since"], row["kind"], what["about"], what["name"] if row["kind"] == PARTY else "", sides, rules


def _paragraph(rows: Sequence[Json], answer: Json, language: str) -> list[str]:
    first = rows[0]
    day = day_words(date.fromisoformat(first["since"]), language)
    if first["what"]["about"] in DUTIES:
        return [_duty(row, answer, day, language) for row in rows]
    if first["kind"] == PARTY:
        key = "law.notice.named" if first["new"]["answer"] == "yes" else "law.notice.not_named"
        return [law_text(key, language, day=day, name=first["what"]["name"])]
    names = list(dict.fromkeys(_called(row) for row in rows))
    facts = {"day": day, "count": len(names), "amount": _amounts(rows, language)}
    lines = []
    if _side(first, "old") != _side(first, "new"):
        is_alike = _word_and_codes(first["old"]) == _word_and_codes(first["new"])
        old, new = (_answer(first[side], answer, language, is_full=is_alike) for side in ("old", "new"))
        key = "law.notice.lots" if first["kind"] == LOT else "law.notice.products"
        lines.append(law_text(key, language, **facts, old=old, new=new))
    if _word_and_codes(first["old"]) != _word_and_codes(first["new"]):
        rules = _joined(_rules(first["new"], answer) or _rules(first["old"], answer), language)
        lines.append(law_text(f"law.notice.then.{first['new']['answer']}", language, rules=rules))
    for one in first["rules"]:
        missing = _joined(one["new"]["missing"], language)
        words = {side: rule_word(one[side]["answer"], language) for side in ("old", "new")}
        key = "law.notice.missing" if missing else "law.notice.applies"
        lines.append(law_text(key, language, **facts, rule=one["rule"], missing=missing, **words))
    shown = _joined(names[:NAMED_MAX], language)
    more = len(names) - NAMED_MAX
    key = "law.notice.which_more" if more > 0 else "law.notice.which"
    lines.append(law_text(key, language, names=shown, more=more))
    return lines


def _duty(row: Json, answer: Json, day: str, language: str) -> str:
    """Return what changes of a duty, each side with its period and first due day."""
    what = row["what"]
    sides = {}
    for side in ("old", "new"):
        why = [answer["reasons"][number]["text"] for number in row[side]["reasons"]]
        sides[side] = _joined([rule_word(row[side]["answer"], language), *why], language)
    site = tail(what["site"]["id"])
    return law_text(f"law.notice.{what['about']}", language, day=day, site=site, name=what["name"], **sides)


def _word_and_codes(side: Json) -> tuple[Any, ...]:
    return side["answer"], side["codes"]


def _side(row: Json, side: str) -> tuple[Any, ...]:
    found = row[side]
    return found["answer"], found["codes"], found["candidates"], found["by"]


def _called(row: Json) -> str:
    return str(row["tail"] if row["kind"] == LOT else row["what"]["name"] or row["tail"])


def _answer(side: Json, answer: Json, language: str, *, is_full: bool) -> str:
    """Return an answer with its codes and the rules that list them; in full with what it rests on and codes that may
    apply.
    """
    said = law_text(f"law.answer.{side['answer']}", language)
    if is_full:
        more = [law_text(f"law.by.{side['by']}", language)]
        if side["candidates"]:
            more.append(law_text("law.candidates", language, codes=_joined(side["candidates"], language)))
        said = _joined((said, *more), language)
    if not side["codes"]:
        return said
    codes, rules = _joined(side["codes"], language), _joined(_rules(side, answer), language)
    return law_text("law.notice.under", language, answer=said, codes=codes, rules=rules)


def _rules(side: Json, answer: Json) -> list[str]:
    """Return the rules whose reasons decide an answer."""
    reasons = [answer["reasons"][number] for number in side["reasons"]]
    named = [one["rule"] for one in reasons if one["code"]] or [one["rule"] for one in reasons]
    return list(dict.fromkeys(named))


def _amounts(rows: Iterable[Json], language: str) -> str:
    sums: dict[str, Decimal] = {}
    for row in rows:
        if row["what"]["amount"] is not None:
            unit = row["what"]["unit"]
            sums[unit] = sums.get(unit, Decimal(0)) + Decimal(row["what"]["amount"])
    return _joined((f"{amount:,f} {word('unit', unit, language)}" for unit, amount in sorted(sums.items())), language)


def _joined(words: Iterable[str], language: str) -> str:
    return ("、" if language_of(language) == "zh" else ", ").join(words)


def rule_word(answer: str, language: str) -> str:
    """Return the word of a rule's answer: those of rules in general, and a pack's own as it stands."""
    return law_text(f"law.impact.word.{answer}", language) if answer in RULE_WORDS else answer


DUTY_WORDS = ("owed", "asked", "not_owed", "drawn", "not_drawn")
RULE_WORDS = frozenset({"yes", "no", "unknown", "disputed", "licence", "ban", "allowed", "prohibited", *DUTY_WORDS})


def answer_word(answer: str, language: str) -> str:
    """Return the word of an answer for goods, or of a rule's."""
    return law_text(f"law.answer.{answer}", language) if answer in SAID else rule_word(answer, language)


def day_words(day: date, language: str) -> str:
    """Return a day in words: 10 January 2027."""
    if language_of(language) == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%B} {day.year}"

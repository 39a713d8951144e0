"""Each finding of a case has its sentence and cure in both languages, and the facts that they quote."""

import ast
from pathlib import Path

import pytest

from licence.test_finding import ADVERSE, ALL, evidence
from ytterby.licence import finding as room
from ytterby.licence import told_section
from ytterby.licence.evidence import Evidence, ScreeningSection
from ytterby.licence.finding import Finding, findings_of
from ytterby.screening.check import Gap
from ytterby.shell.site.case_finding_texts import finding_text, finding_texts
from ytterby.shell.wording import MISSING


def kinds_said(module, makers=("_found", "_note", "_screened")):
    """Every kind that the room names in words at a call, with its check."""
    for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in makers:
            words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            names = [one.id for one in node.args if isinstance(one, ast.Name) and one.id.isupper()]
            if words:
                yield (names[0].lower() if names else "screening"), words[0]


def told_kinds():
    for node in ast.walk(ast.parse(Path(told_section.__file__).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "against" and isinstance(value, ast.Constant):
                    yield value.value


def test_every_kind_that_the_room_names_has_words():
    found = set(kinds_said(room))
    assert len(found) > 20
    lacking = [(check, kind) for check, kind in found if f"{check}.{kind}" not in finding_texts()]
    assert lacking == []


def test_every_gap_of_screening_and_every_word_of_filings_has_words():
    assert [one for one in Gap if f"screening.gap_{one.value}" not in finding_texts()] == []
    told = {"repudiated", "ended", "not_yet", *told_kinds()}
    held = {key.partition(".")[2] for key in finding_texts() if key.startswith(("end_user_level.", "statements."))}
    assert told == held


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", sorted(set(ADVERSE) - {"level"}))
def test_sentences_quote_what_the_finding_tells(name, language):
    kind, sections = ADVERSE[name]
    one = next(each for each in findings_of(evidence(**sections), ALL) if each.kind == kind)
    if one.check == "completeness":
        return
    text, cure = finding_text(one, language)
    assert MISSING not in text
    assert cure
    assert text != f"{one.check}.{one.kind}"


def test_why_a_check_did_not_run_is_told_in_words():
    screened = ScreeningSection("not_checked", "list_missing")
    found = findings_of(evidence(screening=screened), ALL)
    assert finding_text(found[0], "en")[0] == "The check did not run: a list is missing."
    assert finding_text(found[0], "zh")[0] == "该项核查未进行：缺少名单。"
    nothing = findings_of(Evidence("C", "", "", 0), {"astrology"})
    assert any("does not know" in finding_text(one, "en")[0] for one in nothing)


def test_a_kind_without_words_is_shown_as_itself():
    one = Finding("k", "statements", "odd", "note", False, "s")
    assert finding_text(one, "en") == ("statements.odd", "")


def test_gaps_of_completeness_are_told_in_the_words_of_the_law_commands(offered):
    from shell.offered import OFFICE, application, desk
    from ytterby.shell.store.reading.case_evidence import gather_evidence

    found = findings_of(gather_evidence(OFFICE, desk(), "C-1", application()), ALL)
    gaps = [one for one in found if one.check == "completeness"]
    assert len(gaps) > 5
    for language in ("en", "zh"):
        texts = [finding_text(one, language) for one in gaps]
        assert not any(MISSING in text or text.startswith("completeness.") for text, _ in texts), texts
    assert any("合同" in finding_text(one, "zh")[0] for one in gaps)

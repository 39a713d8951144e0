"""The catalogue and the code hold each other: every code has its sentence, every sentence its code."""

import csv
from importlib.resources import files
from pathlib import Path

import pytest

from house.raised_codes import find_raised
from ytterby.shell.wording import LANGUAGES, WORD_GROUPS, catalogue, fill, placeholders, sentence, word
from ytterby.terms.problem import finding, refuse

SOURCE = Path(__file__).resolve().parents[2] / "src" / "ytterby"


@pytest.fixture(scope="module")
def raised():
    return find_raised(SOURCE)


def test_every_code_is_a_literal_at_its_call(raised):
    assert raised.opaque == []


def test_every_code_has_a_sentence_and_a_cure_in_both_languages(raised):
    lacking = [
        f"{code}: {language} {part}"
        for code in sorted(raised.codes)
        for language in LANGUAGES
        for part in ("text", "cure")
        if not str(catalogue().get(code, {}).get(language, {}).get(part, "")).strip()
    ]
    assert lacking == []


def test_every_placeholder_is_a_fact_of_some_call_of_its_code(raised):
    strange = [
        f"{code} {language}: {{{name}}}"
        for code, entry in catalogue().items()
        for language in LANGUAGES
        for name in sorted(placeholders(entry[language]["text"] + entry[language]["cure"]) - raised.facts_of(code))
    ]
    assert strange == []


def test_both_languages_quote_the_same_facts_in_the_sentence():
    differ = [
        code
        for code, entry in catalogue().items()
        if placeholders(entry["en"]["text"]) != placeholders(entry["zh"]["text"])
    ]
    assert differ == []


def test_what_is_told_in_words_is_a_fact_of_the_sentence_and_the_words_are_there():
    worded = {code: entry["words"] for code, entry in catalogue().items() if "words" in entry}
    assert {name for entry in catalogue().values() for name in entry} == {*LANGUAGES, "words"}
    for code, words in worded.items():
        assert words.keys() <= placeholders(catalogue()[code]["en"]["text"] + catalogue()[code]["en"]["cure"]), code
        assert set(words.values()) <= set(WORD_GROUPS), code


def test_a_code_in_a_sentence_is_told_in_the_words_of_the_language():
    problem = refuse("case.not_now", "", "propose", state="issued", may="close, declare_conflict")
    (text, cure), (chinese, _) = sentence(problem), sentence(problem, "zh")
    assert text == "draft the decision cannot be done where the case stands (licence issued)."
    assert "close, declare a conflict" in cure
    assert ("已发证" in chinese, "issued" in chinese) == (True, False)


def test_the_catalogue_has_no_code_that_nobody_raises(raised):
    assert sorted(set(catalogue()) - raised.codes) == []


def test_sentences_are_whole_sentences():
    ends = {"en": (".", "?"), "zh": ("。", "？")}
    loose = [
        f"{code} {language} {part}"
        for code, entry in catalogue().items()
        for language in LANGUAGES
        for part in ("text", "cure")
        if not entry[language][part].endswith(ends[language])
    ]
    assert loose == []


def test_a_missing_fact_shows_as_a_question_mark():
    text, cure = sentence(finding("mirror.differs", "", "KR-C-0418"), "en")
    assert "KR-C-0418" in text
    assert "?" in text
    assert cure


def test_a_code_without_a_sentence_is_shown_as_itself():
    assert sentence(refuse("nobody.wrote_this"), "zh") == ("nobody.wrote_this", "")


def test_chinese_is_found_under_any_of_its_tags():
    problem = finding("receipt.implied", "", "L1", amount="3", unit="KGM")
    assert len({sentence(problem, tag) for tag in ("zh", "zh-hans", "zh_CN", "zh-Hans")}) == 1
    assert sentence(problem, "zh") != sentence(problem, "en")


@pytest.mark.parametrize("hostile", ["{", "}", "{}", "{0}", "{a.__class__}", "{a!r:>9999}", "%s", "{{a}}"])
def test_no_sentence_and_no_value_can_make_filling_fail(hostile):
    assert "x" in fill(hostile + "x", {"a": "1"})
    assert fill("{a}", {"a": hostile}) == hostile


def test_doubled_braces_stand_for_themselves():
    assert fill("{{a}} {a}", {"a": 1}) == "{a} 1"


def test_every_word_of_the_trade_has_both_languages_and_a_source():
    rows = list(csv.DictReader(files("ytterby.shell.wording").joinpath("words.csv").read_text("utf-8").splitlines()))
    assert all(all(row[column].strip() for column in row) for row in rows)
    assert {row["group"] for row in rows} == set(WORD_GROUPS)
    keys = [(row["group"], row["code"]) for row in rows]
    assert len(keys) == len(set(keys))


def test_a_code_of_the_data_without_a_word_is_shown_readably():
    assert word("form", "sintered_blank", "zh") == "sintered blank"
    assert word("form", None) == ""
    assert (word("form", "magnet"), word("form", "magnet", "zh-hans")) == ("Magnet", "磁体")

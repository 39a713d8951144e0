"""What a refusal in a case says: to an applicant nothing of screening, flags or the office; to all, what to do."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from licence.case_story import KINDS, SAMPLES, story_in, table_of
from licence.decision_stories import told_stories
from licence.door_stories import door_stories
from ytterby.licence.advice import INCOMPLETE, SETTLE, Verdict
from ytterby.licence.application import Application, Line, PartyOnCase, read_application
from ytterby.licence.decision_guard import LINE_OUTCOMES, OUTCOMES
from ytterby.licence.office import Speaking
from ytterby.licence.step import VERBS
from ytterby.licence.transition import PHASES, ROLES
from ytterby.shell.site.packs import door_tables
from ytterby.shell.wording import LANGUAGES, catalogue, word

DOCS = Path(__file__).resolve().parents[2] / "docs"
# Steps that an applicant takes, and every code by which one of them can be refused. A code that comes to it comes to
# this list, and its sentence speaks of the applicant's own papers and turn.
APPLICANTS = ("begin", "submit", "edit", "supply", "answer", "withdraw", "appeal")
DOOR = (
    "unknown",
    "no_such_kind",
    "no_procedure",
    "number_is_drawn",
    "amended_already",
    "account_needed",
    "no_account",
    "licence_rests",
)
TOLD_TO_APPLICANTS = frozenset(
    f"case.{name}"
    for name in (
        *("other_kind", "not_yours_to_begin", "other_exporter", "other_procedure", "about_nobody"),
        *("not_now", "not_yours", "no_way", "changed_meanwhile", "too_long", "day"),
        *("not_judged", "incomplete", "not_declared", "barred", "holder_not_judged", "nothing_asked"),
        *("nothing_to_amend", "amends_nothing", "key_element", "no_such_query", "not_to_be_changed"),
        *("no_appeal", "appeal_late", "no_reason", "unknown_reason"),
        # Of the register's own door (`shell.actions.casework`).
        *DOOR,
    )
)
SECRETS = {
    "en": re.compile(
        r"screen|flag|\bhit|list(ed)? (party|person)|sanction|candidate|finding|evidence|tier|risk|draft|signer|advice",
        re.IGNORECASE,
    ),
    "zh": re.compile("筛查|红旗|命中|名单|制裁|发现|证据|等级|风险|草案|签署人|意见"),
}


def test_every_code_that_an_applicant_can_get_is_listed():
    """By the stories of the guards that stand in its rows, and by those of the door."""
    tables = [table_of(kind) for kind in KINDS]
    rows = [row for table in tables for row in table.rows if "applicant" in row.who]
    assert {row.command for row in rows} <= {*APPLICANTS}
    guards = {name for row in rows for name in row.guard}
    codes = {code for one in told_stories() if one.guard in guards for code in one.codes}
    for refused, story, who, _said, _more in door_stories():
        if "applicant" in story.people[who].roles:
            codes |= set(refused.split())
    assert codes <= TOLD_TO_APPLICANTS
    # And none is listed that no story tells, but for those that need a broken table or a caller that skips a check.
    assert TOLD_TO_APPLICANTS - codes == {"case.no_way", "case.day", *(f"case.{name}" for name in DOOR)}


@pytest.mark.parametrize("code", sorted(TOLD_TO_APPLICANTS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_applicant_is_told_speaks_of_no_screening_and_nobody_in_the_office(code, language):
    """Threat C7: what the office knows shows in no sentence before the decision."""
    said = catalogue()[code][language]
    assert not SECRETS[language].search(said["text"] + said["cure"])


@pytest.mark.parametrize("code", sorted(code for code in catalogue() if code.startswith("application.")))
def test_what_is_wrong_with_an_application_speaks_of_the_application(code):
    for language in LANGUAGES:
        said = catalogue()[code][language]
        assert not SECRETS[language].search(said["text"] + said["cure"])


def test_that_test_would_find_a_sentence_that_tells():
    for code in ("case.screening_now", "case.candidate", "case.check_blocks", "case.finding_open", "case.other_draft"):
        for language in LANGUAGES:
            said = catalogue()[code][language]
            assert SECRETS[language].search(said["text"] + said["cure"]), (code, language)


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_tells_an_applicant_the_same_of_a_draft_and_of_none(kind):
    """What it gets for a step out of turn is equal while a case is under review, whatever is drafted or signed."""
    if "proposed" not in table_of(kind).states:
        return
    review, proposed = story_in(kind, "review"), story_in(kind, "proposed")
    for verb in (verb for verb in VERBS if verb != "withdraw"):
        one, other = (story.ask("clerk", SAMPLES[verb]) for story in (review, proposed))
        told = [(said.code, said.value, said.where, said.facts.get("state")) for said in one]
        assert told == [(said.code, said.value, said.where, said.facts.get("state")) for said in other]


def test_who_has_no_role_is_told_no_more_than_an_applicant():
    proposed = story_in("individual", "proposed")
    nobody = Speaking("nemo", "urn:party:nobody", frozenset())
    story = type(proposed)(**{**vars(proposed), "people": {"nemo": nobody}})
    (said,) = story.ask("nemo", SAMPLES["edit"])
    assert (said.code, dict(said.facts)) == ("case.not_yours", {"state": "review"})


# Words


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("case_kind", KINDS),
        ("case_state", {state for kind in KINDS for state in table_of(kind).states}),
        ("case_verb", VERBS),
        ("case_role", ROLES),
        ("case_phase", PHASES),
        ("case_outcome", {*OUTCOMES, *LINE_OUTCOMES}),
        ("case_verdict", {*Verdict, INCOMPLETE, SETTLE, "settled", "stands", "passed", "failed", "open"}),
    ],
)
def test_everything_that_a_case_names_has_its_word_in_both_languages(group, codes):
    for code in codes:
        assert word(group, code, "zh") != str(code).replace("_", " "), (group, code)
        assert re.search("[\u4e00-\u9fff]", word(group, code, "zh"))
        assert word(group, code, "en")


def test_states_of_one_kind_and_steps_have_words_that_tell_them_apart():
    for language in LANGUAGES:
        for kind in KINDS:
            names = [word("case_state", state, language) for state in table_of(kind).states]
            assert len(set(names)) == len(names), (kind, language)
        verbs = [word("case_verb", verb, language) for verb in VERBS]
        assert len(set(verbs)) == len(verbs)


# The page


def test_the_application_on_the_page_is_read_and_has_every_field():
    text = (DOCS / "cases.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    value = json.loads(block)
    found, problems = read_application(value, door_tables().units)
    assert problems == []
    assert isinstance(found, Application)
    assert set(value) == set(Application.__struct_fields__)
    assert set(value["lines"][0]) == set(Line.__struct_fields__)
    assert {name for party in value["parties"] for name in party} == set(PartyOnCase.__struct_fields__)
    assert msgspec.convert(value, Application) == found


def test_the_page_names_every_kind():
    text = (DOCS / "cases.md").read_text(encoding="utf-8")
    assert all(f"| {kind} |" in text for kind in KINDS)

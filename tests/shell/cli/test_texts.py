"""Every text is in both languages, asked for by somebody, and asked for with the facts it quotes."""

import re
from pathlib import Path

import ytterby.shell.cli
import ytterby.shell.site
from ytterby.shell.cli.texts import Texts, all_texts
from ytterby.shell.wording import placeholders

FOLDER = Path(ytterby.shell.cli.__file__).parent
# What the command line shares with pages is worded beside the site.
SHARED = Path(ytterby.shell.site.__file__).parent
SOURCE = "\n".join(path.read_text() for folder in (FOLDER, SHARED) for path in folder.glob("*.py"))
# Keys that code puts together: their beginning stands in the source.
BEGINNINGS = (
    "column.",
    "balance.untestable.",
    "balance.self_check.",
    "rule.",
    "lot.trace.",
    "demo.",
    "doctor.part.",
    "register.rebuilding.",
    *("owners.adds.", "owners.standing.", "owners.verdict."),
    *("law.answer.", "law.by.", "law.why.", "law.governs.", "law.sure.", "law.field.", "law.section."),
    *("law.basis.", "law.complete.", "law.severity.", "law.gap.", "law.impact.", "law.notice.", "lists."),
    *("law.leave.", "law.settles.", "law.share.member_", "law.share.part_", "law.lot.no_"),
    *(
        "law.change.",
        "law.changes.",
        "law.compared.",
        "law.in_language.",
        "free.why.",
        "free.state.",
        "statistics.figure.",
    ),
    *("party.screen.band.", "party.screen.left.", "party.screen.weight.", "party.evaluate.half."),
    *("screening.country.", "screening.born.", "screening.address.", "screening.listed_kind."),
)


def test_every_text_has_both_languages_with_the_same_facts():
    for key, said in all_texts().items():
        assert set(said) == {"en", "zh"}, key
        assert all(text.strip() for text in said.values()), key
        assert placeholders(said["en"]) == placeholders(said["zh"]), key


def test_every_key_in_the_source_has_its_text():
    asked = set(re.findall(r'(?:texts|Use|Run|screen\.texts)\(\s*"([a-z_]+(?:\.[a-z_]+)*)"', SOURCE))
    asked |= set(re.findall(r'"(demo\.[a-z_]+)"', SOURCE))
    assert asked, "the pattern finds nothing any more"
    assert asked - set(all_texts()) == set()


def test_no_text_is_left_that_nobody_asks_for():
    quoted = set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)*)"', SOURCE))
    left = {key for key in all_texts() if key.removesuffix("_one") not in quoted and not key.startswith(BEGINNINGS)}
    assert left == set()


def test_a_missing_fact_shows_as_a_question_mark_and_never_fails():
    assert Texts("en")("register.missing") == "There is no register in ?."
    assert Texts("zh-Hans").language == "zh"

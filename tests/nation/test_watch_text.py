"""What a finding of months says: who, what, when, how much, how sure, the other side and a paper, in few words."""

import re
from dataclasses import replace

import pytest

from nation.nation_watch import WatchedNation, watched_nation
from ytterby.balance.finding import Finding, Phrase
from ytterby.balance.generalised_likelihood import APART
from ytterby.balance.month_finding import month_findings
from ytterby.balance.watch import LINK
from ytterby.shell.site.law_packs import packaged_law
from ytterby.shell.store.reading.findings import _Writer
from ytterby.shell.store.reading.naming import name_in, site_name
from ytterby.shell.wording import word

KINDS = {"month.loss", "month.gain", "month.received_less", "month.received_more", "month.loss_declared"}
# Between them these nations bring up every kind: what was planted, what chance adds, and deliveries turned about.
NATIONS = [("protracted", 1), ("falsified_receipts", 2), ("collusion_loss", 1)]
WORDS_MAX = 60
# A hundred Chinese characters say what sixty English words do.
CHARACTERS_A_WORD = 100 / 60
HAN = re.compile(r"[\u4e00-\u9fff]")
SYMBOLS = re.compile(r"[±%=<>≤≥≈~^|*#√×÷\u0370-\u03ff{}?？]")
LANGUAGES = ("en", "zh")


def findings_of(nation: WatchedNation) -> tuple[Finding, ...]:
    """Return the findings of a nation, each delivery that says less also as one that says more."""
    alarms = nation.watched.alarms
    turned = tuple(one._replace(direction=-one.direction) for one in alarms if one.family == LINK)
    return month_findings(nation.accounts, replace(nation.watched, alarms=(*alarms, *turned)), nation.book)


def told(language: str) -> list[tuple[WatchedNation, Finding, dict]]:
    """Return each finding of the nations with what the register says of it."""
    found = []
    for kind, seed in NATIONS:
        nation = watched_nation(kind, seed=seed)
        writer = _Writer(nation.book, packaged_law(), language, {})
        found += [(nation, one, writer.row(one)) for one in findings_of(nation)]
    return found


def words_in(text: str) -> float:
    """Return how many words a text has; Chinese by what its characters say."""
    characters = len(HAN.findall(text))
    return characters / CHARACTERS_A_WORD + len(re.findall(r"[\w.-]+", HAN.sub(" ", text)))


def test_words_are_counted_in_both_languages():
    assert words_in("two words, and 3.5 kg") == 5
    assert words_in("磁体" * 50) == pytest.approx(60)
    assert words_in("缺少 3.5 千克") == pytest.approx(1 + 4 * 0.6)


def test_the_nations_bring_up_every_kind():
    assert {one.problem.code for _, one, _ in told("en")} == KINDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finding_has_sixty_words_at_most_with_the_paper_that_settles_it(language):
    for _, _, row in told(language):
        (paper,) = row["settles"]
        assert paper
        assert words_in(row["text"] + " " + paper) <= WORDS_MAX, row["text"]
        assert not SYMBOLS.search(row["text"] + paper), row["text"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finding_names_site_element_months_size_with_sd_and_the_other_side(language):
    for nation, one, row in told(language):
        facts, text = one.problem.facts, row["text"]
        for place in (facts["site"], facts["other"]):
            assert place in nation.book.world.directory.sites
            assert name_in(site_name(nation.book, place), language) in text
        assert facts["site"] != facts["other"]
        assert word("element", one.element, language) in text
        assert all(month in text for month in one.months)
        assert [str(month) for month in nation.accounts.months].index(one.months[0]) >= 0
        assert one.months[0] <= one.months[1]
        for kg in (one.size_kg, one.sd_kg):
            (said,) = {said for said in (facts["kg"], facts["sd"]) if float(said) == pytest.approx(abs(kg), rel=6e-3)}
            assert f"{said} {'kg' if language == 'en' else '千克'}" in text
        assert "http" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finding_has_three_likely_causes_at_most_and_says_each(language):
    for _, one, row in told(language):
        assert 1 <= len(one.hypotheses) <= 3
        statistics = [each.statistic for each in one.hypotheses]
        assert statistics == sorted(statistics, reverse=True)
        causes = re.search(r"(?:Likely: |可能原因：)(.*)[.。]$", row["text"])
        assert causes is not None
        classes = re.split("; |；", causes[1])
        assert len(classes) == len(set(classes)) <= 3
        # The first is told whole; another only where it explains nearly as much.
        first, *others = row["hypotheses"]
        assert classes[0] == first["text"]
        near = [each for each in others if first["statistic"] - each["statistic"] < APART]
        assert len(classes) <= 1 + len(near)
        assert all(each["causes"] for each in row["hypotheses"])
        assert set(one.parties) >= {party for group in one.classes for party in group}


def test_a_finding_has_its_events_and_a_name_of_its_own():
    for kind, seed in NATIONS:
        found = findings_of(watched_nation(kind, seed=seed))
        assert len({one.id for one in found}) == len(found)
        digests = {bundle.digest for bundle in watched_nation(kind, seed=seed).bundles}
        assert all(set(one.events) <= digests and one.events for one in found)
        assert all(one.rate > 0 for one in found)


def test_who_is_far_from_explaining_it_is_not_named():
    """A leak of 10 % is told from whatever else the data could mean, so that its neighbours are not named for it."""
    nation = watched_nation("protracted")
    (diversion,) = nation.diversions
    row = _Writer(nation.book, packaged_law(), "en", {}).row(findings_of(nation)[0])
    own = site_name(nation.book, nation.site(diversion.bearer))["name"]
    assert f"Likely: loss at {own}." in row["text"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_class_two_causes_in_other_words_are_told_and_never_one_alone(language):
    """Receipts that are wrong and receipts that are hidden are said alike: the other side of the class is told too."""
    nation = watched_nation("falsified_receipts", seed=2)
    one = findings_of(nation)[0]
    place, other = {"place": nation.site(1)}, {"place": nation.site(2)}
    causes = tuple(
        Phrase("cause", code, at) for code, at in (("receipts", place), ("receipts", place), ("shipments", other))
    )
    row = _Writer(nation.book, packaged_law(), language, {}).row(
        one._replace(hypotheses=(one.hypotheses[0]._replace(causes=causes),))
    )
    for at in (place, other):
        name = name_in(site_name(nation.book, at["place"]), language)
        assert name in row["hypotheses"][0]["text"]
        assert name in row["text"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_systematic_group_is_named_by_whose_it_is(language):
    nation = watched_nation("protracted")
    writer, site = _Writer(nation.book, packaged_law(), language, {}), nation.site(0)
    name = name_in(site_name(nation.book, site), language)
    for kind in ("laboratory", "scale"):
        said = writer._phrase(Phrase("cause", "group", {"place": f"{kind} {site} ICP-MS oxide 0 Nd"}))
        assert name in said
        assert "ICP" not in said
    assert "furnace 3" in writer._phrase(Phrase("cause", "group", {"place": "furnace 3"}))


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_no_cause_paper_or_other_side_is_known_the_finding_says_so(language):
    nation = watched_nation("protracted")
    one = findings_of(nation)[0]
    bare = one._replace(hypotheses=(), paper=None)
    bare.problem.facts["other"] = ""
    row = _Writer(nation.book, packaged_law(), language, {}).row(bare)
    assert not SYMBOLS.search(row["text"] + row["settles"][0])
    for code in ("unknown", "other_unknown"):
        assert word("cause", code, language) in row["text"]
    assert word("paper", "unknown", language) in row["settles"][0]
    assert "other" not in row["facts"]

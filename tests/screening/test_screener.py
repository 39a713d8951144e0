"""A listed name is found in its spellings, a neighbour is not, and the score says why."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.named import BODY, LISTED, PERSON, bearers, best, screener
from ytterby.screening.entry import EntrySchema, NameKind
from ytterby.screening.name_index import Bearer, build_index
from ytterby.screening.rarity import make_rarity
from ytterby.screening.screener import HITS_MOST, Screener
from ytterby.shell.site.screening_tables import name_tables, scoring

SPELLINGS = [
    ("f1", BODY, "HANGZHOU HUADA RARE EARTH PERMANENT MAGNET MATERIALS LIMITED"),
    ("f1", BODY, "Hangzhou Huada Xitu Yongci Cailiao Youxian Gongsi"),
    ("f1", BODY, "杭州華達稀土永磁材料有限責任公司"),
    ("f1", BODY, "杭州华达稀土永磁材料"),
    ("f1", BODY, "Hangzhou Huada Rare EarthPermanent Magnet Materials Co., Ltd."),
    ("f3", BODY, "Korvatec Instruments"),
    ("f3", BODY, "K0rvatech 1nstruments"),
    ("f4", BODY, "ООО «Северметалл»"),
    ("p1", PERSON, "Владислав Петрович Костромин"),
    ("p1", PERSON, "Vladislav Kostromin"),
    ("p1", PERSON, "V. Kostromin"),
    ("p1", PERSON, "Dr Kostromin, Vladislav"),
    ("p2", PERSON, "سالم نور الدين الدبسكي"),
    ("p3", PERSON, "Yar Mohamed Rahmany"),
    ("p4", PERSON, "Nelson Fernando Estrada"),
    ("v1", EntrySchema.VESSEL, "Morning Pelican"),
]


@pytest.mark.parametrize(("key", "schema", "name"), SPELLINGS)
def test_a_listed_one_is_found_in_any_of_its_spellings(key, schema, name):
    found, score = best(name, schema)
    assert found == key
    assert score > 0.6


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("Hangzhou Xintong Rare Earth Permanent Magnet Materials Co., Ltd.", "f1"),
        ("杭州鑫通稀土永磁材料有限公司", "f1"),
        ("Ganzhou Hongda Magnetic Materials Co., Ltd.", "f2"),
    ],
)
def test_a_sister_firm_scores_far_below_another_spelling(name, listed):
    own = dict(zip([row[0] for row in LISTED], LISTED, strict=True))[listed][2]
    scores = {screener().index.keys[hit.bearer]: hit.score for hit in screener().screen(name, BODY)}
    assert scores.get(listed, 0.0) < best(own)[1] - 0.35


def test_a_person_is_not_compared_with_a_firm():
    assert best("Morning Pelican", PERSON) == (None, 0.0)
    assert best("Morning Pelican", EntrySchema.LEGAL_ENTITY)[0] == "v1"


@given(st.sampled_from([(name, schema, key) for key, schema, *names in LISTED for name in names]))
def test_a_name_scores_highest_against_itself(row):
    name, schema, key = row
    assert best(name, schema) == (key, 1.0)
    assert best(name.upper(), schema) == (key, 1.0)


WORDS = st.sampled_from(
    [
        "huada",
        "yongning",
        "korva",
        "metall",
        "sever",
        "rare",
        "earth",
        "magnet",
        "trading",
        "ali",
        "mohamed",
        "estrada",
        "xin",
        "ning",
    ]
)
NAME = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(NAME, min_size=1, max_size=12, unique=True), NAME, st.randoms(use_true_random=False))
def test_the_order_of_entries_changes_no_score(names, query, shuffled):
    rows = [Bearer(f"e{n}", "", BODY, ((name, NameKind.PRIMARY),)) for n, name in enumerate(names)]
    other = rows.copy()
    shuffled.shuffle(other)
    assert scores_of(rows, query) == scores_of(other, query)


@settings(max_examples=60, deadline=None)
@given(st.lists(NAME, min_size=2, max_size=10, unique=True), NAME)
def test_one_entry_more_changes_no_other_score_under_one_rarity(names, query):
    rows = [Bearer(f"e{n}", "", BODY, ((name, NameKind.PRIMARY),)) for n, name in enumerate(names)]
    _, rarity = build_index(rows, name_tables())
    fewer, whole = scores_of(rows[:-1], query, rarity), scores_of(rows, query, rarity)
    assert {key: score for key, score in whole.items() if key != rows[-1].key} == fewer


@settings(max_examples=60, deadline=None)
@given(NAME, NAME)
def test_no_name_is_more_like_a_name_than_itself(one, other):
    rows = [
        Bearer("one", "", BODY, ((one, NameKind.PRIMARY),)),
        Bearer("other", "", BODY, ((other, NameKind.PRIMARY),)),
    ]
    scores = scores_of(rows, one)
    assert scores["one"] == 1.0 >= scores.get("other", 0.0)


def scores_of(rows, query, rarity=None):
    index, rarity = build_index(rows, name_tables(), rarity)
    on = Screener(index, name_tables(), rarity, scoring())
    return {index.keys[hit.bearer]: hit.score for hit in on.screen(query, BODY)}


def test_equal_inputs_give_equal_bytes():
    (one, rarity), (other, same) = (build_index(rows, name_tables()) for rows in (bearers(), bearers()[::-1]))
    assert (one.digest, rarity.digest) == (other.digest, same.digest)
    for name in ("bearers", "names", "bits", "lengths", "starts", "words", "weights"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert one.postings.names.tobytes() == other.postings.names.tobytes()


def test_a_rare_word_weighs_more_than_a_common_one():
    rarity = make_rarity({"trading": 90, "korvatech": 1}, 100)
    assert rarity.weight("nobody") == 1000 > rarity.weight("korvatech") > rarity.weight("trading") > 0


def test_two_bearers_with_one_key_are_a_mistake():
    with pytest.raises(ValueError, match="one key"):
        build_index([*bearers(), bearers()[0]], name_tables())


def test_a_weak_name_counts_less():
    index, rarity = build_index([Bearer("w", "", BODY, (("Korvatech", NameKind.WEAK),))], name_tables())
    on = Screener(index, name_tables(), rarity, scoring())
    full = replace(scoring(), weak=1.0)
    assert best("Korvatech", BODY, on)[1] < best("Korvatech", BODY, Screener(index, name_tables(), rarity, full))[1]


def test_the_trace_names_what_pairs_and_what_is_left_over():
    (hit, *_) = screener().screen("Korvatec Instruments Holding Nord", BODY)
    trace = hit.trace()
    assert ("korvatec", "korvatech") in {(pair.query, pair.listed) for pair in trace.pairs}
    assert [word for word, _ in trace.query_left] == ["nord"]
    (joined, *_) = screener().screen("Rah mani Yar Mohammad", PERSON)
    assert ("rah mani", "rahmani") in {(pair.query, pair.listed) for pair in joined.trace().pairs}


@settings(deadline=2000)
@given(st.text(max_size=300), st.sampled_from(list(EntrySchema)))
def test_any_text_is_screened(text, schema):
    hits = screener().screen(text, schema)
    assert len(hits) <= HITS_MOST
    assert all(0 < hit.score <= 1 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_name_of_ten_thousand_characters_takes_no_longer_than_a_long_one():
    random.seed(1)
    long = " ".join("".join(random.choices("abcdefghij", k=8)) for _ in range(1_100))
    assert len(long) > 9_000
    assert len(screener().screen(long, BODY)) <= HITS_MOST

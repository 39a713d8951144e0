"""Conduct: a lawful and an unlawful example of each article, what is not known, what is disputed, and invariants."""

import random
import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from balance.test_quota import FACTORS, RULES
from chain.chain_of import START, Chain, line
from ytterby.balance.conduct import Ground, conduct_findings
from ytterby.balance.flow_return import FlowReturn, SiteReturn, State
from ytterby.balance.quota import Quota, position_of, productions
from ytterby.balance.reported import reported_movements
from ytterby.chain.book import build_from_bundles
from ytterby.chain.party import NamedList, Operation, Party, Site, make_directory
from ytterby.chain.product import ProductList
from ytterby.chain.world import World
from ytterby.law.book import make_book
from ytterby.law.pack_reader import read_pack
from ytterby.law.return_period import ReturnPeriod
from ytterby.shell.site.law_packs import packaged_law, packaged_packs
from ytterby.shell.site.packs import matter_tables
from ytterby.shell.wording import LANGUAGES, sentence, word
from ytterby.terms.problem import Problem, Severity, Where

VECTORS = yaml.safe_load((Path(__file__).parent / "vectors" / "conduct.yaml").read_text("utf-8"))
KINDS = ("mine", "separation", "metal", "recycler", "warehouse")
KNOWN = date(2026, 11, 24)
ARTICLES = {
    "Order 785 art. 8", "Order 785 art. 10", "Order 785 art. 11", "Order 785 art. 13", "Order 785 art. 14",
    "Order 71 named enterprises", "Order 71 counted feed", "Order 71 entry by the 10th",
}  # fmt: skip


class Run:
    """A vector played out: what was posted, and what conduct is judged by."""

    def __init__(self, vector):
        self.vector, self.chain = vector, Chain()
        self.hour = (datetime.combine(vector["day"], time(12), UTC) - START) / timedelta(hours=1)
        self.quotas, self.months = [], []
        for deed in vector["does"]:
            self.hour += 1
            (name, site), *_ = deed.items()
            getattr(self, name)(site, deed)
        self.hour += 1

    def world(self):
        country = self.vector.get("country", "CN")
        sites = [Site(kind, kind, kind, country, (Operation(f"party:{kind}"),)) for kind in KINDS]
        lists = [
            NamedList(name, name, country, frozenset(f"party:{one}" for one in parties), source="test")
            for name, parties in self.vector["named"].items()
        ]
        parties = [Party(f"party:{kind}", kind) for kind in KINDS]
        return World(make_directory(parties, sites, (), lists), ProductList(), matter_tables())

    def _line(self, lot, form=None):
        return msgspec.structs.replace(line(lot, 200, u=0.01, Nd=100), form=form)

    def enter(self, site, deed):
        origin = deed.get("origin", "extraction")
        self.chain.source(site, self._line(deed["lot"], deed.get("form")), origin=origin, hour=self.hour)

    def step(self, site, deed):
        made = self._line(deed["out"], deed["form"])
        self.chain.step(site, [line(deed["in"], 200)], [made], process=deed.get("process"), hour=self.hour)

    def charge(self, site, deed):
        self.chain.charge(site, "T1", line(deed["lot"], 200), hour=self.hour)

    def draw(self, site, deed):
        self.chain.draw(site, "T1", self._line(deed["lot"], deed["form"]), hour=self.hour)

    def deliver(self, site, deed):
        self.chain.ship(site, deed["to"], line(deed["lot"], 200), document="d", hour=self.hour)
        self.hour += 1
        self.chain.receive(deed["to"], site, line(deed["lot"], 200), document="d", hour=self.hour)

    def index(self, site, deed):
        year = self.vector["day"].year
        self.quotas.append(Quota(f"party:{site}", year, "separation", msgspec.convert(deed["tonnes"], Decimal), "t"))

    def month(self, _, deed):
        state, due = State(deed["state"]), self.vector["day"]
        site = SiteReturn(deed["of"], state, True, False, due, None, None, None, None, 0, 0)
        month = ReturnPeriod(2026, 1, 1)
        self.months.append(FlowReturn(f"party:{deed['of']}", month, state, due, False, (site,), (), None))

    def ground(self, shuffled=None):
        bundles = list(self.chain.bundles)
        if shuffled is not None:
            shuffled.shuffle(bundles)
        book = build_from_bundles(bundles, self.world())
        movements = reported_movements(bundles, book, lambda site: UTC).movements
        made, left = productions(movements, book, RULES)
        positions = [
            position_of(
                one.party, one.year, one.kind, quota=one, made=made, left=left, factors=FACTORS, months=(), level=0.9
            )
            for one in self.quotas
        ]
        processes = {
            bundle.digest: posting.process
            for bundle in bundles
            for posting in bundle.postings
            if getattr(posting, "process", None)
        }
        return Ground(movements, book.world.directory, processes, tuple(positions), made, tuple(self.months))


def found(vector, law=None, known=KNOWN):
    return conduct_findings(law or packaged_law(), Run(vector).ground(), known=known)


@pytest.mark.parametrize("vector", VECTORS, ids=[one["id"] for one in VECTORS])
def test_each_example_gives_the_findings_of_its_article_and_no_other(vector):
    told = [[one.problem.facts["rule"], one.problem.code] for one in found(vector)]
    assert sorted(told) == sorted(vector["finds"])


def test_each_article_has_a_lawful_and_an_unlawful_example():
    for article in ARTICLES:
        of = [one for one in VECTORS if one["article"] == article]
        assert {bool(one["finds"]) for one in of} == {True, False}, article
    assert {one["article"] for one in VECTORS} == ARTICLES
    assert {rule for one in VECTORS for rule, _ in one["finds"]} == set(packaged_law().conduct)


def named(id_):
    return next(one for one in VECTORS if one["id"] == id_)


def test_a_finding_names_who_what_where_when_by_which_rule_and_on_which_evidence():
    vector = named("recycler-of-concentrate")
    vector = {**vector, "does": [vector["does"][0], {**vector["does"][1], "process": "cracking"}]}
    run = Run(vector)
    (one,) = conduct_findings(packaged_law(), run.ground(), known=KNOWN)
    facts = one.problem.facts
    assert (one.parties, one.site, one.lot) == (("party:recycler",), "recycler", "c1")
    assert (facts["goods"], facts["process"], facts["status"]) == ("concentrate", "cracking", "yes")
    assert (facts["day"], facts["last"], facts["known"], facts["times"]) == (
        *("2025-01-10", "2025-01-10", "2026-11-24", "1"),
    )
    assert (facts["rule"], facts["article"]) == ("CN-O785.11", "article 11")
    assert (one.size_kg, one.sd_kg) == (pytest.approx(100.0), pytest.approx(1.0))
    assert one.events == (run.chain.bundles[1].digest,)


def test_goods_taken_in_used_and_sent_on_count_once_and_name_their_maker():
    told = found(named("purchase-from-a-party-that-may-not-sell"))
    (one,) = [finding for finding in told if finding.problem.code == "conduct.product"]
    assert one.parties == ("party:separation", "party:mine")
    assert one.size_kg == pytest.approx(100.0)
    assert one.problem.facts["times"] == "2"


def test_what_was_not_known_on_a_day_is_not_held_against_anybody():
    vector = named("recycler-of-concentrate")
    assert found(vector, known=date(2024, 6, 28)) == ()
    assert len(found(vector, known=date(2024, 6, 29))) == 1


def test_a_question_says_what_is_missing_and_two_missing_facts_are_no_question():
    (one,) = found(named("no-list-was-registered"))
    assert one.problem.facts["missing"] == "named_separation"
    assert found({**named("the-form-of-the-feed-was-not-said"), "named": {}}) == ()


def test_production_within_its_uncertainty_of_the_index_is_a_question():
    vector = named("imported-feed-beyond-the-index")
    tonnes = f"{100 / float(FACTORS['Nd']) / 1000 - 0.001:.6f}"
    (one,) = found({**vector, "does": [*vector["does"][:2], {"index": "separation", "tonnes": tonnes}]})
    assert (one.problem.code, one.problem.facts["missing"]) == ("conduct.question", "index_share")
    (one,) = found({**vector, "does": [*vector["does"][:2], {"index": "separation", "tonnes": "0"}]})
    assert one.problem.code == "conduct.index"


# A law of another register


def pack(**rule):
    """Return a pack with one rule about what is used, read in two ways where `readings` are given."""
    source = {"source": "test", "confidence": "read"}
    words = {"en": "t", "zh": "t"}
    suspended = {"from": "2025-01-01", "to": None, **source}
    readings = [
        {"dispute": "d", "id": "ended"},
        {"dispute": "d", "id": "holds-on", "suspended": [suspended]},
    ]
    dispute = {"id": "d", "text": words, "settled_by": words,
               "readings": [{"id": name, "text": words, **source} for name in ("ended", "holds-on")]}  # fmt: skip
    own = {
        "id": "R1", "title": words, "text": words, "published": "2024-01-01", "effective": "2024-01-01",
        "governs": "conduct", **source, "when": {"fact": "form", "in": ["swarf"]},
    }  # fmt: skip
    entry = {"rule": "R1", "deed": "use", "breach": "feed", "article": words, "document": words, **source}
    is_disputed = rule.pop("is_disputed", False)
    entry |= rule.pop("conduct", {})
    return {
        "schema": "ytterby-pack/1", "id": "own", "group": "own", "title": words,
        "knows": {"from": "2024-01-01", "to": "2026-12-31"},
        "disputes": [dispute] if is_disputed else [],
        "rules": [{**own, **({"readings": readings} if is_disputed else {}), **rule}],
        "conduct": [entry],
    }  # fmt: skip


def book_with(**rule):
    made, problems = read_pack(pack(**rule))
    assert problems == []
    return make_book([*packaged_packs(), made])


SCRAP = next(one for one in VECTORS if one["id"] == "scrap-into-oxide-needs-no-name")


def test_a_disputed_rule_gives_a_finding_that_says_so():
    law, problems = book_with(is_disputed=True)
    assert problems == []
    (one,) = found(SCRAP, law)
    assert one.problem.facts["status"] == "disputed"
    assert word("conduct", "disputed") in sentence_of(one.problem)


def sentence_of(problem):
    facts = {**problem.facts, "status": word("conduct", problem.facts["status"])}
    return sentence(Problem(problem.code, Where(), "", facts, Severity.FINDING))[0]


def test_a_rule_may_ask_for_the_process_and_one_that_is_not_said_is_a_question():
    wanted = [{"fact": "form", "in": ["swarf"]}, {"fact": "process", "in": ["leaching"]}]
    law, problems = book_with(when={"all": wanted})
    assert problems == []
    (one,) = found(SCRAP, law)
    assert (one.problem.code, one.problem.facts["missing"]) == ("conduct.question", "process")
    for process, codes in (("leaching", ["conduct.feed"]), ("cracking", [])):
        vector = {**SCRAP, "does": [SCRAP["does"][0], {**SCRAP["does"][1], "process": process}]}
        assert [one.problem.code for one in found(vector, law)] == codes


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"governs": "exit"}, "pack.no_conduct_rule"),
        ({"when": {"fact": "making", "in": ["R1"]}}, "pack.conduct_fact"),
        ({"when": {"fact": "form", "in": ["soup"]}}, "pack.choice"),
        ({"words": {"holds": "ban", "fails": "allowed"}}, "pack.no_conduct_rule"),
        ({"conduct": {"rule": "R2"}}, "pack.unknown_reference"),
        (
            {"when": {"fact": "making", "in": ["R9"]}, "conduct": {"deed": "take"}},
            "pack.unknown_reference",
        ),
    ],
)
def test_a_conduct_rule_that_no_deed_can_be_judged_by_is_refused(change, code):
    _, problems = book_with(**change)
    assert [one.code for one in problems] == [code]
    assert all(one.where.pointer.startswith("own#/conduct/0/rule") for one in problems)


@pytest.mark.parametrize("entry", [{"deed": "dream"}, {"breach": "sin"}, {"article": "8"}, {"colour": "red"}])
def test_an_entry_of_another_shape_is_refused_with_its_place(entry):
    made, problems = read_pack(pack(conduct=entry))
    assert made is None
    (name,) = entry
    assert problems[0].where.pointer.startswith(f"/conduct/0/{name}")


# Invariants


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(VECTORS), st.randoms(use_true_random=False))
def test_the_order_in_which_reports_arrive_changes_nothing(vector, shuffled: random.Random):
    run = Run(vector)
    law = packaged_law()
    assert conduct_findings(law, run.ground(shuffled), known=KNOWN) == conduct_findings(law, run.ground(), known=KNOWN)


# Wording


FACTS = {
    "site": "Norrvik Separation Works", "party": "Skoghall Magnet Company", "other": "Baltic Metals Trading",
    "law": "the rare earth administration regulations (Order 785), article 11", "goods": "concentrate", "kg": "1234",
    "quota": "smelting and separation", "sd": "12.3", "day": "2026-01-01", "last": "2026-12-31", "known": "2026-11-24",
    "times": "12", "period": "2026-01", "status": "the rule holds", "missing": "the form of the goods",
}  # fmt: skip
CODES = ("feed", "index", "not_named", "not_recorded", "product", "question", "recorded_late")


@pytest.mark.parametrize("code", CODES)
def test_each_kind_can_be_said_in_sixty_words_without_symbols(code):
    for language in LANGUAGES:
        text, cure = sentence(Problem(f"conduct.{code}", Where(), "", FACTS, Severity.FINDING), language)
        whole = f"{text} {cure}"
        assert "?" not in whole
        assert not set(whole) & set("=±%<>×σ≤≥–")
        assert all(FACTS[name] in text for name in ("site", "party", "day", "law", "known"))
        # Two characters make a Chinese word.
        assert len(re.findall(r"[^\W一-鿿][^\s一-鿿]*", whole)) + len(re.findall(r"[一-鿿]", whole)) / 2 <= 60


def test_no_country_statute_or_list_of_enterprises_stands_in_the_code():
    import ytterby.balance.conduct
    import ytterby.law.conduct

    for module in (ytterby.balance.conduct, ytterby.law.conduct):
        text = Path(module.__file__).read_text("utf-8")
        assert not re.search(r"\b(CN|785|71|[Cc]hin(a|ese)|concentrate|recycler|separation)\b", text)

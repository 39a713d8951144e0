"""Findings as a viewer may read them, with the sentence and what would settle it.

Who may read: auditors and the register's operator all; a party those on its own sites, and of a delivery that it
differs, without a figure.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from ytterby.balance.finding import Finding, Hypothesis, Phrase
from ytterby.balance.generalised_likelihood import APART
from ytterby.balance.watch import Tell, quiet
from ytterby.chain.book import Book
from ytterby.law.book import LawBook
from ytterby.shell.store.reading.book import book_of
from ytterby.shell.store.reading.book_size import book_known
from ytterby.shell.store.reading.inquiries import states_of
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.law import law_at
from ytterby.shell.store.reading.naming import Json, figure, name_in, party_name, site_name
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.shell.store.reading.watching import all_findings, findings_at_hand, watching
from ytterby.shell.wording import fill, sentence, word
from ytterby.terms.identifier import tail
from ytterby.terms.problem import Problem

# Facts that are identifiers of documents, and codes of the trade by the group of their words.
TAILS = frozenset({"document", "pool"})
WORDS = {"use": "use", "told": "use"}
CONDUCT_WORDS = {"goods": "form", "process": "process", "quota": "quota", "status": "conduct", "missing": "conduct"}
CONDUCT = "conduct."
OPEN, UNKNOWN = "open", "unknown"
# Phases of the case of a finding in which nothing is left to look into.
SETTLED = frozenset({"explained", "set_aside", "decided"})
CAUSES_MAX, ALTERNATIVES_MAX = 3, 2
# Kinds of systematic groups whose second word says whose they are.
GROUPS = frozenset({"laboratory", "scale"})


def list_findings(viewer: Viewer, *, known: Known, language: str = "en", tell: Tell = quiet) -> Json:
    """Return all findings, each with its events, and how many false alarms to expect among them; a party is told of
    none how often chance makes it. `tell` hears how far the watch is.
    """
    watched = watching(viewer, known, tell=tell)
    return {
        "as_of_size": known.size,
        "expected_false_alarms": figure(watched.expected_false_alarms),
        "findings": finding_rows(viewer, all_findings(viewer, known), known=known, language=language),
    }


def findings_of_lot(viewer: Viewer, lot: str, *, known: Known, language: str = "en") -> list[Json] | None:
    """Return the findings about one lot; None where those of the whole register are not worked out yet."""
    found = findings_at_hand(viewer, known)
    if found is None:
        return None
    of_lot = [one for one in found if one.lot == lot]
    return finding_rows(viewer, of_lot, known=known, language=language) if of_lot else []


def open_findings_of(viewer: Viewer, known: Known, parties: Collection[str]) -> dict[str, int]:
    """Return how many findings are open against each of some parties; nothing where they are not worked out yet, or not
    for the viewer to read: then nobody knows.
    """
    if not parties or not viewer.reads_all:
        return {}
    found = findings_at_hand(viewer, book_known(viewer, known))
    if found is None:
        return {}
    states = states_of(viewer, known=known)
    still = [one for one in found if states.get(one.id, OPEN) not in SETTLED]
    return {party: sum(party in one.parties for one in still) for party in parties}


def finding_rows(viewer: Viewer, found: Iterable[Finding], *, known: Known, language: str = "en") -> list[Json]:
    """Return findings that a viewer reads by the keys of `list_findings`."""
    writer = _Writer(book_of(viewer, known), law_at(viewer, known), language, states_of(viewer, known=known))
    return [writer.row(one) for one in found]


def count_findings(viewer: Viewer, *, known: Known) -> int | None:
    """Return how many findings there are; None where they are not worked out yet."""
    found = findings_at_hand(viewer, known)
    return None if found is None else len(found)


def _likely(hypotheses: Sequence[Hypothesis]) -> tuple[Hypothesis, ...]:
    """Return those that explain a finding nearly as well as the first: who is named beside it is named for nothing."""
    return tuple(one for one in hypotheses if hypotheses[0].statistic - one.statistic < APART)


class _Writer:
    """Writes findings for people, with names where they hold identifiers."""

    def __init__(self, book: Book, law: LawBook, language: str, states: dict[str, str]) -> None:
        self.book, self.law, self.language, self.states = book, law, language, states

    def row(self, one: Finding) -> Json:
        """Return one finding by the keys of the command line's contract."""
        text, cure = sentence(self._for_people(one), self.language)
        groups = one.classes or tuple((party,) for party in one.parties)
        return {
            "id": one.id,
            "kind": one.problem.code,
            "parties": [list(group) for group in groups],
            "party_names": [self._party(party) for party in one.parties],
            "element": one.element,
            "months": list(one.months),
            "lot": one.lot or None,
            "tail": tail(one.lot) if one.lot else None,
            "site": site_name(self.book, one.site) if one.site else None,
            "size_kg": figure(one.size_kg),
            "sd_kg": figure(one.sd_kg),
            "statistic": figure(one.statistic),
            "false_alarms_per_plant_year": figure(one.rate),
            "text": text,
            "hypotheses": [self._hypothesis(each) for each in one.hypotheses],
            "settles": [cure] if one.paper is None else [self._phrase(one.paper)],
            "events": [self.book.event_ids.get(digest) or digest.hex() for digest in one.events],
            "facts": {name: fact for name, fact in one.problem.facts.items() if fact},
            "state": self.states.get(one.id, OPEN),
        }

    def _hypothesis(self, one: Hypothesis) -> Json:
        return {
            "text": self._or(self._alternatives(one)),
            "causes": [{"code": cause.code, **cause.facts} for cause in one.causes],
            "size_kg": figure(one.size_kg),
            "sd_kg": figure(one.sd_kg),
            "statistic": figure(one.statistic),
        }

    def _alternatives(self, one: Hypothesis) -> list[str]:
        """Return the causes of a class that are told, each in other words: the data cannot tell them apart."""
        return list(dict.fromkeys(self._phrase(cause) for cause in one.causes))[:ALTERNATIVES_MAX]

    def _or(self, alternatives: Sequence[str]) -> str:
        return ("或" if self.language.startswith("zh") else " or ").join(alternatives)

    def _phrase(self, one: Phrase) -> str:
        facts = {key: self._named(value) for key, value in one.facts.items()}
        kind, _, rest = one.facts.get("place", "").partition(" ")
        if one.code == "group" and kind in GROUPS:
            # A systematic group is named by its kind, whose it is, and what tells it from others of his.
            return fill(word(one.group, kind, self.language), {"place": self._named(rest.partition(" ")[0])})
        return fill(word(one.group, one.code, self.language), facts)

    def _for_people(self, one: Finding) -> Problem:
        """Return the finding's problem with names where it has identifiers: people say the tail of a lot."""
        problem = one.problem
        facts = {key: self._fact(problem, key, value) for key, value in problem.facts.items()}
        if problem.code.startswith("month."):
            facts |= self._phrases(one)
        return replace(problem, value=self._named(problem.value) if problem.value else "", facts=facts)

    def _phrases(self, one: Finding) -> dict[str, str]:
        """Return what a finding of months says in phrases: its causes, the paper, and that there is no other side."""
        said = {
            "causes": self._causes(one.hypotheses) or word("cause", UNKNOWN, self.language),
            "paper": self._phrase(one.paper or Phrase("paper", UNKNOWN, {})),
        }
        if not one.problem.facts.get("other"):
            said["other"] = word("cause", "other_unknown", self.language)
        return said

    def _causes(self, hypotheses: Sequence[Hypothesis]) -> str:
        """Return at most three likely causes, each once, a class of causes whole or not at all."""
        said: list[str] = []
        classes: list[str] = []
        for each in _likely(hypotheses):
            new = [phrase for phrase in self._alternatives(each) if phrase not in said]
            if new and len(said) + len(new) <= CAUSES_MAX:
                said += new
                classes.append(self._or(new))
        return ("；" if self.language.startswith("zh") else "; ").join(classes)

    def _fact(self, problem: Problem, key: str, value: str) -> str:
        if problem.code.startswith(CONDUCT):
            if key == "law":
                return self._law(value)
            if key in CONDUCT_WORDS:
                return word(CONDUCT_WORDS[key], value, self.language)
        if key in WORDS:
            return word(WORDS[key], value, self.language)
        if key == "element" and problem.code.startswith(("month.", "use.")):
            return word("element", value, self.language)
        return tail(value) if key in TAILS else self._named(value)

    def _law(self, rule: str) -> str:
        """Return where a rule of conduct stands, in the reader's language."""
        one = self.law.conduct.get(rule)
        language = "zh" if self.language.startswith("zh") else "en"
        if one is None:
            return rule
        return f"{one.document[language]}{'' if language == 'zh' else ', '}{one.article[language]}"

    def _named(self, value: str) -> str:
        """Return the name of a party or site, the tail of any other identifier, and any other text as it stands."""
        directory = self.book.world.directory
        if value in directory.sites:
            return name_in(site_name(self.book, value), self.language)
        if value in directory.parties:
            return self._party(value)
        if value.startswith(("http://", "https://", "urn:")):
            return tail(value)
        # A systematic group names its laboratory or scale among other words.
        return " ".join(self._named(part) if "://" in part else part for part in value.split(" "))

    def _party(self, party: str) -> str:
        return name_in(party_name(self.book, party), self.language)

"""The book of a simulated nation, built from its documents as the register would."""

from collections import Counter
from collections.abc import Sequence

import yaml

from ytterby.chain.book import Book, build_book
from ytterby.chain.door import read_document
from ytterby.chain.event import Entry
from ytterby.chain.party import Directory, Operation, Party, Site, make_directory
from ytterby.chain.product import ProductList
from ytterby.chain.speaker import check_speaker
from ytterby.chain.world import World
from ytterby.nation.directory import directory_yaml
from ytterby.nation.diversion import Diversion
from ytterby.nation.documents import Document, reported_months
from ytterby.nation.plan import Plan
from ytterby.shell.site.packs import door_tables, matter_tables


def directory_of(plan: Plan) -> Directory:
    """Return the directory that the nation's own file says."""
    told = yaml.safe_load(directory_yaml(plan))
    return make_directory(
        [Party(row["id"], row["name"], country=row["country"]) for row in told["parties"]],
        [
            Site(
                row["id"], row["name"], row["kind"], row["country"], (Operation(row["operations"][0]["party"]),),
                zone=row["zone"],
            )
            for row in told["sites"]
        ],
    )  # fmt: skip


def documents_of(plan: Plan, diversions: Sequence[Diversion] = ()) -> list[Document]:
    """Return all documents of a nation."""
    return [document for month in reported_months(plan, diversions) for document in month.documents]


def entries_of(plan: Plan, documents: Sequence[Document]) -> tuple[list[Entry], Counter[str]]:
    """Return what the door lets in, and how often it said which code (what the speaker check says included)."""
    directory, entries, codes = directory_of(plan), [], Counter()
    for document in documents:
        read = read_document(document.raw, door_tables())
        events = [one.event for one in read.events if one.event is not None]
        problems = [*read.all_problems, *check_speaker(events, document.report.party, directory)]
        codes.update(f"{problem.severity.value} {problem.code}" for problem in problems)
        entries += [Entry(event, document.report.party, len(entries) + i) for i, event in enumerate(events)]
    return entries, codes


def book_of(plan: Plan, documents: Sequence[Document]) -> tuple[Book, Counter[str]]:
    """Return the book of documents, and what the door said."""
    entries, codes = entries_of(plan, documents)
    return build_book(entries, World(directory_of(plan), ProductList(), matter_tables())), codes

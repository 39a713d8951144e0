"""`ytterby law test FOLDER`: sentences about goods, rules and periods, and which of them the packs do not bear out."""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.text import Text

from ytterby.law.law_sentence import Difference, Verdict, judge_sentence
from ytterby.law.said import Said
from ytterby.law.trust import Words
from ytterby.shell.cli.law_arguments import PACKAGED
from ytterby.shell.cli.law_book import Sources, open_law_and_calendars
from ytterby.shell.cli.outcome import CouldNotRun, Outcome
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.screen import Screen, plain
from ytterby.shell.cli.texts import counted
from ytterby.shell.site.law_answer import packs_json, reason_json
from ytterby.shell.site.law_packs import in_file
from ytterby.shell.site.law_sentences import SentenceFile, packaged_sentences, read_sentence_files
from ytterby.shell.site.law_words import worded
from ytterby.shell.wording import LANGUAGES
from ytterby.terms.problem import Problem

Json = dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """A sentence of a file, and what came of it."""

    path: Path
    verdict: Verdict

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why it could not be asked, each with its file."""
        return tuple(in_file(problem, self.path) for problem in self.verdict.problems)


def run_test(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Judge every sentence; exit 1 where one fails or cannot be asked."""
    book, known = open_law_and_calendars(args, screen)
    read = _read(args.folder)
    judged = [
        Judged(file.path, judge_sentence(sentence, book, known, in_all_languages))
        for file in read
        for sentence in file.sentences
    ]
    problems = [*(problem for file in read for problem in file.problems), *(p for one in judged for p in one.problems)]
    failed = [one for one in judged if one.verdict.differences]
    answer = _json(args.folder, read, judged, problems, screen.language) | {"packs": packs_json(book)}
    screen.answer(answer, lambda: _show(screen, args.folder, answer, failed, problems))
    return Outcome.FOUND if failed or problems else Outcome.GOOD


def in_all_languages(text: "Words | Said") -> Iterable[str]:
    """Return how a reason reads in each language: its author may quote it in either."""
    return [worded(text, language) for language in LANGUAGES]


def _read(folder: str) -> list[SentenceFile]:
    """Return the files that a name stands for.

    Raises:
        CouldNotRun: they cannot be read, or there are none, which must not look like success.
    """
    try:
        read = packaged_sentences() if folder == PACKAGED else read_sentence_files(Path(folder))
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=folder, why=error.strerror or error) from None
    if not read:
        raise CouldNotRun("law.test.nothing", folder=folder)
    return read


def _json(
    folder: str, read: Sequence[SentenceFile], judged: Sequence[Judged], problems: Sequence[Problem], language: str
) -> Json:
    return {
        "folder": folder,
        "files": len(read),
        "sentences": len(judged),
        "held": sum(1 for one in judged if one.verdict.holds),
        "failed": sum(1 for one in judged if one.verdict.differences),
        "refused": len(problems),
        "results": [_verdict_json(one, language) for one in judged],
        "problems": [problem_json(one, folder, language) for one in problems],
    }


def _verdict_json(judged: Judged, language: str) -> Json:
    verdict = judged.verdict
    return {
        "file": str(judged.path),
        "pointer": f"/tests/{verdict.sentence.place}",
        "name": verdict.sentence.name,
        "kind": verdict.sentence.kind,
        "holds": verdict.holds,
        "answer": verdict.answer or None,
        "differences": [one._asdict() for one in verdict.differences],
        "reasons": [reason_json(one, language) for one in verdict.reasons],
    }


def _show(screen: Screen, folder: str, answer: Json, failed: Sequence[Judged], problems: Sequence[Problem]) -> None:
    texts = screen.texts
    head = texts("law.test.hold", held=answer["held"], sentences=answer["sentences"])
    screen.verdict(not failed and not problems, head, counted(texts, "law.test.files", answer["files"]))
    show_problems(screen, problems, folder)
    sources = Sources(screen)
    for one in failed:
        place = f"{one.path} /tests/{one.verdict.sentence.place}"
        screen.line(Text.assemble(("✗ ", "bold red"), (plain(one.verdict.sentence.name), "bold"), f"  {plain(place)}"))
        for difference in one.verdict.differences:
            screen.line("  " + _said(screen, difference))
        reasons = [reason_json(reason, screen.language) for reason in one.verdict.reasons]
        sources.show_reasons("  " + texts("law.reasons"), reasons)
    sources.show()


def _said(screen: Screen, difference: Difference) -> str:
    if difference.what == "because":
        return screen.texts("law.test.because", text=difference.expected)
    return screen.texts("law.test.differs", **difference._asdict())

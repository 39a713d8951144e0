"""What docs/a-month.md shows is what the commands answer."""

import os
import re
from pathlib import Path

import pytest

from month_story import tell

PAGE = Path(__file__).resolve().parents[2] / "docs" / "a-month.md"
# Drawn at random each time: numbers of receipts, and what is signed with a new key or salted.
RANDOM = re.compile(r"\b[0-9a-f]{32}\b")
SECOND_PART = "## June"


def blocks(text: str) -> list[tuple[str, str]]:
    """Return each command of a text with what stands under it."""
    found = []
    for block in re.findall(r"```\n(.*?)```", text, re.DOTALL):
        for piece in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = piece.partition("\n")
            found.append((command, output))
    return found


def told(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> list[tuple[str, str, str]]:
    """Return command, what the page shows, and what the command answers."""
    monkeypatch.chdir(folder)
    # How far a command is, it tells on a machine that is slow today; the page shows what it answers.
    monkeypatch.setattr("ytterby.shell.cli.progress.PIPE_SECONDS", 3600)
    first, second = text.split(SECOND_PART)
    found = []
    story = tell(folder)
    for part in (first, second):
        say = next(story)
        found += [(command, shown, say(command)) for command, shown in blocks(part)]
    return found


def test_the_page_shows_what_the_commands_answer(tmp_path, monkeypatch):
    text = PAGE.read_text(encoding="utf-8")
    answers = told(tmp_path, monkeypatch, text)
    assert len(answers) > 12
    if os.environ.get("YTTERBY_WRITE_PAGE"):
        at = 0
        for command, shown, said in answers:
            start = text.index(f"$ {command}\n{shown}", at)
            at = start + len(f"$ {command}\n{said}")
            text = f"{text[:start]}$ {command}\n{said}{text[start + len(command) + 3 + len(shown) :]}"
        PAGE.write_text(text, encoding="utf-8")
        return
    for command, shown, said in answers:
        assert RANDOM.sub("#", said) == RANDOM.sub("#", shown), command

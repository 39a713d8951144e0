"""Each problem of the room has its sentence and cure in both languages, and brings every fact that they quote."""

import ast
import re
from pathlib import Path

import pytest
import yaml

import ytterby.shell.wording
import ytterby.terms

CATALOGUE = yaml.safe_load((Path(ytterby.shell.wording.__file__).parent / "terms.yaml").read_text(encoding="utf-8"))
KINDS = ("refuse", "finding", "remark")


def raised() -> list[tuple[str, frozenset[str]]]:
    """Return each problem that the room's code makes, with the facts it gives."""
    found = []
    for path in Path(ytterby.terms.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS):
                continue
            code = node.args[0]
            assert isinstance(code, ast.Constant), f"{path.name}:{node.lineno}: a code is written as a literal"
            names = {word.arg for word in node.keywords if word.arg}
            if any(word.arg is None for word in node.keywords):
                names |= {"line", "column", "byte"}
            found.append((str(code.value), frozenset(names | {"value"})))
    return found


@pytest.mark.parametrize(("code", "facts"), raised())
def test_a_problem_can_be_said_in_both_languages(code: str, facts: frozenset[str]) -> None:
    for language in ("en", "zh"):
        for part in ("text", "cure"):
            sentence = CATALOGUE[code][language][part]
            assert sentence
            assert set(re.findall(r"\{(\w+)\}", sentence)) <= facts
    assert re.search("[一-鿿]", CATALOGUE[code]["zh"]["text"])


def test_no_sentence_is_left_over() -> None:
    assert set(CATALOGUE) == {code for code, _ in raised()}

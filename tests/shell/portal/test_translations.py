"""Every sentence of the portal has its Chinese, and the compiled file is the one that is written."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

PORTAL = Path(__file__).resolve().parents[3] / "src" / "ytterby" / "shell" / "portal"
MESSAGES = PORTAL / "locale" / "zh_Hans" / "LC_MESSAGES"
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}
LITERAL = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
CALL = re.compile(rf" n?gettext\(((?:u?(?:{LITERAL.pattern}),?\s*)+)")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def msgids() -> dict[str, set[str]]:
    """Return every text that is asked for, with the files that ask."""
    found: dict[str, set[str]] = {}
    for path in sorted(PORTAL.rglob("*.py")):
        for text in texts_of(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(text, set()).add(path.name)
    for path in sorted(PORTAL.rglob("*.html")):
        for call in CALL.findall(templatize(path.read_text(encoding="utf-8"))):
            for literal in LITERAL.findall(call):
                found.setdefault(ast.literal_eval(literal), set()).add(path.name)
    return found


def texts_of(tree: ast.AST) -> list[str]:
    """Return the literal texts of the calls that ask for a translation."""
    return [
        arg.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS
        for arg in node.args
        if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
    ]


def written() -> dict[str, str]:
    """Return msgid -> msgstr of the .po file; of a plural, its one Chinese form."""
    found = {}
    for block in (MESSAGES / "django.po").read_text(encoding="utf-8").split("\n\n"):
        fields = dict(re.findall(r'^(msgid(?:_plural)?|msgstr(?:\[0\])?) (".*"(?:\n".*")*)', block, re.MULTILINE))
        texts = {key: "".join(ast.literal_eval(part) for part in value.split("\n")) for key, value in fields.items()}
        for key in ("msgid", "msgid_plural"):
            if texts.get(key):
                found[texts[key]] = texts.get("msgstr", texts.get("msgstr[0]", ""))
    return found


@pytest.fixture(scope="module")
def compiled():
    with (MESSAGES / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def test_the_walk_finds_texts_of_code_and_of_templates():
    found = msgids()
    assert "views" not in found
    assert {"Step balances", "No lot matches", "%(n)s findings"} <= set(found)
    assert len(found) > 150


def test_every_text_has_its_chinese():
    known = written()
    assert sorted(text for text in msgids() if not known.get(text)) == []


def test_no_translation_is_left_of_a_text_that_is_gone():
    assert sorted(set(written()) - set(msgids())) == []


def test_the_compiled_file_holds_what_is_written(compiled):
    plurals = {"%(n)s findings", "%(more)s more"}
    differ = [
        text
        for text, chinese in written().items()
        if text not in plurals and compiled.gettext(text) != chinese and compiled.ngettext(text, text, 2) != chinese
    ]
    assert differ == []


def test_both_languages_fill_in_the_same_facts():
    # Chinese has no plural, so it may leave the figure to the sentence around it, never add one.
    strange = [
        text
        for text, chinese in written().items()
        if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(chinese))
    ]
    assert strange == []


def test_chinese_is_chinese():
    han = re.compile(r"[\u4e00-\u9fff]")
    bare = [text for text, chinese in written().items() if not han.search(chinese)]
    assert bare == ["kg"]


def test_no_text_stands_in_a_template_without_gettext():
    loose = []
    for path in sorted(PORTAL.rglob("*.html")):
        if path.name == "server_error.html":
            continue
        text = re.sub(
            r"\{% blocktranslate.*?endblocktranslate %\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<(script|code|kbd|title)\b.*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL)
        loose += [(path.name, word) for word in re.findall(r"[A-Za-z]{2,}", text)]
    allowed = {"Ytterby", "CSV", "JSON", "SVG", "SHA", "kg"}
    assert [(name, word) for name, word in loose if word not in allowed] == []

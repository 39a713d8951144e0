"""Checks of the code itself that no linter makes: size, purity, names, words that must not survive.

Each message carries its remedy. The rules are the project's (CONTRIBUTING.md).
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "ytterby"
PURE = ("terms", "matter", "law", "proof", "chain", "balance", "screening", "licence", "nation")
FUNCTION_LINES_MAX = 60
FILE_LINES_MAX = 500
# Calls that read the world. A pure function is given the instant, the bytes or the seed.
BANNED_CALLS = {
    "open": "take bytes or text as an argument",
    "print": "return the text",
    "datetime.now": "take `at: datetime` as an argument",
    "datetime.utcnow": "take `at: datetime` as an argument",
    "date.today": "take `on: date` as an argument",
    "uuid.uuid4": "take the identifier as an argument",
    "uuid4": "take the identifier as an argument",
}
BANNED_WORDS = re.compile(r"\b(FIXME|XXX|HACK|TODO)\b|breakpoint\(")
BANNED_FILES = {"utils", "helpers", "misc", "common", "manager", "data", "info", "process", "handle"}
BANNED_NAMES = re.compile(r"^(utils?|helpers?|manager|misc|data2)$")


def python_files() -> list[Path]:
    """Return every Python file that the project wrote."""
    roots = [SOURCE, ROOT / "tests", ROOT / "benchmarks"]
    found = (p for root in roots for p in root.rglob("*.py") if "migrations" not in p.parts)
    # What lies in a hidden folder is an environment, not ours.
    return sorted(p for p in found if not any(part.startswith(".") for part in p.relative_to(ROOT).parts))


def complaints(path: Path) -> list[str]:
    """Return one line for each broken rule in a file."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    found = []
    if path.stem in BANNED_FILES:
        found.append(f"{path}:1: a file named {path.name} has no subject; name it after what it knows")
    if len(lines) > FILE_LINES_MAX:
        found.append(f"{path}:1: {len(lines)} lines, limit {FILE_LINES_MAX}; split it by subject")
    if path != Path(__file__):
        for number, line in enumerate(lines, 1):
            if match := BANNED_WORDS.search(line):
                found.append(f"{path}:{number}: leftover {match.group(0)}; finish it or open an issue")
    tree = ast.parse(source)
    in_source = SOURCE in path.parents
    room = path.relative_to(SOURCE).parts[0] if in_source else ""
    if in_source and not ast.get_docstring(tree):
        found.append(f"{path}:1: the module has no docstring; say what it knows")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and in_source:
            found += function_complaints(path, node)
        if isinstance(node, ast.Call) and room in PURE:
            name = ast.unparse(node.func)
            for banned, remedy in BANNED_CALLS.items():
                if name == banned or (("." in banned or banned == "uuid4") and name.endswith("." + banned)):
                    found.append(f"{path}:{node.lineno}: {banned}() in a pure room; {remedy}")
    return found


def function_complaints(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Check one function's length (docstring not counted), its name, and that a public one says what it does."""
    docstring = ast.get_docstring(node, clean=False)
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    length -= docstring.count("\n") + 1 if docstring else 0
    found = []
    if length > FUNCTION_LINES_MAX:
        found.append(f"{path}:{node.lineno}: {node.name} has {length} lines, limit {FUNCTION_LINES_MAX}; split it")
    if BANNED_NAMES.match(node.name):
        found.append(f"{path}:{node.lineno}: the name {node.name} says nothing; name what it does")
    return found


@pytest.mark.parametrize("path", python_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_file_is_tidy(path: Path) -> None:
    assert not complaints(path), "\n".join(complaints(path))


def test_every_folder_of_code_tells_what_it_is() -> None:
    silent = [
        folder
        for folder in {p.parent for p in SOURCE.rglob("*.py")}
        if not (folder / "__init__.py").exists() and "migrations" not in folder.parts
    ]
    assert not silent, f"packages without __init__.py: {silent}"


def test_no_tracked_file_names_a_registry_or_a_machine() -> None:
    pattern = re.compile(r"(^|[^A-Za-z0-9_.])/(work|root|opt/(pypi|wheels)|farm)(/|$)", re.MULTILINE)
    registry = re.compile(r"index-url|find-links|trusted-host|files\.pythonhosted|registry\.npmjs", re.IGNORECASE)
    for path in [*ROOT.glob("*"), *ROOT.glob("requirements/*"), *ROOT.glob("docs/**/*.md"), *ROOT.glob(".ci/*")]:
        if path.is_file() and path.suffix not in {".png", ".mo"}:
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not pattern.search(text), f"{path} names a path of one machine; take it out"
            assert not registry.search(text), f"{path} names a package registry; take it out"


def test_every_dependency_has_its_line_of_reason() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    reasons = (ROOT / "docs" / "dependencies.md").read_text()
    groups = project["dependency-groups"]
    extras = project["project"].get("optional-dependencies", {})
    wanted = [*project["project"]["dependencies"]]
    wanted += [d for group in (*groups.values(), *extras.values()) for d in group]
    names = {re.split(r"[<>=\[]", dependency)[0] for dependency in wanted}
    missing = sorted(name for name in names if f"`{name}`" not in reasons)
    assert not missing, f"docs/dependencies.md gives no reason for {missing}"

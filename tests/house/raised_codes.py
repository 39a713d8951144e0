"""Find, without running it, every problem code that the source can raise, and the facts that come with it.

A code is raised by `refuse`, `finding` or `remark`, by `Problem(...)`, or entered into the book by `….find(code,
lot, site, parties, facts, events)`. A code is a literal, or a name that the function binds to literals only.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MAKERS = {"refuse", "finding", "remark"}
# Where the makers themselves are written, and where the code of a Problem is handed on.
MAKERS_HOME = "terms/problem.py"


@dataclass
class Raised:
    """One call: its code, the names of its facts, and its place."""

    code: str
    facts: frozenset[str]
    place: str


@dataclass
class Findings:
    """All codes of a tree, and calls whose code is no literal."""

    raised: list[Raised] = field(default_factory=list)
    opaque: list[str] = field(default_factory=list)

    def facts_of(self, code: str) -> frozenset[str]:
        """Return every fact that some call gives with this code, `value` included."""
        return frozenset({"value"}).union(*(r.facts for r in self.raised if r.code == code))

    @property
    def codes(self) -> set[str]:
        """The codes that are raised somewhere."""
        return {r.code for r in self.raised}


def find_raised(root: Path) -> Findings:
    """Return what every module under a folder raises."""
    found = Findings()
    for path in sorted(root.rglob("*.py")):
        relative = path.relative_to(root).as_posix()
        if relative != MAKERS_HOME:
            _read_module(relative, ast.parse(path.read_text(encoding="utf-8")), found)
    return found


def _read_module(name: str, tree: ast.Module, found: Findings) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found.opaque += [f"{name}:{node.lineno}" for a in node.names if a.name in MAKERS and a.asname]
    functions = {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    for scope, call in _calls(tree):
        maker = _maker_of(call)
        if maker is None:
            continue
        place = f"{name}:{call.lineno}"
        codes = _codes(call.args[0], scope) if call.args else None
        if codes is None:
            # A Problem rebuilt from another problem, or a finding's code handed through, raises nothing new.
            if maker in MAKERS:
                found.opaque.append(place)
            continue
        facts = _facts(call, maker, scope, functions)
        found.raised += [Raised(code, facts, place) for code in codes]


def _calls(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Yield each call with the innermost function that holds it, the module where there is none."""

    def visit(node: ast.AST, scope: ast.AST) -> Iterator[tuple[ast.AST, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call):
                yield scope, child
            yield from visit(child, child if isinstance(child, ast.FunctionDef) else scope)

    yield from visit(tree, tree)


def _maker_of(call: ast.Call) -> str | None:
    if isinstance(call.func, ast.Name) and call.func.id in {*MAKERS, "Problem"}:
        return call.func.id
    if isinstance(call.func, ast.Attribute):
        home = call.func.value
        if call.func.attr in MAKERS and isinstance(home, ast.Name) and home.id == "problem":
            return call.func.attr
        if call.func.attr == "find" and len(call.args) == 6:
            return "find"
    return None


def _codes(node: ast.expr, scope: ast.AST) -> list[str] | None:
    """Return the codes an expression can be: a literal, either side of a condition, or a name bound to such."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        sides = [_codes(node.body, scope), _codes(node.orelse, scope)]
        return None if None in sides else [code for side in sides for code in side or []]
    if isinstance(node, ast.Name):
        bound = [_codes(value, scope) for value in _bindings(node.id, scope) if not isinstance(value, ast.Name)]
        return None if not bound or None in bound else [code for codes in bound for code in codes or []]
    return None


def _bindings(name: str, scope: ast.AST) -> list[ast.expr]:
    found: list[ast.expr] = []
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            found.append(node.value)
        if (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and node.target.id == name
            and node.value
        ):
            found.append(node.value)
    return found


def _facts(call: ast.Call, maker: str, scope: ast.AST, functions: Mapping[str, ast.FunctionDef]) -> frozenset[str]:
    names = {keyword.arg for keyword in call.keywords if keyword.arg}
    spread = [keyword.value for keyword in call.keywords if keyword.arg is None]
    if maker == "find":
        names, spread = set(), [call.args[4]]
    if maker == "Problem" and len(call.args) > 3:
        spread.append(call.args[3])
    for value in spread:
        names |= _keys(value, scope, functions)
    return frozenset(names)


def _keys(node: ast.expr, scope: ast.AST, functions: Mapping[str, ast.FunctionDef]) -> set[str]:
    """Return the keys of a dict as far as the source shows them: literal, name bound to one, function's return."""
    if isinstance(node, ast.Dict):
        keys = {k.value for k in node.keys if isinstance(k, ast.Constant) and isinstance(k.value, str)}
        inner = [v for k, v in zip(node.keys, node.values, strict=True) if k is None]
        return keys.union(*(_keys(v, scope, functions) for v in inner))
    if isinstance(node, ast.IfExp):
        return _keys(node.body, scope, functions) | _keys(node.orelse, scope, functions)
    if isinstance(node, ast.Name):
        return set().union(*(_keys(value, scope, functions) for value in _bindings(node.id, scope)))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == "dict":
            return {k.arg for k in node.keywords if k.arg}
        home = functions.get(node.func.id)
        returns = [n.value for n in ast.walk(home) if isinstance(n, ast.Return) and n.value] if home else []
        return set().union(*(_keys(value, home or scope, functions) for value in returns))
    return set()

"""Every comparison and every boolean of a module, turned round one at a time: does a check notice?"""

import ast
import copy
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from types import ModuleType

import pytest

OPPOSITES = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
# What moves a limit by one is another mistake than what turns it round.
NEIGHBOURS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}


def flipped_modules(module: ModuleType) -> Iterator[tuple[str, Callable[[], ModuleType]]]:
    """Yield, for each thing that can be turned round, its place and what makes the module with it."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    for number, node in enumerate(ast.walk(tree)):
        for name, change in _changes(node):
            place = f"{getattr(node, 'lineno', 0)}: {ast.unparse(node)}: {name}"
            yield place, lambda n=number, c=change: _made(module, tree, n, c)


def unnoticed(module: ModuleType, check: Callable[[ModuleType], None], *, every: int = 1) -> list[str]:
    """Return the places where turning something round makes no check fail; `every` of so many is tried."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    check(_made(module, tree, 0, lambda _: None))  # made anew with nothing turned round it passes
    return [place for place, make in islice(flipped_modules(module), 0, None, every) if not _fails(make, check)]


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    if isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            for table in (OPPOSITES, NEIGHBOURS):
                if type(operator) in table:
                    other = table[type(operator)]
                    yield other.__name__, lambda found, n=at, o=other: found.ops.__setitem__(n, o())
    if isinstance(node, ast.BoolOp):
        other = OPPOSITES[type(node.op)]
        yield other.__name__, lambda found, o=other: setattr(found, "op", o())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "without not", lambda found: setattr(found, "operand", ast.UnaryOp(ast.Not(), found.operand))
    if isinstance(node, ast.If | ast.IfExp):
        yield "always", lambda found: setattr(found, "test", ast.Constant(True))
        yield "never", lambda found: setattr(found, "test", ast.Constant(False))


def _made(module: ModuleType, tree: ast.Module, number: int, change: Callable[[ast.AST], None]) -> ModuleType:
    changed = copy.deepcopy(tree)
    change(next(node for n, node in enumerate(ast.walk(changed)) if n == number))
    made = ModuleType(f"{module.__name__}_flipped")
    made.__file__ = module.__file__
    sys.modules[made.__name__] = made  # classes of a module look their annotations up there
    exec(compile(ast.fix_missing_locations(changed), str(module.__file__), "exec"), made.__dict__)
    return made


def _fails(make: Callable[[], ModuleType], check: Callable[[ModuleType], None]) -> bool:
    try:
        check(make())
    except (Exception, pytest.fail.Exception):
        return True
    finally:
        sys.modules.pop(next((name for name in sys.modules if name.endswith("_flipped")), ""), None)
    return False

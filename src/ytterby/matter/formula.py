"""Chemical formulas: how many atoms of each element, and their mass.

Groups in parentheses and water of crystallisation after a dot are read: `Y2(C2O4)3.10H2O`.
"""

import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

_TOKEN = re.compile(r"([A-Z][a-z]?)(\d*)|(\()|(\))(\d*)", re.ASCII)


def count_atoms(formula: str) -> Mapping[str, int]:
    """Return the number of atoms of each element in a formula unit.

    Raises:
        ValueError: the text is no formula.

    Example:
        >>> dict(count_atoms("Y2(CO3)3"))
        {'Y': 2, 'C': 3, 'O': 9}
    """
    total: Counter[str] = Counter()
    for part in formula.replace("·", ".").split("."):
        match = re.match(r"\d+", part, re.ASCII)
        factor = int(match.group()) if match else 1
        for symbol, count in _count_part(part[match.end() :] if match else part, formula).items():
            total[symbol] += factor * count
    return dict(total)


def _count_part(text: str, formula: str) -> Counter[str]:
    stack: list[Counter[str]] = [Counter()]
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if not match:
            raise ValueError(f"{formula!r} is no chemical formula: {text[place:]!r} cannot be read")
        place = match.end()
        symbol, count, opened, closed, times = match.groups()
        if symbol:
            stack[-1][symbol] += int(count or 1)
        elif opened:
            stack.append(Counter())
        elif closed:
            if len(stack) < 2:
                raise ValueError(f"{formula!r} closes a group that it did not open")
            group = stack.pop()
            for atom, number in group.items():
                stack[-1][atom] += number * int(times or 1)
    if len(stack) != 1 or not stack[0]:
        raise ValueError(f"{formula!r} is no chemical formula")
    return stack[0]


def molar_mass(formula: str, weights: Mapping[str, Decimal]) -> Decimal:
    """Return the mass of a formula unit, g/mol.

    Raises:
        KeyError: an element has no weight in the table.
    """
    return sum((weights[symbol] * count for symbol, count in count_atoms(formula).items()), Decimal(0))

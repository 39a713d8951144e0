"""Reconciliation of one small plant in exact fractions: no floating point, no orthonormal basis.

Four balances: what the shipper says less what the receiver says; plant P; plant Q; plant R. Not measured: the flow from
P to Q, and two flows out of R, of which only the sum can be known. The flow that R alone reports is not redundant. The
receiver's two measurements share a laboratory.
"""

from decimal import Decimal, getcontext
from fractions import Fraction

A = [[1, -1, 0, 0, 0, 0], [0, 1, -1, 0, 0, 0], [0, 0, 0, -1, -1, 0], [0, 0, 0, 1, 0, -1]]
B = [[0, 0, 0], [-1, 0, 0], [1, 0, 0], [0, -1, -1]]
# What the stock of P grew by.
C = ["0", "0.5", "0", "0"]
Y = ["101.2", "99.1", "38.4", "57.9", "1.1", "21.5"]
S = [
    ["1.0", "0", "0", "0", "0", "0"],
    ["0", "0.9", "0.2", "0", "0", "0"],
    ["0", "0.2", "0.35", "0", "0", "0"],
    ["0", "0", "0", "0.49", "0", "0"],
    ["0", "0", "0", "0", "0.04", "0"],
    ["0", "0", "0", "0", "0", "0.25"],
]
# Rows whose products with B vanish: the mirror row, and P and Q together.
P = [[1, 0, 0, 0], [0, 1, 1, 0]]
getcontext().prec = 40


def exact(rows):
    return [[Fraction(value) for value in row] for row in rows]


def product(left, right):
    return [
        [sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*right, strict=True)] for row in left
    ]


def transposed(rows):
    return [list(column) for column in zip(*rows, strict=True)]


def solved(matrix, right):
    """Return the solution of a regular system by elimination."""
    rows = [list(row) + list(extra) for row, extra in zip(matrix, right, strict=True)]
    size = len(rows)
    for k in range(size):
        pivot = next(i for i in range(k, size) if rows[i][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for i in range(size):
            if i != k:
                rows[i] = [a - rows[i][k] * b for a, b in zip(rows[i], rows[k], strict=True)]
    return [row[size:] for row in rows]


def root(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).sqrt()


def number(value: Fraction | Decimal) -> float:
    return float(value)


def expected() -> dict:
    """Return what the kind computes, each figure rounded once."""
    balances, covariance, projection = exact(A), exact(S), exact(P)
    measured = [[Fraction(value)] for value in Y]
    reach = product(projection, balances)
    misfit = [[a[0] - Fraction(c)] for a, c in zip(product(balances, measured), C, strict=True)]
    residual = product(projection, misfit)
    spread = product(reach, covariance)
    variance = product(spread, transposed(reach))
    solution = solved(variance, residual)
    adjustment = [row[0] for row in product(transposed(spread), solution)]
    taken = product(transposed(spread), solved(variance, spread))
    total = product(transposed(residual), solution)[0][0]
    columns = [*transposed(reach), *transposed(projection)]
    names = [*(f"bias:{j}" for j in range(len(Y))), *(f"leak:{i}" for i in range(len(C)))]
    whitened = transposed(solved(variance, transposed(columns)))
    inner = [[sum(a * b for a, b in zip(f, g, strict=True)) for g in whitened] for f in columns]
    shown = [sum(a * b[0] for a, b in zip(f, solution, strict=True)) for f in columns]
    ratios = [
        [number(q * q / inner[k][k]), number(q / inner[k][k])] if inner[k][k] else [None, None]
        for k, q in enumerate(shown)
    ]
    standard = [
        number(Decimal(q.numerator) / Decimal(q.denominator) / root(inner[k][k])) if inner[k][k] else 0.0
        for k, q in enumerate(shown)
    ]
    return {
        "x": [number(y[0] - a) for y, a in zip(measured, adjustment, strict=True)],
        "cov_diag": [number(covariance[j][j] - taken[j][j]) for j in range(len(Y))],
        "adjust": [number(a) for a in adjustment],
        "global_stat": number(total),
        "dof": len(P),
        # Two degrees of freedom: the chi-square tail is an exponential.
        "p_global": number((-Decimal(total.numerator) / Decimal(total.denominator) / 2).exp()),
        "measurement_test_mp": standard[: len(Y)],
        "nodal_test": None,
        "glr_bias": ratios[: len(Y)],
        "glr_leak": ratios[len(Y) :],
        "equivalence_classes": _classes(names, inner),
    }


def _classes(names, inner):
    classes = []
    for k in range(len(names)):
        if inner[k][k]:
            for members in classes:
                if inner[members[0]][k] ** 2 == inner[members[0]][members[0]] * inner[k][k]:
                    members.append(k)
                    break
            else:
                classes.append([k])
    return [[names[k] for k in members] for members in classes]


def document() -> dict:
    """Return the vector, numbers as text where they are fractions."""
    labels = ["A->P (A)", "A->P (P)", "P->C (P)", "Q->R (Q)", "Q waste", "R->D (R)"]
    return {
        "name": "unmeasured_streams",
        "description": "one flow between two plants and two flows out of a third not measured; exact fractions",
        "labels": labels,
        "A": A,
        "y": Y,
        "S": S,
        "B": B,
        "c": C,
        "expected": expected(),
        "tolerance_rel": 1e-12,
    }

"""Which single error explains the residuals: generalised likelihood ratios, equivalence classes, serial compensation.

An error of size b with signature f moves the residuals r by b f. With V = Cov(r)

    b = f'V^-1 r / f'V^-1 f,   sd(b) = (f'V^-1 f)^-1/2,   T = (f'V^-1 r)^2 / f'V^-1 f ~ chi-square(1) without error

(Narasimhan & Mah, AIChE J. 33 (1987) 1514). Signatures that are collinear after whitening are one *class*: no
arithmetic on these residuals tells their members apart (Bagajewicz, Lat. Am. Appl. Res. 30 (2000) 335). All that is
needed are the inner products F'V^-1 F, F'V^-1 r and r'V^-1 r, so V itself does not appear here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.special import chdtrc, chdtri

from ytterby.matter.mass import FloatArray

# |cosine| of two whitened signatures above which they are one class.
COLLINEAR = 1.0 - 1e-9
# What conditioning leaves of a signature below this share of its square is rounding.
LEFT_SHARE = 1e-9
# Two candidates of different classes are told apart when their T differ by this much: likelihoods apart by exp(2).
APART = 4.0


@dataclass(frozen=True)
class Hypothesis:
    """An error that would explain residuals; `members`: all signatures of its class, `signature` the first of them."""

    signature: str
    members: tuple[str, ...]
    size: float
    sd: float
    statistic: float


@dataclass(frozen=True)
class WhitenedSignatures:
    """k signatures by inner products: `products` F'V^-1 F (k x k), `projections` F'V^-1 r (k), `total` r'V^-1 r.

    `dof`: how many residuals; `floor` (k): a signature whose f'V^-1 f is not above it cannot be detected.
    """

    names: tuple[str, ...]
    products: FloatArray
    projections: FloatArray
    total: float
    dof: int
    floor: FloatArray

    @property
    def squares(self) -> FloatArray:
        """f'V^-1 f (k)."""
        return np.asarray(np.diag(self.products))

    @property
    def is_detectable(self) -> npt.NDArray[np.bool_]:
        """Whether a signature shows in the residuals at all (k)."""
        return np.asarray(self.squares > self.floor)

    @property
    def p_value(self) -> float:
        """Chance of residuals at least this large without any error; 1 where there is none to judge."""
        return float(chdtrc(self.dof, max(self.total, 0.0))) if self.dof else 1.0

    def ratios(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return T, size and sd (k each); NaN where not detectable."""
        squares = np.where(self.is_detectable, self.squares, np.nan)
        return self.projections**2 / squares, self.projections / squares, 1.0 / np.sqrt(squares)

    def given(self, chosen: Sequence[int]) -> "WhitenedSignatures":
        """Return what is left when the sizes of some signatures are parameters (Schur complement of their products).

        Raises:
            LinAlgError: the chosen ones are collinear.
        """
        if not chosen:
            return self
        where = list(chosen)
        factor = cho_factor(self.products[np.ix_(where, where)], lower=True)
        answer = cho_solve(factor, np.column_stack([self.products[where], self.projections[where]]))
        left = self.products - self.products[:, where] @ answer[:, :-1]
        return WhitenedSignatures(
            names=self.names,
            products=left,
            projections=self.projections - self.products[:, where] @ answer[:, -1],
            total=self.total - float(self.projections[where] @ answer[:, -1]),
            dof=self.dof - len(where),
            floor=np.maximum(self.floor, LEFT_SHARE * self.squares),
        )


def equivalence_classes(signatures: WhitenedSignatures) -> list[tuple[int, ...]]:
    """Return classes of collinear signatures, in order of their first member; undetectable ones are in none."""
    squares = signatures.squares
    classes: list[list[int]] = []
    for place in np.flatnonzero(signatures.is_detectable):
        for members in classes:
            size = np.sqrt(squares[members[0]] * squares[place])
            if abs(signatures.products[members[0], place]) > COLLINEAR * size:
                members.append(int(place))
                break
        else:
            classes.append([int(place)])
    return [tuple(members) for members in classes]


def rank(signatures: WhitenedSignatures) -> tuple[Hypothesis, ...]:
    """Return one hypothesis for each class, the largest T first; equal ones in order of their first member."""
    statistic, size, sd = signatures.ratios()
    found = [
        Hypothesis(
            signature=signatures.names[members[0]],
            members=tuple(signatures.names[k] for k in members),
            size=float(size[members[0]]),
            sd=float(sd[members[0]]),
            statistic=float(statistic[members[0]]),
        )
        for members in equivalence_classes(signatures)
    ]
    return tuple(sorted(found, key=lambda hypothesis: -hypothesis.statistic))


@dataclass(frozen=True)
class Compensation:
    """What serial compensation found: `found` in order, `undecided` when two could not be told apart, what is left."""

    found: tuple[Hypothesis, ...]
    undecided: tuple[Hypothesis, ...]
    total: float
    dof: int
    p_value: float


def compensate(signatures: WhitenedSignatures, level: float) -> Compensation:
    """Take the largest T, make its size a parameter, and again until the global test passes at `level`.

    Stops and names all candidates within 4 of the largest T when there is more than one. Sizes, sds and T of what was
    found are those of its round, given what was found before. A round in which nothing can be detected is the last.

    Raises:
        ValueError: the level is not between 0 and 1.
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"a level of {level}")
    chosen: list[int] = []
    found: list[Hypothesis] = []
    undecided: tuple[Hypothesis, ...] = ()
    left = signatures
    while left.dof > 0 and left.total > float(chdtri(left.dof, level)):
        ranked = rank(left)
        if not ranked:
            break
        near = tuple(one for one in ranked if ranked[0].statistic - one.statistic < APART)
        if len(near) > 1:
            undecided = near
            break
        found.append(ranked[0])
        chosen.append(signatures.names.index(ranked[0].signature))
        left = signatures.given(chosen)
    return Compensation(tuple(found), undecided, left.total, left.dof, left.p_value)

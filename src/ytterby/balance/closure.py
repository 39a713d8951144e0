"""Closure of a step: is each element that went in found in what came out, within what can be measured?

Per element, never on gross mass: oxygen, water and binder come and go, neodymium does not. The difference
d = sum(in) - sum(out) is compared with its standard uncertainty u(d) (GUM, JCGM 100:2008, eq. 13: random parts in
quadrature, the systematic part of a shared scale or laboratory linearly over its net signed mass). The score
z = d / u beyond 3 is a finding; inside it is noise and says nothing against the declarant.
"""

from collections.abc import Iterable
from typing import NamedTuple

from ytterby.chain.book import Book
from ytterby.chain.node import Node, weighted
from ytterby.chain.posting import EXACT
from ytterby.matter.declared import element_mass
from ytterby.matter.element import ELEMENTS, POSITION
from ytterby.matter.mass import ElementMass, combine

SCORE_LIMIT = 3.0


class StepClosure(NamedTuple):
    """One element of one step. `u_kg` and `z` are None when an output was not assayed: nothing was tested."""

    step: Node
    element: str
    in_kg: float
    out_kg: float
    difference_kg: float
    u_kg: float | None
    z: float | None
    is_assumed: bool  # an uncertainty came from the starting table

    @property
    def verdict(self) -> str:
        """`closed`, `loss`, `gain` or `not testable`."""
        if self.z is None:
            return "not testable"
        if self.z > SCORE_LIMIT:
            return "loss"
        return "gain" if self.z < -SCORE_LIMIT else "closed"


def close_steps(
    book: Book,
    *,
    site: str | None = None,
    elements: Iterable[str] | None = None,
    with_mass_uncertainty: bool = True,
) -> tuple[StepClosure, ...]:
    """Return the closure of every step and element that took part, in book order.

    `with_mass_uncertainty=False` counts the uncertainty of assays alone.
    """
    wanted = tuple(elements) if elements is not None else ELEMENTS
    return tuple(
        closure
        for step in book.steps
        if site is None or step.site == site
        for closure in close_step(book, step, wanted, with_mass_uncertainty=with_mass_uncertainty)
    )


def close_step(
    book: Book, step: Node, elements: Iterable[str], *, with_mass_uncertainty: bool = True
) -> tuple[StepClosure, ...]:
    """Return the closure of one step for these elements, those with no mass on either side left out."""
    outputs = [book.nodes[index] for index in step.outputs]
    went_in = _consumed(book, step, with_mass_uncertainty=with_mass_uncertainty)
    came_out = [_content(book, node, with_mass_uncertainty=with_mass_uncertainty) for node in outputs]
    made = combine([(1.0, content) for content in came_out])
    difference = combine([(1.0, went_in), *((-1.0, content) for content in came_out)])
    is_assumed = went_in.assumed or made.assumed
    result = []
    for element in elements:
        position = POSITION[element]
        in_kg, out_kg = float(went_in.mass_kg[position]), float(made.mass_kg[position])
        if in_kg <= 0 and out_kg <= 0:
            continue
        difference_kg = in_kg - out_kg
        u_kg: float | None = float(difference.u_kg[position])
        z = difference_kg / u_kg if u_kg and step.is_testable else None
        if not step.is_testable:
            u_kg = None
        result.append(StepClosure(step, element, in_kg, out_kg, difference_kg, u_kg, z, is_assumed))
    return tuple(result)


def _consumed(book: Book, step: Node, *, with_mass_uncertainty: bool) -> ElementMass:
    if with_mass_uncertainty and step.consumed is not None:
        return step.consumed
    terms = [
        (
            1.0,
            weighted(_content(book, book.nodes[parent], with_mass_uncertainty=with_mass_uncertainty), weight),
        )
        for parent, weight in zip(step.parents, step.weights, strict=True)
    ]
    return combine(terms)


def _content(book: Book, node: Node, *, with_mass_uncertainty: bool) -> ElementMass:
    """Return what a parcel holds; without the uncertainty of its mass where it was assayed."""
    if with_mass_uncertainty or node.net_kg is None or not node.assays:
        return node.content
    return element_mass(node.net_kg, EXACT, node.assays, form=node.form, table=book.world.matter.starting)

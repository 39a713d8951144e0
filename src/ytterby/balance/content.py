"""What a line of a posting holds, with its errors told apart: those of its own weighing, and those of an assay that
other lines share.

A receipt that was weighed and not assayed carries the shipper's assay: both sides' masses then err alike in content and
apart in weight, and their difference is as sharp as two scales. So the random error of an assay that is used more than
once is a systematic group of its lot (GUM, JCGM 100:2008, 5.2: a common quantity is one variable). Within it elements
err apart, as in any assay; a weighing errs on all elements alike.
"""

from collections import Counter
from collections.abc import Container, Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from ytterby.chain.ledger import Shipment
from ytterby.chain.node import Node
from ytterby.chain.posting import EXACT, Line
from ytterby.matter.declared import element_mass
from ytterby.matter.element import ELEMENTS
from ytterby.matter.mass import ElementMass, FloatArray, MassUncertainty
from ytterby.matter.uncertainty import StartingUncertainty

SHARED_ASSAY, SHARED_CONTENT = "assay of ", "content of "
# What one weighing errs is common to all elements of what was weighed, and to nothing else.
WEIGHING = "this weighing"


def own_content(line: Line, starting: StartingUncertainty) -> ElementMass | None:
    """Return what a line holds by its speaker's own assay; None where he did not assay it."""
    if line.content is not None:
        return line.content
    if not line.assays or line.net_kg is None:
        return None
    assayed = element_mass(line.net_kg, EXACT, line.assays, form=line.form, table=starting)
    return _weighed(assayed, line.net_kg, line.mass_u)


def lot_content(node: Node, line: Line, net_kg: Decimal | None, starting: StartingUncertainty) -> ElementMass:
    """Return what a line holds by what is known of its lot, on the line's own weighing."""
    mass_u = line.mass_u if line.net_kg is not None or node.mass_u is None else node.mass_u
    if node.assays and net_kg is not None:
        return _by_assay(node, net_kg, mass_u, starting)
    return _in_proportion(node, net_kg, mass_u)


def shipped_content(shipment: Shipment, starting: StartingUncertainty) -> ElementMass:
    """Return what a shipment holds by its shipper."""
    own = own_content(shipment.line, starting)
    node = shipment.node
    return own if own is not None else lot_content(node, shipment.line, node.net_kg, starting)


def _by_assay(node: Node, net_kg: Decimal, mass_u: MassUncertainty, starting: StartingUncertainty) -> ElementMass:
    assayed = element_mass(net_kg, EXACT, node.assays, form=node.form, table=starting)
    return _with_weighing(assayed, SHARED_ASSAY + node.lot, net_kg, mass_u)


def _in_proportion(node: Node, net_kg: Decimal | None, mass_u: MassUncertainty) -> ElementMass:
    """Return a share of a content that nobody assayed: it follows from what its maker put in."""
    content = node.content
    if net_kg is not None and node.net_kg:
        content = content.scaled(float(net_kg / node.net_kg))
    return _with_weighing(content, SHARED_CONTENT + node.lot, net_kg, mass_u)


def _with_weighing(content: ElementMass, name: str, net_kg: Decimal | None, mass_u: MassUncertainty) -> ElementMass:
    """Make the random error of a content a group of its lot, and add the weighing's own errors."""
    groups = {group: np.array(sd) for group, sd in content.groups.items()}
    if content.random_kg.any():
        groups[name] = groups.get(name, 0.0) + content.random_kg
    shared = ElementMass(content.mass_kg, np.zeros(len(ELEMENTS)), groups, content.assumed)
    return _weighed(shared, net_kg, mass_u)


def _weighed(content: ElementMass, net_kg: Decimal | None, mass_u: MassUncertainty) -> ElementMass:
    """Add the errors of a weighing, each common to all elements."""
    if not net_kg:
        return content
    fraction = content.mass_kg / float(net_kg)
    groups = dict(content.groups)
    if mass_u.random_kg:
        groups[WEIGHING] = fraction * mass_u.random_kg
    for group, sd in mass_u.groups.items():
        groups[group] = groups.get(group, 0.0) + fraction * sd
    return ElementMass(content.mass_kg, content.random_kg, groups, content.assumed or mass_u.assumed)


class OwnErrors(NamedTuple):
    """A content without the errors of its own weighing, and those, each common to all elements, kg."""

    content: ElementMass
    own: tuple[FloatArray, ...]


def own_errors(contents: Sequence[ElementMass]) -> list[OwnErrors]:
    """Return the contents, the errors of each one's weighing apart; an assay of a lot that one content alone carries is
    a random error of it.
    """
    uses = Counter(group for content in contents for group in content.groups if is_of_lot(group))
    return [_apart(content, {group for group in content.groups if uses.get(group) == 1}) for content in contents]


def is_of_lot(group: str) -> bool:
    """Tell whether a group is the error of one lot's content, in which elements err independently of each other."""
    return group.startswith((SHARED_ASSAY, SHARED_CONTENT))


def _apart(content: ElementMass, single: Container[str]) -> OwnErrors:
    groups = {group: sd for group, sd in content.groups.items() if group != WEIGHING and group not in single}
    variance = content.random_kg**2
    for group, sd in content.groups.items():
        if group in single:
            variance = variance + sd * sd
    rest = ElementMass(content.mass_kg, np.sqrt(variance), groups, content.assumed)
    return OwnErrors(rest, tuple(sd for group, sd in content.groups.items() if group == WEIGHING))

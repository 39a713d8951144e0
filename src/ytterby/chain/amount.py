"""Declared amounts: pieces and kilograms into each other, net masses, and what is known of their errors."""

from decimal import Decimal
from math import sqrt

from ytterby.chain.event import KILOGRAM, PIECE
from ytterby.chain.node import Node
from ytterby.chain.posting import Line
from ytterby.matter.mass import MassUncertainty
from ytterby.terms.quantity import divide


def net_mass_kg(amount: Decimal, unit: str, piece_mass_kg: Decimal | None) -> Decimal | None:
    """Return the net mass of an amount, pieces by their mass; None when that is not known."""
    if unit == KILOGRAM:
        return amount
    return amount * piece_mass_kg if unit == PIECE and piece_mass_kg is not None else None


def replace_amount(line: Line, amount: Decimal) -> Line:
    """Return the same line with another amount, its net mass in proportion."""
    if amount == line.amount:
        return line
    net_kg = net_mass_kg(amount, line.unit, line.piece_mass_kg)
    scale = divide(amount, line.amount) if line.amount else 1.0
    mass_u = MassUncertainty(
        random_kg=line.mass_u.random_kg * scale,
        groups={group: sd * scale for group, sd in line.mass_u.groups.items()},
        assumed=line.mass_u.assumed,
    )
    return Line(
        lot=line.lot,
        amount=amount,
        unit=line.unit,
        net_kg=net_kg,
        mass_u=mass_u,
        assays=line.assays,
        form=line.form,
        piece_mass_kg=line.piece_mass_kg,
        grade=line.grade,
    )


def in_unit_of(parcel: Node, amount: Decimal, line: Line) -> Decimal | None:
    """Return an amount in the parcel's unit, pieces by their mass; None when that is not known."""
    if line.unit == parcel.unit:
        return amount
    piece_kg = parcel.piece_mass_kg or line.piece_mass_kg
    if not piece_kg:
        return None
    if parcel.unit == PIECE and line.unit == KILOGRAM:
        return amount / piece_kg
    if parcel.unit == KILOGRAM and line.unit == PIECE:
        return amount * piece_kg
    return None


def out_of_unit(parcel: Node, amount: Decimal, line: Line) -> Decimal:
    """Return an amount of the parcel's unit in the line's unit."""
    if line.unit == parcel.unit:
        return amount
    piece_kg = parcel.piece_mass_kg or line.piece_mass_kg
    assert piece_kg, "a unit that was converted once converts back"
    return amount / piece_kg if line.unit == PIECE else amount * piece_kg


def take_u_squared(line: Line, taken: Decimal, wanted: Decimal) -> float:
    """Return the squared u of a declared take, in proportion to what was served; a count has none."""
    if line.unit != KILOGRAM or not wanted:
        return 0.0
    return (mass_u_kg(line.mass_u) * divide(taken, wanted)) ** 2


def mass_u_kg(mass_u: MassUncertainty) -> float:
    """Return the combined standard uncertainty of a declared mass, kg."""
    return sqrt(mass_u.random_kg**2 + sum(sd * sd for sd in mass_u.groups.values()))


def parcel_u(parcel: Node) -> float:
    """Return the standard uncertainty of a parcel's declared quantity, in its unit; a count has none."""
    return mass_u_kg(parcel.mass_u) if parcel.mass_u is not None and parcel.unit == KILOGRAM else 0.0

"""Symbols of the chemical elements, and systems of them as they are written: `Dy-Fe`."""

SYMBOLS = frozenset(
    (
        *("H", "He", "Li", "Be", "B", "C", "N", "O", "F", "Ne", "Na", "Mg", "Al", "Si", "P", "S", "Cl", "Ar", "K"),
        *("Ca", "Sc", "Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Ga", "Ge", "As", "Se", "Br", "Kr"),
        *("Rb", "Sr", "Y", "Zr", "Nb", "Mo", "Tc", "Ru", "Rh", "Pd", "Ag", "Cd", "In", "Sn", "Sb", "Te", "I", "Xe"),
        *("Cs", "Ba", "La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu"),
        *("Hf", "Ta", "W", "Re", "Os", "Ir", "Pt", "Au", "Hg", "Tl", "Pb", "Bi", "Po", "At", "Rn", "Fr", "Ra"),
        *("Ac", "Th", "Pa", "U", "Np", "Pu", "Am", "Cm", "Bk", "Cf", "Es", "Fm", "Md", "No", "Lr", "Rf", "Db"),
        *("Sg", "Bh", "Hs", "Mt", "Ds", "Rg", "Cn", "Nh", "Fl", "Mc", "Lv", "Ts", "Og"),
    )
)
_JOINTS = str.maketrans({"–": "-", "—": "-", "−": "-", "‑": "-"})


def read_system(text: str) -> frozenset[str] | None:
    """Return the elements of a system, whatever their order; None where the text is none.

    Example:
        >>> sorted(read_system("Fe-Dy"))
        ['Dy', 'Fe']
    """
    parts = [part.strip() for part in text.translate(_JOINTS).split("-")]
    found = frozenset(parts)
    return found if found <= SYMBOLS and len(found) == len(parts) else None

"""Compartments: what is kept for tracing and what is kept as evidence for licences are apart, in the store and in
every query, and whoever reads the one does not by that read the other.
"""

from enum import IntEnum


class Compartment(IntEnum):
    """To which compartment a stored record belongs; its rows carry the number."""

    TRACING = 1
    LICENCE_EVIDENCE = 2

"""Vectors of the kind law of `ytterby conform`: JSON lines, answered by the packaged packs.

What computes is imported when a vector is told or run: every command loads this module.
"""

from typing import Any


def is_law_vector(document: Any) -> bool:
    """Tell whether a document is lines of the kind law."""
    from ytterby.law.law_vector import is_law_vector as is_lines_of_law

    return is_lines_of_law(document)


def run_law(document: Any) -> list[Any]:
    """Return the answers of the lines in order.

    Raises:
        ValueError, TypeError, KeyError: a line that cannot be read.
    """
    from ytterby.law.law_vector import compute_law
    from ytterby.shell.site.law_packs import packaged_law

    return compute_law(document, packaged_law())


def expected_of_law(document: Any) -> list[Any]:
    """Return what the lines expect, codes as a sorted list since they are compared as a set."""
    from ytterby.law.law_vector import expected_of_law as expected_of_lines

    return expected_of_lines(document)

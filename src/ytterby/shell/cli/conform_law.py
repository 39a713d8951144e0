"""Vectors of the kind law of `ytterby conform`: JSON lines, answered by the packaged packs."""

from typing import Any

from ytterby.law.law_vector import compute_law, expected_of_law, is_law_vector

__all__ = ["expected_of_law", "is_law_vector", "run_law"]


def run_law(document: Any) -> list[Any]:
    """Return the answers of the lines in order.

    Raises:
        ValueError, TypeError, KeyError: a line that cannot be read.
    """
    from ytterby.shell.site.law_packs import packaged_law

    return compute_law(document, packaged_law())

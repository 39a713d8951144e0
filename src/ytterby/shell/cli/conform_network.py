"""Runners of `ytterby conform` for networks of plants and links, and for reconciliation.

What computes is imported when a vector of the kind is run: every command loads this module, few need scipy.
"""

from typing import Any

Json = dict[str, Any]


def is_network_vector(document: Any) -> bool:
    """Tell whether a document is a network vector."""
    return isinstance(document, dict) and document.keys() >= {"plants", "links", "months", "items", "groups"}


def run_network(document: Json) -> Json:
    """Compute a network vector."""
    from ytterby.balance.network_vector import compute_network

    return compute_network(document)


def is_reconciliation_vector(document: Any) -> bool:
    """Tell whether a document is a reconciliation vector."""
    return isinstance(document, dict) and document.keys() >= {"A", "y", "S"}


def run_reconciliation(document: Json) -> Json:
    """Compute a reconciliation vector."""
    from ytterby.balance.reconciliation_vector import compute_reconciliation

    return compute_reconciliation(document)

"""Runners of `ytterby conform` for networks of plants and links, and for reconciliation."""

from typing import Any

Json = dict[str, Any]


def is_network(document: Any) -> bool:
    """Say whether a document is a network vector."""
    from ytterby.balance.network_vector import is_network_vector

    return is_network_vector(document)


def run_network(document: Json) -> Json:
    """Compute a network vector."""
    from ytterby.balance.network_vector import compute_network

    return compute_network(document)


def is_reconciliation(document: Any) -> bool:
    """Say whether a document is a reconciliation vector."""
    from ytterby.balance.reconciliation_vector import is_reconciliation_vector

    return is_reconciliation_vector(document)


def run_reconciliation(document: Json) -> Json:
    """Compute a reconciliation vector."""
    from ytterby.balance.reconciliation_vector import compute_reconciliation

    return compute_reconciliation(document)

"""How a hit came about, as words and figures that a record can hold: what pages and commands explain it by."""

from collections.abc import Iterable

from ytterby.screening.party_screening import Candidate


def reasons_of(one: Candidate) -> Iterable[dict[str, str]]:
    """Yield how it came about, as words and figures that a record can hold."""
    for kind, value in one.identifiers:
        yield {"kind": "identifier", "which": kind, "value": value}
    if (trace := one.trace) is not None:
        for pair in trace.pairs:
            yield {
                "kind": "pair",
                "query": pair.query,
                "listed": pair.listed,
                "likeness": f"{pair.likeness:.2f}",
                "weight": f"{pair.weight:.2f}",
            }
        for kind, left in (("left_query", trace.query_left), ("left_listed", trace.listed_left)):
            for word, weight in left:
                yield {"kind": kind, "word": word, "weight": f"{weight:.2f}"}
    for name in ("country", "born", "address"):
        said = getattr(one.support, name).value
        if said != "silent":
            yield {"kind": name, "said": said}
    if one.listed_kind is not None and one.listed_kind.value != "primary":
        yield {"kind": "listed_kind", "said": one.listed_kind.value}

"""Score queries against candidates by nomenklatura's matchers; runs in an environment of its own (screening.txt).

Usage: python screening_peer.py ALGORITHM < QUERIES   where each line is {schema, name, candidates: [{schema, names}]};
prints {"scores": [[…], …], "seconds": s}. Their cache of names goes by entity id, so that every query has a new one.
"""

import importlib
import json
import sys
import time


def main() -> None:
    """Score what comes in."""
    model = importlib.import_module("followthemoney").model
    matching = importlib.import_module("nomenklatura.matching")
    entity_proxy = importlib.import_module("followthemoney").EntityProxy
    algorithm = matching.get_algorithm(sys.argv[1])
    config = algorithm.default_config()
    number = 0

    def entity(schema: str, names: list[str]) -> object:
        nonlocal number
        number += 1
        data = {"id": f"e{number}", "schema": schema, "properties": {"name": names}}
        return entity_proxy.from_dict(data) if hasattr(entity_proxy, "from_dict") else model.get_proxy(data)

    rows = [json.loads(line) for line in sys.stdin]
    pairs = [
        (entity(row["schema"], [row["name"]]), [entity(one["schema"], one["names"]) for one in row["candidates"]])
        for row in rows
    ]
    if pairs and pairs[0][1]:
        algorithm.compare(pairs[0][0], pairs[0][1][0], config)
    start = time.process_time()
    scores = [[algorithm.compare(query, one, config).score for one in others] for query, others in pairs]
    print(json.dumps({"scores": scores, "seconds": time.process_time() - start}))


if __name__ == "__main__":
    main()

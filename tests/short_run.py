"""What is left out, or done less often, where a machine's time is bounded; by hand, `make test-all` does all of it.

`.ci/run` sets YTTERBY_SHORT: everything together has to end within half an hour on two cores.
"""

import os

from postgres import ON_POSTGRESQL

IS_SHORT = bool(os.environ.get("YTTERBY_SHORT"))
# Every page is seen in each colour scheme, at each width and in each language; by hand in all six looks.
LOOKED_AT = {("light", "en"), ("phone", "en"), ("dark", "zh-hans")}
# What does not hang on the database, or takes minutes: SQLite has had it.
ON_ONE_DATABASE = (
    *("test_disclosure.py", "test_case_disclosure.py", "flipped_bit"),
    *("test_reading_rights.py", "test_month_rights.py", "test_who_reads.py", "test_case_finding_texts.py"),
    *("test_plant_month.py", "test_orders.py", "test_inquiries.py", "test_from_nothing.py", "test_impact.py"),
    *("test_work_papers.py", "test_case_status.py", "test_notices.py", "test_samples.py", "test_month_reading.py"),
    *("test_names_of_columns_under_another_party", "is_the_whole_book", "nothing_is_half_there[rebuild]"),
    *("nothing_is_half_there[swap]", "nothing_is_half_there[commit_and_tile]", "nothing_is_half_there[job]"),
    *(f"shell/api/test_{name}.py" for name in ("door", "every_pair", "what_parties_learn", "other_lands")),
    *(f"shell/api/test_attacks_on_{name}.py" for name in ("checks", "decisions", "licences")),
)


def fewer(usual: int, short: int) -> int:
    """Return how often something is tried."""
    return short if IS_SHORT else usual


def is_left_out(item) -> bool:
    """Tell whether a test is left out of a short run."""
    if item.get_closest_marker("long"):
        return True
    if ON_POSTGRESQL and any(name in item.nodeid for name in ON_ONE_DATABASE):
        return True
    told = item.callspec.params if hasattr(item, "callspec") else {}
    return {"look", "language"} <= told.keys() and (told["look"], told["language"]) not in LOOKED_AT

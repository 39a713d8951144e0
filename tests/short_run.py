"""What is left out, or done less often, where a machine's time is bounded; by hand, `make test-all` does all of it.

`.ci/run` sets YTTERBY_SHORT: everything together has to end within half an hour on two cores.
"""

import os
from collections.abc import Mapping

from postgres import ON_POSTGRESQL

IS_SHORT = bool(os.environ.get("YTTERBY_SHORT"))
# What does not hang on the database, or takes minutes: SQLite has had it.
ON_ONE_DATABASE = (
    *("test_disclosure.py", "test_case_disclosure.py", "flipped_bit"),
    *("test_reading_rights.py", "test_month_rights.py", "test_who_reads.py", "test_case_finding_texts.py"),
    *("test_plant_month.py", "test_orders.py", "test_inquiries.py", "test_from_nothing.py", "test_impact.py"),
    *("test_work_papers.py", "test_case_status.py", "test_notices.py", "test_samples.py", "test_month_reading.py"),
    *("test_flow_returns.py", "test_filed_disclosure.py", "test_visibility.py", "test_asking.py", "test_packing.py"),
    *("test_conduct.py", "test_holder_history.py", "test_beside.py", "test_known_at.py", "test_demo_user.py"),
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
    return {"look", "language"} <= told.keys() and not _is_looked_at(told)


def _is_looked_at(told: Mapping[str, str]) -> bool:
    """Tell whether a page is looked at: bright in English, and in Chinese one half on a phone and the other dark."""
    other = "phone" if len(told.get("name", "")) % 2 else "dark"
    return (told["look"], told["language"]) in {("light", "en"), (other, "zh-hans")}

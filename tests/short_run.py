"""What is left out, or done less often, where a machine's time is bounded; by hand, `make test-all` does all of it.

`.ci/run` sets YTTERBY_SHORT: everything together has to end within half an hour on two cores.
"""

import os
from collections.abc import Mapping
from zlib import crc32

from postgres import ON_POSTGRESQL

IS_SHORT = bool(os.environ.get("YTTERBY_SHORT"))
# What hangs on the database: written under its locks, kept by its constraints and triggers, or found by its plans.
ON_BOTH_DATABASES = frozenset({
    *("test_postgresql", "test_writer_order", "test_plans", "test_races", "test_kills", "test_crash", "test_capture"),
    *("test_derive", "test_rebuild", "test_doctor", "test_change_law_races", "test_customs", "test_ceilings"),
    *("test_case_cost", "test_case_marks", "test_case_kills", "test_amendments", "test_draw_down"),
    *("test_licence_database", "test_licence_races", "test_licence_sound"),
})  # fmt: skip
# What takes minutes on PostgreSQL.
ON_SQLITE = (
    "flipped_bit",
    "is_the_whole_book",
    *(f"half_there[{name}]" for name in ("rebuild", "swap", "commit_and_tile", "job")),
)


def fewer(usual: int, short: int) -> int:
    """Return how often something is tried."""
    return short if IS_SHORT else usual


def is_left_out(item) -> bool:
    """Tell whether a test is left out of a short run."""
    if item.get_closest_marker("long"):
        return True
    if ON_POSTGRESQL and (item.path.stem not in ON_BOTH_DATABASES or any(name in item.nodeid for name in ON_SQLITE)):
        return True
    told = item.callspec.params if hasattr(item, "callspec") else {}
    return {"look", "language"} <= told.keys() and not _is_looked_at(told)


def _is_looked_at(told: Mapping[str, str]) -> bool:
    """Tell whether a page is looked at: each in one look, by its name, so that all looks and languages come up."""
    looks = (("light", "en"), ("dark", "zh-hans"), ("phone", "en"), ("phone", "zh-hans"), ("dark", "en"))
    return (told["look"], told["language"]) == looks[crc32(told.get("name", "").encode()) % len(looks)]

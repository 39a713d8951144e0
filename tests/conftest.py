"""What every test may ask for."""

import os
from pathlib import Path

import django
import pytest
from hypothesis import settings

from postgres import ON_POSTGRESQL

# Django is set up once for the process; each test opens a register of its own in it.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ytterby.shell.site.settings")
django.setup()

# Where a machine's time is bounded each property is tried on fewer examples; by hand on the usual hundred.
IS_SHORT = bool(os.environ.get("YTTERBY_SHORT"))
settings.register_profile("short", parent=settings.default, max_examples=40)
if IS_SHORT:
    settings.load_profile("short")
# What takes minutes, and is left out on PostgreSQL where time is bounded: SQLite has had it.
ON_ONE_DATABASE = (
    *("test_disclosure.py", "test_case_disclosure.py", "flipped_bit"),
    *(f"shell/api/test_{name}.py" for name in ("door", "every_pair", "what_parties_learn", "other_lands")),
    *(f"shell/api/test_attacks_on_{name}.py" for name in ("checks", "decisions", "licences")),
)

REPOSITORY = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(config, items):
    """Leave out what is marked `long`, and on PostgreSQL what takes minutes, where a machine's time is bounded."""
    if not IS_SHORT:
        return
    left_out = [
        item
        for item in items
        if item.get_closest_marker("long") or (ON_POSTGRESQL and any(name in item.nodeid for name in ON_ONE_DATABASE))
    ]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Other people's documents and lists, which the project does not ship."""
    folder = Path(os.environ.get("YTTERBY_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"other people's test documents are not at {folder}; set YTTERBY_SHARED_DATA to run this test")
    return folder

"""What every test may ask for."""

import os
from pathlib import Path

import django
import pytest
from hypothesis import settings

from short_run import IS_SHORT, is_left_out

# Django is set up once for the process; each test opens a register of its own in it.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ytterby.shell.site.settings")
django.setup()

# Where a machine's time is bounded each property is tried on fewer examples; by hand on the usual hundred.
settings.register_profile("short", parent=settings.default, max_examples=25)
if IS_SHORT:
    settings.load_profile("short")
REPOSITORY = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(config, items):
    """Leave out of a short run what takes minutes."""
    if not IS_SHORT:
        return
    left_out = [item for item in items if is_left_out(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Other people's documents and lists, which the project does not ship."""
    folder = Path(os.environ.get("YTTERBY_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"other people's test documents are not at {folder}; set YTTERBY_SHARED_DATA to run this test")
    return folder

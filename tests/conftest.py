"""What every test may ask for."""

import os
from pathlib import Path

import django
import pytest
from hypothesis import settings

# Django is set up once for the process; each test opens a register of its own in it.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ytterby.shell.site.settings")
django.setup()

# Where a machine's time is bounded each property is tried on fewer examples; by hand on the usual hundred.
settings.register_profile("short", parent=settings.default, max_examples=40)
if os.environ.get("YTTERBY_SHORT"):
    settings.load_profile("short")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Other people's documents and lists, which the project does not ship."""
    folder = Path(os.environ.get("YTTERBY_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"other people's test documents are not at {folder}; set YTTERBY_SHARED_DATA to run this test")
    return folder

"""The packaged tables, read once and handed to the rooms, which read no files themselves."""

from functools import lru_cache
from importlib.resources import files

from ytterby.matter.tables import FILES as MATTER_FILES
from ytterby.matter.tables import MatterTables, read_matter_tables


def packaged_text(room: str, name: str) -> str:
    """Return the text of a file that lies beside a room's code.

    Raises:
        FileNotFoundError: the package does not hold it.
    """
    return files(f"ytterby.{room}").joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def matter_tables() -> MatterTables:
    """Return the tables of matter."""
    return read_matter_tables({name: packaged_text("matter", name) for name in MATTER_FILES})

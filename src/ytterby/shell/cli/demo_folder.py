"""The demo's folders: made anew each time, and never made in place of something else."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ytterby.proof.key import PrivateKey
from ytterby.shell.cli.outcome import CouldNotRun
from ytterby.shell.wording.yaml_text import read_yaml

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

ORIGIN = "demo.ytterby.invalid"
INVALID = ".invalid"


def make_demo_register(data: Path, keys: Path, at: datetime) -> "Register":
    """Make the demo's register anew; it is marked as a demo for ever.

    Raises:
        CouldNotRun: a folder holds something that no demo made.
    """
    from ytterby.shell.site.register import make_register

    for folder, is_ours in ((data, _is_demo_data(data)), (keys, _is_demo_keys(keys))):
        if not is_ours:
            raise CouldNotRun("demo.folder_taken", folder=folder, next_commands=("ytterby demo --data another-folder",))
    for folder in (data, keys):
        if folder.exists():
            shutil.rmtree(folder)
    return make_register(data, keys, origin=ORIGIN, demo=True, at=at)


def _is_demo_data(data: Path) -> bool:
    """Tell whether a folder may be made anew: there is none, it is empty, or its marker says demo."""
    from ytterby.shell.site.database import DATABASE
    from ytterby.shell.site.register import MARKER

    if not data.exists():
        return True
    if not data.is_dir() or data.is_symlink():
        return False
    held = {path.name for path in data.iterdir()}
    if MARKER not in held:
        # Before the marker is written there is only the database: a demo that was stopped while it was being made.
        return all(name.startswith(DATABASE) for name in held)
    marker = read_yaml((data / MARKER).read_text(encoding="utf-8"))
    return isinstance(marker, dict) and marker.get("demo") is True and marker.get("origin") == ORIGIN


def _is_demo_keys(keys: Path) -> bool:
    """Tell whether a folder of keys is none, empty, or holds those of a log whose origin is nobody's."""
    from ytterby.shell.site.register import LOG_KEY

    if not keys.exists():
        return True
    if not keys.is_dir() or keys.is_symlink():
        return False
    if not any(keys.iterdir()):
        return True
    try:
        name = PrivateKey.parse((keys / LOG_KEY).read_text(encoding="utf-8")).name
    except (OSError, ValueError):
        return False
    return name.split("/")[0].endswith(INVALID)

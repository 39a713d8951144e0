"""The register that the portal stands on: whether it is a demo, and where its keys lie."""

from pathlib import Path

from django.conf import settings


def is_demo() -> bool:
    """Tell whether the register was made as a demo; it stays one for ever (threat O4)."""
    return bool(settings.YTTERBY_DEMO)


def keys_folder() -> Path:
    """Return the folder of keys."""
    return Path(settings.YTTERBY_KEYS)

"""The store as Django sees it."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The store's place in the settings, and the checks of its database."""

    name = "ytterby.shell.store"
    label = "store"

    def ready(self) -> None:
        """Register the checks."""
        from ytterby.shell.store import checks  # noqa: F401

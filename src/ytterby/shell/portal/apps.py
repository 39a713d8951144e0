"""The portal as Django sees it: templates, static files, translations."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The portal's place in the settings."""

    name = "ytterby.shell.portal"
    label = "portal"

"""Addresses of the interface: all of them lead to the one way in."""

from django.urls import re_path

from ytterby.shell.api.dispatch import dispatch

urlpatterns = [re_path(r"^(?P<address>.*)$", dispatch)]

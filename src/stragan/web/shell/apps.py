"""Registers the frame with Django."""

from django.apps import AppConfig


class ShellConfig(AppConfig):
    """The frame around all pages: layout, theme, components."""

    name = "stragan.web.shell"
    label = "web_shell"

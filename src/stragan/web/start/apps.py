"""Registers the area with Django."""

from django.apps import AppConfig


class StartConfig(AppConfig):
    """Pages: start."""

    name = "stragan.web.start"
    label = "web_start"

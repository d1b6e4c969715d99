"""Registers the area with Django."""

from django.apps import AppConfig


class ChecksConfig(AppConfig):
    """Pages: checks before issuing."""

    name = "stragan.web.checks"
    label = "web_checks"

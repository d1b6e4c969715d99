"""Registers the room with Django."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """The archive room."""

    name = "stragan.archive"
    label = "archive"

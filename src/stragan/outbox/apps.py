"""Registers the room with Django."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """The outbox room."""

    name = "stragan.outbox"
    label = "outbox"

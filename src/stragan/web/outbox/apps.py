"""Registers the area with Django."""

from django.apps import AppConfig


class OutboxPagesConfig(AppConfig):
    """Pages: what is sent to orders on Allegro."""

    name = "stragan.web.outbox"
    label = "web_outbox"

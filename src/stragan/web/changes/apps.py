"""Registers the area with Django."""

from django.apps import AppConfig


class ChangesPagesConfig(AppConfig):
    """Pages: what changed on Allegro after documents were issued."""

    name = "stragan.web.changes"
    label = "web_changes"

"""Registers the area with Django."""

from django.apps import AppConfig


class SettingsConfig(AppConfig):
    """Pages: settings."""

    name = "stragan.web.settings"
    label = "web_settings"

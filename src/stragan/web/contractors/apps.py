"""Registers the area with Django."""

from django.apps import AppConfig


class ContractorsConfig(AppConfig):
    """Pages: contractors."""

    name = "stragan.web.contractors"
    label = "web_contractors"

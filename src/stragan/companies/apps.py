"""Registers the room with Django."""

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    """The companies room."""

    name = "stragan.companies"
    label = "companies"

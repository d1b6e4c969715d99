"""Registers the room with Django."""

from django.apps import AppConfig


class ContractorsConfig(AppConfig):
    """The contractors room."""

    name = "stragan.contractors"
    label = "contractors"

"""Registers the area with Django."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Pages: people."""

    name = "stragan.web.people"
    label = "web_people"

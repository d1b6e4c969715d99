"""Registers the area with Django."""

from django.apps import AppConfig


class OffersConfig(AppConfig):
    """Pages: the offers of the shops."""

    name = "stragan.web.offers"
    label = "web_offers"

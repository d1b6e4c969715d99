"""Registers the area with Django."""

from django.apps import AppConfig


class PayoutsConfig(AppConfig):
    """Pages: what each payout of Allegro holds."""

    name = "stragan.web.payouts"
    label = "web_payouts"

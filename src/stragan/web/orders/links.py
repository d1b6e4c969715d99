"""Addresses on Allegro that people open: offers on the marketplace they are sold on, orders."""

from typing import Final

_OFFERS: Final = {
    "allegro-pl": "https://allegro.pl/oferta/",
    "allegro-cz": "https://allegro.cz/nabidka/",
    "allegro-sk": "https://allegro.sk/ponuka/",
    "allegro-hu": "https://allegro.hu/ajanlat/",
    "allegro-business-pl": "https://business.allegro.pl/oferta/",
    "allegro-business-cz": "https://business.allegro.cz/nabidka/",
}
_DEFAULT: Final = "allegro-pl"
_ORDERS: Final = "https://salescenter.allegro.com/orders/"

MARKETPLACES: Final = {
    "allegro-pl": "allegro.pl",
    "allegro-cz": "allegro.cz",
    "allegro-sk": "allegro.sk",
    "allegro-hu": "allegro.hu",
    "allegro-business-pl": "business.allegro.pl",
    "allegro-business-cz": "business.allegro.cz",
}


def marketplace(value: str) -> str:
    """A marketplace as people know it: ``allegro-pl`` is allegro.pl."""
    return MARKETPLACES.get(value, value)


def offer_url(*, marketplace: str, offer_id: str) -> str:
    """The public page of an offer, on the marketplace of the order; empty without an id."""
    return f"{_OFFERS.get(marketplace, _OFFERS[_DEFAULT])}{offer_id}" if offer_id else ""


def order_url(allegro_id: str) -> str:
    """The seller's own page of an order on Allegro."""
    return f"{_ORDERS}{allegro_id}"

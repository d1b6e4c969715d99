"""Offers of a shop, as a refresh would have stored them."""

from decimal import Decimal
from typing import Any

from builders.companies import NOW


def an_offer(shop: Any, number: int = 1, **changes: Any) -> Any:
    """An active offer of a mug for 40.00 with 5 pieces left; *changes* override single columns."""
    from stragan.core.folding import fold  # noqa: PLC0415 -- Django is ready here
    from stragan.shops.models import Offer  # noqa: PLC0415

    values: dict[str, Any] = {
        "company": shop.company,
        "shop": shop,
        "offer_id": f"{17_000_000_000 + number}",
        "name": f"Kubek emaliowany {number}",
        "sku": f"KUB-{number}",
        "price": Decimal("40.00"),
        "currency": "PLN",
        "available": 5,
        "status": "ACTIVE",
        "marketplace": "allegro-pl",
        "refreshed_at": NOW,
    }
    values |= changes
    values.setdefault("is_active", values["status"] == "ACTIVE")
    values.setdefault("name_key", fold(values["name"]))
    values.setdefault("search_text", fold(f"{values['name']} {values['offer_id']} {values['sku']}"))
    return Offer.objects.for_company(shop.company).create(**values)

"""What rooms above the catalog are told of it."""

from collections.abc import Collection
from typing import Final

from django.dispatch import Signal

# Sent with ``company_id`` and ``product_ids`` in the transaction that made or changed these products.
products_changed: Final = Signal()


def tell(company_id: int, product_ids: Collection[int]) -> None:
    """Say that products were made, or that their name, components or archiving changed."""
    if product_ids:
        products_changed.send(sender=None, company_id=company_id, product_ids=product_ids)

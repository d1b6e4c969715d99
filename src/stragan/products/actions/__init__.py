"""What changes the catalog. Each deed leaves its line in the audit trail."""

from stragan.products.actions.catalog import (
    ProductInvalid,
    ProductNotFound,
    Saved,
    archive_products,
    create_product,
    edit_product,
    require_valid,
    restore_products,
)
from stragan.products.actions.links import (
    LinkNotFound,
    OfferKey,
    OfferNotFound,
    Undo,
    accept,
    link_offers,
    put_back,
    unlink_offers,
)
from stragan.products.actions.many import CatalogChanged, save_many

__all__ = [
    "CatalogChanged",
    "LinkNotFound",
    "OfferKey",
    "OfferNotFound",
    "ProductInvalid",
    "ProductNotFound",
    "Saved",
    "Undo",
    "accept",
    "archive_products",
    "create_product",
    "edit_product",
    "link_offers",
    "put_back",
    "require_valid",
    "restore_products",
    "save_many",
    "unlink_offers",
]

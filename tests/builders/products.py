"""Products for tests."""

from decimal import Decimal
from typing import Any

from builders.companies import NOW
from stragan.companies.models import Company
from stragan.products.actions import create_product
from stragan.products.models import Product
from stragan.products.reading import ProductData


def product_data(name: str = "Kubek emaliowany", **changes: Any) -> ProductData:
    """A mug without SKU; *changes* override single values."""
    values: dict[str, Any] = {"name": name, "price": Decimal("40.00"), "vat_code": "23"}
    return ProductData(**(values | changes))


def a_product(company: Company, name: str = "Kubek emaliowany", **changes: Any) -> Product:
    """The same, saved."""
    return create_product(company=company, data=product_data(name, **changes), by=None, now=NOW).product

"""Products and stock for tests, and orders that want them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from builders.companies import NOW
from builders.orders import a_numbered_form
from stragan.core.folding import fold
from stragan.orders.models import OrderLine
from stragan.products.models import BundleComponent, Product
from stragan.warehouse import actions
from stragan.warehouse.following import follow
from stragan.warehouse.models import StockLevel
from stragan.warehouse.states import NoteKind


def a_product(company: Any, name: str = "Kubek emaliowany", **changes: Any) -> Product:
    """A mug with the SKU KUB-1."""
    values = {
        "company": company,
        "name": name,
        "name_key": fold(name),
        "sku": "KUB-1",
        "search_text": fold(f"{name} {changes.get('sku', 'KUB-1')}"),
        "created_at": NOW,
        "changed_at": NOW,
    }
    product = Product.objects.for_company(company).create(**(values | changes))
    follow(company_id=company.pk, product_ids=[product.pk])
    return product


def a_bundle(company: Any, components: dict[Product, str], *, sku: str = "ZESTAW") -> Product:
    """A set of products, each so often."""
    bundle = a_product(company, "Zestaw", sku=sku, is_bundle=True)
    for product, quantity in components.items():
        BundleComponent.objects.for_company(company).create(
            company=company, bundle=bundle, product=product, quantity=Decimal(quantity)
        )
    return bundle


def a_form_of(number: int, *, quantity: int = 1, **changes: Any) -> dict[str, Any]:
    """A paid form of *quantity* mugs at 40.00 with delivery for 14.99."""
    form = a_numbered_form(number)
    [line] = form["lineItems"]
    total = f"{40 * quantity + Decimal('14.99'):.2f}"
    form["lineItems"] = [{**line, "quantity": quantity}]
    form["payment"]["paidAmount"]["amount"] = total
    form["summary"]["totalToPay"]["amount"] = total
    return {**form, **changes}


def match(orders: Iterable[Any], product: Product | None) -> None:
    """Let every line of the orders be of that product."""
    for order in orders:
        OrderLine.objects.for_company(order.company_id).filter(order=order).update(product=product)


def in_stock(company: Any, product: Product, quantity: str | int, **changes: Any) -> Any:
    """Receive goods by a PZ."""
    head = actions.NoteHead(date=NOW.date(), supplier="Hurtownia")
    line = actions.NoteLine(product_id=product.pk, quantity=Decimal(quantity), **changes)
    return actions.write_note(company=company, kind=NoteKind.PZ, head=head, lines=[line], by=None, now=NOW)


def level(product: Product) -> tuple[str, str]:
    """What is on hand and reserved, as text."""
    row = StockLevel.objects.for_company(product.company_id).filter(product=product).first()
    return (f"{row.on_hand}", f"{row.reserved}") if row else ("0", "0")

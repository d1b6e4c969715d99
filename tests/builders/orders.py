"""Orders for tests: as values with every field written out, and stored as if Allegro had sent them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from builders.allegro_payloads import a_form
from stragan.orders.data import (
    Address,
    BuyerData,
    DeliveryData,
    InvoiceData,
    LineData,
    OrderData,
    PaymentData,
    ServiceData,
)

PAID_AT = datetime(2026, 11, 20, 9, 18, tzinfo=UTC)
BOUGHT_AT = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
ANNA = Address(
    first_name="Anna",
    last_name="Próbna",
    street="ul. Długa 5/2",
    postal_code="90-001",
    city="Łódź",
    country="PL",
)
JAN = Address(
    first_name="Jan",
    last_name="Konto",
    street="ul. Krótka 1",
    postal_code="31-999",
    city="Kraków",
    country="PL",
)
FIRM = Address(
    company_name="Kubki sp. z o.o.",
    street="ul. Firmowa 3",
    postal_code="00-950",
    city="Warszawa",
    country="PL",
)
NIP = "5260250274"


def a_line(**changes: Any) -> LineData:
    """One mug for 40.00 at 23 %."""
    line = LineData(
        line_id="line-1",
        offer_id="1001",
        offer_name="Kubek emaliowany",
        sku="KUB-1",
        quantity=1,
        price=Decimal("40.00"),
        original_price=Decimal("40.00"),
        deposit=Decimal("0.00"),
        vat_rate=Decimal("23.00"),
        vat_exemption="",
        vat_subject="GOODS",
        discounts=(),
        services=(),
        bought_at=BOUGHT_AT,
    )
    return replace(line, **changes)


def a_service(**changes: Any) -> ServiceData:
    """Gift wrapping for 5.00."""
    return replace(
        ServiceData(definition_id="WRAP", name="Pakowanie", price=Decimal("5.00"), quantity=1), **changes
    )


def an_order(*, total: str = "54.99", **changes: Any) -> OrderData:
    """A paid order of one mug with delivery for 14.99; the buyer asked for no invoice."""
    order = OrderData(
        allegro_id="5f1a0001-aaaa-11f1-9000-000000000001",
        status="READY_FOR_PROCESSING",
        fulfillment_status="NEW",
        fulfillment_provider="SELLER",
        marketplace="allegro-pl",
        currency="PLN",
        buyer=BuyerData(buyer_id="4411", login="jan_k", address=JAN),
        invoice=InvoiceData(required=False),
        delivery=DeliveryData(method_id="m-1", method_name="Paczkomat", cost=Decimal("14.99"), address=ANNA),
        payment=PaymentData(
            payment_id="p-1", type="ONLINE", provider="AF", finished_at=PAID_AT, paid=Decimal(total)
        ),
        lines=(a_line(),),
        total_to_pay=Decimal(total),
        message="",
        note="",
        bought_at=BOUGHT_AT,
        updated_at=PAID_AT,
        revision="r1",
    )
    return replace(order, **changes)


def a_numbered_form(number: int, **changes: Any) -> dict[str, Any]:
    """A consumer's paid form for 54.99, its ids made from *number*; *changes* replace top-level keys."""
    form = a_form()
    form["id"] = f"5f1a{number:04}-aaaa-11f1-9000-{number:012}"
    form["buyer"]["id"] = f"{44000 + number}"
    form["buyer"]["login"] = f"kupujacy_{number}"
    form["invoice"] = {"required": False, "address": None, "features": None}
    line = form["lineItems"][0]
    line["id"] = f"7f1a{number:04}-aaaa-11f1-9000-{number:012}"
    line["price"] = line["originalPrice"] = {"amount": "40.00", "currency": "PLN"}
    line["deposit"] = None
    line["selectedAdditionalServices"] = []
    line["discounts"] = []
    line["reconciliation"] = None
    form["delivery"]["cost"] = {"amount": "14.99", "currency": "PLN"}
    form["payment"]["id"] = f"c0de{number:04}-aaaa-11f1-9000-{number:012}"
    form["payment"]["paidAmount"] = {"amount": "54.99", "currency": "PLN"}
    form["summary"]["totalToPay"] = {"amount": "54.99", "currency": "PLN"}
    return {**form, **changes}


def for_a_company(form: dict[str, Any], *, nip: str = NIP, name: str = "Kubki sp. z o.o.") -> dict[str, Any]:
    """The form, with an invoice asked for by a company; an empty *nip* gives none."""
    ids = [{"type": "PL_NIP", "value": nip}] if nip else []
    address = {
        "street": "ul. Firmowa 3",
        "city": "Warszawa",
        "zipCode": "00-950",
        "countryCode": "PL",
        "company": {"name": name, "ids": ids, "taxId": nip or None},
        "naturalPerson": None,
    }
    return {**form, "invoice": {"required": True, "address": address, "features": None}}


def without_rate(form: dict[str, Any]) -> dict[str, Any]:
    """The form, with no VAT rate on its line."""
    return {**form, "lineItems": [{**line, "tax": None} for line in form["lineItems"]]}


def stored(shop: Any, forms: Sequence[dict[str, Any]], *, now: datetime) -> list[Any]:
    """Store forms as the import does; gives the orders in the order of the forms."""
    from django.db import transaction  # noqa: PLC0415 -- builders of plain values need no Django

    from stragan.flows.import_orders import prepare_forms, rules_of, store_forms  # noqa: PLC0415
    from stragan.gateways.allegro.pages import RawForm  # noqa: PLC0415
    from stragan.orders.models import Order  # noqa: PLC0415

    raw = [RawForm(form_id=form["id"], payload=json.dumps(form).encode(), trace_id="t") for form in forms]
    rules = rules_of(company=shop.company, shop=shop, now=now)
    for start in range(0, len(raw), 100):
        with transaction.atomic():
            prepared = prepare_forms(shop=shop, forms=raw[start : start + 100], rules=rules)
            store_forms(shop=shop, prepared=prepared, now=now)
    known = {order.allegro_id: order for order in Order.objects.for_company(shop.company_id)}
    return [known[form["id"]] for form in forms if form["id"] in known]

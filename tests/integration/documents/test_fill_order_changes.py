"""Orders flagged before changes were kept wait on the radar after the upgrade."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from builders.changes import of_three
from builders.companies import NOW, a_shop
from builders.issuing import an_invoice, corrected
from builders.orders import stored
from stragan.documents.models import OrderChange
from stragan.flows import change_radar
from stragan.orders.models import Order

pytestmark = pytest.mark.django_db


def test_the_upgrade_finds_the_content_each_document_was_made_of(company: Any) -> None:
    shop = a_shop(company)
    changed, settled, plain = stored(shop, [of_three(number) for number in (1, 2, 3)], now=NOW)
    invoices = [an_invoice(order) for order in (changed, settled, plain)]
    for minutes, quantity in ((1, 2), (2, 1)):
        forms = [of_three(number, quantity=quantity) for number in (1, 2)]
        stored(shop, forms, now=NOW + timedelta(minutes=minutes))
    correction = corrected(invoices[1], {1: "1"}).document
    OrderChange.objects.for_company(company).delete()
    Order.objects.for_company(company).filter(pk__in=[changed.pk, settled.pk]).update(
        changed_after_issue=True
    )
    import_module("stragan.documents.migrations.0014_fill_order_changes").fill(apps, None)
    rows = OrderChange.objects.for_company(company).order_by("order_id")
    assert [(row.order_id, row.state, row.deed, row.base_revision, row.base_papers) for row in rows] == [
        (changed.pk, "open", "by_hand", 1, {str(invoices[0].pk): invoices[0].pk}),
        (settled.pk, "open", "by_hand", 1, {str(invoices[1].pk): correction.pk}),
    ]
    examined = change_radar.examine(company, changed.pk)
    assert examined is not None
    assert [(one.change, one.old, one.new) for one in examined.found] == [("quantity_less", "3", "1")]
    agreeing = change_radar.examine(company, settled.pk)
    assert agreeing is not None
    assert agreeing.found == ()

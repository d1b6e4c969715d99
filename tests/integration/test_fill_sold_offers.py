"""Offers of orders that were imported before the catalog existed are known to it after the upgrade."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from builders.companies import NOW, a_shop
from builders.orders import a_numbered_form, stored
from stragan.products.models import SoldOffer

pytestmark = pytest.mark.django_db
COLUMNS = ("seller_id", "offer_id", "name", "name_key", "sku", "price", "vat_rate", "sold_at", "purchases")


def known() -> list[tuple[Any, ...]]:
    return list(SoldOffer.objects.across_companies().order_by("offer_id").values_list(*COLUMNS))


def test_the_upgrade_knows_what_the_import_would_have_noted(company: Any) -> None:
    forms = [a_numbered_form(number) for number in range(1, 6)]
    forms[4]["lineItems"][0]["offer"] |= {"id": "12002", "name": "Żółty  talerz", "external": None}
    stored(a_shop(company), forms, now=NOW)
    noted = known()
    assert len(noted) == 2
    SoldOffer.objects.across_companies().delete()
    migration = import_module("stragan.products.migrations.0002_sold_offers")
    with connection.cursor() as cursor:
        cursor.execute(migration.FILL)
    migration.fold_names(apps, None)
    assert known() == noted

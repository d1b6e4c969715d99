"""Marks on each order which documents it has, for those issued before the marks existed."""

from typing import Any

from django.db import migrations

_KINDS = ("invoice", "receipt", "pro_forma", "offer", "other_income", "correction")


def mark(apps: Any, schema_editor: Any) -> None:
    """Set the marks by the links that have not ended."""
    orders = apps.get_model("orders", "Order")
    links = apps.get_model("documents", "OrderDocument").objects.filter(ended_at__isnull=True)
    orders.objects.filter(pk__in=links.values("order")).update(has_document=True)
    for kind in _KINDS:
        documented = links.filter(document__kind=kind)
        orders.objects.filter(pk__in=documented.values("order")).update(**{f"has_{kind}": True})


class Migration(migrations.Migration):

    dependencies = [
        ("orders", "0006_list_choices"),
        ("documents", "0003_fill_order_documents"),
    ]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]

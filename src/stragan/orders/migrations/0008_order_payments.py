"""Payments that orders named, to tie payment operations to them; taken from every revision that is kept."""

import json
import zlib
from collections.abc import Iterator
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

_AT_ONCE = 2_000


def fill(apps: Any, schema_editor: Any) -> None:
    """Read the payments of all revisions; what cannot be read names none."""
    revisions = apps.get_model("orders", "OrderRevision").objects.order_by("id")
    payments = apps.get_model("orders", "OrderPayment")
    rows: dict[tuple[int, str], Any] = {}
    for order_id, payload in revisions.values_list("order_id", "payload").iterator(chunk_size=_AT_ONCE):
        for payment_id in _ids(bytes(payload)):
            rows[order_id, payment_id] = payments(order_id=order_id, payment_id=payment_id)
        if len(rows) >= _AT_ONCE:
            payments.objects.bulk_create(rows.values(), ignore_conflicts=True)
            rows.clear()
    payments.objects.bulk_create(rows.values(), ignore_conflicts=True)


def _ids(payload: bytes) -> Iterator[str]:
    try:
        form = json.loads(zlib.decompress(payload))
        named = [form.get("payment"), *(form.get("surcharges") or [])]
        found = [one["id"] for one in named if one and one.get("id")]
    except (ValueError, zlib.error, AttributeError, TypeError, KeyError):
        return
    yield from (str(one)[:60] for one in found)


class Migration(migrations.Migration):

    dependencies = [
        ("orders", "0007_document_marks"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderPayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("payment_id", models.CharField(max_length=60)),
                ("order", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="payments", to="orders.order")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("payment_id", "order"), name="order_payment_once")],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]

"""What changed about orders after their documents were issued."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0002_vat_status"),
        ("documents", "0012_sums_of_the_list"),
        ("orders", "0010_statement"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("noted", "noted"), ("settled", "settled")], max_length=8
                    ),
                ),
                ("deed", models.CharField(max_length=8)),
                ("items", models.JSONField(default=list)),
                ("base_revision", models.PositiveIntegerField()),
                ("base_papers", models.JSONField(default=dict)),
                ("base_merged", models.BooleanField(default=False)),
                ("found_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_how", models.CharField(blank=True, max_length=12)),
                ("settle_reason", models.CharField(blank=True, max_length=300)),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="change",
                        to="orders.order",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["company", "state", "-found_at", "-id"], name="order_change_state"
                    )
                ],
            },
        ),
    ]

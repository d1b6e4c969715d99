"""The index of the list holds what is summed too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0011_order_index")]

    operations = [
        migrations.RemoveIndex(model_name="document", name="document_newest"),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                fields=[
                    "company",
                    "-issue_date",
                    "-id",
                    "kind",
                    "currency",
                    "original",
                    "net",
                    "vat",
                    "gross",
                    "to_pay",
                ],
                name="document_newest",
            ),
        ),
    ]

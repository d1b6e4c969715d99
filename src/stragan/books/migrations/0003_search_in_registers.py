"""The indexes of the registers hold the document, so that a search finds a month's rows in them."""

from django.db import migrations, models

_OF_MONTH = ["period", "daily", "day", "id"]


class Migration(migrations.Migration):
    dependencies = [("books", "0002_correction_receipts")]

    operations = [
        migrations.RemoveIndex(model_name="vatrow", name="vat_row_period"),
        migrations.RemoveIndex(model_name="revenuerow", name="revenue_row_period"),
        migrations.AddIndex(
            model_name="vatrow",
            index=models.Index(fields=["company", *_OF_MONTH, "document"], name="vat_row_period"),
        ),
        migrations.AddIndex(
            model_name="revenuerow",
            index=models.Index(fields=["company", "book", *_OF_MONTH, "document"], name="revenue_row_period"),
        ),
    ]

"""Contractors that are there get what lists sort and narrow by."""

from typing import Any

from django.db import migrations

from stragan.core.folding import fold

_AT_ONCE = 1000


def fill(apps: Any, _schema: Any) -> None:
    """Work out the sorted name, and whether there is a tax number."""
    rows = apps.get_model("contractors", "Contractor")._base_manager
    batch = []
    for row in rows.only("id", "name", "nip", "vat_eu").order_by("id").iterator(chunk_size=_AT_ONCE):
        row.sort_name, row.is_company = fold(row.name)[:64], bool(row.nip or row.vat_eu)
        batch.append(row)
        if len(batch) == _AT_ONCE:
            rows.bulk_update(batch, ["sort_name", "is_company"])
            batch = []
    rows.bulk_update(batch, ["sort_name", "is_company"])


class Migration(migrations.Migration):
    """Fills new columns; changes nothing else."""

    dependencies = [("contractors", "0002_people_and_history")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

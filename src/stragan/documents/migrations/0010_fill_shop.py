from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def fill(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Documents belong to the shop of the order they were issued for; the guard comes back after migrating."""
    table = "documents_document"
    on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update{on}")
        cursor.execute(
            f"UPDATE {table} SET shop_id = (SELECT shop_id FROM orders_order"  # noqa: S608 -- our own names only
            f" WHERE orders_order.id = {table}.order_id) WHERE order_id IS NOT NULL"
        )


class Migration(migrations.Migration):

    dependencies = [("documents", "0009_shop_of_document")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

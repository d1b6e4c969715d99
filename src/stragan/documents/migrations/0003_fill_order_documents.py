from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def fill(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Orders have the documents that were issued for them so far."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO documents_orderdocument"
            " (company_id, order_id, document_id, original, origin, at, by_id, end_code, end_reason)"
            " SELECT company_id, order_id, id, original, 'issued', issued_at, issued_by_id, '', ''"
            " FROM documents_document WHERE order_id IS NOT NULL ORDER BY id"
        )


class Migration(migrations.Migration):

    dependencies = [("documents", "0002_order_documents")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("documents", "0010_fill_shop")]

    operations = [
        # By hand, for SQLite would write the whole table anew.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "DROP INDEX IF EXISTS documents_document_order_id_c7328885",
                    "CREATE INDEX documents_document_order_id_c7328885 ON documents_document (order_id)",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="document",
                    name="order",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="orders.order",
                    ),
                )
            ],
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("order__isnull", False)), fields=["order"], name="document_order"
            ),
        ),
    ]

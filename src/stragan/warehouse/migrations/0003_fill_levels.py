from django.db import migrations

# What is available follows from what there was; every product gets its row.
_ADD_UP = "UPDATE warehouse_stocklevel SET available = on_hand - reserved"
_FOLLOW = """
    INSERT INTO warehouse_stocklevel AS l
        (company_id, product_id, on_hand, reserved, available, name_key, is_bundle, is_archived, is_listed)
    SELECT company_id, id, 0, 0, 0, name_key, is_bundle, archived_at IS NOT NULL,
        NOT is_bundle AND archived_at IS NULL
    FROM products_product WHERE true
    ON CONFLICT (product_id) DO UPDATE SET name_key = excluded.name_key,
        is_bundle = excluded.is_bundle, is_archived = excluded.is_archived,
        is_listed = NOT excluded.is_bundle AND NOT (excluded.is_archived AND l.on_hand = 0)
"""


class Migration(migrations.Migration):
    dependencies = [("warehouse", "0002_listed_levels")]

    operations = [migrations.RunSQL([_ADD_UP, _FOLLOW], migrations.RunSQL.noop)]

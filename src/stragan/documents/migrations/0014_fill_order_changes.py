"""Orders that were flagged as changed before changes were kept wait on the radar, for a person to compare."""

from typing import Any

from django.db import migrations


def fill(apps: Any, _schema: Any) -> None:
    """Begin each at the revision its document was made of: the last one fetched before that."""
    orders = apps.get_model("orders", "Order")._base_manager
    revisions = apps.get_model("orders", "OrderRevision")._base_manager
    links = apps.get_model("documents", "OrderDocument")._base_manager
    documents = apps.get_model("documents", "Document")._base_manager
    changes = apps.get_model("documents", "OrderChange")._base_manager
    for order in orders.filter(changed_after_issue=True, change__isnull=True).order_by("id"):
        link = links.filter(order=order, original=True, ended_at__isnull=True).first()
        if link is None:
            continue
        known = revisions.filter(order=order, fetched_at__lte=link.at).order_by("-sequence")
        latest = documents.filter(corrects_id=link.document_id).order_by("-id")
        changes.create(
            company_id=order.company_id,
            order=order,
            document_id=link.document_id,
            state="open",
            deed="by_hand",
            items=[],
            base_revision=known.values_list("sequence", flat=True).first() or 1,
            base_papers={
                str(link.document_id): latest.values_list("id", flat=True).first() or link.document_id
            },
            base_merged=False,
            found_at=order.changed_at,
        )


class Migration(migrations.Migration):
    dependencies = [("documents", "0013_order_changes")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

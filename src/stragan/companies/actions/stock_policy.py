"""What happens when a document would take more than is in stock."""

from datetime import datetime

from django.db import transaction

from stragan.companies.actions.trail import record
from stragan.companies.models import Company, NegativeStock, User


def set_negative_stock(*, company: Company, policy: NegativeStock, by: User, now: datetime) -> Company:
    """Forbid stock below zero, warn of it or allow it silently; for documents issued from now on."""
    with transaction.atomic():
        row = Company.objects.select_for_update().get(pk=company.pk)
        if row.negative_stock != policy:
            facts = {"columns": ["negative_stock"], "from": row.negative_stock, "to": policy.value}
            row.negative_stock = policy
            row.save(update_fields=["negative_stock"])
            record("company.changed", company=row, by=by, now=now, facts=facts)
    return row

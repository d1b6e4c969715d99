"""How long contact data of buyers are kept."""

from datetime import datetime

from django.db import transaction

from stragan.companies.actions.trail import record
from stragan.companies.models import Company, User
from stragan.companies.states import LEAST_MONTHS, MOST_MONTHS


def set_contact_months(*, company: Company, months: int, by: User, now: datetime) -> Company:
    """Keep contact data for *months* after the purchase; what is older goes with the next night."""
    assert LEAST_MONTHS <= months <= MOST_MONTHS, "the form sees to it"
    with transaction.atomic():
        row = Company.objects.select_for_update().get(pk=company.pk)
        if row.contact_months != months:
            facts = {"columns": ["contact_months"], "from": row.contact_months, "to": months}
            row.contact_months = months
            row.save(update_fields=["contact_months"])
            record("company.changed", company=row, by=by, now=now, facts=facts)
    return row

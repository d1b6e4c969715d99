"""What people do about matters that need attention: fetch a form once more."""

from datetime import datetime

from django.db import transaction

from stragan.companies.models import Company, User
from stragan.kit import jobs
from stragan.kit.audit import Deed, record
from stragan.shops.models import ShopState
from stragan.shops.pending import add_pending
from stragan.shops.queries import quarantined


def fetch_form_again(*, company: Company, quarantined_id: int, by: User, now: datetime) -> bool:
    """Ask for a form that could not be read once more; False when there is no such form, or no way to it.

    The payload stays put aside until it is replaced by one that can be read.
    """
    with transaction.atomic(durable=True):
        form = quarantined(company).filter(pk=quarantined_id).first()
        if form is None or not can_be_fetched(form.form_id) or form.shop.state != ShopState.CONNECTED:
            return False
        add_pending(shop=form.shop, events={form.form_id: now}, now=now)
        jobs.enqueue(
            jobs.Request(
                name="shops.sync",
                key=f"sync:{form.shop_id}",
                arguments={"shop_id": form.shop_id},
                company_id=company.pk,
            ),
            now=now,
        )
        deed = Deed(
            verb="shop.form_fetched_again",
            subject="shop",
            subject_id=form.shop_id,
            company_id=company.pk,
            user_id=by.pk,
            facts={"quarantined": form.pk},
        )
        record([deed], at=now)
    return True


def can_be_fetched(form_id: str) -> bool:
    """Whether Allegro can be asked for the form: one without an id of its own has a made-up one."""
    return not form_id.startswith("?")

"""Settings that decide what may be issued: saved with the wish to look at waiting orders anew."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from stragan.companies import actions as companies
from stragan.companies.models import Company, User
from stragan.companies.queries import vat_history
from stragan.core.dates import start_of_warsaw_day
from stragan.documents.models import Document
from stragan.flows.import_orders import reassess_company
from stragan.flows.stock_reservations import ask_to_reserve
from stragan.kit import jobs
from stragan.kit.clock import real_now
from stragan.shops import actions as shops
from stragan.shops.models import Shop

REASSESS_JOB: Final = "orders.reassess"


def save_company(*, company: Company, changes: companies.CompanySettings, by: User, now: datetime) -> Company:
    """Save a company's data and switches; a warehouse switched on reserves for open orders.

    :raises CompanyDataMissing: the new name or address are not whole.
    """
    with transaction.atomic(durable=True):
        saved = companies.update_company(company=company, changes=changes, by=by, now=now)
        if saved.warehouse and not company.warehouse:
            ask_to_reserve(saved, now=real_now())
    return saved


def documents_touched(company: Company, *, since: date | None) -> int:
    """How many documents are dated to the days a VAT status from *since* on would hold."""
    stretches = vat_history(company)
    later = [one.since for one in stretches if one.since and (since is None or one.since > since)]
    rows = Document.objects.for_company(company)
    if since is not None:
        rows = rows.filter(issue_date__gte=since)
    if later:
        rows = rows.filter(issue_date__lt=min(later))
    return rows.count()


def change_vat(*, company: Company, change: companies.VatChange, by: User, now: datetime) -> None:
    """Change the VAT status from a day on; waiting orders are assessed again, now or on that day."""
    with transaction.atomic(durable=True):
        companies.change_vat_status(company=company, change=change, by=by, now=now)
        _ask_to_reassess(company, now=now, day=change.since)


def remove_vat(*, company: Company, since: date, by: User, now: datetime) -> None:
    """Take a change of the VAT status away; waiting orders are assessed again."""
    with transaction.atomic(durable=True):
        if companies.remove_vat_status(company=company, since=since, by=by, now=now):
            _ask_to_reassess(company, now=now)


def save_shop(
    *, shop: Shop, name: str, buyer_source: str, since_date: date | None, user: User, now: datetime
) -> None:
    """Save a shop's settings; another source of buyers' data makes waiting orders be assessed again.

    :raises ShopNameMissing: the name is empty.
    :raises ShopSellerDiffers: another shop has that name.
    """
    with transaction.atomic(durable=True):
        was = shop.buyer_source
        shops.edit_shop(
            shop=shop, name=name, buyer_source=buyer_source, since_date=since_date, user=user, now=now
        )
        if buyer_source != was:
            _ask_to_reassess(shop.company, now=now)


def reassess(*, company_id: int, now: datetime) -> None:
    """Work out anew what blocks the waiting orders of a company that still exists."""
    company = Company.objects.filter(pk=company_id).first()
    if company is not None:
        reassess_company(company=company, now=now)


def _ask_to_reassess(company: Company, *, now: datetime, day: date | None = None) -> None:
    """Ask for it at once, or for the beginning of a Warsaw *day* that is still to come."""
    instant = real_now()
    wait = start_of_warsaw_day(day) - now if day else timedelta()
    is_ahead = wait > timedelta()
    jobs.enqueue(
        jobs.Request(
            name=REASSESS_JOB,
            key=f"reassess:{company.pk}:{day}" if is_ahead else f"reassess:{company.pk}",
            arguments={"company_id": company.pk},
            company_id=company.pk,
            due_at=instant + wait if is_ahead else None,  # the queue goes by the machine's clock
        ),
        now=instant,
    )

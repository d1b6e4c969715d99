"""Settings that decide what may be issued: saved with the wish to look at waiting orders anew."""

from datetime import date, datetime
from typing import Final

from django.db import transaction

from stragan.companies import actions as companies
from stragan.companies.models import Company, User
from stragan.flows.import_orders import reassess_company
from stragan.kit import jobs
from stragan.shops import actions as shops
from stragan.shops.models import Shop

REASSESS_JOB: Final = "orders.reassess"


def save_company(*, company: Company, changes: companies.CompanySettings, by: User, now: datetime) -> Company:
    """Save a company's settings; where its VAT status changed, waiting orders are assessed again.

    :raises CompanyDataMissing: name or address are not whole.
    """
    with transaction.atomic(durable=True):
        before = (company.vat_payer, company.vat_exemption_basis)
        saved = companies.update_company(company=company, changes=changes, by=by, now=now)
        if (saved.vat_payer, saved.vat_exemption_basis) != before:
            _ask_to_reassess(saved, now=now)
    return saved


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


def _ask_to_reassess(company: Company, *, now: datetime) -> None:
    jobs.enqueue(
        jobs.Request(
            name=REASSESS_JOB,
            key=f"reassess:{company.pk}",
            arguments={"company_id": company.pk},
            company_id=company.pk,
        ),
        now=now,
    )

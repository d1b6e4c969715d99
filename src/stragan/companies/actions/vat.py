"""The VAT status and its days: a change may lie ahead or behind; documents follow their issue date."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from stragan.companies.actions.company import DEFAULT_EXEMPTION_BASIS
from stragan.companies.actions.trail import record
from stragan.companies.models import Company, User, VatStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class VatChange:
    """From Warsaw day *since* on (None: from the start) the company has this status.

    An exempt one without a basis gets the usual: art. 113 ust. 1.
    """

    since: date | None
    vat_payer: bool
    exemption_basis: str = ""

    @property
    def basis(self) -> str:
        """The basis as it is kept."""
        return self.exemption_basis.strip() or ("" if self.vat_payer else DEFAULT_EXEMPTION_BASIS)


def change_vat_status(*, company: Company, change: VatChange, by: User, now: datetime) -> None:
    """Add a change, or put another in place of the one of the same day. The trail keeps what was changed."""
    with transaction.atomic():
        row = Company.objects.select_for_update().get(pk=company.pk)
        if change.since is None:
            row.vat_payer, row.vat_exemption_basis = change.vat_payer, change.basis
            row.save(update_fields=["vat_payer", "vat_exemption_basis"])
        else:
            VatStatus.objects.for_company(row).update_or_create(
                company=row,
                since=change.since,
                defaults={"vat_payer": change.vat_payer, "exemption_basis": change.basis},
            )
        _record(row, since=change.since, vat_payer=change.vat_payer, by=by, now=now)


def remove_vat_status(*, company: Company, since: date, by: User, now: datetime) -> bool:
    """Take the change of a day away, so that the status before goes on; False when there is none."""
    with transaction.atomic():
        row = Company.objects.select_for_update().get(pk=company.pk)
        if not VatStatus.objects.for_company(row).filter(since=since).delete()[0]:
            return False
        _record(row, since=since, vat_payer=None, by=by, now=now)
    return True


def _record(row: Company, *, since: date | None, vat_payer: bool | None, by: User, now: datetime) -> None:
    facts = {
        "columns": ["vat_status"],
        "since": since.isoformat() if since else "",
        "vat_payer": vat_payer,
    }
    record("company.changed", company=row, by=by, now=now, facts=facts)

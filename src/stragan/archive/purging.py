"""Runs that purge contact data, and the answers they purge."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db.models import F

from stragan.archive.content import Content, packed
from stragan.archive.models import ArchivedAnswer, PurgeRun
from stragan.archive.states import Kind
from stragan.companies.models import Company
from stragan.kit.tenancy import CompanyQuerySet

# The others say nothing of buyers.
WITH_CONTACT: Final = (Kind.JOURNAL, Kind.FORMS, Kind.PAYMENTS)


def with_contact(company: Company, *, before: datetime) -> CompanyQuerySet[ArchivedAnswer]:
    """Answers from before that instant that may hold contact data."""
    rows = ArchivedAnswer.objects.for_company(company).filter(purged_at__isnull=True, at__lt=before)
    return rows.filter(kind__in=WITH_CONTACT)


def forget(contents: Mapping[int, Content], *, now: datetime) -> None:
    """Write these answers (by id) without contact data; their hashes stay what they were."""
    rows = list(ArchivedAnswer.objects.across_companies().filter(pk__in=contents).order_by("id"))
    for row in rows:
        row.content, _ = packed(contents[row.pk])
        row.purged_at = now
    ArchivedAnswer.objects.across_companies().bulk_update(rows, ["content", "purged_at"])


def begin(company: Company, *, before: datetime, now: datetime) -> PurgeRun:
    """The run that is not finished yet, or a new one; none goes further than the setting allows now."""
    run, is_new = PurgeRun.objects.for_company(company).get_or_create(
        finished_at__isnull=True,
        defaults={
            "company": company,
            "before": before,
            "months": company.contact_months,
            "started_at": now,
        },
    )
    if not is_new and before < run.before:
        run.before, run.months = before, company.contact_months
        run.save(update_fields=["before", "months"])
    return run


def count(run: PurgeRun, **added: int) -> None:
    """Add to the counts of a run, in the transaction that did it."""
    rows = PurgeRun.objects.across_companies().filter(pk=run.pk)
    rows.update(**{name: F(name) + number for name, number in added.items()})


def end(run: PurgeRun, *, now: datetime) -> PurgeRun:
    """Note that nothing is left to do."""
    PurgeRun.objects.across_companies().filter(pk=run.pk).update(finished_at=now)
    run.refresh_from_db()
    return run

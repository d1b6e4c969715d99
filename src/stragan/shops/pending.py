"""Forms that are still to be fetched, and forms that could not be read."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from stragan.companies.models import Company
from stragan.kit.tenancy import CompanyQuerySet
from stragan.shops.models import PendingForm, QuarantinedForm, Shop

# An event that names no form is kept under its own id until the list shows what it was about.
EVENT_PREFIX: Final = "event:"
_FIRST_WAIT_S: Final = 30
_LONGEST_WAIT_S: Final = 3600
_AT_ONCE: Final = 500
_NOTHING: Final = zlib.compress(b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A payload that cannot be read, and why; ``reason`` is for people and holds no personal data."""

    form_id: str
    payload: bytes
    content_sha256: str
    path: str
    reason: str
    trace_id: str


def add_pending(*, shop: Shop, events: Mapping[str, datetime], now: datetime) -> None:
    """Record forms (id → latest event) to be fetched now; one that waits already becomes due again."""
    PendingForm.objects.bulk_create(
        (
            PendingForm(shop=shop, form_id=form_id, event_at=event_at, due_at=now)
            for form_id, event_at in sorted(events.items())
        ),
        update_conflicts=True,
        unique_fields=["shop", "form_id"],
        update_fields=["due_at"],
    )


def postpone(pending: PendingForm, *, error_code: str, now: datetime) -> None:
    """Try one form again later, ever more seldom; others are not held up."""
    pending.attempts = min(pending.attempts + 1, 1000)
    wait_s = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(pending.attempts - 1, 10))
    PendingForm.objects.filter(pk=pending.pk).update(
        attempts=pending.attempts, due_at=now + timedelta(seconds=wait_s), error_code=error_code
    )


def doubt(pending: PendingForm, *, error_code: str, first_gone_at: datetime, due_at: datetime) -> None:
    """Ask again at *due_at* for a form that Allegro said it has not, first at *first_gone_at*."""
    if pending.first_gone_at != first_gone_at:  # who asks before its time adds no word and no attempt
        pending.attempts = min(pending.attempts + 1, 1000)
    PendingForm.objects.filter(pk=pending.pk).update(
        attempts=pending.attempts, due_at=due_at, error_code=error_code, first_gone_at=first_gone_at
    )


def settle_forms(*, shop: Shop, done: Iterable[str], readable: Iterable[str], now: datetime) -> None:
    """Take forms off the list of what must be fetched; those that could be read leave quarantine."""
    for part in _parts(sorted(done)):
        PendingForm.objects.filter(shop=shop, form_id__in=part).delete()
    for part in _parts(sorted(readable)):
        QuarantinedForm.objects.for_company(shop.company_id).filter(
            shop=shop, form_id__in=part, resolved_at__isnull=True
        ).update(resolved_at=now)


def quarantine(*, shop: Shop, unreadable: Sequence[Unreadable], now: datetime) -> frozenset[str]:
    """Put payloads aside with their reasons; gives the forms that were not there with this content."""
    if not unreadable:
        return frozenset()
    known = {
        (form_id, sha)
        for form_id, sha in QuarantinedForm.objects.for_company(shop.company_id)
        .filter(shop=shop, form_id__in=[form.form_id for form in unreadable], resolved_at__isnull=True)
        .values_list("form_id", "content_sha256")
    }
    fresh = [form for form in unreadable if (form.form_id, form.content_sha256) not in known]
    QuarantinedForm.objects.across_companies().bulk_create(
        (
            QuarantinedForm(
                company_id=shop.company_id,
                shop=shop,
                form_id=form.form_id,
                payload=zlib.compress(form.payload),
                content_sha256=form.content_sha256,
                path=form.path[:200],
                reason=form.reason[:300],
                trace_id=form.trace_id[:80],
                created_at=now,
                resolved_at=None,
            )
            for form in fresh
        ),
        update_conflicts=True,
        unique_fields=["shop", "form_id"],
        update_fields=[
            "payload",
            "content_sha256",
            "path",
            "reason",
            "trace_id",
            "created_at",
            "resolved_at",
        ],
    )
    return frozenset(form.form_id for form in fresh)


def with_contact(company: Company, *, before: datetime) -> CompanyQuerySet[QuarantinedForm]:
    """Forms put aside before that instant whose bytes are still here."""
    rows = QuarantinedForm.objects.for_company(company).filter(created_at__lt=before)
    return rows.exclude(payload=_NOTHING)


def forget_payloads(company: Company, *, before: datetime) -> int:
    """Drop the bytes of old forms that could not be read, since nobody knows what in them is personal."""
    return with_contact(company, before=before).update(payload=_NOTHING)


def _parts(items: Sequence[str]) -> list[Sequence[str]]:
    return [items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE)]

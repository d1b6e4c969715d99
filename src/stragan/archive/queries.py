"""What the archive holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max, Min, Q

from stragan.archive.content import unpacked
from stragan.archive.models import ArchivedAnswer, PurgeRun
from stragan.archive.states import Kind
from stragan.companies.models import Company

_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How many answers there are, of when, and how many of them were purged."""

    answers: int
    purged: int
    oldest: datetime | None
    newest: datetime | None


def held(company: Company) -> Held:
    """Count the company's archive."""
    row = ArchivedAnswer.objects.for_company(company).aggregate(
        answers=Count("id"),
        purged=Count("id", filter=Q(purged_at__isnull=False)),
        oldest=Min("at"),
        newest=Max("at"),
    )
    return Held(**row)


def walk(company: Company) -> Iterator[ArchivedAnswer]:
    """All answers in the order they were taken in, read in parts."""
    latest = 0
    while True:
        rows = ArchivedAnswer.objects.for_company(company).filter(pk__gt=latest).select_related("shop")
        part = list(rows.order_by("id")[:_AT_ONCE])
        yield from part
        if len(part) < _AT_ONCE:
            return
        latest = part[-1].pk


def first_with_forms(company: Company) -> ArchivedAnswer | None:
    """The first answer that brought order forms."""
    rows = ArchivedAnswer.objects.for_company(company).filter(kind=Kind.FORMS).select_related("shop")
    return next((row for row in rows.order_by("id")[:_AT_ONCE] if _has_orders(row)), None)


def _has_orders(answer: ArchivedAnswer) -> bool:
    return any(part.number for part in unpacked(bytes(answer.content)).parts)


def gone_forms(company: Company) -> set[tuple[datetime, str]]:
    """Forms whose refusal retired an order, with the instant of that."""
    rows = ArchivedAnswer.objects.for_company(company).filter(kind=Kind.GONE).order_by("id")
    return {
        (at, part.name)
        for at, content in rows.values_list("at", "content")
        for part in unpacked(bytes(content)).parts
    }


def latest_purge(company: Company) -> PurgeRun | None:
    """The newest run that purged contact data, finished or not."""
    return PurgeRun.objects.for_company(company).order_by("-id").first()

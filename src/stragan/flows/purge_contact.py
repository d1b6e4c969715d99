"""Purges contact data of buyers once they are older than the company keeps them.

A part at a time in transactions of their own: killed anywhere, the next run goes on with what is left, and
the counts of the run are right all the same. Ids, amounts, dates, states and the hashes of what there was
stay; so do documents, whose snapshots the law demands.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from stragan.archive import purging
from stragan.archive.content import Content, Part, unpacked
from stragan.archive.models import ArchivedAnswer, PurgeRun
from stragan.archive.states import Kind
from stragan.companies.models import Company, User
from stragan.core.dates import WARSAW, months_before, start_of_warsaw_day, warsaw_date
from stragan.documents.models import Draft
from stragan.flows.import_orders import QUICK_COMPRESSION, reassess_orders
from stragan.flows.order_mapping import order_of
from stragan.gateways.allegro import UnreadablePayload, parse_form, without_contact
from stragan.kit import jobs
from stragan.kit.audit import Actor, Deed, record
from stragan.kit.counting import LIMIT, Counted, count_rows
from stragan.kit.erasing import erasing
from stragan.kit.search import squeeze_search
from stragan.kit.tenancy import CompanyQuerySet
from stragan.orders import forgetting
from stragan.orders.data import OrderData
from stragan.orders.models import Order, OrderRevision
from stragan.shops import pending

JOB: Final = "archive.purge"
NIGHT_HOURS: Final = range(1, 5)  # in Warsaw
_PRIORITY: Final = 9  # after everything else
_ORDERS_AT_ONCE: Final = 200
_ANSWERS_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a run at this moment would purge; counts stop at a limit."""

    before: datetime
    orders: Counted
    answers: Counted
    unreadable: Counted

    @property
    def is_any(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.orders or self.answers or self.unreadable)


def cutoff(*, months: int, now: datetime) -> datetime:
    """The beginning of the Warsaw day *months* ago: what was bought before it is purged."""
    return start_of_warsaw_day(months_before(warsaw_date(now), months))


def due(company: Company, *, now: datetime, months: int | None = None) -> Due:
    """Say what would be purged now, or if *months* were the setting; changes nothing."""
    before = cutoff(months=company.contact_months if months is None else months, now=now)
    return Due(
        before=before,
        orders=_count(forgetting.with_contact(company, before=before)),
        answers=count_rows(purging.with_contact(company, before=before).order_by()),
        unreadable=count_rows(pending.with_contact(company, before=before).order_by()),
    )


def _count(parts: Sequence[CompanyQuerySet[Order]]) -> Counted:
    return Counted(sum(count_rows(rows.order_by()) for rows in parts), limit=LIMIT)


def ask_at_night(*, now: datetime) -> int:
    """Ask for the purge of each company that has something to purge, by night; gives how many. Real time."""
    if now.astimezone(WARSAW).hour not in NIGHT_HOURS:
        return 0
    requests = [
        jobs.Request(
            name=JOB,
            key=f"{JOB}:{company.pk}",
            arguments={"company_id": company.pk},
            company_id=company.pk,
            priority=_PRIORITY,
        )
        for company in Company.objects.order_by("id")
        if _has_any(company, now=now)
    ]
    jobs.enqueue_many(requests, now=now)
    return len(requests)


def _has_any(company: Company, *, now: datetime) -> bool:
    before = cutoff(months=company.contact_months, now=now)
    return (
        PurgeRun.objects.for_company(company).filter(finished_at__isnull=True).exists()
        or any(rows.exists() for rows in forgetting.with_contact(company, before=before))
        or purging.with_contact(company, before=before).exists()
        or pending.with_contact(company, before=before).exists()
    )


def purge(
    *, company_id: int, now: datetime, actor: Actor = Actor.SYSTEM, user: User | None = None
) -> PurgeRun | None:
    """Purge what is due, or the rest of a run that was killed; None where there is nothing to do."""
    company = Company.objects.get(pk=company_id)
    if not _has_any(company, now=now):
        return None
    run = purging.begin(company, before=cutoff(months=company.contact_months, now=now), now=now)
    with erasing():
        while _purge_orders(company, run, now=now):
            pass
        while _purge_answers(company, run, now=now):
            pass
        _purge_unreadable(company, run)
        if _is_first_of_month(run):
            squeeze_search(Order._meta.db_table)  # noqa: SLF001 -- Django's documented way to a table's name
    with transaction.atomic(durable=True):
        done = purging.end(run, now=now)
        record([_deed(done, actor=actor, user=user)], at=now)
    return done


def _purge_orders(company: Company, run: PurgeRun, *, now: datetime) -> bool:
    with transaction.atomic(durable=True):
        ids: list[int] = []
        for rows in forgetting.with_contact(company, before=run.before):
            found = rows.order_by("bought_at", "id").values_list("pk", flat=True)
            ids += found[: _ORDERS_AT_ONCE - len(ids)]
        orders = list(
            Order.objects.for_company(company)
            .select_for_update(of=("self",))
            .filter(pk__in=ids)
            .order_by("id")
        )
        payloads, contents = _without_contact(orders)
        forgetting.forget(orders, contents=contents, payloads=payloads, now=now)
        reassess_orders(company=company, order_ids=ids, now=now)  # without an address there is no document
        Draft.objects.for_company(company).filter(order_id__in=ids).delete()
        purging.count(run, orders=len(orders), revisions=len(payloads))
    return len(ids) == _ORDERS_AT_ONCE


def _without_contact(orders: Sequence[Order]) -> tuple[dict[int, bytes], dict[int, OrderData]]:
    """Revisions (zlib, by id) without contact data, and what the latest of each order says now."""
    latest = {order.pk: order.revision_count for order in orders}
    payloads: dict[int, bytes] = {}
    contents: dict[int, OrderData] = {}
    rows = OrderRevision.objects.filter(order_id__in=list(latest)).order_by("id")
    for pk, order_id, sequence, payload in rows.values_list("pk", "order_id", "sequence", "payload"):
        plain = without_contact(zlib.decompress(bytes(payload)))
        payloads[pk] = zlib.compress(plain, QUICK_COMPRESSION)
        if sequence == latest[order_id]:
            try:
                contents[order_id] = order_of(parse_form(plain))
            except UnreadablePayload:
                continue  # it was readable to an older version; its columns are emptied all the same
    return payloads, contents


def _purge_answers(company: Company, run: PurgeRun, *, now: datetime) -> bool:
    with transaction.atomic(durable=True):
        rows = purging.with_contact(company, before=run.before).select_for_update().order_by("at", "id")
        answers = list(rows[:_ANSWERS_AT_ONCE])
        purging.forget({answer.pk: _cleared(answer) for answer in answers}, now=now)
        purging.count(run, answers=len(answers))
    return len(answers) == _ANSWERS_AT_ONCE


def _cleared(answer: ArchivedAnswer) -> Content:
    content = unpacked(bytes(answer.content))
    if answer.kind == Kind.FORMS:
        return Content(parts=tuple(Part(name=part.name, number=part.number) for part in content.parts))
    return Content(parts=content.parts, body=without_contact(content.body))


def _purge_unreadable(company: Company, run: PurgeRun) -> None:
    with transaction.atomic(durable=True):
        purging.count(run, unreadable=pending.forget_payloads(company, before=run.before))


def _is_first_of_month(run: PurgeRun) -> bool:
    """Once a month what was deleted from the index of words is taken out of its pages as well."""
    day = warsaw_date(run.started_at)
    since = start_of_warsaw_day(day.replace(day=1))
    earlier = PurgeRun.objects.across_companies().filter(finished_at__gte=since, orders__gt=0)
    return not earlier.exclude(pk=run.pk).exists()


def _deed(run: PurgeRun, *, actor: Actor, user: User | None) -> Deed:
    return Deed(
        verb="archive.purged",
        subject="company",
        subject_id=run.company_id,
        company_id=run.company_id,
        user_id=user.pk if user else None,
        actor=actor,
        facts={
            "before": run.before.isoformat(),
            "months": run.months,
            "orders": run.orders,
            "revisions": run.revisions,
            "answers": run.answers,
            "unreadable": run.unreadable,
        },
    )

"""Proof of completeness: checks a shop's day against all sources and states the result, signed."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from django.db import transaction

from stragan import __version__
from stragan.companies.models import Company, User
from stragan.core.errors import Refused
from stragan.flows import reconcile_orders
from stragan.gateways.allegro import Heard
from stragan.kit import jobs, signing
from stragan.kit.clock import real_now
from stragan.orders import check_runs, statements
from stragan.orders.models import ReconcileRun, Statement
from stragan.shops.actions import ModuleOff, ShopNotConnected
from stragan.shops.models import Shop, ShopState

JOB: Final = "orders.statement"
_SOURCES: Final = ("list", "journal", "payments", "refunds")
_SOON: Final = 4  # a person waits for it


class DayNotOver(Refused):
    """A statement speaks of days that have begun and are not before the shop's first."""

    code = "statement_day_impossible"


def ask(*, company: Company, shop: Shop, day: date, today: date, now: datetime) -> None:
    """A person asks for a day's statement; it is made in the background. Real time.

    :raises DayNotOver: see the class.
    :raises ShopNotConnected: the shop cannot be asked.
    :raises ModuleOff: the company switched the Allegro module off.
    """
    if not shop.since_date <= day <= today:
        raise DayNotOver
    if not company.allegro_module:
        raise ModuleOff
    if shop.state != ShopState.CONNECTED:
        raise ShopNotConnected(shop=shop.name)
    with transaction.atomic(durable=True):
        jobs.enqueue(request_of(shop.pk, company.pk, day, priority=_SOON), now=now)


def key_of(shop_id: int, day: date) -> str:
    """The key under which one job at a time makes the statement of a day."""
    return f"{JOB}:{shop_id}:{day.isoformat()}"


def request_of(shop_id: int, company_id: int, day: date, *, priority: int) -> jobs.Request:
    """The job that makes a statement."""
    return jobs.Request(
        name=JOB,
        key=key_of(shop_id, day),
        arguments={"shop_id": shop_id, "day": day.isoformat()},
        company_id=company_id,
        priority=priority,
    )


def make_statement(*, shop_id: int, day: date, user: User | None = None) -> Statement | None:
    """Check a day of a shop and store what is found; a statement killed half-way leaves nothing behind.

    None while the Allegro module is off: the day stays due.
    """
    shop = Shop.objects.across_companies().select_related("company").filter(pk=shop_id).first()
    if shop is None or not shop.company.allegro_module:
        return None
    answers: list[dict[str, object]] = []

    def hear(heard: Heard) -> None:
        # Refusals too: "gone" and "withdrawn" rest on an answer that says there is no such order.
        answers.append(
            {
                "asked": heard.asked,
                "status": heard.status,
                "trace_id": heard.trace_id or None,
                "sha256": signing.sha256_of(heard.body),
                "at": _instant(real_now()),
            }
        )

    run = check_runs.start(
        company=shop.company, shop=shop, since=day, until=day, user=user, now=real_now(), is_daily=True
    )
    figures = reconcile_orders.work_check(run_id=run.pk, heard=hear).get(shop.pk)
    run.refresh_from_db()
    now = real_now()
    ours = figures or statements.our_figures(shop, day)  # nothing was compared to the end
    content = _content(run, shop, day=day, ours=ours, answers=answers, now=now)
    return statements.keep(run=run, shop=shop, day=day, content=content, now=now)


def _content(
    run: ReconcileRun,
    shop: Shop,
    *,
    day: date,
    ours: Mapping[str, object],
    answers: list[dict[str, object]],
    now: datetime,
) -> dict[str, Any]:
    sources: Mapping[str, Mapping[str, object]] = run.sources.get(str(shop.pk), {})
    all_answered = all(sources.get(name, {}).get("state") == "compared" for name in _SOURCES)
    return {
        "format": statements.FORMAT,
        "made_at": _instant(now),
        "made_by": f"Stragan {__version__}",
        "company": {"nip": shop.company.nip, "name": shop.company.name},
        "shop": {"name": shop.name, "seller_id": shop.seller_id, "login": shop.allegro_login},
        "day": day.isoformat(),
        "time_zone": "Europe/Warsaw",
        "complete": run.complete is True and all_answered,
        "allegro": {"orders": run.orders, "totals": run.totals},
        "ours": ours,
        "refunds": statements.refunds_said([sources]),
        "sources": {name: dict(sources.get(name) or {"state": "unknown"}) for name in _SOURCES},
        "differences": [
            {
                "difference": row.difference,
                "cause": row.cause or None,
                "explained": row.explained,
                "order": row.allegro_id or None,
                "number": row.order.number if row.order else None,
                "ours": row.ours or None,
                "allegro": row.allegro or None,
                "currency": row.currency or None,
                "facts": row.facts,
            }
            for row in check_runs.findings_of(run)
        ],
        "answers": answers,
    }


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

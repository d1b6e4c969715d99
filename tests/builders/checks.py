"""Checks of orders against Allegro, done already."""

from datetime import date
from typing import Any

from builders.companies import NOW


def a_check(shop: Any, order: Any = None, *, finding_of: str = "", **changes: Any) -> Any:
    """A done check of November that found an order missing here, and a payment that differs for *order*."""
    from stragan.orders.models import ReconcileFinding, ReconcileRun  # noqa: PLC0415 -- Django is ready here

    gaps = bool(finding_of) + (order is not None)
    values: dict[str, Any] = {
        "company": shop.company,
        "since": date(2026, 11, 1),
        "until": date(2026, 11, 30),
        "state": "done",
        "orders": 3,
        "totals": {"PLN": "164.97"},
        "gaps": gaps,
        "complete": not gaps,
        "started_at": NOW,
        "heartbeat_at": NOW,
        "finished_at": NOW,
    }
    run = ReconcileRun.objects.for_company(shop.company).create(**(values | changes))
    common = {"company": shop.company, "run": run, "shop": shop, "bought_at": NOW, "currency": "PLN"}
    rows = ReconcileFinding.objects.for_company(shop.company)
    if finding_of:
        rows.create(**common, allegro_id=finding_of, difference="order_missing", allegro="54.99")
    if order is not None:
        rows.create(
            **common,
            allegro_id=order.allegro_id,
            order=order,
            revision=order.revision_count,
            difference="paid_differs",
            cause="changed",
            facts={"number": order.number},
            ours="54.99",
            allegro="0.00",
        )
    return run


def a_statement(shop: Any, order: Any = None, *, day: date | None = None, **changes: Any) -> Any:
    """A signed statement about a day, with a check of its own; a differing *order* leaves it incomplete."""
    from stragan.orders import statements  # noqa: PLC0415 -- Django is ready here

    day = day or NOW.date()
    states: dict[str, Any] = {
        "list": {"state": "compared", "orders": 3},
        "journal": {"state": "compared", "events": 7},
        "payments": {"state": "compared", "operations": 3, "paid": {"PLN": "164.97"}},
    }
    values: dict[str, Any] = {"since": day, "until": day, "is_daily": True, "sources": {str(shop.pk): states}}
    run = a_check(shop, order, **(values | changes))
    content = {
        "format": statements.FORMAT,
        "company": {"nip": shop.company.nip, "name": shop.company.name},
        "shop": {"name": shop.name, "seller_id": shop.seller_id, "login": shop.allegro_login},
        "day": day.isoformat(),
        "complete": run.complete,
        "allegro": {"orders": run.orders, "totals": run.totals},
        "ours": statements.our_figures(shop, day),
        "sources": run.sources[str(shop.pk)],
        "differences": [],
        "answers": [],
    }
    return statements.keep(run=run, shop=shop, day=day, content=content, now=NOW)

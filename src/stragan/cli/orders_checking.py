"""What ``stragan orders reconcile`` does once Django is there."""

import argparse
from datetime import date, timedelta
from pathlib import Path

from stragan.cli.choosing import chosen_company
from stragan.cli.output import write_line, write_warning
from stragan.companies.models import Company
from stragan.core.dates import start_of_warsaw_day
from stragan.flows.reconcile_orders import check_now, default_period
from stragan.flows.statement_files import NotAStatement, verified
from stragan.kit.clock import business_today
from stragan.kit.messages import text_of
from stragan.orders.check_runs import findings_of
from stragan.orders.check_words import message_of
from stragan.orders.forgetting import purged_on
from stragan.orders.models import ReconcileFinding, ReconcileRun
from stragan.orders.statements import refunds_said
from stragan.orders.states import CheckCause, CheckDifference
from stragan.shops.actions import ShopUnknown
from stragan.shops.models import Shop
from stragan.shops.queries import shops_by_id, shops_of


def reconcile(options: argparse.Namespace) -> int:
    """Write one line per difference and then the result; gives 1 where something stays unexplained.

    Differences with ``"explained": true`` (merged, deleted by a person, before the first day …) are told
    and leave no gap.
    """
    company = chosen_company(options)
    shop = _shop(company, options.shop)
    shops = [shop] if shop else list(shops_of(company))
    since, until = default_period(shops, today=business_today())
    until = options.until or until
    since = options.since or min(since, until)
    run = check_now(company=company, shop=shop, since=since, until=until)
    for finding in findings_of(run).iterator(chunk_size=500):
        write_line(_line(finding), as_json=options.json)
    write_line(_result(run), as_json=options.json)
    return 0 if run.complete else 1


def verify(options: argparse.Namespace) -> int:
    """Write whether content, hash, signature and key of a statement's file fit together; gives 1 if not."""
    file: Path = options.file
    try:
        data = file.read_bytes()
    except OSError as trouble:
        raise NotAStatement from trouble
    verdict = verified(data)
    day = date.fromisoformat(verdict.statement["day"])
    purged = purged_on(
        nip=verdict.statement["company"]["nip"],
        seller_id=verdict.statement["shop"]["seller_id"],
        start=start_of_warsaw_day(day),
        end=start_of_warsaw_day(day + timedelta(days=1)),
    )
    line = {
        "ok": verdict.is_good,
        "content": verdict.is_whole,
        "signature": verdict.is_signed,
        "key": "ours" if verdict.is_ours else "unknown",
        "shop": verdict.statement["shop"]["name"],
        "day": verdict.statement["day"],
        "complete": verdict.statement["complete"],
        "purged_orders": purged,
    }
    write_line(line, as_json=options.json)
    if purged:
        write_warning("statement_orders_purged", text_of("statement_orders_purged", {"orders": purged}))
    return 0 if verdict.is_good else 1


def _shop(company: Company, name: str | None) -> Shop | None:
    if name is None:
        return None
    shop = shops_of(company).filter(name=name).first()
    if shop is None:
        raise ShopUnknown(shop=name)
    return shop


def _line(finding: ReconcileFinding) -> dict[str, object]:
    order = finding.order
    return {
        "shop": finding.shop.name,
        "order": finding.allegro_id or None,
        "number": order.number if order else None,
        "difference": finding.difference,
        "message": message_of(finding),
        "ours": finding.ours or None,
        "allegro": finding.allegro or None,
        "currency": finding.currency or None,
        "cause": finding.cause or None,
        "explained": finding.explained,
    }


def _result(run: ReconcileRun) -> dict[str, object]:
    """The last line. ``total`` is what buyers pay for all orders in PLN, or in their only currency.

    ``sources`` says of each shop whether list, journal, payments and refunds were compared. One that may not
    be asked, as payments without their permission, is ``not_compared`` and no gap. ``refunds`` is
    ``compared``, or ``added_up_not_compared`` where a list of refunds could not be held against operations.
    """
    totals: dict[str, str] = run.totals
    only = next(iter(totals.values()), "0.00") if len(totals) < 2 else totals.get("PLN", "0.00")  # noqa: PLR2004 -- one currency
    names = shops_by_id(run.company_id, map(int, run.sources))
    not_asked = findings_of(run).filter(difference=CheckDifference.NOT_ASKED)
    return {
        "complete": run.complete is True,
        "orders": run.orders,
        "total": only,
        "totals": totals,
        "gaps": run.gaps,
        "from": run.since.isoformat(),
        "to": run.until.isoformat(),
        "sources": {
            names[int(pk)]: {name: one["state"] for name, one in sources.items()}
            for pk, sources in run.sources.items()
        },
        "refunds": refunds_said(run.sources.values()),
        "unknown": [
            {"shop": row.shop.name, "code": row.facts.get("code", row.cause or CheckCause.NO_ANSWER)}
            for row in not_asked
        ],
    }

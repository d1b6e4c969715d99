"""What ``stragan orders fetch`` does once Django is there."""

import argparse

from stragan.cli.choosing import chosen_company
from stragan.cli.output import write_line
from stragan.companies.models import Company
from stragan.flows.fetch_shop import fetch_shop
from stragan.kit.clock import business_now
from stragan.kit.messages import text_of
from stragan.shops.actions import ShopUnknown, fetch_from
from stragan.shops.models import PendingForm, QuarantinedForm, Shop, ShopState, SyncRun
from stragan.shops.queries import shops_of

UNREADABLE = "allegro_payload_unreadable"


def fetch(options: argparse.Namespace) -> int:
    """Fetch each shop in turn; gives the exit code: 1 when something was left behind."""
    is_partial = False
    for shop in _shops(chosen_company(options), options.shop):
        if options.since:
            fetch_from(shop=shop, since_date=options.since)
        run = fetch_shop(shop_id=shop.pk, trigger="command", now=business_now())
        assert run is not None, "a command waits for its turn"
        write_line(
            {
                "shop": shop.name,
                "new": run.new,
                "changed": run.changed,
                "unchanged": run.unchanged,
                "superseded": run.superseded,
                "quarantined": run.quarantined,
                "failed": run.failed,
            },
            as_json=options.json,
        )
        for line in _refusals(shop, run):
            is_partial = True
            write_line(line, as_json=options.json)
    return 1 if is_partial else 0


def _shops(company: Company, name: str | None) -> list[Shop]:
    """The shop named, whatever its state; else all that were not switched off.

    :raises ShopUnknown: no shop has that name.
    """
    shops = shops_of(company)
    if name is None:
        return list(shops.exclude(state=ShopState.DISABLED))
    named = list(shops.filter(name=name))
    if not named:
        raise ShopUnknown(shop=name)
    return named


def _refusals(shop: Shop, run: SyncRun) -> list[dict[str, object]]:
    """What was left behind and why: the run itself, payloads put aside, forms that did not come."""
    lines: list[dict[str, object]] = []
    if run.error_code:
        params = {"shop": shop.name, **run.error_params}
        lines.append({"code": run.error_code, "message": text_of(run.error_code, params), "shop": shop.name})
    if run.quarantined:
        rows = QuarantinedForm.objects.for_company(shop.company_id).filter(
            shop=shop, resolved_at__isnull=True
        )
        for row in rows.order_by("-created_at", "-id")[: run.quarantined]:
            params = {"path": row.path, "reason": row.reason}
            lines.append(
                {"code": UNREADABLE, "message": text_of(UNREADABLE, params), "allegro_id": row.form_id}
            )
    if run.failed:
        waiting = PendingForm.objects.filter(shop=shop).exclude(error_code="").order_by("id")
        lines += [
            {"code": row.error_code, "message": text_of(row.error_code), "allegro_id": row.form_id}
            for row in waiting[: run.failed]
        ]
    return lines

"""What ``stragan shop`` does once Django is there."""

import argparse
from datetime import datetime
from typing import Protocol

from stragan.cli.choosing import chosen_company
from stragan.cli.output import write_line
from stragan.flows.connect_shop import connect_by_device
from stragan.kit.clock import business_now, business_today, real_now
from stragan.shops.actions import Wish, default_since
from stragan.shops.models import BuyerDataSource
from stragan.shops.queries import lag_s, pending_counts, quarantined_counts, shops_of


class _Grant(Protocol):
    @property
    def verification_url(self) -> str: ...
    @property
    def user_code(self) -> str: ...


def connect(options: argparse.Namespace) -> int:
    """Show what to open, wait for the consent, save the shop; gives the exit code."""
    company = chosen_company(options)
    known = shops_of(company).filter(name=options.name.strip()).first()
    shop = connect_by_device(
        company=company,
        wish=Wish(
            name=options.name,
            buyer_source=options.buyer_source or (known.buyer_source if known else BuyerDataSource.DELIVERY),
            since_date=options.since or (known.since_date if known else default_since(business_today())),
            client_id=known.client_id if known else "",
            client_secret=known.client_secret if known else "",
        ),
        show=lambda grant: _show(grant, as_json=options.json),
        now=business_now(),
    )
    write_line(
        {"shop": shop.name, "allegro_login": shop.allegro_login, "seller_id": shop.seller_id},
        as_json=options.json,
    )
    return 0


def list_shops(options: argparse.Namespace) -> int:
    """Write one line per shop that was not removed."""
    company = chosen_company(options)
    pending, unreadable = pending_counts(company), quarantined_counts(company)
    now = real_now()
    for shop in shops_of(company):
        write_line(
            {
                "shop": shop.name,
                "state": shop.state,
                "cursor": shop.cursor,
                "lag_s": lag_s(shop, now),
                "allegro_login": shop.allegro_login,
                "seller_id": shop.seller_id,
                "buyer_source": shop.buyer_source,
                "since": shop.since_date.isoformat(),
                "synced_at": _iso(shop.synced_at),
                "pending": pending.get(shop.pk, 0),
                "quarantined": unreadable.get(shop.pk, 0),
                "error": shop.error_code or shop.state_reason or None,
            },
            as_json=options.json,
        )
    return 0


def _show(grant: _Grant, *, as_json: bool) -> None:
    write_line({"verification_url": grant.verification_url, "user_code": grant.user_code}, as_json=as_json)


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="seconds") if instant else None

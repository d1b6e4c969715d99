"""What ``stragan orders replay`` does once Django is there."""

import argparse

from stragan.cli.choosing import chosen_company
from stragan.cli.output import write_line, write_warning
from stragan.flows.replay_orders import Replayed, Tally, chosen_orders, replay
from stragan.kit.clock import business_now
from stragan.kit.messages import text_of
from stragan.shops.actions import ShopUnknown
from stragan.shops.queries import shops_of


def replay_orders(options: argparse.Namespace) -> int:
    """Write one line per order that differs and then the result; gives 1 where an answer cannot be read."""
    company = chosen_company(options)
    shop = shops_of(company).filter(name=options.shop).first() if options.shop else None
    if options.shop and shop is None:
        raise ShopUnknown(shop=options.shop)
    orders = chosen_orders(company, shop=shop, order=options.order)
    tally = Tally()
    for found in replay(orders, company=company, is_dry=options.dry_run, now=business_now(), tally=tally):
        write_line(_line(found), as_json=options.json)
    result = {
        "orders": tally.orders,
        "different": tally.different,
        "unreadable": tally.unreadable,
        "changed": 0 if options.dry_run else tally.different,
        "purged": tally.purged,
    }
    write_line(result, as_json=options.json)
    if tally.purged:
        code = "contact_data_purged"
        write_warning(code, text_of(code, {"orders": tally.purged, "months": company.contact_months}))
    return 1 if tally.unreadable else 0


def _line(found: Replayed) -> dict[str, object]:
    return {
        "order": found.form_id,
        "number": found.number,
        "differences": [
            {"field": one.field, "stored": one.stored, "derived": one.derived} for one in found.deviations
        ],
        "unreadable": found.reason or None,
    }

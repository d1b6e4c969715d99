"""The statements that give each order its fee, its payment and its sums, and some orders a change."""

from typing import Final

from bench.filling_rest_sql import insert_sql, series

PAYOUT_DAYS: Final = 700
CHANGED_EACH: Final = 40  # of the orders with a document one that changed since
_IN_WALLET: Final = {"wallet": "'AVAILABLE'", "operator": "'AF'", "currency": "'PLN'"}
_ITEMS: Final = '[{"change": "quantity_less", "deed": "correct", "old": "2", "new": "1"}]'


def money_sql(company_id: int, shops: list[int], *, latest_s: int) -> list[tuple[str, str]]:
    """Give the statements, each with its name; orders and documents are there. *latest_s*: Unix time."""
    from django.db import connection

    is_sqlite = connection.vendor == "sqlite"
    moment = "datetime({0}, 'unixepoch')" if is_sqlite else "to_timestamp({0})"
    ours = {"company_id": f"{company_id}"}
    latest = moment.format(latest_s)
    day = moment.format(f"({latest_s} - ({PAYOUT_DAYS} - i) * 86400)")
    return [
        *_of_orders(ours, latest=latest),
        _payouts(ours | {"occurred_at": day, "read_at": latest}, shops),
        *_for_people(ours, latest=latest, json="'{0}'" if is_sqlite else "'{0}'::jsonb"),
    ]


def _of_orders(ours: dict[str, str], *, latest: str) -> list[tuple[str, str]]:
    from stragan.orders.models import OrderMoney, OrderPayment
    from stragan.shops.models import BillingEntry, PaymentOperation

    fee, orders = "r.total * 11 / 100", "orders_order r ORDER BY r.id"
    sums = ours | {
        "order_id": "r.id",
        "due": "(1 = 0)",
        "currency": "r.currency",
        "received": "r.total",
        "refunded": "0",
        "charged": fee,
        "returned": "0",
        "subsidy": "0",
        "cost": "r.total / 3",
        "profit": f"r.total - {fee} - r.total / 3",
        "basis": "'net'",
        "settles_at": "r.created_at",
    }
    of_shop = ours | {"shop_id": "r.shop_id", "occurred_at": "r.created_at", "read_at": latest}
    fees = of_shop | {
        "entry_id": "'e-' || r.id",
        "type_id": "CASE WHEN r.id % 5 = 0 THEN 'FSF' ELSE 'SUC' END",
        "marketplace": "'allegro-pl'",
        "amount": f"-({fee})",
        "currency": "r.currency",
        "tax_percent": "2300",
        "form_id": "r.allegro_id",
    }
    payments = {"order_id": "r.id", "payment_id": "'p-' || r.id"}
    operations = (
        of_shop
        | _IN_WALLET
        | {
            "key": "'in-' || r.id",
            "kind": "'CONTRIBUTION'",
            "amount": "r.total",
            "payment_id": "'p-' || r.id",
            "balance": "r.total",
        }
    )
    return [
        ("sums of orders", insert_sql(OrderMoney, sums, orders)),
        ("fees", insert_sql(BillingEntry, fees, orders)),
        ("payments", insert_sql(OrderPayment, payments, orders)),
        ("operations", insert_sql(PaymentOperation, operations, orders)),
    ]


def _payouts(values: dict[str, str], shops: list[int]) -> tuple[str, str]:
    from stragan.shops.models import PaymentOperation

    number = "'out-' || s.shop_id || '-' || i"
    paid_out = (
        values
        | _IN_WALLET
        | {
            "shop_id": "s.shop_id",
            "key": number,
            "kind": "'PAYOUT'",
            "amount": "-500000",
            "payout_id": number,
            "balance": "0",
        }
    )
    of_shops = " UNION ALL ".join(f"SELECT {pk} AS shop_id" for pk in shops)
    days = f"{series(PAYOUT_DAYS).replace(' AS s', ' AS d')} CROSS JOIN ({of_shops}) AS s ORDER BY i"
    return "payouts", insert_sql(PaymentOperation, paid_out, days)


def _for_people(ours: dict[str, str], *, latest: str, json: str) -> list[tuple[str, str]]:
    """What changed since, and a view of the list that shows the money."""
    from stragan.documents.models import OrderChange
    from stragan.orders.models import SavedView
    from stragan.web.orders.columns import DEFAULT

    changes = ours | {
        "order_id": "d.order_id",
        "document_id": "d.id",
        "state": f"CASE d.order_id / {CHANGED_EACH} % 3 WHEN 0 THEN 'open' WHEN 1 THEN 'noted'"
        " ELSE 'settled' END",
        "deed": "'correct'",
        "items": json.format(_ITEMS),
        "base_revision": "1",
        "base_papers": json.format("{}"),
        "found_at": "d.issued_at",
    }
    changed = f"documents_document d WHERE d.order_id % {CHANGED_EACH} = 0 ORDER BY d.id"
    columns = ", ".join(f'"{name}"' for name in (*DEFAULT, "commission", "profit", "money_state"))
    view = ours | {
        "owner_id": "u.id",
        "name": "'Pieniądze'",
        "query": "'tab=all'",
        "columns": json.format(f"[{columns}]"),
        "created_at": latest,
    }
    return [
        ("changes", insert_sql(OrderChange, changes, changed)),
        ("view of money", insert_sql(SavedView, view, "companies_user u ORDER BY u.id LIMIT 1")),
    ]

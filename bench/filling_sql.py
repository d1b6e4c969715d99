"""The statements that make a million orders and their documents, the same on both databases."""

from datetime import datetime
from typing import Final

APART_S: Final = 60  # nearly two years of orders, one a minute
METHODS: Final = (
    ("Allegro Paczkomaty InPost", 550),
    ("Allegro Kurier DPD", 800),
    ("Allegro One Punkt", 920),
    ("Allegro Pocztex Kurier", 970),
    ("Odbiór osobisty", 998),
    ("Przesyłka paletowa", 1000),
)
# Arithmetic modulo a prime scatters each property over all orders, the same on both databases.
_SCATTERED: Final = ", ".join(
    f"(i * {factor} + {place}) % 1000003 % {into} AS {name}"
    for place, (name, factor, into) in enumerate(
        (
            ("a", 7_368_787, 1000),
            ("b", 15_485_863, 1000),
            ("c", 32_452_843, 1000),
            ("d", 49_979_687, 1000),
            ("e", 67_867_967, 2000),
            ("f", 86_028_121, 800),
            ("g", 104_395_301, 1_000_003),
        )
    )
)
_PLAIN: Final = {
    "allegro_id": "form",
    "number": "i",
    "fulfillment_status": "'SENT'",
    "status": "state",
    "status_by_hand": "(1 = 0)",
    "allegro_status": "CASE WHEN kind = 'cancelled' THEN 'CANCELLED' WHEN state = 'open' THEN 'BOUGHT'"
    " ELSE 'READY_FOR_PROCESSING' END",
    "queue": "CASE WHEN kind <> 'live' THEN 'done' WHEN state = 'open' THEN 'waiting_payment'"
    " WHEN problem <> '' THEN 'attention' ELSE 'to_issue' END",
    "visible": "(kind IN ('live', 'documented'))",
    "payment_state": "CASE state WHEN 'open' THEN 'waiting' WHEN 'cod' THEN 'cod'"
    " WHEN 'cancelled' THEN 'cancelled' ELSE 'paid' END",
    "wants_invoice": "(c % 100 < 17)",
    "has_original": "(kind IN ('closed', 'documented'))",
    "has_document": "(kind IN ('closed', 'documented') OR kind = 'live' AND g % 40 = 0)",
    "has_invoice": "(kind IN ('closed', 'documented'))",
    "has_pro_forma": "(kind = 'live' AND g % 40 = 0)",
    "has_receipt": "(kind = 'documented' AND g % 400 = 0)",
    "has_correction": "(kind IN ('closed', 'documented') AND g % 90 = 0)",
    "changed_after_issue": "(kind = 'documented' AND g % 200 = 0)",
    "problem": "problem",
    "currency": "CASE WHEN c < 970 THEN 'PLN' WHEN c < 985 THEN 'CZK' WHEN c < 995 THEN 'EUR' ELSE 'HUF' END",
    "marketplace": "CASE WHEN c < 970 THEN 'allegro-pl' WHEN c < 985 THEN 'allegro-cz'"
    " WHEN c < 995 THEN 'allegro-sk' ELSE 'allegro-hu' END",
    "total": "1000 + (g % 700) * (g % 190)",
    "delivery_cost": "999",
    "services_total": "0",
    "deposit": "0",
    "received": "0",
    "buyer_id": "cast(g AS text)",
    "buyer_login": "login",
    "buyer_name": "name",
    "buyer_nip": "nip",
    "offer_id": "offer",
    "offer_name": "goods",
    "line_count": "1 + c % 3",
    "has_message": "(c % 100 < 4)",
    "revision_count": "1",
    "superseded_by_id": "NULL",
    "gone_at": "NULL",
    "delete_reason": "''",
    "search_text": "cast(i AS text) || ' ' || login || ' ' || folded ||"
    " CASE WHEN nip = '' THEN '' ELSE ' ' || nip END || ' ' || form || ' ' || goods_folded",
}


def orders_sql(company_id: int, shops: list[int], *, count: int, latest: datetime) -> str:
    """Give the statement that inserts *count* orders, the newest at *latest*, one a minute."""
    from django.db import connection

    from stragan.orders.states import Problem

    is_sqlite = connection.vendor == "sqlite"
    moment = "datetime({0}, 'unixepoch')" if is_sqlite else "to_timestamp({0})"
    created = f"({int(latest.timestamp())} - ({count} - i) * {APART_S})"
    methods = " ".join(f"WHEN d < {below} THEN '{name}'" for name, below in METHODS)
    codes = " ".join(f"WHEN {place} THEN '{code.value}'" for place, code in enumerate(Problem))
    more = "CASE WHEN g % 3 = 0 THEN ', \"company_nip_missing\"' ELSE '' END"
    listed = f"(CASE WHEN problem = '' THEN '[]' ELSE '[\"' || problem || '\"' || {more} || ']' END)"
    values = _PLAIN | {
        "company_id": f"{company_id}",
        "shop_id": _by_shop([f"{pk}" for pk in shops]),
        "seller_id": _by_shop(["'7000'", "'7001'", "'7002'"]),
        "created_at": moment.format(created),
        "changed_at": moment.format(created),
        "bought_at": moment.format(f"({created} - g % 5400)"),
        "paid_at": f"CASE WHEN state IN ('paid', 'closed') THEN {moment.format(created)} END",
        "problems": listed if is_sqlite else f"{listed}::jsonb",
        "delivery_method": f"CASE {methods} END",
        "content_sha256": f"'{'0' * 56}' || {_hex('i')}",
    }
    form = (
        f"{_hex('(g * 4099 + 268435456)')} || '-' || {_hex('(i * 4093 + 16777216) % 4294967296')}"
        f" || '-11f1-9000-' || {_hex('g')}"
    )
    return f"""
        WITH RECURSIVE series(i) AS (
            SELECT cast(1 AS bigint) UNION ALL SELECT i + 1 FROM series WHERE i < {count}
        ), scattered AS (SELECT i, {_SCATTERED} FROM series),
        kinds AS (
            SELECT *, CASE WHEN a < 450 THEN 'closed' WHEN a < 500 THEN 'cancelled'
                WHEN a < 850 THEN 'documented' ELSE 'live' END AS kind FROM scattered
        ), states AS (
            SELECT *,
                CASE WHEN c < 60 AND kind = 'live' AND b < 870
                    THEN CASE g % {len(Problem)} {codes} END ELSE '' END AS problem,
                CASE WHEN kind = 'closed' THEN 'closed' WHEN kind = 'cancelled' THEN 'cancelled'
                    WHEN kind = 'live' AND b >= 870 THEN 'open'
                    WHEN b % 8 = 0 THEN 'cod' ELSE 'paid' END AS state
            FROM kinds
        ), told AS (
            SELECT s.*, n.name, n.folded, o.name AS goods, o.number AS offer, o.folded AS goods_folded,
                substr(replace(n.folded, ' ', '_'), 1, 9) || g AS login, {form} AS form,
                CASE WHEN c % 100 < 12 THEN cast(1000000000 + g * 8999 AS text) ELSE '' END AS nip
            FROM states s JOIN bench_names n ON n.place = s.e JOIN bench_goods o ON o.place = s.f
        )
        INSERT INTO orders_order ({", ".join(values)})
        SELECT {", ".join(values.values())} FROM told ORDER BY i
    """


def documents_sql(company_id: int) -> list[str]:
    """Give the statements that insert a document for each order that has its original."""
    from django.db import connection

    is_sqlite = connection.vendor == "sqlite"
    place = "row_number() OVER (ORDER BY id)"
    values = {
        # Every fifth id is left to the receipts, so that ids and days go together as in life.
        "id": f"{place} + ({place} - 1) / 4",
        "public_id": f"'0000000000000000' || {_hex('id')} || '00000000'"
        if is_sqlite
        else f"('0000000000000000' || {_hex('id')} || '00000000')::uuid",
        "company_id": "company_id",
        "kind": "'invoice'",
        "number": "'FV ' || number || '/11/2026'",
        "series_id": "(SELECT min(id) FROM documents_numberseries)",
        "sequence": "number",
        "order_id": "id",
        "shop_id": "shop_id",
        "original": "(1 = 1)",
        "issue_date": "date(created_at)",
        "currency": "currency",
        "net": "total",
        "vat": "0",
        "gross": "total",
        "deposit": "0",
        "to_pay": "total",
        "buyer_name": "buyer_name",
        "buyer_nip": "buyer_nip",
        "ksef": "'outside'",
        "snapshot": "x'7b7d'" if is_sqlite else r"'\x7b7d'::bytea",
        "sha256": "content_sha256",
        "search_text": "'fv ' || number || '/11/2026 ' || buyer_login",
        "issued_at": "created_at",
    }
    return [
        "INSERT INTO documents_numberseries (company_id, pattern, period, next_sequence)"
        f" VALUES ({company_id}, 'FV', '2026-11', 1000001)",
        f"INSERT INTO documents_document ({', '.join(values)})"
        f" SELECT {', '.join(values.values())} FROM orders_order WHERE has_original ORDER BY id",
    ]


def _by_shop(values: list[str]) -> str:
    first, second, third = values
    return f"CASE WHEN d % 10 < 6 THEN {first} WHEN d % 10 < 9 THEN {second} ELSE {third} END"


def _hex(number: str) -> str:
    from django.db import connection

    return f"printf('%08x', {number})" if connection.vendor == "sqlite" else f"lpad(to_hex({number}), 8, '0')"

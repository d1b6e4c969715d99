"""The statements that give the million orders their lines, more documents, products, stock and books.

Columns that are not named are filled by what their kind allows: zero, false, empty text or NULL.
"""

from typing import Any, Final

PRODUCTS: Final = 100_000
GOODS: Final = 800  # the first products are those that the offers of the orders sell
DOCUMENTS: Final = 1_000_000
MOVES_PER_NOTE: Final = 10
MOVES: Final = 1_000_000
CONTRACTORS: Final = 300_000


def insert_sql(model: Any, values: dict[str, str], source: str) -> str:
    """Give the statement that inserts *values* (column to SQL) selected from *source*."""
    from django.db import models

    meta = model._meta  # noqa: SLF001 -- Django's documented way to a table's columns
    whole = dict(values)
    for field in meta.concrete_fields:
        column = str(field.column)
        if column in whole or field.primary_key or field.null or field.generated:
            continue
        if isinstance(field, models.BooleanField):
            whole[column] = "(1 = 0)"
        elif isinstance(field, models.CharField | models.TextField):
            whole[column] = "''"
        elif isinstance(field, models.JSONField):
            whole[column] = "'[]'"
        else:
            whole[column] = "0"
    columns = ", ".join(f'"{column}"' for column in whole)
    return f"INSERT INTO {meta.db_table} ({columns}) SELECT {', '.join(whole.values())} FROM {source}"


def series(count: int) -> str:
    """Give a source of the numbers 1 to *count* as ``i``."""
    return (
        "(WITH RECURSIVE n(i) AS (SELECT cast(1 AS bigint) UNION ALL SELECT i + 1 FROM n"
        f" WHERE i < {count}) SELECT i FROM n) AS s"
    )


def uuid_of(number: str, *, kind: int) -> str:
    """Give a public id made of *number*; *kind* keeps tables apart."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return f"'{kind:08}0000000000000000' || printf('%08x', {number})"
    return f"('{kind:08}0000000000000000' || lpad(to_hex({number}), 8, '0'))::uuid"


def rest_sql(company_id: int, *, day: str) -> list[tuple[str, str]]:
    """Give the statements, each with its name; *day* is an SQL expression of an order's day.

    Orders, documents of orders and the word tables of the filling are there already.
    """
    return [
        *_catalog(company_id),
        *_papers(company_id, day=day),
        *_stock(company_id),
        *_books(company_id),
    ]


def _catalog(company_id: int) -> list[tuple[str, str]]:
    from stragan.contractors.models import Contractor
    from stragan.orders.models import OrderLine
    from stragan.products.models import BundleComponent, Product

    earliest = "(SELECT min(created_at) FROM orders_order)"
    seldom = f"i > {GOODS} AND i % 100"
    name = f"o.name || CASE WHEN i > {GOODS} THEN ' wariant ' || i ELSE '' END"
    folded = f"o.folded || CASE WHEN i > {GOODS} THEN ' wariant ' || i ELSE '' END"
    products = {
        "public_id": uuid_of("i", kind=1),
        "company_id": f"{company_id}",
        "name": name,
        "name_key": folded,
        "sku": "'P-' || i",
        "ean": "CASE WHEN i % 3 > 0 THEN cast(5900000000000 + i AS text) ELSE '' END",
        "is_bundle": f"({seldom} = 11)",
        "archived_at": f"CASE WHEN {seldom} IN (37, 38) THEN {earliest} END",
        "unit": "'szt.'",
        "price": "1000 + i % 9000",
        "vat_code": "CASE i % 10 WHEN 0 THEN '8' WHEN 1 THEN '5' ELSE '23' END",
        "search_text": f"{folded} || ' p-' || i",
        "created_at": earliest,
        "changed_at": earliest,
    }
    lines = {
        "company_id": f"{company_id}",
        "order_id": "r.id",
        "position": "1",
        "seller_id": "r.seller_id",
        "line_id": "'l-' || r.id",
        "offer_id": "r.offer_id",
        "offer_name": "r.offer_name",
        "quantity": "1",
        "price": "r.total - 999",
        "vat_rate": "'23.00'",
        "product_id": f"CASE WHEN r.number % 50 > 0 THEN (SELECT min(id) FROM products_product)"
        f" + cast(substr(r.offer_id, 2) AS bigint) % {GOODS} END",
    }
    has_nip, nip = "i % 8 = 0", "cast(1000000000 + cast(i AS bigint) * 29989 AS text)"
    contractors = {
        "company_id": f"{company_id}",
        "match_key": f"CASE WHEN {has_nip} THEN 'nip:' || {nip} ELSE 'allegro:' || i END",
        "name": "n.name",
        "nip": f"CASE WHEN {has_nip} THEN {nip} ELSE '' END",
        "allegro_buyer_id": "cast(i AS text)",
        "city": "'Łódź'",
        "country": "'PL'",
        "is_company": f"({has_nip})",
        "has_documents": "(i % 100 > 0)",
        "sort_name": "substr(n.folded, 1, 64)",
        "search_text": f"n.folded || ' lodz ' || CASE WHEN {has_nip} THEN {nip} ELSE cast(i AS text) END",
        "created_at": earliest,
        "updated_at": earliest,
    }
    component = {
        "company_id": f"{company_id}",
        "bundle_id": "p.id",
        "product_id": f"(SELECT min(id) FROM products_product) + p.id % {GOODS}",
        "quantity": "20000",
    }
    goods = f"{series(PRODUCTS)} JOIN bench_goods o ON o.place = (i - 1) % {GOODS} ORDER BY i"
    people = f"{series(CONTRACTORS)} JOIN bench_names n ON n.place = i % 2000 ORDER BY i"
    return [
        ("products", insert_sql(Product, products, goods)),
        ("components", insert_sql(BundleComponent, component, "products_product p WHERE p.is_bundle")),
        ("lines", insert_sql(OrderLine, lines, "orders_order r ORDER BY r.id")),
        ("contractors", insert_sql(Contractor, contractors, people)),
    ]


def _papers(company_id: int, *, day: str) -> list[tuple[str, str]]:
    """Receipts without an order up to a million documents, then which order has which document."""
    from stragan.documents.models import Document, OrderDocument

    receipts: dict[str, str] = {
        "id": "5 * row_number() OVER (ORDER BY r.id)",
        "public_id": uuid_of("r.id", kind=2),
        "company_id": f"{company_id}",
        "kind": "'receipt'",
        "number": "'PAR ' || r.number || '/11/2026'",
        "series_id": "(SELECT max(id) FROM documents_numberseries)",
        "sequence": "r.number",
        "original": "(1 = 1)",
        "issue_date": day,
        "currency": "'PLN'",
        "net": "r.total",
        "gross": "r.total",
        "to_pay": "r.total",
        "buyer_name": "r.buyer_name",
        "ksef": "'none'",
        "snapshot": "(SELECT snapshot FROM documents_document WHERE id = (SELECT min(id) FROM"
        " documents_document))",
        "sha256": "r.content_sha256",
        "search_text": "'par ' || r.number || '/11/2026 ' || r.buyer_login",
        "issued_at": "r.created_at",
    }
    links = {
        "company_id": f"{company_id}",
        "order_id": "d.order_id",
        "document_id": "d.id",
        "original": "(1 = 1)",
        "origin": "'issued'",
        "at": "d.issued_at",
    }
    of_orders = "(SELECT count(*) FROM documents_document)"
    some = f"orders_order r WHERE NOT r.has_original ORDER BY r.id LIMIT ({DOCUMENTS} - {of_orders})"
    return [
        (
            "series",
            "INSERT INTO documents_numberseries (company_id, pattern, period, next_sequence)"
            f" VALUES ({company_id}, 'PAR', '2026-11', 1000001)",
        ),
        ("receipts", insert_sql(Document, receipts, some)),
        (
            "links",
            insert_sql(
                OrderDocument, links, "documents_document d WHERE d.order_id IS NOT NULL ORDER BY d.id"
            ),
        ),
    ]


def _stock(company_id: int) -> list[tuple[str, str]]:
    from stragan.warehouse.models import StockLevel, StockMove, StockNote

    notes = {
        "public_id": uuid_of("i", kind=3),
        "company_id": f"{company_id}",
        "kind": "CASE WHEN i % 20 = 0 THEN 'pz' ELSE 'wz' END",
        "number": "'N ' || i || '/11/2026'",
        "series_id": "(SELECT min(id) FROM warehouse_noteseries)",
        "sequence": "i",
        "date": "(SELECT max(issue_date) FROM documents_document)",
        "at": "(SELECT max(issued_at) FROM documents_document)",
    }
    first_note = "(SELECT min(id) FROM warehouse_stocknote)"
    first_product = "(SELECT min(id) FROM products_product)"
    moves = {
        "company_id": f"{company_id}",
        "note_id": f"{first_note} + (i - 1) / {MOVES_PER_NOTE}",
        # Half of all moves are of the goods that are sold, the rest is spread over the catalog.
        "product_id": f"{first_product} + CASE WHEN i % 2 = 0 THEN i / 2 % {GOODS} ELSE i % {PRODUCTS} END",
        "quantity": "-10000",
        "balance": "10000 * (i % 500)",
        "at": "(SELECT max(issued_at) FROM documents_document)",
    }
    on_hand, reserved = "10000 * (p.id % 300 - 5)", "CASE WHEN p.id % 7 = 0 THEN 10000 ELSE 0 END"
    levels = {
        "company_id": f"{company_id}",
        "product_id": "p.id",
        "on_hand": on_hand,
        "reserved": reserved,
        "available": f"{on_hand} - {reserved}",
        "is_listed": "(NOT p.is_bundle AND (p.archived_at IS NULL OR p.id % 300 <> 5))",
        "name_key": "p.name_key",
        "is_bundle": "p.is_bundle",
        "is_archived": "(p.archived_at IS NOT NULL)",
    }
    return [
        (
            "note series",
            "INSERT INTO warehouse_noteseries (company_id, kind, period, next_sequence)"
            f" VALUES ({company_id}, 'WZ', '2026-11', 1000001)",
        ),
        ("notes", insert_sql(StockNote, notes, f"{series(MOVES // MOVES_PER_NOTE)} ORDER BY i")),
        ("moves", insert_sql(StockMove, moves, f"{series(MOVES)} ORDER BY i")),
        ("levels", insert_sql(StockLevel, levels, "products_product p ORDER BY p.id")),
    ]


def _books(company_id: int) -> list[tuple[str, str]]:
    """One row per document in both registers, and the sums per day that follow from them."""
    from stragan.books.models import RevenueRow, RevenueSum, VatRow, VatSum

    row = {
        "company_id": f"{company_id}",
        "document_id": "r.id",
        "turn": "1",
        "daily": "(r.kind = 'receipt')",
        "type": "CASE WHEN r.kind = 'receipt' THEN 'WEW' ELSE '' END",
        "number": "r.number",
        "issue_date": "r.issue_date",
        "day": "r.issue_date",
        "period": "substr(cast(r.issue_date AS text), 1, 7)",
        "tax_id": "r.buyer_nip",
        "name": "r.buyer_name",
        "posted_at": "r.issued_at",
    }
    source = "documents_document r ORDER BY r.id"
    said = "CASE WHEN r.kind = 'receipt' THEN 'daily' ELSE 'sale' END"
    grouped = {"company_id": f"{company_id}", "period": "period", "day": "day", "type": "type"}
    grouped |= {"rows": "count(*)", "count": "count(*)"}
    vat_sums = grouped | {name: f"sum({name})" for name in ("k_19", "k_20", "net", "vat", "gross")}
    revenue_sums = grouped | {"book": "'kpir'", "amount": "sum(amount)"}
    by_day = "GROUP BY period, day, type"
    amounts = {"k_19": "r.net", "k_20": "r.vat", "net": "r.net", "vat": "r.vat", "gross": "r.gross"}
    return [
        ("VAT rows", insert_sql(VatRow, row | amounts, source)),
        (
            "revenue rows",
            insert_sql(RevenueRow, row | {"book": "'kpir'", "amount": "r.net", "description": said}, source),
        ),
        ("VAT sums", insert_sql(VatSum, vat_sums, f"books_vatrow {by_day}")),
        ("revenue sums", insert_sql(RevenueSum, revenue_sums, f"books_revenuerow {by_day}")),
    ]

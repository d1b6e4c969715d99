"""Issuing with stock and books: in bulk, one by one as on a page, and with PDFs of one worker process."""

import threading
import time
from collections.abc import Sequence
from typing import Any, Final

from bench.importing import a_shop
from bench.measuring import Figure, Timed, median, tell, timed
from bench.targets import Database
from stragan.cli.main import set_up_django

BULK: Final = 3_000
SINGLE: Final = 200
PRINTED: Final = 300
LEFT_FOR_WORKER: Final = 3_000  # ready orders that the part about processes uses
CHUNK: Final = 100
SKUS: Final = ("BENCH-1", "BENCH-2", "BENCH-3")
_SHIFT: Final = 5_000_000


def measure(_database: Database) -> None:
    """Issue and tell; leaves ready orders and unprinted documents behind."""
    set_up_django()
    from stragan.companies.models import Company
    from stragan.kit.clock import real_now

    company = Company.objects.get()
    shop = a_shop(company, name="Faktury", seller_id="7300")
    _products(company, now=real_now())
    ids = _orders(shop, 2 * BULK + SINGLE + PRINTED + 2 * CHUNK + LEFT_FOR_WORKER)
    bulk, twins, rest = ids[:BULK], ids[BULK : 2 * BULK], ids[2 * BULK :]
    _issued(company, rest[: 2 * CHUNK])  # warms up
    rest = rest[2 * CHUNK :]
    took = _issued(company, bulk)
    floor = _raw_rate(bulk, twins)
    tell(
        Figure(
            key="issue_bulk",
            value=CHUNK / took.p50 * 1000,
            floor=floor,
            note="100 per transaction, median of transactions; orders of 3 lines, each of a product in stock",
        )
    )
    singles = _issued(company, rest[:SINGLE], at_once=1)
    tell(Figure(key="issue_one", value=singles.p95, pace=singles.pace, note=f"p50 {singles.p50:.1f} ms"))
    printed = rest[SINGLE : SINGLE + PRINTED]
    rates = [
        _printed(company, warm=rest[-1 - start // CHUNK], ids=printed[start : start + CHUNK])
        for start in range(0, PRINTED, CHUNK)
    ]
    note = f"issued in bulk, then printed by a worker of two threads; the best of {len(rates)} rounds"
    tell(Figure(key="documents_pdf", value=max(rates), note=note))


def _products(company: Any, *, now: Any) -> None:
    """Make the three products that the lines sell, with nothing in stock: the policy is to warn."""
    from stragan.core.folding import fold
    from stragan.products.models import Product
    from stragan.warehouse.following import follow

    products = Product.objects.for_company(company).bulk_create(
        Product(
            company=company,
            name=sku,
            name_key=fold(sku),
            sku=sku,
            vat_code="23",
            search_text=fold(sku),
            created_at=now,
            changed_at=now,
        )
        for sku in SKUS
    )
    follow(company_id=company.pk, product_ids=[product.pk for product in products])


def _orders(shop: Any, count: int) -> list[int]:
    """Import *count* paid orders of three lines and a delivery; gives their ids."""
    import json

    from django.db import transaction

    from builders.orders import a_numbered_form
    from stragan.flows.import_orders import prepare_forms, rules_of, store_forms
    from stragan.gateways.allegro.pages import RawForm
    from stragan.kit.clock import real_now
    from stragan.orders.models import Order

    now = real_now()
    rules = rules_of(company=shop.company, shop=shop, now=now)
    forms = [
        RawForm(form_id=form["id"], payload=json.dumps(form).encode(), trace_id="bench")
        for form in (_of_three_lines(a_numbered_form(number)) for number in range(1, count + 1))
    ]
    for start in range(0, count, CHUNK):
        prepared = prepare_forms(shop=shop, forms=forms[start : start + CHUNK], rules=rules)
        with transaction.atomic():
            store_forms(shop=shop, prepared=prepared, now=now)
    rows = Order.objects.for_company(shop.company_id).filter(seller_id=shop.seller_id).order_by("id")
    return list(rows.values_list("id", flat=True))


def _of_three_lines(form: dict[str, Any]) -> dict[str, Any]:
    line = form["lineItems"][0]
    prices = [{"amount": amount, "currency": "PLN"} for amount in ("10.00", "12.50", "17.50")]
    lines = [
        {
            **line,
            "id": f"{line['id']}-{place}",
            "price": price,
            "originalPrice": price,
            "offer": {**line["offer"], "id": f"77000{place}", "external": {"id": SKUS[place]}},
        }
        for place, price in enumerate(prices)
    ]
    return {**form, "lineItems": lines}


def _issued(company: Any, ids: Sequence[int], *, at_once: int = CHUNK) -> Timed:
    """Issue invoices; times each transaction, checks before it included."""
    from stragan.companies.models import User
    from stragan.core.snapshot import DocumentKind
    from stragan.documents.actions import Author
    from stragan.flows.issue_document import Issued, issue_documents
    from stragan.flows.issue_preparing import Wish
    from stragan.kit.audit import Actor
    from stragan.kit.clock import business_now, business_today, real_now

    today = business_today()
    wish = Wish(company=company, kind=DocumentKind.INVOICE, issue_date=today, today=today)
    author = Author(user=User.objects.get(), actor=Actor.USER, now=business_now(), asked_at=real_now())
    parts = iter([ids[start : start + at_once] for start in range(0, len(ids), at_once)])

    def work() -> None:
        outcomes = issue_documents(next(parts), wish=wish, author=author)
        assert all(isinstance(one, Issued) and not one.repeated for one in outcomes), outcomes[0]

    return timed(work, times=-(-len(ids) // at_once), warm_up=0)


def _printed(company: Any, *, warm: int, ids: Sequence[int]) -> float:
    """Issue, then let a worker of this process print; documents per second of both together.

    Printing *warm* first loads the typesetter.
    """
    from stragan.jobs.worker import Worker
    from stragan.kit.clock import real_now
    from stragan.kit.models import Job, JobState

    Job.objects.update(state=JobState.DONE, finished_at=real_now())
    _issued(company, [warm])
    worker = Worker()
    took: list[float] = []

    def drive() -> None:
        _wait_until_done()
        started = time.perf_counter()
        _issued(company, ids)
        _wait_until_done()
        took.append(time.perf_counter() - started)
        worker.stop()

    driver = threading.Thread(target=drive)
    driver.start()
    worker.run()
    driver.join()
    return len(ids) / took[0]


def _wait_until_done() -> None:
    from django.db import connection

    count = 1
    while count:
        time.sleep(0.02)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM kit_job WHERE state IN ('waiting', 'running')")
            count = cursor.fetchone()[0]


def _raw_rate(ids: Sequence[int], twins: Sequence[int]) -> float:
    """Write the rows that issuing wrote once more, for *twins*, 100 orders per commit; orders per second."""
    from django.db import connection, transaction

    apart = twins[0] - ids[0]
    assert twins[-1] - ids[-1] == apart, "both were imported in one go"
    with connection.cursor() as cursor:
        batches = [
            _written_for(cursor, ids[start : start + CHUNK], apart=apart)
            for start in range(0, len(ids), CHUNK)
        ]
    took = []
    for batch in batches:
        started = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            for statement, rows in batch:
                for row in rows:  # statement by statement, as the reference was measured
                    cursor.execute(statement, row)
        took.append(time.perf_counter() - started)
    return CHUNK / median(took)


def _written_for(cursor: Any, ids: Sequence[int], *, apart: int) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """Give the statements and rows of one commit, made from what issuing *ids* wrote."""
    own = f"({', '.join(map(str, ids))})"
    documents = f"FROM documents_document WHERE order_id IN {own}"
    sources = {
        "contractors_contractor": f"id IN (SELECT contractor_id {documents})",
        "documents_document": f"order_id IN {own}",
        "kit_job": f"key IN (SELECT 'documents.render_pdf:' || id {documents})",
        "kit_auditevent": f"subject = 'document' AND subject_id IN (SELECT id {documents})",
        "orders_orderevent": f"verb = 'documented' AND order_id IN {own}",
        "documents_orderdocument": f"document_id IN (SELECT id {documents})",
        "warehouse_stocknote": f"document_id IN (SELECT id {documents})",
        "warehouse_stockmove": f"order_id IN {own}",
        "warehouse_lineissue": f"order_id IN {own}",
        "books_vatrow": f"document_id IN (SELECT id {documents})",
        "books_revenuerow": f"document_id IN (SELECT id {documents})",
    }
    found = [_copied(cursor, table, where, apart=apart) for table, where in sources.items()]
    update = "UPDATE orders_order SET has_original = (1 = 1), queue = 'done' WHERE id = %s"
    return [*found, (update, [(pk + apart,) for pk in ids])]


def _copied(cursor: Any, table: str, where: str, *, apart: int) -> tuple[str, list[tuple[Any, ...]]]:
    from django.db import connection

    is_sqlite = connection.vendor == "sqlite"
    changed = {
        "order_id": f"order_id + {apart}",
        "number": "'RAW ' || number",
        "sequence": f"sequence + {_SHIFT}",
        "public_id": "lower(hex(randomblob(16)))" if is_sqlite else "gen_random_uuid()",
        "key": "'raw:' || key",
        "turn": "turn + 1000",
        "facts": "CAST(facts AS text)",
        "arguments": "CAST(arguments AS text)",
        "error_params": "CAST(error_params AS text)",
    }
    cursor.execute(f"SELECT * FROM {table} WHERE 1 = 0")
    columns = [column[0] for column in cursor.description if column[0] != "id"]
    cursor.execute(
        f"SELECT {', '.join(changed.get(name, name) for name in columns)} FROM {table} WHERE {where}"
    )
    rows = cursor.fetchall()
    assert rows, table
    upsert = ""
    if table == "contractors_contractor":
        upsert = " ON CONFLICT (company_id, match_key) DO UPDATE SET name = excluded.name"
    places = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}){upsert}", rows

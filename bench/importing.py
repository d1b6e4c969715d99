"""Import of Allegro's list pages, from bytes to durable rows, and the same pages again."""

import json
import time
from collections.abc import Sequence
from typing import Any, Final

from bench.measuring import Figure, look_at_pace, median, tell
from bench.targets import Database
from stragan.cli.main import set_up_django

FORMS: Final = 6_000
PAGE: Final = 100
SECOND_COMPANY: Final = 1_000_000  # what is added to ids, to write the same rows once more


def pages() -> list[bytes]:
    """Give list pages as the stand-in sends them: varied as life is, the same in every run."""
    from standins.allegro.forms import FormBuilder
    from standins.allegro.world import World

    world = World(seed=7, orders=FORMS, logins=("dom_i_kubek",), now_ms=1_795_424_400_000, frozen=True)
    forms = [FormBuilder(order, world.sellers[0].catalog, world.seed).build() for order in world.orders]
    return [
        json.dumps(
            {"checkoutForms": forms[start : start + PAGE], "count": PAGE, "totalCount": len(forms)}
        ).encode()
        for start in range(0, len(forms), PAGE)
    ]


def a_shop(company: Any, *, name: str, seller_id: str) -> Any:
    """Make a shop that nothing syncs."""
    from datetime import date

    from stragan.kit.clock import real_now
    from stragan.shops.models import Shop, ShopState

    return Shop.objects.for_company(company).create(
        company=company,
        name=name,
        seller_id=seller_id,
        allegro_login=name,
        api_url="http://127.0.0.1:1",
        auth_url="http://127.0.0.1:1",
        client_id="bench",
        state=ShopState.DISABLED,
        since_date=date(2024, 1, 1),
        created_at=real_now(),
    )


def measure(_database: Database) -> None:
    """Import, import again, then write the same rows by raw upserts."""
    set_up_django()
    from stragan.companies.models import Company

    shop = a_shop(Company.objects.get(), name="Import", seller_id="7100")
    bodies = pages()
    first = _imported(shop, bodies)
    again = _imported(shop, bodies)
    floor = _raw_rate(bodies)
    tell(Figure(key="import", value=first, floor=floor, note=f"{FORMS:,} varied forms, median of pages"))
    tell(Figure(key="import_again", value=again, floor=floor, note="unchanged: nothing is written"))


def _imported(shop: Any, bodies: Sequence[bytes]) -> float:
    """Give forms per second, by the median page."""
    from django.db import transaction

    from stragan.flows.import_orders import prepare_forms, rules_of, store_forms
    from stragan.gateways.allegro.pages import read_page
    from stragan.kit.clock import real_now

    now = real_now()
    rules = rules_of(company=shop.company, shop=shop, now=now)
    took = []
    for body in bodies:
        started = time.perf_counter()
        page = read_page(body, trace_id="bench")
        prepared = prepare_forms(shop=shop, forms=page.forms, rules=rules)
        with transaction.atomic():
            store_forms(shop=shop, prepared=prepared, now=now)
        took.append(time.perf_counter() - started)
        look_at_pace()
    return PAGE / median(took)


def _raw_rate(bodies: Sequence[bytes]) -> float:
    """Decode the JSON and upsert the rows that the import wrote, under other ids; forms per second."""
    from django.db import connection, transaction

    tables = {
        "orders_order": ("id", "(company_id, seller_id, allegro_id)"),
        "orders_orderline": ("order_id", "(company_id, seller_id, line_id)"),
        "orders_orderrevision": ("order_id", "(order_id, sequence)"),
        "orders_orderevent": ("order_id", ""),
    }
    batches = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM orders_order WHERE seller_id = '7100'")
        first, last = cursor.fetchone()
        statements = {table: _copying(cursor, table, *facts) for table, facts in tables.items()}
        for start in range(first, last + 1, PAGE):
            batch = {}
            for table, (select, _insert) in statements.items():
                cursor.execute(select, [start, min(start + PAGE - 1, last)])
                batch[table] = cursor.fetchall()
            batches.append(batch)
    took = []
    for body, batch in zip(bodies, batches, strict=False):
        started = time.perf_counter()
        json.loads(body)
        with transaction.atomic(), connection.cursor() as cursor:
            for table, rows in batch.items():
                for row in rows:  # statement by statement, as the reference was measured
                    cursor.execute(statements[table][1], row)
        took.append(time.perf_counter() - started)
    return PAGE / median(took)


def _copying(cursor: Any, table: str, key: str, conflict: str) -> tuple[str, str]:
    """Give a SELECT that reads rows as another seller's, and the upsert that writes them."""
    cursor.execute(f"SELECT * FROM {table} WHERE 1 = 0")
    columns = [column[0] for column in cursor.description if column[0] != "id" or key == "id"]
    shifted = {
        "id": f"id + {SECOND_COMPANY}",
        "order_id": f"order_id + {SECOND_COMPANY}",
        "seller_id": "'7200'",
        "number": f"number + {SECOND_COMPANY}",
    }
    chosen = ", ".join(
        shifted.get(name, f"CAST({name} AS text)" if name in {"problems", "facts"} else name)
        for name in columns
    )
    places = ", ".join(["%s"] * len(columns))
    update = (
        f" ON CONFLICT {conflict} DO UPDATE SET {columns[-1]} = excluded.{columns[-1]}" if conflict else ""
    )
    return (
        f"SELECT {chosen} FROM {table} WHERE {key} BETWEEN %s AND %s ORDER BY {key}",
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}){update}",
    )

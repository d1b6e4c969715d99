"""Fills the kept database with a million orders and documents of one company, stock and books, by SQL alone.

Half are hidden (closed, cancelled), a third are documented and still shown, 15 % wait for something:
so the list's indexes over shown orders are long, and its tabs hold more than is counted.
"""

import time
from datetime import UTC, date, datetime
from random import Random
from typing import Final

from bench.filling_money_sql import money_sql
from bench.filling_offers_sql import offers_sql
from bench.filling_rest_sql import rest_sql
from bench.filling_sql import documents_sql, orders_sql
from bench.measuring import say

ORDERS: Final = 1_000_000
LATEST: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SHOPS: Final = ("Dom i Kubek", "Lampownia", "Ogród Marzeń")
_FIRST: Final = (
    "Żaneta",
    "Łukasz",
    "Anna",
    "Piotr",
    "Małgorzata",
    "Krzysztof",
    "Agnieszka",
    "Józef",
    "Ewa",
    "Zbigniew",
)
_LAST: Final = (
    "Nowak",
    "Wiśniewska",
    "Wójcik",
    "Kowalczyk",
    "Gęś",
    "Żółw",
    "Pączek",
    "Źdźbło",
    "Śliwa",
    "Łoś",
    "Kwiatkowska",
    "Zieliński",
)
_FIRM: Final = ("Budowlanka", "Hurtownia Łódź", "Studio Śnieg", "Meble Kącik", "Auto-Żuk", "Gabinet Zdrowie")
_THING: Final = (
    "Kubek emaliowany",
    "Lampa stołowa",
    "Doniczka ceramiczna",
    "Ręcznik frotte",
    "Zegar ścienny",
    "Świeca zapachowa",
    "Dywanik łazienkowy",
    "Wieszak dębowy",
)
_LOOK: Final = (
    "czarny mat",
    "żółty",
    "zielony 500 ml",
    "wysoki połysk",
    "zestaw 4 szt.",
    "XL",
    "vintage",
    "dla dzieci",
)
_SEARCHED: Final = (
    "orders_order",
    "documents_document",
    "products_product",
    "contractors_contractor",
    "shops_offer",
)
_TABLES: Final = (
    *_SEARCHED,
    "orders_orderline",
    "documents_orderdocument",
    "products_soldoffer",
    "products_offerlink",
    "warehouse_stocknote",
    "warehouse_stockmove",
    "warehouse_stocklevel",
    "books_vatrow",
    "books_revenuerow",
    "orders_ordermoney",
    "orders_orderpayment",
    "shops_billingentry",
    "shops_paymentoperation",
    "documents_orderchange",
)


def fill() -> None:
    """Migrate and fill; indexes are built after the rows."""
    from django.db import connection

    from stragan.cli.preparation import prepare_database
    from stragan.kit.guards import install_guards
    from stragan.kit.search import install_search
    from stragan.kit.statistics import refresh_statistics

    started = time.monotonic()
    prepare_database(now=LATEST)
    company_id, shops = _people()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for pragma in ("synchronous=OFF", "cache_size=-400000", "journal_size_limit=-1"):
                cursor.execute(f"PRAGMA {pragma}")
        else:
            cursor.execute("SET synchronous_commit = off")
            cursor.execute("SET maintenance_work_mem = '512MB'")
        indexes = _drop_indexes(cursor)
        _words(cursor)
        cursor.execute(orders_sql(company_id, shops, count=ORDERS, latest=LATEST))
        say(f"orders after {time.monotonic() - started:.0f} s")
        for statement in documents_sql(company_id):
            cursor.execute(statement)
        say(f"documents after {time.monotonic() - started:.0f} s")
        latest_s = int(LATEST.timestamp())
        for name, statement in (
            *rest_sql(company_id, day="date(r.created_at)"),
            *offers_sql(company_id, shops, latest_s=latest_s),
            *money_sql(company_id, shops, latest_s=latest_s),
        ):
            cursor.execute(statement)
            say(f"{name} after {time.monotonic() - started:.0f} s")
        for statement in indexes:
            cursor.execute(statement)
        say(f"indexes after {time.monotonic() - started:.0f} s")
        if connection.vendor == "sqlite":
            for table in _SEARCHED:
                cursor.execute(f"INSERT INTO {table}_search({table}_search) VALUES ('rebuild')")
    install_search()
    install_guards()
    refresh_statistics()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # autovacuum would, a little later
    say(f"filled in {time.monotonic() - started:.0f} s")


def _people() -> tuple[int, list[int]]:
    from bench.places import EMAIL, NIP, PASSWORD
    from stragan.companies.models import Company, Membership, Role, User
    from stragan.shops.models import Shop, ShopState

    company = Company.objects.create(
        nip=NIP,
        name="Pomiar sp. z o.o.",
        street="ul. Wzorcowa 8",
        postal_code="00-999",
        city="Przykładowo",
        books="kpir",
        next_order_number=ORDERS + 1,
        created_at=LATEST,
    )
    user = User.objects.create_user(email=EMAIL, password=PASSWORD)
    Membership.objects.for_company(company).create(
        company=company, user=user, role=Role.OWNER, created_at=LATEST
    )
    shops = [
        Shop.objects.for_company(company)
        .create(
            company=company,
            name=name,
            seller_id=f"{7000 + place}",
            allegro_login=f"login_{place}",
            api_url="http://127.0.0.1:1",
            auth_url="http://127.0.0.1:1",
            client_id="bench",
            state=ShopState.DISABLED,
            since_date=date(2024, 1, 1),
            created_at=LATEST,
        )
        .pk
        for place, name in enumerate(SHOPS)
    ]
    return company.pk, shops


def _drop_indexes(cursor: object) -> list[str]:
    """Drop what makes inserting slow; gives the statements that make the indexes again."""
    from django.db import connection

    run = cursor.execute  # type: ignore[attr-defined]  # Django's cursor wrapper
    ask = cursor.fetchall  # type: ignore[attr-defined]  # same
    statements = []
    for table in _TABLES:
        if connection.vendor == "sqlite":
            run("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            for (name,) in ask():
                run(f"DROP TRIGGER {name}")
            run(
                "SELECT name, sql FROM sqlite_master"
                " WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL",
                [table],
            )
        else:
            run(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s"
                " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
                [table],
            )
        for name, sql in ask():
            run(f'DROP INDEX "{name}"')
            statements.append(sql)
    return statements


def _words(cursor: object) -> None:
    """Put names and offers with their folded forms into tables of their own."""
    from stragan.core.folding import fold

    draw = Random(7)
    names = [f"{draw.choice(_FIRST)} {draw.choice(_LAST)}-{draw.choice(_LAST)}" for _ in range(1700)]
    names += [f"{draw.choice(_FIRM)} {draw.choice(_LAST)} sp. z o.o." for _ in range(300)]
    offers = [
        (f"{draw.choice(_THING)} {draw.choice(_LOOK)} {place}", f"1{place:09}", f"SKU-{place}")
        for place in range(800)
    ]
    rows = [(place, name, fold(name)) for place, name in enumerate(names)]
    goods = [
        (place, name, number, fold(f"{name} {number} {sku}"))
        for place, (name, number, sku) in enumerate(offers)
    ]
    run = cursor.execute  # type: ignore[attr-defined]  # Django's cursor wrapper
    many = cursor.executemany  # type: ignore[attr-defined]  # same
    run("CREATE TEMPORARY TABLE bench_names (place integer PRIMARY KEY, name text, folded text)")
    run("CREATE TEMPORARY TABLE bench_goods (place integer PRIMARY KEY, name text, number text, folded text)")
    many("INSERT INTO bench_names VALUES (%s, %s, %s)", rows)
    many("INSERT INTO bench_goods VALUES (%s, %s, %s, %s)", goods)

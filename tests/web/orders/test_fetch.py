"""POBIERZ NOWE ZAMÓWIENIA: asking, waiting, watching."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from builders.companies import a_company, a_shop
from stragan.kit.clock import real_now
from stragan.kit.models import Job
from stragan.shops.models import Shop, SyncRun

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}


def runs() -> list[SyncRun]:
    return list(SyncRun.objects.across_companies().order_by("id"))


def test_the_button_records_a_run_and_its_job_for_each_shop(client: Client, company: Any, shop: Any) -> None:
    second = a_shop(company, name="Lampownia", seller_id="7002")
    answer = client.post("/orders/fetch/", headers=HTMX)
    assert [run.shop_id for run in runs()] == [shop.pk, second.pk] or len(runs()) == 2
    assert Job.objects.filter(name="shops.sync_now").count() == 2
    text = answer.content.decode()
    assert "czeka na swoją kolej" in text
    assert 'hx-trigger="every 1s"' in text


def test_pressing_twice_makes_one_run(client: Client, shop: Any) -> None:
    client.post("/orders/fetch/", headers=HTMX)
    client.post("/orders/fetch/", headers=HTMX)
    assert len(runs()) == 1
    assert runs()[0].shop_id == shop.pk


def test_within_ten_minutes_the_server_refuses_and_says_how_long(client: Client, shop: Any) -> None:
    Shop.objects.for_company(shop.company_id).filter(pk=shop.pk).update(
        manual_fetch_at=real_now() - timedelta(minutes=4)
    )
    answer = client.post("/orders/fetch/", headers=HTMX)
    assert runs() == []
    assert "alert--amber" in answer.content.decode()
    assert "data-countdown=" in client.get("/orders/?q=x").content.decode()


def test_another_shop_is_fetched_while_the_first_waits(client: Client, company: Any, shop: Any) -> None:
    Shop.objects.for_company(company).filter(pk=shop.pk).update(manual_fetch_at=real_now())
    second = a_shop(company, name="Lampownia", seller_id="7002")
    client.post("/orders/fetch/", headers=HTMX)
    assert [run.shop_id for run in runs()] == [second.pk]


def test_progress_ends_with_the_result_and_refreshes_the_list(client: Client, shop: Any) -> None:
    assert shop.pk
    client.post("/orders/fetch/", headers=HTMX)
    run = runs()[0]
    run.state, run.stage, run.new, run.to_do = "running", "forms", 3, 10
    run.save()
    going = client.get("/orders/fetch/progress/", headers=HTMX)
    assert "pobieranie pojedynczych zamówień" in going.content.decode()
    assert "3 nowe" in going.content.decode()
    assert "HX-Trigger" not in going
    run.state, run.new, run.changed, run.unchanged = "done", 5, 2, 1
    run.save()
    ended = client.get("/orders/fetch/progress/", headers=HTMX)
    assert "5 nowych" in ended.content.decode()
    assert "2 zmienione" in ended.content.decode()
    assert 'hx-trigger="every 1s"' not in ended.content.decode()
    assert ended["HX-Trigger"] == "orders-changed"


def test_a_fetch_goes_on_when_the_page_is_left_and_shows_on_return(client: Client, shop: Any) -> None:
    assert shop.pk
    client.post("/orders/fetch/")
    assert "czeka na swoją kolej" in client.get("/orders/").content.decode()


def test_a_failure_says_why(client: Client, shop: Any) -> None:
    assert shop.pk
    client.post("/orders/fetch/", headers=HTMX)
    run = runs()[0]
    run.state, run.error_code = "failed", "internal_error"
    run.save()
    assert "alert--red" in client.get("/orders/fetch/progress/", headers=HTMX).content.decode()


def test_a_foreign_shop_is_not_found(client: Client, shop: Any) -> None:
    assert shop.pk
    foreign = a_shop(a_company(nip="1234563218", name="Obca"), seller_id="7009")
    assert client.post("/orders/fetch/", {"shop": foreign.pk}, headers=HTMX).status_code == 404
    assert runs() == []

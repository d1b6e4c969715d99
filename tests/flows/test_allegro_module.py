"""The Allegro module switched off stops reading, also in the middle, and loses nothing (S10)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models.signals import post_save

from builders.companies import NOW, a_member, a_shop
from builders.markets import a_market
from stragan.companies.models import Company
from stragan.flows import (
    fetch_billing,
    fetch_payments,
    fetch_shop,
    parcels,
    refresh_offers,
    state_completeness,
    sync_run,
)
from stragan.flows.fetch_by_hand import ask_for_fetch
from stragan.jobs.scheduler import ask_for_syncs
from stragan.kit.models import Job
from stragan.orders.models import Order
from stragan.outbox.models import Carrier
from stragan.shops import payments
from stragan.shops.actions import ModuleOff, ShopNotConnected
from stragan.shops.models import Offer, PaymentsRead, Shop, SyncRun
from stragan.shops.queries import counts_since

pytestmark = pytest.mark.django_db


def switch(company: Any, *, on: bool) -> None:
    Company.objects.filter(pk=company.pk).update(allegro_module=on)


def test_nothing_is_asked_in_the_background_while_the_module_is_off(company: Any) -> None:
    shop = a_shop(company)
    switch(company, on=False)
    assert ask_for_syncs(now=NOW) == 0
    fetch_shop.sync_shop(shop_id=shop.pk, now=NOW)  # a job that was asked for before
    assert not SyncRun.objects.for_company(company).exists()
    switch(company, on=True)
    assert ask_for_syncs(now=NOW) == 1


def test_the_button_is_refused_while_the_module_is_off(company: Any) -> None:
    shop = a_shop(company)
    switch(company, on=False)
    shop = Shop.objects.for_company(company).select_related("company").get(pk=shop.pk)
    asked = ask_for_fetch(shops=[shop], user=a_member(company), now=NOW)
    assert [refusal.code for refusal in asked.refusals] == ["allegro_module_off"]


def test_a_shop_or_module_switched_off_stops_a_run_before_its_next_question(company: Any) -> None:
    shop = a_shop(company)
    sync_run.require_on(shop)
    switch(company, on=False)
    with pytest.raises(ModuleOff):
        sync_run.require_on(shop)
    switch(company, on=True)
    Shop.objects.for_company(company).update(state="disabled")
    with pytest.raises(ShopNotConnected):
        sync_run.require_on(shop)


def test_a_running_sync_ends_cleanly_and_goes_on_where_it_stopped(settings: Any) -> None:
    with a_market(settings, orders=40) as market:
        shop = market.connect()

        def off_in_the_middle(instance: SyncRun, **_: object) -> None:
            if instance.stage:
                switch(market.company, on=False)

        post_save.connect(off_in_the_middle, sender=SyncRun)
        try:
            run = market.fetch(shop, trigger="background")
        finally:
            post_save.disconnect(off_in_the_middle, sender=SyncRun)
        shop.refresh_from_db()
        assert (run.state, run.error_code) == ("failed", "allegro_module_off")
        assert (shop.failures_in_row, shop.error_code, shop.lease_owner) == (0, "", "")
        assert shop.next_sync_at is None
        before = Order.objects.for_company(market.company).count()
        assert before < len(market.truth())
        switch(market.company, on=True)
        again = market.fetch(shop, trigger="background")
        assert again.state == "done"
        assert market.ours() == market.truth()
        counts = counts_since(market.company, since=run.started_at)[shop.pk]
        assert (counts.new, counts.failed) == (len(market.truth()), 0)


def test_the_button_for_offers_and_a_statement_are_refused_while_the_module_is_off(company: Any) -> None:
    shop = a_shop(company)
    company.allegro_module = False
    company.save(update_fields=["allegro_module"])
    with pytest.raises(ModuleOff):
        refresh_offers.ask(shops=[shop], now=NOW)
    day = shop.since_date
    with pytest.raises(ModuleOff):
        state_completeness.ask(company=company, shop=shop, day=day, today=day, now=NOW)
    assert not Job.objects.exists()


def test_jobs_asked_for_before_read_nothing_while_the_module_is_off(settings: Any) -> None:
    with a_market(settings, orders=5) as market:
        shop = market.connect()
        market.fetch(shop)
        Carrier.objects.all().delete()
        switch(market.company, on=False)
        before = market.asked("")
        now = datetime.now(tz=UTC)
        assert not refresh_offers.refresh(shop_id=shop.pk, now=now)
        assert not fetch_payments.fetch_payments(shop_id=shop.pk)
        assert not fetch_billing.fetch_billing(shop_id=shop.pk)
        parcels.refresh_carriers(shop_id=shop.pk, now=now)
        assert state_completeness.make_statement(shop_id=shop.pk, day=now.date()) is None
        assert market.asked("") == before
        assert not Offer.objects.for_company(market.company).exists()
        switch(market.company, on=True)
        assert refresh_offers.refresh(shop_id=shop.pk, now=now)
        assert fetch_payments.fetch_payments(shop_id=shop.pk)
        assert fetch_billing.fetch_billing(shop_id=shop.pk)
        parcels.refresh_carriers(shop_id=shop.pk, now=now)
        assert Carrier.objects.exists()


def test_reading_under_way_stops_at_its_next_question_and_goes_on_soon(settings: Any) -> None:
    with a_market(settings, orders=5) as market:
        shop = market.connect(since_date=datetime.now(tz=UTC).date() - timedelta(days=100))
        market.fetch(shop)

        def off_in_the_middle(**_: object) -> None:
            switch(market.company, on=False)

        post_save.connect(off_in_the_middle, sender=PaymentsRead)
        try:
            assert not fetch_payments.fetch_payments(shop_id=shop.pk)
        finally:
            post_save.disconnect(off_in_the_middle, sender=PaymentsRead)
        row = PaymentsRead.objects.get(shop=shop)
        assert row.error_code == "allegro_module_off"
        later = datetime.now(tz=UTC) + payments.AFTER_TROUBLE
        assert payments.due_shops(later) == []
        switch(market.company, on=True)
        assert payments.due_shops(later) == [(shop.pk, market.company.pk)]
        assert fetch_payments.fetch_payments(shop_id=shop.pk)
        row.refresh_from_db()
        assert row.error_code == ""

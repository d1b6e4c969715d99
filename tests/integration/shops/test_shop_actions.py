"""Switching shops off and on, renaming and removing them, and what waits to be fetched."""

from datetime import date, timedelta

import pytest

from builders.companies import NOW, a_company, a_member, a_shop
from stragan.companies.models import Company
from stragan.kit.models import AuditEvent
from stragan.shops import actions, pending
from stragan.shops.models import PendingForm, ShopState
from stragan.shops.queries import lag_s, pending_counts, shops_of, shops_to_sync

pytestmark = pytest.mark.django_db


def test_a_shop_is_switched_off_on_and_away(company: Company) -> None:
    user, shop = a_member(company), a_shop(company)
    for act, state in (
        (actions.disable_shop, ShopState.DISABLED),
        (actions.enable_shop, ShopState.CONNECTED),
        (actions.remove_shop, ShopState.REMOVED),
    ):
        act(shop=shop, user=user, now=NOW)
        shop.refresh_from_db()
        assert shop.state == state
    assert not shops_of(company).exists()
    verbs = AuditEvent.objects.for_company(company).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["shop.disabled", "shop.enabled", "shop.removed"]


def test_a_shop_is_renamed_but_not_to_a_name_that_is_taken(company: Company) -> None:
    user = a_member(company)
    shop = a_shop(company)
    a_shop(company, name="Lampy", seller_id="7002")
    actions.edit_shop(shop=shop, name=" Kubki ", buyer_source="account", since_date=None, user=user, now=NOW)
    shop.refresh_from_db()
    assert (shop.name, shop.buyer_source) == ("Kubki", "account")
    with pytest.raises(actions.ShopNameTaken):
        actions.edit_shop(
            shop=shop, name="Lampy", buyer_source="account", since_date=None, user=user, now=NOW
        )
    with pytest.raises(actions.ShopNameMissing):
        actions.edit_shop(shop=shop, name=" ", buyer_source="account", since_date=None, user=user, now=NOW)


def test_an_earlier_first_day_lets_purchases_be_fetched_again(company: Company) -> None:
    user = a_member(company)
    shop = a_shop(company, first_import_done_at=NOW, windows_done_until=NOW)
    actions.edit_shop(
        shop=shop,
        name=shop.name,
        buyer_source="delivery",
        since_date=date(2026, 9, 1),
        user=user,
        now=NOW,
    )
    shop.refresh_from_db()
    assert (shop.since_date, shop.first_import_done_at) == (date(2026, 9, 1), None)


def test_only_connected_shops_that_are_due_are_synced(company: Company) -> None:
    due = a_shop(company)
    a_shop(company, name="Potem", seller_id="2", next_sync_at=NOW + timedelta(seconds=1))
    a_shop(company, name="Wyłączony", seller_id="3", state=ShopState.DISABLED)
    a_shop(a_company(nip="1234563218", allegro_module=False), seller_id="4")
    assert shops_to_sync(NOW) == [due.pk]


def test_a_form_that_waits_becomes_due_again_with_its_next_event(company: Company) -> None:
    shop = a_shop(company)
    pending.add_pending(shop=shop, events={"f-1": NOW}, now=NOW)
    row = PendingForm.objects.get()
    pending.postpone(row, error_code="allegro_unavailable", now=NOW)
    row.refresh_from_db()
    assert (row.attempts, row.due_at) == (1, NOW + timedelta(seconds=30))
    pending.add_pending(shop=shop, events={"f-1": NOW, "f-2": NOW}, now=NOW)
    row.refresh_from_db()
    assert (row.attempts, row.due_at) == (1, NOW)
    assert pending_counts(company) == {shop.pk: 2}


def test_lag_is_counted_from_the_last_reading_of_the_journal(company: Company) -> None:
    assert lag_s(a_shop(company), NOW) is None
    assert lag_s(a_shop(company, name="B", seller_id="2", synced_at=NOW), NOW + timedelta(seconds=70)) == 70

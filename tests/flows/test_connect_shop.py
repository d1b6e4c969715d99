"""Connecting an Allegro account, again, by somebody else, from a browser, and not at all."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from builders.companies import a_company, a_member
from builders.installations import wait_until
from builders.markets import NOW, Market, a_market
from standins.allegro.faults import Fault
from stragan.companies.models import Company, User
from stragan.core.errors import StraganError
from stragan.flows import connect_shop
from stragan.flows.clients import ClockShifted, DemoNeedsStandin, check_addresses
from stragan.flows.fetch_shop import sync_shop_now
from stragan.gateways.allegro import AccessDenied
from stragan.kit.clock import real_now
from stragan.kit.models import AuditEvent
from stragan.shops import actions, billing, offers, payments
from stragan.shops.actions import ShopSellerDiffers, ShopSellerKnown, Wish
from stragan.shops.models import (
    Authorization,
    BillingRead,
    OfferRefresh,
    PaymentsRead,
    Shop,
    ShopState,
)

pytestmark = pytest.mark.django_db
REDIRECT = "http://127.0.0.1:8000/settings/allegro/back/"


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    with a_market(settings, orders=4) as found:
        yield found


@pytest.fixture
def owner(market: Market) -> User:
    return a_member(market.company)


def wish(name: str = "Sklep", **changes: Any) -> Wish:
    values: dict[str, Any] = {
        "name": name,
        "buyer_source": "account",
        "since_date": date(2026, 10, 1),
        "client_id": "",
    }
    return Wish(**(values | changes))


def test_a_connected_shop_knows_its_account_and_scopes(market: Market) -> None:
    shop = market.connect("Mój sklep", buyer_source="account")
    shop.refresh_from_db()
    assert (shop.name, shop.allegro_login, shop.seller_id) == ("Mój sklep", "dom_i_kubek", "800000001")
    assert (shop.state, shop.buyer_source, shop.marketplace) == ("connected", "account", "allegro-pl")
    assert "allegro:api:orders:read" in shop.scopes
    assert shop.api_url == market.url
    assert AuditEvent.objects.for_company(market.company).get(verb="shop.connected").actor == "command"


def test_secrets_of_the_installation_are_not_copied_to_the_shop(market: Market) -> None:
    shop = market.connect()
    assert (shop.client_id, shop.client_secret) == ("client", "")


def test_a_shop_may_have_an_application_of_its_own(market: Market) -> None:
    shop = market.connect(client_id="own", client_secret="own-secret")
    shop.refresh_from_db()
    assert (shop.client_id, shop.client_secret) == ("own", "own-secret")
    assert market.fetch(shop).state == "done"


def test_the_same_name_reconnects_the_same_account(market: Market) -> None:
    market.world.settings.account = "dom_i_kubek"
    shop = market.connect()
    market.fetch(shop)
    shop.refresh_from_db()
    cursor = shop.cursor
    Shop.objects.for_company(market.company).update(state=ShopState.RECONNECT)
    again = market.connect()
    assert (again.pk, again.state, again.cursor) == (shop.pk, "connected", cursor)
    assert market.fetch(again).state == "done"


def test_what_waited_is_asked_again_as_soon_as_the_shop_is_connected_again(market: Market) -> None:
    market.world.settings.account = "dom_i_kubek"
    shop = market.connect()
    market.fetch(shop)
    later = NOW + timedelta(hours=5)
    for read in (OfferRefresh, PaymentsRead):
        read.objects.create(shop=shop, next_at=later, error_code="allegro_rejected")
    BillingRead.objects.create(shop=shop, next_at=later)
    market.connect()
    shop.refresh_from_db()
    now = real_now()
    assert shop.next_sync_at is None
    assert (
        [one for one, _ in offers.due_shops(now)] == [one for one, _ in payments.due_shops(now)] == [shop.pk]
    )
    assert billing.due_shops(now) == [], "nothing failed there"


def test_a_known_name_refuses_another_account_and_hands_the_tokens_back(market: Market) -> None:
    market.world.settings.account = "dom_i_kubek"
    market.connect()
    market.world.settings.account = "lampownia"
    with pytest.raises(ShopSellerDiffers):
        market.connect()
    wait_until(lambda: market.asked("/auth/oauth/revoke") == 1, seconds=5, what="tokens handed back")
    assert Shop.objects.for_company(market.company).get().allegro_login == "dom_i_kubek"


def test_one_account_is_not_connected_under_two_names(market: Market) -> None:
    market.world.settings.account = "dom_i_kubek"
    market.connect("Jeden")
    with pytest.raises(ShopSellerKnown):
        market.connect("Drugi")


def test_two_companies_may_connect_one_account(market: Market) -> None:
    market.world.settings.account = "dom_i_kubek"
    other = a_company(nip="1234563218")
    assert market.connect().seller_id == market.connect(company=other).seller_id


def test_a_removed_shop_comes_back_with_its_orders(market: Market, owner: User) -> None:
    market.world.settings.account = "dom_i_kubek"
    shop = market.connect("Stary")
    market.fetch(shop)
    before = {form_id: order.pk for form_id, order in market.orders().items()}
    connect_shop.disconnect(shop=shop, user=owner, now=NOW)
    shop.refresh_from_db()
    assert (shop.access_token, shop.refresh_token) == ("", "")
    assert market.asked("/auth/oauth/revoke") == 1
    back = market.connect("Nowy")
    run = market.fetch(back)
    assert (back.pk, back.name) == (shop.pk, "Nowy")
    assert (run.new, run.changed, run.unchanged) == (0, 0, len(before))
    assert {form_id: order.pk for form_id, order in market.orders().items()} == before


def test_a_shop_is_removed_while_allegro_is_down(market: Market, owner: User) -> None:
    shop = market.connect()
    market.world.faults.add(Fault(kind="server_error", path="/auth/oauth/revoke", count=9))
    connect_shop.disconnect(shop=shop, user=owner, now=NOW)
    shop.refresh_from_db()
    assert (shop.state, shop.refresh_token) == (ShopState.REMOVED, "")


def test_a_refused_consent_connects_nothing(market: Market) -> None:
    market.world.settings.approve_device_after = None

    def refuse(_grant: object) -> None:
        for device in market.world.grants.devices.values():
            device.denied = True

    with pytest.raises(AccessDenied):
        connect_shop.connect_by_device(
            company=market.company, wish=wish(), show=refuse, now=NOW, sleep=lambda _seconds: None
        )
    assert not Shop.objects.for_company(market.company).exists()


def test_connecting_survives_lost_answers(market: Market) -> None:
    market.world.faults.add(Fault(kind="server_error", path="/auth/oauth/device", count=2))
    market.world.faults.add(Fault(kind="server_error", path="/auth/oauth/token", count=2))
    assert market.connect().state == "connected"


def test_a_page_polls_until_the_seller_confirms(market: Market, owner: User) -> None:
    market.world.settings.approve_device_after = 2
    row = connect_shop.start_device(company=market.company, wish=wish(), user=owner, now=NOW)
    assert row.user_code in row.verification_url
    assert poll_later(market, row, owner) is None
    shop = poll_later(market, row, owner) or poll_later(market, row, owner)
    assert shop is not None
    assert shop.allegro_login == "dom_i_kubek"
    row.refresh_from_db()
    assert (row.outcome, row.secret) == ("connected", "")


def test_a_second_tab_of_the_page_comes_to_the_same_shop(market: Market, owner: User) -> None:
    row = connect_shop.start_device(company=market.company, wish=wish(), user=owner, now=NOW)
    used = Authorization.objects.for_company(market.company)
    used.update(used_at=real_now(), outcome="connecting")
    assert poll(market, row, owner) is None  # the first tab is still saving
    used.update(used_at=None, outcome="")
    shop = poll_later(market, row, owner)
    assert shop is not None
    assert poll(market, row, owner) == shop
    assert market.asked("/auth/oauth/token") == 1


@pytest.mark.parametrize(
    ("outcome", "age"), [("connecting", connect_shop.CONNECTING_LIFE), ("access_denied", timedelta())]
)
def test_what_came_to_nothing_is_said_to_be_over(
    market: Market, owner: User, outcome: str, age: timedelta
) -> None:
    row = connect_shop.start_device(company=market.company, wish=wish(), user=owner, now=NOW)
    Authorization.objects.for_company(market.company).update(used_at=real_now() - age, outcome=outcome)
    with pytest.raises(connect_shop.AuthorizationUsed):
        poll(market, row, owner)


def test_a_page_that_polls_too_early_does_not_ask_allegro(market: Market, owner: User) -> None:
    market.world.settings.device_interval_seconds = 5
    row = connect_shop.start_device(company=market.company, wish=wish(), user=owner, now=NOW)
    assert poll(market, row, owner) is None
    assert market.asked("/auth/oauth/token") == 0


def test_nobody_else_polls_my_connection(market: Market, owner: User) -> None:
    row = connect_shop.start_device(company=market.company, wish=wish(), user=owner, now=NOW)
    stranger = a_member(market.company, email="obcy@example.com")
    with pytest.raises(connect_shop.AuthorizationUnknown):
        poll(market, row, stranger)


def poll_later(market: Market, row: Authorization, user: User) -> Shop | None:
    """As ``poll``, once the interval is over."""
    Authorization.objects.for_company(market.company).update(next_poll_at=real_now())
    return poll(market, row, user)


def poll(market: Market, row: Authorization, user: User) -> Shop | None:
    return connect_shop.poll_device(company=market.company, authorization_id=row.pk, user=user, now=NOW)


def consent(market: Market, owner: User, *, session_key: str = "browser") -> tuple[str, str]:
    """Start in a browser and agree at once; gives the state and the code that come back."""
    market.world.settings.auto_approve = True
    url = connect_shop.start_code(
        company=market.company,
        wish=wish(),
        user=owner,
        session_key=session_key,
        redirect_uri=REDIRECT,
        now=NOW,
    )
    answer = httpx2.get(url, follow_redirects=False, trust_env=False)
    assert answer.headers["location"].startswith(REDIRECT)
    given = parse_qs(urlsplit(answer.headers["location"]).query)
    return given["state"][0], given["code"][0]


def finish(market: Market, owner: User, state: str, code: str, **changes: Any) -> Shop:
    values: dict[str, Any] = {
        "company": market.company,
        "user": owner,
        "session_key": "browser",
        "state": state,
        "code": code,
        "redirect_uri": REDIRECT,
        "now": NOW,
    }
    return connect_shop.finish_code(**(values | changes))


def test_a_browser_connects_with_pkce(market: Market, owner: User) -> None:
    state, code = consent(market, owner)
    shop = finish(market, owner, state, code)
    assert (shop.name, shop.buyer_source, shop.state) == ("Sklep", "account", "connected")
    assert AuditEvent.objects.for_company(market.company).get(verb="shop.connected").user_id == owner.pk


def test_a_state_works_once(market: Market, owner: User) -> None:
    state, code = consent(market, owner)
    finish(market, owner, state, code)
    with pytest.raises(connect_shop.AuthorizationUsed):
        finish(market, owner, state, code)


@pytest.mark.parametrize("changed", ["session_key", "state", "company", "user"])
def test_a_state_works_only_where_it_was_made(market: Market, owner: User, changed: str) -> None:
    state, code = consent(market, owner)
    other = a_company(nip="1234563218")
    values: dict[str, Any] = {
        "session_key": "another browser",
        "state": "guessed",
        "company": other,
        "user": a_member(other, email="obcy@example.com"),
    }
    with pytest.raises(connect_shop.AuthorizationUnknown):
        finish(market, owner, **({"state": state, "code": code} | {changed: values[changed]}))
    assert not Shop.objects.across_companies().exists()


def test_a_state_grows_too_old(market: Market, owner: User) -> None:
    state, code = consent(market, owner)
    Authorization.objects.for_company(market.company).update(expires_at=real_now() - timedelta(seconds=1))
    with pytest.raises(connect_shop.AuthorizationExpired):
        finish(market, owner, state, code)


def test_a_seller_who_says_no_in_the_browser_connects_nothing(market: Market, owner: User) -> None:
    state, _code = consent(market, owner)
    with pytest.raises(AccessDenied):
        finish(market, owner, state, "")
    assert Authorization.objects.for_company(market.company).get().outcome == "allegro_access_denied"


def test_a_demo_never_leaves_this_machine(settings: Any) -> None:
    demo = a_company(is_demo=True)
    settings.ALLEGRO_API_URL = settings.ALLEGRO_AUTH_URL = "https://api.allegro.pl"
    with pytest.raises(DemoNeedsStandin):
        connect_shop.connect_by_device(
            company=demo, wish=wish(), show=lambda _grant: None, now=NOW, sleep=lambda _seconds: None
        )


def test_a_shop_of_production_never_meets_a_stand_in(market: Market) -> None:
    shop = market.connect()
    Shop.objects.for_company(market.company).update(api_url="https://api.allegro.pl")
    # The stand-in counts a question once it has answered it.
    wait_until(lambda: market.asked("/order/event-stats") == 1, seconds=5, what="the connection counted")
    market.world.log.clear()
    run = market.fetch(shop)
    assert (run.state, run.error_code) == ("failed", "allegro_address_differs")
    assert not market.world.log.counts


def test_a_shifted_clock_never_meets_production(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRAGAN_NOW", "2026-11-23T09:00:00")
    with pytest.raises(ClockShifted):
        check_addresses(company=company, api_url="https://api.allegro.pl", auth_url="https://allegro.pl")


def test_fetching_by_hand_waits_ten_minutes_after_it_reached_allegro(market: Market, owner: User) -> None:
    shop = market.connect()
    row = actions.start_fetch_by_hand(shop=shop, user=owner, now=real_now())
    assert actions.start_fetch_by_hand(shop=shop, user=owner, now=real_now()).pk == row.pk
    sync_shop_now(run_id=row.pk, now=NOW)
    row.refresh_from_db()
    shop.refresh_from_db()
    assert (row.state, row.new) == ("done", len(market.truth()))
    left_s = actions.may_fetch_by_hand(shop, real_now())
    assert 590 < left_s <= 600
    with pytest.raises(StraganError) as refusal:
        actions.start_fetch_by_hand(shop=shop, user=owner, now=real_now())
    assert refusal.value.code == "shop_fetched_recently"
    later = real_now() + timedelta(minutes=10, seconds=1)
    assert actions.may_fetch_by_hand(shop, later) == 0
    assert isinstance(actions.start_fetch_by_hand(shop=shop, user=owner, now=later).started_at, datetime)

"""The authorization host of the Allegro stand-in."""

from collections.abc import Iterator

import httpx2
import pytest

from standin_tests.allegro_shop import APP, REDIRECT, Shop, code_of, small_world

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop(small_world(orders=5)) as connected:
        yield connected


def test_the_consent_page_offers_every_account_and_redirects_with_code_and_state(shop: Shop) -> None:
    page = shop.authorize(account="")

    assert page.status_code == 200
    assert "dom_i_kubek" in page.text
    assert "lampownia" in page.text
    location = httpx2.URL(shop.authorize(account="lampownia").headers["location"])
    assert str(location).startswith(REDIRECT)
    assert location.params["state"] == "s&1"


def test_consent_may_be_refused(shop: Shop) -> None:
    location = httpx2.URL(shop.authorize(deny="1").headers["location"])

    assert location.params["error"] == "access_denied"


def test_a_code_works_once(shop: Shop) -> None:
    code = code_of(shop.authorize())

    assert shop.redeem(code).status_code == 200
    again = shop.redeem(code)
    assert again.status_code == 400
    assert again.json()["error"] == "invalid_grant"


def test_a_code_lives_ten_seconds(shop: Shop) -> None:
    code = code_of(shop.authorize())
    shop.world.clock.advance(11)

    assert shop.redeem(code).status_code == 400


def test_the_redirect_address_is_compared_byte_for_byte(shop: Shop) -> None:
    assert shop.redeem(code_of(shop.authorize()), redirect_uri=REDIRECT + "/").status_code == 400


def test_a_wrong_verifier_is_refused(shop: Shop) -> None:
    assert shop.redeem(code_of(shop.authorize()), code_verifier="wrong").status_code == 400


def test_a_refresh_kills_the_old_access_token_and_the_old_refresh_token_after_a_minute(shop: Shop) -> None:
    first = shop.tokens
    second = shop.refresh(first["refresh_token"]).json()

    assert shop.call("GET", "/me").status_code == 401
    assert shop.refresh(first["refresh_token"]).status_code == 200
    shop.world.clock.advance(61)
    late = shop.refresh(first["refresh_token"])
    assert late.status_code == 400
    assert late.json()["error"] == "invalid_grant"
    assert second["expires_in"] == 43_199


def test_an_access_token_runs_out(shop: Shop) -> None:
    shop.world.clock.advance(43_200)

    answer = shop.call("GET", "/me")

    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_token"
    assert shop.refresh(shop.tokens["refresh_token"]).status_code == 200


def test_after_the_user_removed_the_app_a_refresh_answers_401(shop: Shop) -> None:
    shop.admin("POST", "revoke", {"account": "dom_i_kubek"})

    assert shop.call("GET", "/me").status_code == 401
    assert shop.refresh(shop.tokens["refresh_token"]).status_code == 401


def test_revoking_kills_both_tokens(shop: Shop) -> None:
    answer = shop.http.post("/auth/oauth/revoke", data={"token": shop.tokens["access_token"]}, auth=APP)

    assert answer.status_code == 200
    assert shop.call("GET", "/me").status_code == 401
    assert shop.refresh(shop.tokens["refresh_token"]).status_code == 400


def test_the_twenty_first_login_ends_the_first(shop: Shop) -> None:
    for _ in range(20):
        shop.connect()

    assert shop.call("GET", "/me").status_code == 401


def test_unknown_clients_are_refused_once_the_known_are_named(shop: Shop) -> None:
    shop.world.settings.clients = {APP[0]: "another-secret"}

    assert shop.refresh(shop.tokens["refresh_token"]).status_code == 401


def test_a_scope_not_granted_is_denied(shop: Shop) -> None:
    code = code_of(shop.authorize(scope="allegro:api:orders:read"))
    shop.tokens = shop.redeem(code).json()

    answer = shop.call("GET", "/me")

    assert answer.status_code == 403
    assert answer.json()["errors"][0]["code"] == "AccessDenied"
    assert shop.call("GET", "/order/event-stats").status_code == 200


def test_a_device_waits_for_a_person_and_must_not_hurry(shop: Shop) -> None:
    started = shop.http.post("/auth/oauth/device", params={"client_id": APP[0]}, auth=APP).json()

    def poll() -> httpx2.Response:
        return shop.token(grant_type=DEVICE, device_code=started["device_code"])

    assert poll().json()["error"] == "authorization_pending"
    assert poll().json()["error"] == "slow_down"
    assert "lampownia" in shop.http.get(started["verification_uri_complete"]).text
    shop.http.post(started["verification_uri_complete"], data={"account": "lampownia"})
    shop.world.clock.advance(started["interval"])
    shop.tokens = poll().json()
    assert shop.get("/me")["login"] == "lampownia"


def test_a_device_may_be_approved_by_itself_for_the_seller_not_yet_connected(shop: Shop) -> None:
    shop.world.settings.approve_device_after = 0
    started = shop.http.post("/auth/oauth/device", data={"client_id": APP[0]}, auth=APP).json()

    shop.tokens = shop.token(grant_type=DEVICE, device_code=started["device_code"]).json()

    assert shop.get("/me")["login"] == "lampownia"


def test_an_administrator_approves_or_denies_a_device(shop: Shop) -> None:
    started = shop.http.post("/auth/oauth/device", data={"client_id": APP[0]}, auth=APP).json()
    shop.admin("POST", "device/approve", {"user_code": started["user_code"], "deny": True})

    answer = shop.token(grant_type=DEVICE, device_code=started["device_code"])

    assert answer.json()["error"] == "access_denied"


def test_an_applications_own_token_reads_dictionaries_only(shop: Shop) -> None:
    shop.tokens = shop.token(grant_type="client_credentials").json()

    assert "refresh_token" not in shop.tokens
    assert shop.call("GET", "/billing/billing-types").status_code == 200
    assert shop.call("GET", "/order/events").status_code == 401


def test_authorization_answers_carry_no_trace_id(shop: Shop) -> None:
    assert "trace-id" not in shop.refresh("unknown").headers
    assert "trace-id" in shop.call("GET", "/me").headers

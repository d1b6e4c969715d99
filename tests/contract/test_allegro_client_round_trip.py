"""The Allegro client against the stand-in, over a real connection, on good days and bad."""

from collections.abc import Iterator
from uuid import uuid4

import httpx2
import pytest

from standins.allegro.faults import Fault
from standins.allegro.server import running
from standins.allegro.world import World
from stragan.gateways.allegro import (
    SCOPES,
    AllegroAuth,
    AllegroClient,
    AllegroConflict,
    AllegroUnavailable,
    AuthorizationPending,
    CheckoutForm,
    FormGone,
    Patience,
    ReconnectNeeded,
    ScopeMissing,
    TokenPair,
    TokenRejected,
    content_hash,
    parse_form,
    pkce_pair,
)

AGENT = "Stragan/0.1 (+https://stragan.example)"
ORDERS = 230


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[World, str]]:
    world = World(seed=7, orders=ORDERS, logins=("shop",))
    world.settings.approve_device_after = 1
    world.settings.device_interval_seconds = 0
    world.settings.scan_seconds = 0.0
    world.settings.invoice_pause_seconds = 0.0
    with running(world) as url:
        yield world, url


@pytest.fixture
def quiet(served: tuple[World, str]) -> Iterator[World]:
    served[0].faults.clear()
    yield served[0]
    served[0].faults.clear()


def connected(url: str, *, scopes: tuple[str, ...] = SCOPES) -> TokenPair:
    with AllegroAuth(auth_url=url, client_id="cid", client_secret="s", user_agent=AGENT) as auth:
        grant = auth.start_device(scopes=scopes)
        for _ in range(5):
            try:
                return auth.poll_device(device_code=grant.device_code)
            except AuthorizationPending:
                continue
    pytest.fail("the device was never approved")


def client_of(url: str, *, token: str | None = None, attempts: int = 8) -> AllegroClient:
    return AllegroClient(
        api_url=url,
        access_token=token or connected(url).access_token,
        user_agent=AGENT,
        sleep=lambda _s: None,
        timeout_s=2,
        patience=Patience(attempts=attempts, total_wait_s=1_000),
    )


def all_forms(client: AllegroClient) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    offset = 0
    while True:
        page = client.list_forms(offset=offset, sort="lineItems.boughtAt")
        found |= {form.form_id: form.payload for form in page.forms}
        offset += page.count
        if offset >= page.total_count:
            return found


def journal(client: AllegroClient) -> list[str]:
    ids: list[str] = []
    while True:
        page = client.events(after=ids[-1] if ids else None, limit=100)
        if not page.events:
            return ids
        ids += [event.id for event in page.events]


def sum_of(form: CheckoutForm) -> object:
    total = form.delivery.cost.amount if form.delivery and form.delivery.cost else 0
    for line in form.line_items:
        total += line.price.amount * line.quantity
        if line.deposit and line.deposit.price:
            total += line.deposit.price.amount * line.quantity
        for service in line.selected_additional_services:
            if service.price:
                total += service.price.amount * (service.quantity or 1)
    return total


@pytest.mark.usefixtures("quiet")
def test_every_order_is_listed_read_and_the_same_when_fetched_alone(served: tuple[World, str]) -> None:
    with client_of(served[1]) as client:
        assert client.me().login == "shop"
        forms = all_forms(client)
        assert len(forms) >= ORDERS
        for form_id, payload in list(forms.items())[:20]:
            assert content_hash(client.get_form(form_id).payload) == content_hash(payload)
        with pytest.raises(FormGone):
            client.get_form("00000000-0000-4000-8000-000000000000")
    read = {form_id: parse_form(payload) for form_id, payload in forms.items()}
    assert all(form.id == form_id for form_id, form in read.items())
    # A few totals differ on purpose: life has such orders, and they must be told, not changed.
    exact = [form for form in read.values() if sum_of(form) == form.summary.total_to_pay.amount]
    assert len(exact) > len(read) * 0.9


@pytest.mark.usefixtures("quiet")
def test_the_journal_is_read_to_its_newest_event(served: tuple[World, str]) -> None:
    with client_of(served[1]) as client:
        ids = journal(client)
        assert ids[-1] == client.event_stats().id
        assert len(set(ids)) == len(ids)


def test_one_fault_in_ten_changes_nothing_in_the_outcome(served: tuple[World, str], quiet: World) -> None:
    with client_of(served[1]) as client:
        calm = (all_forms(client), journal(client))
        for number, kind in enumerate(
            ["rate_limit", "server_error", "cut_body", "drop_before", "drop_after"]
        ):
            quiet.faults.add(Fault(kind=kind, probability=0.1, seed=number, body="html"))
        for _ in range(3):
            assert (all_forms(client), journal(client)) == calm
    assert sum(fault.struck for fault in quiet.faults.active) > 5


def test_a_slow_answer_is_given_up_in_time(served: tuple[World, str], quiet: World) -> None:
    quiet.faults.add(Fault(kind="slow", seconds=1.0))
    token = connected(served[1]).access_token
    with (
        AllegroClient(
            api_url=served[1],
            access_token=token,
            user_agent=AGENT,
            timeout_s=0.1,
            patience=Patience(attempts=1),
        ) as client,
        pytest.raises(AllegroUnavailable),
    ):
        client.me()


def test_an_expired_token_asks_for_a_refresh(served: tuple[World, str], quiet: World) -> None:
    pair = connected(served[1])
    quiet.faults.add(Fault(kind="expired_token", count=1))
    with client_of(served[1], token=pair.access_token) as client, pytest.raises(TokenRejected):
        client.me()
    with AllegroAuth(auth_url=served[1], client_id="cid", client_secret="s", user_agent=AGENT) as auth:
        renewed = auth.refresh(refresh_token=pair.refresh_token)
        with client_of(served[1], token=renewed.access_token) as client:
            assert client.me().login == "shop"
        auth.revoke(renewed.refresh_token)
        with pytest.raises(ReconnectNeeded):
            auth.refresh(refresh_token=renewed.refresh_token)


def test_a_refresh_whose_answer_was_lost_succeeds_within_the_grace(
    served: tuple[World, str], quiet: World
) -> None:
    pair = connected(served[1])
    lost = quiet.faults.add(Fault(kind="drop_after", path="^/auth/oauth/token", count=1))
    with AllegroAuth(
        auth_url=served[1], client_id="cid", client_secret="s", user_agent=AGENT, sleep=lambda _s: None
    ) as auth:
        renewed = auth.refresh(refresh_token=pair.refresh_token)
    assert lost.struck == 1
    with client_of(served[1], token=renewed.access_token) as client:
        assert client.me().login == "shop"


def test_the_browser_flow_ends_with_tokens(served: tuple[World, str], quiet: World) -> None:
    quiet.settings.auto_approve = True
    verifier, challenge = pkce_pair()
    back = "http://127.0.0.1:1/back?next=1"
    with AllegroAuth(auth_url=served[1], client_id="cid", client_secret="s", user_agent=AGENT) as auth:
        url = auth.authorize_url(redirect_uri=back, state="st/1", code_challenge=challenge)
        landed = httpx2.URL(httpx2.get(url, trust_env=False).headers["location"])
        assert landed.params["state"] == "st/1"
        pair = auth.exchange_code(code=landed.params["code"], redirect_uri=back, code_verifier=verifier)
    with client_of(served[1], token=pair.access_token) as client:
        assert client.me().id


@pytest.mark.usefixtures("quiet")
def test_a_document_reaches_the_order(served: tuple[World, str]) -> None:
    with client_of(served[1]) as client:
        payloads = all_forms(client).values()
        form = next(f for f in map(parse_form, payloads) if f.status == "READY_FOR_PROCESSING")
        client.set_fulfillment(form.id, status="PROCESSING", revision=form.revision)
        invoice_id = client.add_invoice(form.id, file_name="fv.pdf", invoice_number="FV 1/11/2026")
        client.upload_invoice_file(form.id, invoice_id=invoice_id, pdf=b"%PDF-1.7\n%%EOF\n")
        (document,) = [d for d in client.list_invoices(form.id).invoices if d.id == invoice_id]
    assert document.invoice_number == "FV 1/11/2026"
    assert document.file is not None
    assert document.file.security_verification.status in {"WAITING", "ACCEPTED"}


@pytest.mark.usefixtures("quiet")
def test_a_parcel_reaches_the_order(served: tuple[World, str]) -> None:
    with client_of(served[1]) as client:
        form = next(f for f in map(parse_form, all_forms(client).values()) if f.status != "CANCELLED")
        assert "DPD" in {carrier.id for carrier in client.carriers()}
        made = client.add_shipment(form.id, carrier_id="OTHER", carrier_name="Jan", waybill="AB-1")
        (known,) = client.list_shipments(form.id)
    assert (known.id, known.carrier_id, known.carrier_name, known.waybill) == (
        made.id,
        "OTHER",
        "Jan",
        "AB-1",
    )


@pytest.mark.usefixtures("quiet")
def test_dictionaries_offers_and_fees_are_read(served: tuple[World, str]) -> None:
    with client_of(served[1]) as client:
        assert "allegro-pl" in {marketplace.id for marketplace in client.marketplaces()}
        assert client.list_offers(limit=10).offers
        assert client.list_billing_entries(limit=10)
        assert client.list_payment_operations(limit=10).total_count >= 0
        given_back = client.list_payment_operations(group="REFUND")
        assert {one.group for one in given_back.payment_operations} == {"REFUND"}


@pytest.mark.usefixtures("quiet")
def test_a_permission_that_was_not_asked_for_is_named_missing(served: tuple[World, str]) -> None:
    fewer = tuple(scope for scope in SCOPES if "billing" not in scope)
    token = connected(served[1], scopes=fewer).access_token
    with client_of(served[1], token=token) as client, pytest.raises(ScopeMissing):
        client.list_billing_entries(limit=10)


@pytest.mark.usefixtures("quiet")
def test_a_quantity_is_set_once_and_its_tasks_say_how_it_went(served: tuple[World, str]) -> None:
    world, url = served
    offer, ended = world.sellers[0].catalog.common[2], world.sellers[0].catalog.common[3]
    commands = [str(uuid4()) for _ in range(3)]
    with client_of(url) as client:
        assert client.quantity_tasks(commands[0]) is None
        client.set_offer_quantity(commands[0], offer_id=offer.id, quantity=12)
        (task,) = client.quantity_tasks(commands[0]) or ()
        assert (task.offer.id, task.status) == (offer.id, "SUCCESS")
        assert client.offer_stock(offer.id) == 12
        with pytest.raises(AllegroConflict):
            client.set_offer_quantity(commands[0], offer_id=offer.id, quantity=13)
        assert client.empty_offer(ended.id)
        client.set_offer_quantity(commands[1], offer_id=ended.id, quantity=5)
        (refused,) = client.quantity_tasks(commands[1]) or ()
        assert refused.errors[0].user_message == "Oferta jest zakończona."
        assert client.list_offers(status=["ENDED"], sort="stock.available").offers


def test_a_lost_answer_to_a_quantity_command_is_not_sent_again(
    quiet: World, served: tuple[World, str]
) -> None:
    quiet.faults.add(Fault(kind="drop_after", path="quantity-change-commands", method="PUT", count=1))
    offer, command = quiet.sellers[0].catalog.common[6], str(uuid4())
    with client_of(served[1]) as client:
        with pytest.raises(AllegroUnavailable):
            client.set_offer_quantity(command, offer_id=offer.id, quantity=9)
        (task,) = client.quantity_tasks(command) or ()
    assert task.status == "SUCCESS"

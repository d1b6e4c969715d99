"""``stragan shop`` and ``stragan orders`` as scripts use them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builders.installations import Installation, an_installation
from builders.markets import a_world
from builders.orders import a_numbered_form, for_a_company
from standins.allegro.server import running
from standins.allegro.world import World

pytestmark = pytest.mark.slow


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Installation, World]]:
    world = a_world()
    world.settings.account = "dom_i_kubek"
    with running(world) as url, an_installation(tmp_path) as installation:
        installation.environment.update(
            STRAGAN_ALLEGRO_API_URL=url,
            STRAGAN_ALLEGRO_AUTH_URL=url,
            STRAGAN_ALLEGRO_CLIENT_ID="client",
            STRAGAN_ALLEGRO_CLIENT_SECRET="client",
        )
        installation.init()
        yield installation, world


def told(installation: Installation, *words: str, code: int = 0) -> list[dict[str, Any]]:
    done = installation.command(*words, "--json")
    assert done.returncode == code, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def put(world: World, form: dict[str, Any]) -> None:
    world.insert(form, seller=0, events=(form["status"],), bought=(world.now_ms() - 86_400_000,))


def test_from_connecting_to_the_list(place: tuple[Installation, World]) -> None:
    installation, world = place
    form = for_a_company(a_numbered_form(1))
    form["lineItems"][0]["selectedAdditionalServices"] = [
        {
            "definitionId": "W",
            "name": "Pakowanie",
            "quantity": 2,
            "price": {"amount": "5.00", "currency": "PLN"},
        }
    ]
    form["summary"]["totalToPay"]["amount"] = form["payment"]["paidAmount"]["amount"] = "64.99"
    put(world, form)
    cancelled = a_numbered_form(2, status="CANCELLED")
    cancelled["lineItems"][0]["offer"]["external"] = None
    put(world, cancelled)

    code, shop = told(installation, "shop", "connect", "Sklep", "--since", "2026-11-01")
    assert code["user_code"] in code["verification_url"]
    assert shop == {"shop": "Sklep", "allegro_login": "dom_i_kubek", "seller_id": "800000001"}
    nothing = {"changed": 0, "unchanged": 0, "superseded": 0, "quarantined": 0, "failed": 0}
    assert told(installation, "orders", "fetch") == [{"shop": "Sklep", "new": 2, **nothing}]
    listed = told(installation, "orders", "list")
    assert listed == [
        {
            "allegro_id": form["id"],
            "number": 1,
            "shop": "Sklep",
            "status": "paid",
            "allegro_status": "READY_FOR_PROCESSING",
            "total": "64.99",
            "currency": "PLN",
            "buyer_login": "kupujacy_1",
            "wants_invoice": True,
            "paid": True,
            "superseded_by": None,
            "lines": [
                {
                    "line_id": form["lineItems"][0]["id"],
                    "offer_id": "12001",
                    "sku": "KUB-1",
                    "name": "Kubek",
                    "quantity": 1,
                    "price": "40.00",
                    "vat": "23",
                    "vat_source": "offer",
                    "product": None,
                }
            ],
            "services": "10.00",
            "delivery_cost": "14.99",
            "deposit": "0.00",
            "problems": [],
            "documents": [],
        }
    ]
    every = told(installation, "orders", "list", "--all")
    assert [row["lines"][0]["sku"] for row in every] == ["KUB-1", None]
    assert [row["status"] for row in told(installation, "orders", "list", "--status", "cancelled")] == [
        "cancelled"
    ]
    row = told(installation, "shop", "list")[0]
    assert (row["shop"], row["state"], row["pending"], row["error"]) == ("Sklep", "connected", 0, None)
    assert row["cursor"]
    assert row["lag_s"] >= 0
    assert told(installation, "orders", "replay", "--dry-run") == [
        {"orders": 2, "different": 0, "unreadable": 0, "changed": 0, "purged": 0}
    ]


@pytest.mark.once
def test_refusals_carry_code_and_message(place: tuple[Installation, World]) -> None:
    installation, world = place
    told(installation, "shop", "connect", "Sklep")
    assert told(installation, "orders", "fetch", "--shop", "Inny", code=1)[0]["code"] == "shop_unknown"
    world.settings.account = "lampownia"
    assert told(installation, "shop", "connect", "Sklep", code=1)[-1]["code"] == "shop_seller_differs"
    broken = a_numbered_form(1)
    del broken["summary"]["totalToPay"]
    put(world, broken)
    world.grants.expire_access(None)
    counts, refusal = told(installation, "orders", "fetch", code=1)
    assert (counts["quarantined"], refusal["code"]) == (1, "allegro_payload_unreadable")
    assert refusal["allegro_id"] == broken["id"]
    assert "totalToPay" in refusal["message"]
    assert told(installation, "orders", "fetch")[0]["quarantined"] == 0
    world.grants.remove_app(None)
    _counts, refusal = told(installation, "orders", "fetch", code=1)
    assert refusal["code"] == "allegro_reconnect_needed"
    assert told(installation, "shop", "list")[0]["state"] == "reconnect"
    world.settings.account = "dom_i_kubek"
    told(installation, "shop", "connect", "Sklep")
    assert told(installation, "orders", "fetch")[0]["failed"] == 0
    assert installation.command("orders", "list", "--status", "nowhere").returncode == 2


@pytest.mark.once
def test_another_address_of_allegro_is_refused_by_name(place: tuple[Installation, World]) -> None:
    installation, _world = place
    told(installation, "shop", "connect", "Sklep")
    known = installation.environment["STRAGAN_ALLEGRO_API_URL"]
    installation.environment["STRAGAN_ALLEGRO_API_URL"] = "https://api.allegro.example"
    _counts, refusal = told(installation, "orders", "fetch", code=1)
    assert refusal["code"] == "allegro_address_differs"
    assert known in refusal["message"]
    assert "https://api.allegro.example" in refusal["message"]


def test_commands_before_the_first_company_are_refused(tmp_path: Path) -> None:
    with an_installation(tmp_path) as installation:
        for words in (("shop", "list"), ("orders", "fetch"), ("documents", "issue", "invoice", "--ready")):
            assert [row["code"] for row in told(installation, *words, code=1)] == ["company_missing"]
        installation.init()
        assert told(installation, "orders", "list") == []


@pytest.mark.once
def test_a_clock_that_says_nothing_is_wrong_usage(tmp_path: Path) -> None:
    with an_installation(tmp_path) as installation:
        installation.environment["STRAGAN_NOW"] = "yesterday"
        done = installation.command("orders", "list", "--json")
        assert (done.returncode, done.stdout) == (2, "")
        assert "STRAGAN_NOW" in done.stderr

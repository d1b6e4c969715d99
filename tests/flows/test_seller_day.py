"""A seller's day by commands alone: from an empty folder to registers and stock that agree with documents."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from builders.installations import PASSWORD, Installation, an_installation
from builders.markets import a_world
from standins.allegro.server import running
from standins.allegro.world import World

pytestmark = pytest.mark.slow
KINDS = ("invoice", "receipt", "pro_forma", "offer", "other_income")
FISCAL = ("invoice", "receipt", "other_income")
NIP = "5260250274"
OPENING = 1000


class Seller:
    """Somebody at a terminal."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation

    def run(self, *words: str, code: int | None = 0, stdin: str = "") -> list[dict[str, Any]]:
        """Run a command with --json; its lines."""
        done = self.installation.command(*words, "--json", stdin=stdin)
        assert code is None or done.returncode == code, (words, done.stdout[-2000:], done.stderr[-2000:])
        return [json.loads(line) for line in done.stdout.splitlines()]

    def orders(self) -> list[dict[str, Any]]:
        """All orders, the hidden ones too."""
        return self.run("orders", "list", "--all")

    def stock(self) -> dict[str, dict[str, Any]]:
        """Levels by name of the product."""
        return {row["name"]: row for row in self.run("stock", "list")}

    def register(self, book: str, period: str) -> list[dict[str, Any]]:
        """Rows of one register."""
        return self.run("books", "list", book, "--period", period)


@pytest.fixture
def world() -> World:
    return a_world(orders=60, seed=11)


@pytest.fixture
def seller(tmp_path: Path, world: World) -> Iterator[Seller]:
    with an_installation(tmp_path) as made, running(world) as url:
        for name in ("API_URL", "AUTH_URL"):
            made.environment[f"STRAGAN_ALLEGRO_{name}"] = url
        for name in ("CLIENT_ID", "CLIENT_SECRET"):
            made.environment[f"STRAGAN_ALLEGRO_{name}"] = "client"
        yield Seller(made)


def begin(seller: Seller, *switches: str) -> None:
    words = ["--nip", NIP, "--name", "Próbna", "--email", "anna@example.com", "--password-stdin"]
    place = ["--address", "ul. Wzorcowa 8, 00-999 Przykładowo"]
    assert seller.run("init", *words, *place, *switches, stdin=PASSWORD)[-1]["company"] == NIP
    seller.run("shop", "connect", "Sklep", "--since", "2020-01-01")
    assert seller.run("orders", "fetch")[-1]["failed"] == 0


def the_catalog(seller: Seller, path: Path) -> None:
    """Import a product for every offer, each with an opening stock."""
    names = {line["name"]: line["sku"] or "" for order in seller.orders() for line in order["lines"]}
    rows = [f"P{place};{name};23;{OPENING}" for place, name in enumerate(names)]
    path.write_text("\n".join(["sku;nazwa;vat;stan", *rows]), encoding="utf-8")
    assert len(seller.run("products", "import", str(path))) == len(names)


def issue_everything(seller: Seller) -> dict[str, list[dict[str, Any]]]:
    """Give every order that can have one a document, kinds in turn; documents by kind."""
    given: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
    wanted: dict[str, list[str]] = {kind: [] for kind in KINDS}
    live = [one for one in seller.orders() if one["allegro_status"] == "READY_FOR_PROCESSING"]
    for place, order in enumerate(one for one in live if not one["superseded_by"]):
        wanted[KINDS[place % len(KINDS)]].append(order["allegro_id"])
    for kind, ids in wanted.items():
        rows = seller.run("documents", "issue", kind, "--order", *ids, code=None)
        assert [row["order"] for row in rows] == ids
        given[kind] = [row for row in rows if "document" in row]
        again = seller.run("documents", "issue", kind, "--order", *ids, code=None)
        assert again == rows, "repeating gives the first result"
    return given


def moved(documents: list[dict[str, Any]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in documents:
        for move in row["stock"]:
            sums[move["name"]] += Decimal(move["quantity"])
    return sums


def total(rows: list[dict[str, Any]], key: str) -> Decimal:
    return sum((Decimal(row[key]) for row in rows), Decimal())


def test_stock_and_registers_follow_documents_of_a_vat_payer(seller: Seller, tmp_path: Path) -> None:
    begin(seller, "--vat-payer", "--warehouse", "--books", "kpir")
    the_catalog(seller, tmp_path / "products.csv")
    assert all(line["product"] for order in seller.orders() for line in order["lines"])
    given = issue_everything(seller)
    fiscal = [row for kind in FISCAL for row in given[kind]]
    assert all(given.values()), "every kind was issued"
    assert not any(row["stock"] or row["books"] for kind in ("pro_forma", "offer") for row in given[kind])
    assert_in_step(seller, fiscal)

    voided, zeroed, partly = given["invoice"][0], given["invoice"][1], given["receipt"][0]
    seller.run("documents", "void", voided["document"])
    to_zero = seller.run("documents", "correct", zeroed["document"], "--json-lines", "-", stdin="")
    assert Decimal(to_zero[0]["gross"]) == -Decimal(zeroed["gross"])
    half = json.dumps({"line": 1, "quantity": "0"})
    back = seller.run("documents", "correct", partly["document"], "--json-lines", "-", stdin=half)
    rows = [row for row in fiscal if row is not voided] + to_zero + back
    # The tax of a consumer's invoice goes down when it is confirmed that the correction was received.
    waiting = [row for row in to_zero if "vat" not in {entry["register"] for entry in row["books"]}]
    assert_in_step(seller, rows, waiting=waiting)
    for gone in (voided, zeroed):
        assert seller.run("documents", "issue", "invoice", "--order", gone["order"])[0]["document"]


def assert_in_step(seller: Seller, rows: list[dict[str, Any]], *, waiting: Sequence[Any] = ()) -> None:
    """Stock is receipts less issues, registers are the documents, to the piece and to the grosz."""
    went = moved(rows)
    for name, level in seller.stock().items():
        assert Decimal(level["on_hand"]) == OPENING + went[name], name
        assert Decimal(level["available"]) == Decimal(level["on_hand"]) - Decimal(level["reserved"])
    vat = the_register(seller, "vat", rows)
    taxed = [row for row in rows if row not in waiting]
    assert total(vat, "net") == total(taxed, "net")
    assert total(vat, "vat") == total(taxed, "vat")
    assert total(the_register(seller, "kpir", rows), "net") == total(rows, "net")


def the_register(seller: Seller, book: str, documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a register in all months that these documents were posted to."""
    posted = [entry for row in documents for entry in row["books"] if entry["register"] == book]
    months = sorted({entry["period"] for entry in posted})
    return [row for month in months for row in seller.register(book, month)]


@pytest.mark.once
def test_an_exempt_seller_has_no_vat_and_no_stock(seller: Seller) -> None:
    begin(seller, "--no-vat-payer", "--no-warehouse", "--books", "ryczalt")
    given = issue_everything(seller)
    rows = [row for kind in FISCAL for row in given[kind]]
    assert all(given.values())
    assert not total(rows, "vat")
    assert not any(row["stock"] for row in rows)
    assert the_register(seller, "vat", rows) == []
    assert total(the_register(seller, "ryczalt", rows), "amount") == total(rows, "gross")


def test_the_check_names_what_is_missing(seller: Seller, world: World) -> None:
    begin(seller)
    found = seller.run("orders", "reconcile")
    assert found[-1]["complete"] is True
    world.add_orders(1, seller=0)
    fresh = world.live_orders()[-1]
    lacking = seller.run("orders", "reconcile", code=1)
    assert lacking[-1]["complete"] is False
    assert any(row.get("order") == world.form(fresh)["id"] for row in lacking[:-1])

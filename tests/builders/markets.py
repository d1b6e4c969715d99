"""A stand-in Allegro with a shop of ours connected to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from builders.companies import a_company
from standins.allegro.server import running
from standins.allegro.world import World
from stragan.companies.models import Company
from stragan.flows.connect_shop import connect_by_device
from stragan.flows.fetch_shop import fetch_shop
from stragan.orders.models import Order
from stragan.shops.actions import Wish
from stragan.shops.models import Shop, SyncRun

NOW = datetime.now(tz=UTC)


@dataclass(frozen=True, slots=True)
class Market:
    """The world behind the stand-in, its address and our company."""

    world: World
    url: str
    company: Company

    def connect(self, name: str = "Sklep", *, company: Company | None = None, **changes: Any) -> Shop:
        """Connect an account by device code; *changes* override what is wished."""
        wish: dict[str, Any] = {
            "name": name,
            "buyer_source": "delivery",
            "since_date": date(2026, 1, 1),
            "client_id": "",
        }
        return connect_by_device(
            company=company or self.company,
            wish=Wish(**(wish | changes)),
            show=lambda _grant: None,
            now=NOW,
            sleep=lambda _seconds: None,
        )

    def fetch(self, shop: Shop, *, trigger: str = "command") -> SyncRun:
        """Fetch the shop's orders."""
        run = fetch_shop(shop_id=shop.pk, trigger=trigger, now=NOW)
        assert run is not None
        return run

    def orders(self) -> dict[str, Order]:
        """All our orders by form id."""
        rows = Order.objects.for_company(self.company).order_by("number")
        return {order.allegro_id: order for order in rows}

    def put(self, form: dict[str, Any], *events: str) -> None:
        """Put a raw form into the world, with its events; none means one for its status."""
        bought = tuple(
            int(datetime.fromisoformat(line["boughtAt"]).timestamp() * 1000)
            for line in form["lineItems"]
            if line.get("boughtAt")
        )
        self.world.insert(form, seller=0, events=events or (form["status"],), bought=bought)

    def truth(self) -> dict[str, str]:
        """Form id → total of every form that Allegro would show."""
        forms = [self.world.form(order) for order in self.world.live_orders() if order.seller == 0]
        return {form["id"]: form["summary"]["totalToPay"]["amount"] for form in forms}

    def ours(self) -> dict[str, str]:
        """The same of our orders that are neither superseded nor gone."""
        return {
            form_id: f"{order.total:.2f}"
            for form_id, order in self.orders().items()
            if order.superseded_by_id is None and order.gone_at is None
        }

    def asked(self, part: str) -> int:
        """How many requests had *part* in their description so far."""
        return sum(count for what, count in self.world.log.counts.items() if part in what)


def a_world(*, orders: int = 0, seed: int = 7, **changes: Any) -> World:
    """A world that approves devices at once."""
    world = World(seed=seed, orders=orders, **changes)
    world.settings.approve_device_after = 0
    world.settings.device_interval_seconds = 1
    return world


@contextmanager
def a_market(settings: Any, *, world: World | None = None, **changes: Any) -> Iterator[Market]:
    """A running stand-in that our settings point to."""
    world = world or a_world(**changes)
    with running(world) as url:
        settings.ALLEGRO_API_URL = settings.ALLEGRO_AUTH_URL = url
        settings.ALLEGRO_CLIENT_ID = settings.ALLEGRO_CLIENT_SECRET = "client"
        yield Market(world, url, a_company())

"""A shop that sends things back to a stand-in Allegro, and the worker that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from builders.companies import NOW, a_member
from builders.markets import Market
from builders.orders import a_numbered_form, for_a_company
from stragan.flows import clients, send_back
from stragan.gateways.allegro import AllegroClient, Heard, Patience
from stragan.orders.models import Order
from stragan.outbox import actions
from stragan.outbox.models import Sending
from stragan.outbox.states import UNFINISHED, Kind
from stragan.shops.models import Shop

ROUNDS = 40


def impatient(
    *, api_url: str, access_token: str, client_id: str, heard: Callable[[Heard], None] | None = None
) -> AllegroClient:
    """A client that hardly waits between repeated calls; how often it repeats stays."""
    del client_id
    return AllegroClient(
        api_url=api_url,
        access_token=access_token,
        user_agent=clients.agent(),
        patience=Patience(first_wait_s=0.001, rate_limited_wait_s=0.001, longest_wait_s=0.01),
        heard=heard,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One shop with a paid order per number, each of a company that asked for an invoice."""

    market: Market
    shop: Shop
    boss: Any

    def order(self, number: int) -> Order:
        return self.market.orders()[f"5f1a{number:04}-aaaa-11f1-9000-{number:012}"]

    def switch(self, kind: Kind, *, on: bool = True, **chosen: Any) -> None:
        choice = actions.Choice(**chosen)
        now = datetime.now(tz=UTC)
        actions.switch(shop=self.shop, kind=kind, on=on, choice=choice, by=self.boss, now=now)

    def look(self) -> None:
        """One run of the worker, with everything due."""
        past = datetime.now(tz=UTC) - timedelta(seconds=1)
        Sending.objects.across_companies().filter(state__in=UNFINISHED).update(due_at=past)
        send_back.work(shop_id=self.shop.pk)

    def settle(self) -> None:
        """Let the worker run until nothing is left to do by itself."""
        for _ in range(ROUNDS):
            self.look()
            if not self.rows().filter(state__in=UNFINISHED).exists():
                return
        raise AssertionError(list(self.rows().values_list("state", "reason_code", "attempts")))

    def rows(self) -> Any:
        return Sending.objects.for_company(self.market.company).order_by("id")

    def states(self) -> list[tuple[str, str]]:
        return list(self.rows().values_list("state", "reason_code"))


def a_sending(document: Any, *, order: Any, state: str = "failed", **changes: Any) -> Sending:
    """A document that is sent to its order, as a run of the worker would have left it."""
    is_over = state not in UNFINISHED
    values: dict[str, Any] = {
        "company": order.company,
        "shop": order.shop,
        "order": order,
        "kind": Kind.INVOICE,
        "document": document,
        "state": state,
        "asked_at": NOW,
        "due_at": NOW,
        "done_at": NOW if is_over else None,
    }
    return Sending.objects.for_company(order.company).create(**(values | changes))


def a_desk(market: Market, *, orders: int = 1, asked: bool = True) -> Desk:
    """Connect a shop and fetch so many orders."""
    shop = market.connect()
    for number in range(1, orders + 1):
        form = a_numbered_form(number)
        market.put(for_a_company(form) if asked else form)
    market.fetch(shop)
    market.world.settings.scan_seconds = 0
    market.world.settings.invoice_pause_seconds = 0
    return Desk(market=market, shop=shop, boss=a_member(market.company))

"""The state of the stand-in: sellers, orders, journal, faults. Everything else reads and changes it here."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from random import Random
from typing import Final

from standins.allegro import people
from standins.allegro.catalog import Catalog
from standins.allegro.clock import DAY, MINUTE, SECOND, Clock, iso
from standins.allegro.faults import Faults
from standins.allegro.forms import FormBuilder
from standins.allegro.grants import Grants
from standins.allegro.journal import Event, Journal
from standins.allegro.orders import Json, Order, deck_of, plan_order, revision_of, settle
from standins.allegro.stock import Stock

DEFAULT_LOGINS: Final = ("dom_i_kubek", "lampownia")
_IS_STALE: Final = ContextVar("is_stale", default=False)


@dataclass(frozen=True, slots=True)
class Seller:
    """One account that sells."""

    number: int
    id: str
    login: str
    company: str
    nip: str
    catalog: Catalog

    def me(self) -> Json:
        """Return what ``GET /me`` says."""
        return {
            "id": self.id,
            "login": self.login,
            "firstName": "Łucja",
            "lastName": "Zmyślona",
            "email": f"{self.login}@allegromail.example.com",
            "baseMarketplace": {"id": "allegro-pl"},
            "company": {"name": self.company, "taxId": self.nip},
            "features": ["SUPER_SELLER"],
        }


@dataclass(slots=True)
class Settings:
    """What tests and the demo may choose while it runs.

    *auto_approve*: consent pages redirect at once. *approve_device_after*: polls after which a device code is
    approved by itself; None waits for a person. *account*: login that self-approval takes; None takes the
    first seller not yet connected. *scan_seconds*: how long a sent file is WAITING.
    *invoice_pause_seconds*: how soon after metadata without a file the next is refused with 429.
    *invoice_without_request*: whether files are taken for orders that asked for no invoice.
    *payouts*: whether wallets are paid out each day, which lets nothing wait; *deductions*: less some fees.
    *sent_on_parcel*: whether a tracking number makes the order ``SENT``. *used_waybills* are refused.
    """

    auto_approve: bool = False
    approve_device_after: int | None = None
    account: str | None = None
    access_token_seconds: int = 43_199
    refresh_grace_seconds: int = 60
    code_seconds: int = 10
    device_interval_seconds: int = 5
    scan_seconds: float = 3.0
    scan_verdict: str = "ACCEPTED"
    invoice_pause_seconds: float = 1.0
    invoice_without_request: bool = True
    payouts: bool = False
    deductions: bool = True
    sent_on_parcel: bool = False
    used_waybills: tuple[str, ...] = ()
    clients: dict[str, str] | None = None
    check_headers: bool = True


@dataclass(slots=True)
class Invoice:
    """Metadata of a document sent into an order, and its file once it has come."""

    id: str
    number: str | None
    name: str
    created_ms: int
    uploaded_ms: int | None = None
    content: bytes = b""
    verdict: str = "ACCEPTED"


@dataclass(slots=True)
class Shipment:
    """A tracking number of an order."""

    id: str
    carrier: str
    carrier_name: str
    waybill: str
    created_ms: int


@dataclass(slots=True)
class Refund:
    """Money given back to a buyer: when the seller's wallet was charged for it, and got it back again."""

    id: str
    payment_id: str
    minor: int
    created_ms: int
    status: str = "SUCCESS"
    reason: str = "REFUND"
    charged_ms: int | None = None
    cancelled_ms: int | None = None
    surcharges: dict[str, int] = field(default_factory=dict)  # payment id → how much of *minor* it gives back


@dataclass(slots=True)
class Seen:
    """One request the stand-in got."""

    method: str
    path: str
    query: str
    status: int = 0
    fault: str = ""


@dataclass(slots=True)
class Log:
    """The latest requests and counts of all."""

    entries: list[Seen] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    keep: int = 5_000

    def add(self, seen: Seen, template: str) -> None:
        """Remember one request."""
        key = f"{seen.method} {template} {seen.status}"
        self.counts[key] = self.counts.get(key, 0) + 1
        self.entries.append(seen)
        if len(self.entries) > self.keep * 2:
            del self.entries[: self.keep]

    def clear(self) -> None:
        """Forget all."""
        self.entries.clear()
        self.counts.clear()


class World:
    """A made-up Allegro, the same for the same seed, number of orders and start."""

    def __init__(
        self,
        *,
        seed: int = 1,
        orders: int = 300,
        logins: tuple[str, ...] = DEFAULT_LOGINS,
        now_ms: int | None = None,
        days: float = 30.0,
        frozen: bool = False,
    ) -> None:
        self.seed = seed
        self.initial_orders = orders
        self.anchor_ms = now_ms if now_ms is not None else int(time.time() * SECOND)
        self.days = days
        self.clock = Clock(self.anchor_ms, frozen=frozen)
        self.sellers = tuple(_seller(seed, number, login) for number, login in enumerate(logins))
        self.settings = Settings()
        self.faults = Faults()
        self.log = Log()
        self.grants = Grants()
        self.hidden: set[tuple[str, str]] = set()  # (source, see hide; form id): left out there
        self.told: list[Json] | None = None  # a journal as given, in place of ours, however odd
        self.invoices: dict[str, list[Invoice]] = {}
        self.shipments: dict[str, list[Shipment]] = {}
        self.refunds: dict[str, list[Refund]] = {}  # by form id, beside those that kinds of orders bring
        self.charged_to: dict[str, dict[str, str]] = {}  # order id → line id → merged-away id with its fees
        self.charges: dict[int, list[tuple[int, Json]]] = {}  # by seller: entries beside those of orders
        self.stock = Stock()
        self.orders: list[Order] = []
        self.by_id: dict[str, Order] = {}
        self.before: dict[str, Json] = {}  # form id → the form before its latest change
        self.journals = tuple(Journal() for _ in logins)
        self._deck = deck_of(seed)
        self._sorted: dict[tuple[int, str], list[Order]] = {}
        self.selections: dict[tuple[object, ...], list[Order]] = {}
        self.operations: dict[tuple[object, ...], list[tuple[int, Json]]] = {}  # what was worked out already
        self.version = 0
        self._generate(orders)

    def now_ms(self) -> int:
        """Return the present instant of this world."""
        return self.clock.now_ms()

    def _generate(self, count: int) -> None:
        draw = Random(f"times:{self.seed}")
        span_ms = int(self.days * DAY)
        # The newest order is some minutes old; the oldest is first, as their numbers go.
        ages = sorted((int(draw.random() * span_ms) + 3 * MINUTE for _ in range(count)), reverse=True)
        pending: list[tuple[int, int, Order, str, str]] = []
        for index, age_ms in enumerate(ages):
            order = self._plan(index, self.anchor_ms - age_ms)
            for name, instant_ms, form_id in settle(order, self.anchor_ms):
                pending.append((instant_ms, len(pending), order, name, form_id or order.id))
        pending.sort()
        for instant_ms, _, order, name, form_id in pending:
            self._write(order, name, form_id=form_id, occurred_ms=instant_ms, written_ms=instant_ms)
        for journal in self.journals:
            journal.generated = len(journal.events)

    def _plan(self, index: int, bought_ms: int) -> Order:
        order = plan_order(
            seed=self.seed, index=index, sellers=len(self.sellers), bought_ms=bought_ms, deck=self._deck
        )
        self.adopt(order)
        return order

    def adopt(self, order: Order) -> None:
        """Take an order in."""
        self.orders.append(order)
        self.by_id[order.id] = order
        self.changed()

    def _write(self, order: Order, name: str, *, form_id: str, occurred_ms: int, written_ms: int) -> Event:
        return self.journals[order.seller].append(
            order_index=order.index,
            form_id=form_id,
            name=name,
            instants=(occurred_ms, written_ms),
            revision=order.revision,
        )

    def restart(self, *, anchor_ms: int, now_ms: int) -> None:
        """Generate the same orders again as an earlier run that began at *anchor_ms*."""
        self.anchor_ms = anchor_ms
        self.clock = Clock(max(now_ms, self.clock.now_ms()))
        self.orders.clear()
        self.by_id.clear()
        self.journals = tuple(Journal() for _ in self.sellers)
        self._generate(self.initial_orders)

    # Reading

    def form(self, order: Order) -> Json:
        """Return the order's checkout form as it stands; a stale answer knows the one before."""
        if self.is_stale() and order.id in self.before:
            return self.before[order.id]
        if order.form is not None:
            return order.form
        return FormBuilder(order, self.sellers[order.seller].catalog, self.seed).build()

    def find(self, form_id: str, *, seller: int) -> Order | None:
        """Return this seller's live order, None when unknown, foreign or merged away."""
        order = self.by_id.get(form_id)
        if order is None or order.seller != seller or ("form", form_id) in self.hidden:
            return None
        return order if self._answers(order) else None

    def _answers(self, order: Order) -> bool:
        if self.is_stale():
            return order.id in self.before or order.index < self.initial_orders
        return not order.gone

    def is_stale(self) -> bool:
        """Tell whether the answer under way is one of before."""
        return _IS_STALE.get()

    @contextmanager
    def stale(self) -> Iterator[None]:
        """Answer what is asked meanwhile as it was: new orders are missing, retired ones are there."""
        token = _IS_STALE.set(True)
        try:
            yield
        finally:
            _IS_STALE.reset(token)

    def sorted_orders(self, seller: int, key: str) -> list[Order]:
        """Return a seller's live orders, oldest first by ``bought`` or ``updated``."""
        cached = None if self.is_stale() else self._sorted.get((seller, key))
        if cached is None:
            live = [order for order in self.orders if order.seller == seller and self._answers(order)]
            if key == "bought":
                live.sort(key=lambda order: (max(order.bought, default=0), order.index))
            else:
                live.sort(key=lambda order: (order.updated_ms, order.index))
            cached = live
            if not self.is_stale():
                self._sorted[seller, key] = live
        return cached

    def live_orders(self) -> list[Order]:
        """Return all orders that answer."""
        return [order for order in self.orders if not order.gone]

    def seller_by_login(self, login: str) -> Seller | None:
        """Return the seller of that login or id."""
        return next((seller for seller in self.sellers if login in {seller.login, seller.id}), None)

    # Changing

    def changed(self) -> None:
        """Note that orders changed: what was sorted or selected before no longer holds."""
        self.version += 1
        self._sorted.clear()
        self.selections.clear()

    def add_orders(self, count: int, *, kind: str | None = None, seller: int | None = None) -> list[Order]:
        """Let *count* new orders be bought just now, with all their events."""
        added = []
        for _ in range(count):
            now_ms = self.now_ms()
            index = len(self.orders)
            order = plan_order(
                seed=self.seed,
                index=index,
                sellers=len(self.sellers),
                bought_ms=now_ms - 5 * MINUTE,
                deck=self._deck,
            )
            if kind is not None:
                replanned = plan_order(
                    seed=self.seed,
                    index=index // 5 * 5 + 4,
                    sellers=1,
                    bought_ms=order.bought_ms,
                    deck=(kind,),
                )
                order.kind, order.status, order.fulfillment = kind, replanned.status, replanned.fulfillment
            if seller is not None:
                order.seller = seller
            for name, instant_ms, form_id in settle(order, now_ms):
                self._write(
                    order, name, form_id=form_id or order.id, occurred_ms=instant_ms, written_ms=self.now_ms()
                )
            self.adopt(order)
            added.append(order)
        return added

    def insert(self, form: Json, *, seller: int, events: tuple[str, ...], bought: tuple[int, ...]) -> Order:
        """Put a raw form in, or in place of one with the same id; the form is shown exactly as given."""
        known = self.by_id.get(str(form["id"]))
        now_ms = self.now_ms()
        if known is None:
            order = Order(
                index=len(self.orders),
                seller=seller,
                key=len(self.orders),
                kind="raw",
                bought_ms=max(bought, default=now_ms),
                id=str(form["id"]),
                status="",
                updated_ms=now_ms,
                known_ms=now_ms,
            )
            self.adopt(order)
        else:
            order = known
            order.revision += 1
            order.seller, order.gone, order.updated_ms = seller, False, now_ms
        order.form, order.bought = form, bought
        order.status = str(form.get("status"))
        order.fulfillment = str((form.get("fulfillment") or {}).get("status"))
        self.changed()
        for name in events:
            self._write(order, name, form_id=order.id, occurred_ms=now_ms, written_ms=now_ms)
        return order

    def emit(self, order: Order, name: str, *, delay_seconds: float = 0.0) -> Event:
        """Write one more event of an order; it occurred *delay_seconds* ago."""
        self.version += 1
        now_ms = self.now_ms()
        occurred_ms = now_ms - int(delay_seconds * SECOND)
        return self._write(order, name, form_id=order.id, occurred_ms=occurred_ms, written_ms=now_ms)

    def retire(self, order: Order) -> None:
        """Let the form answer 404 from now on."""
        self.before[order.id] = self.form(order)
        order.gone = True
        self.changed()

    def hide(self, order: Order, *, source: str) -> None:
        """Leave an order out of one source: ``list``, ``journal``, ``payments``, or ``form`` by id.

        Of its refunds: their ``refund_operations``, or the list of ``refunds``.
        """
        if source not in {"list", "journal", "payments", "form", "refunds", "refund_operations"}:
            raise ValueError(source)
        self.hidden.add((source, order.id))
        self.changed()

    def touched(self, order: Order, form: Json, *, by_buyer: bool) -> None:
        """Keep a changed form: a new revision, and a new updatedAt when the buyer did it."""
        self.before[order.id] = self.form(order)
        order.form = form
        order.status = str(form["status"])
        order.fulfillment = str(form["fulfillment"]["status"])
        order.revision += 1
        if by_buyer:
            order.updated_ms = max(self.now_ms(), order.updated_ms + 1)
        form["revision"] = revision_of(order)
        form["updatedAt"] = iso(order.updated_ms)
        self.changed()


def _seller(seed: int, number: int, login: str) -> Seller:
    names = {
        "dom_i_kubek": "Dom i Kubek Łucja Zmyślona",
        "lampownia": "Lampownia Zmyślona Sp. z o.o.",
    }
    return Seller(
        number=number,
        id=str(800_000_001 + number),
        login=login,
        company=names.get(login, f"Sklep Zmyślony {number + 1}"),
        nip=people.nip(100 + number),
        catalog=Catalog(seed=seed, seller=number),
    )

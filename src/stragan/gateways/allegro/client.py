"""The calls Stragan makes to Allegro's REST API, one method each."""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, Self, TypeVar
from urllib.parse import quote

import httpx2
import msgspec

from stragan.gateways.allegro.budget import Budget
from stragan.gateways.allegro.errors import AllegroRejected, AllegroUnavailable, FormGone, OrdersWindowTooWide
from stragan.gateways.allegro.invoices import OrderInvoices, read_invoices, read_new_invoice_id
from stragan.gateways.allegro.journal import EventPage, LatestEvent, read_events, read_latest
from stragan.gateways.allegro.money_moves import (
    BillingEntry,
    PaymentOperations,
    Refunds,
    read_billing_entries,
    read_payment_operations,
    read_refunds,
)
from stragan.gateways.allegro.offers import OfferPage, read_offers
from stragan.gateways.allegro.pages import FormPage, RawForm, read_form, read_page
from stragan.gateways.allegro.quantities import QuantityTask, quantity_command, read_stock, read_tasks
from stragan.gateways.allegro.seller import Marketplace, Me, read_marketplaces, read_me
from stragan.gateways.allegro.shipments import (
    Carrier,
    Shipment,
    new_shipment,
    read_carriers,
    read_new_shipment,
    read_shipments,
)
from stragan.gateways.allegro.transport import (
    CONNECTED_WITHIN_S,
    SENT_WITHIN_S,
    Answer,
    Call,
    Heard,
    Patience,
    Transport,
    iso,
    understood,
)

T = TypeVar("T")

MEDIA_TYPE: Final = "application/vnd.allegro.public.v1+json"
REACHABLE_FORMS: Final = 10_000
TIMEOUT_S: Final = 20.0
# From the call of a method that is not repeated until nothing more comes of it: sent to the last piece,
# that piece taken by the line, and Allegro at work on it.
WRITTEN_WITHIN_S: Final = SENT_WITHIN_S + 2 * TIMEOUT_S
# A pause, or a connection, its handshake and the beginning of an answer.
LONGEST_SILENCE_S: Final = max(Patience().longest_wait_s, 2 * CONNECTED_WITHIN_S + TIMEOUT_S)
_ENGLISH: Final = {"Accept-Language": "en-US"}  # the only language these resources accept
_ACCEPTED: Final = 202
_NOT_FOUND: Final = 404
_GONE: Final = frozenset({404, 410})
# A page of some proxy on the way, or an address Allegro does not know, says nothing about a form.
_NO_SUCH: Final = frozenset({"CheckoutFormNotFoundException", "NotFoundException", "INVOICE-NOT-FOUND"})
_UNPROCESSABLE: Final = 422


class AllegroClient:
    """Allegro as one seller sees it. Keep it for a batch of calls, close it after.

        with AllegroClient(api_url=url, access_token=token, user_agent=agent) as client:
            page = client.events(after=cursor)

    Every method may raise ``AllegroUnavailable``, ``RateLimited``, ``TokenRejected``, ``ScopeMissing``,
    ``AllegroRejected`` and ``UnreadableAnswer``; what else it may raise stands beside it.
    """

    def __init__(
        self,
        *,
        api_url: str,
        access_token: str,
        user_agent: str,
        budget: Budget | None = None,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        language: str = "pl-PL",
        timeout_s: float = TIMEOUT_S,
        patience: Patience | None = None,
        heard: Callable[[Heard], None] | None = None,
    ) -> None:
        """Make a client; *heard* is told of each answer that was understood or refused what was asked."""
        self._transport = Transport(
            base_url=api_url,
            headers={
                "Authorization": f"Bearer {access_token}",
                "User-Agent": user_agent,
                "Accept": MEDIA_TYPE,
                "Accept-Language": language,
            },
            timeout_s=timeout_s,
            budget=budget,
            patience=patience,
            transport=transport,
            sleep=sleep,
            heard=heard,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def while_waiting(self, still_here: Callable[[], None]) -> None:
        """Call *still_here* at least once in ``LONGEST_SILENCE_S`` while a call takes long; it may raise."""
        self._transport.while_waiting(still_here)

    def reserve(self) -> None:
        """Wait now for the next call's share of the quota, so that the call itself starts at once.

        :raises RateLimited: that would take too long.
        """
        self._transport.reserve()

    def me(self) -> Me:
        """Return the seller this token belongs to."""
        return self._read("/me", read_me)

    def marketplaces(self) -> tuple[Marketplace, ...]:
        """Return all marketplaces of Allegro."""
        return self._read("/marketplaces", read_marketplaces, headers=_ENGLISH)

    def event_stats(self) -> LatestEvent:
        """Return the newest event of the journal: the cursor to start from."""
        return self._read("/order/event-stats", read_latest)

    def events(self, *, after: str | None, limit: int = 1000) -> EventPage:
        """Return up to *limit* (1-1000) events that follow the event *after*.

        With None the journal starts at the oldest event Allegro keeps (60 days).
        """
        params = [("limit", str(limit)), *_given([("from", after)])]
        call = Call(method="GET", path="/order/events", params=params, repeatable=True)
        return self._transport.send(
            call,
            lambda answer: EventPage(events=understood(answer, read_events), trace_id=answer.trace_id),
        )

    def list_forms(
        self,
        *,
        limit: int = 100,
        offset: int = 0,
        sort: str | None = None,
        bought_from: datetime | None = None,
        bought_to: datetime | None = None,
        updated_from: datetime | None = None,
        updated_to: datetime | None = None,
        status: Sequence[str] = (),
        fulfillment_status: Sequence[str] = (),
        buyer_login: str | None = None,
        payment_id: str | None = None,
        surcharge_id: str | None = None,
        marketplace_id: str | None = None,
    ) -> FormPage:
        """Return a page of order forms as raw bytes; both ends of a window are included.

        *sort* is ``lineItems.boughtAt`` or ``updatedAt``, with ``-`` for newest first (Allegro's
        default is ``-lineItems.boughtAt``); *limit* is 1-100.

        :raises OrdersWindowTooWide: ``offset + limit`` passes 10,000.
        """
        if offset + limit > REACHABLE_FORMS:
            raise OrdersWindowTooWide(offset=offset, limit=limit)
        params = [
            ("limit", str(limit)),
            ("offset", str(offset)),
            *[("status", value) for value in status],
            *[("fulfillment.status", value) for value in fulfillment_status],
            *_given(
                [
                    ("sort", sort),
                    ("lineItems.boughtAt.gte", bought_from),
                    ("lineItems.boughtAt.lte", bought_to),
                    ("updatedAt.gte", updated_from),
                    ("updatedAt.lte", updated_to),
                    ("buyer.login", buyer_login),
                    ("payment.id", payment_id),
                    ("surcharges.id", surcharge_id),
                    ("marketplace.id", marketplace_id),
                ]
            ),
        ]
        call = Call(method="GET", path="/order/checkout-forms", params=params, repeatable=True)
        try:
            return self._transport.send(
                call,
                lambda answer: understood(answer, lambda body: read_page(body, trace_id=answer.trace_id)),
            )
        except AllegroRejected as refusal:
            if refusal.status == _UNPROCESSABLE and offset:
                raise OrdersWindowTooWide(**refusal.params) from refusal
            raise

    def get_form(self, form_id: str) -> RawForm:
        """Return one order form as raw bytes.

        :raises FormGone: Allegro has no such form (any more).
        """
        call = Call(method="GET", path=f"/order/checkout-forms/{_segment(form_id)}", repeatable=True)
        return self._on_form(call, _whole_form, form_id=form_id)

    def set_fulfillment(self, form_id: str, *, status: str, revision: str | None = None) -> None:
        """Set the seller's status of the whole order.

        With *revision* Allegro refuses when the form changed since. Never repeated by itself: its own
        success makes the revision stale, and without one it would undo what somebody sets meanwhile.

        :raises AllegroConflict: the revision is stale.
        :raises FormGone: Allegro has no such form.
        """
        self._on_form(
            Call(
                method="PUT",
                path=f"/order/checkout-forms/{_segment(form_id)}/fulfillment",
                params=_given([("checkoutForm.revision", revision)]),
                headers={"Content-Type": MEDIA_TYPE, **_ENGLISH},
                content=msgspec.json.encode({"status": status}),
            ),
            lambda _answer: None,
            form_id=form_id,
        )

    def list_invoices(self, form_id: str) -> OrderInvoices:
        """Return the documents attached to an order.

        :raises FormGone: Allegro has no such form.
        """
        path = f"/order/checkout-forms/{_segment(form_id)}/invoices"
        call = Call(method="GET", path=path, headers=_ENGLISH, repeatable=True)
        return self._on_form(call, lambda answer: understood(answer, read_invoices), form_id=form_id)

    def add_invoice(self, form_id: str, *, file_name: str, invoice_number: str | None) -> str:
        """Announce a document and return the id its file is uploaded to.

        Allegro knows no idempotency here: read ``list_invoices`` before, and again when the answer
        was lost. Ten records an order at most.

        :raises AllegroConflict: the previous file is still being scanned.
        :raises FormGone: Allegro has no such form.
        """
        announced: dict[str, object] = {"file": {"name": file_name}}
        if invoice_number is not None:
            announced["invoiceNumber"] = invoice_number
        call = Call(
            method="POST",
            path=f"/order/checkout-forms/{_segment(form_id)}/invoices",
            headers={"Content-Type": MEDIA_TYPE, **_ENGLISH},
            content=msgspec.json.encode(announced),
        )
        return self._on_form(call, lambda answer: understood(answer, read_new_invoice_id), form_id=form_id)

    def upload_invoice_file(self, form_id: str, *, invoice_id: str, pdf: bytes) -> None:
        """Upload the PDF (3 MB at most) of an announced document.

        Not repeated by itself: a file can neither be replaced nor removed, so the caller looks first.

        :raises AllegroConflict: the previous file is still being scanned.
        :raises FormGone: Allegro has no such form or document.
        """
        call = Call(
            method="PUT",
            path=f"/order/checkout-forms/{_segment(form_id)}/invoices/{_segment(invoice_id)}/file",
            headers={"Content-Type": "application/pdf", **_ENGLISH},
            content=pdf,
        )
        self._on_form(call, lambda _answer: None, form_id=form_id)

    def list_shipments(self, form_id: str) -> tuple[Shipment, ...]:
        """Return the parcels of an order, also those that the carrier or somebody by hand added.

        :raises FormGone: Allegro has no such form.
        """
        path = f"/order/checkout-forms/{_segment(form_id)}/shipments"
        call = Call(method="GET", path=path, repeatable=True)
        return self._on_form(call, lambda answer: understood(answer, read_shipments), form_id=form_id)

    def add_shipment(self, form_id: str, *, carrier_id: str, carrier_name: str, waybill: str) -> Shipment:
        """Add a tracking number for all lines of an order; *carrier_name* is told for ``OTHER`` only.

        Allegro knows no idempotency here: read ``list_shipments`` before, and again when the answer was lost.

        :raises AllegroConflict: the number is in too many orders already.
        :raises FormGone: Allegro has no such form.
        """
        call = Call(
            method="POST",
            path=f"/order/checkout-forms/{_segment(form_id)}/shipments",
            headers={"Content-Type": MEDIA_TYPE},
            content=new_shipment(carrier_id=carrier_id, carrier_name=carrier_name, waybill=waybill),
        )
        return self._on_form(call, lambda answer: understood(answer, read_new_shipment), form_id=form_id)

    def carriers(self) -> tuple[Carrier, ...]:
        """Return the carriers Allegro can follow."""
        return self._read("/order/carriers", read_carriers)

    def list_offers(
        self,
        *,
        limit: int = 1000,
        offset: int = 0,
        offer_ids: Sequence[str] = (),
        external_ids: Sequence[str] = (),
        status: Sequence[str] = (),
        sort: str | None = None,
    ) -> OfferPage:
        """Return a page of the seller's offers, by id, SKU (*external_ids*) or publication status.

        Allegro's default order is newest first; *sort* is for instance ``stock.available``.
        """
        return self._read(
            "/sale/offers",
            read_offers,
            params=[
                ("limit", str(limit)),
                ("offset", str(offset)),
                *[("offer.id", value) for value in offer_ids],
                *[("external.id", value) for value in external_ids],
                *[("publication.status", value) for value in status],
                *_given([("sort", sort)]),
            ],
        )

    def offer_stock(self, offer_id: str) -> int | None:
        """Return how many pieces an offer has left at this moment."""
        return self._read(f"/sale/product-offers/{_segment(offer_id)}", read_stock)

    def set_offer_quantity(self, command_id: str, *, offer_id: str, quantity: int) -> None:
        """Ask Allegro to set an offer's stock to *quantity* (1 or more) under a command id of ours.

        Allegro does it later: ``quantity_tasks`` says how it went. Not repeated by itself: when the
        answer is lost, ask for the tasks of the same command first.

        :raises AllegroConflict: the command id was used before, so the command is there.
        """
        assert quantity > 0, "a command cannot empty an offer"
        call = Call(
            method="PUT",
            path=f"/sale/offer-quantity-change-commands/{_segment(command_id)}",
            headers={"Content-Type": MEDIA_TYPE},
            content=quantity_command(offer_id=offer_id, quantity=quantity),
        )
        self._transport.send(call, lambda _answer: None)

    def quantity_tasks(self, command_id: str) -> tuple[QuantityTask, ...] | None:
        """Return what became of a quantity command; None when Allegro knows no such command."""
        path = f"/sale/offer-quantity-change-commands/{_segment(command_id)}/tasks"
        try:
            return self._read(path, read_tasks, params=[("limit", "1000")])
        except AllegroRejected as refusal:
            if refusal.status == _NOT_FOUND:
                return None
            raise

    def empty_offer(self, offer_id: str) -> bool:
        """Set an offer's stock to 0, which ends it; a command takes only quantities above zero.

        False means that Allegro does it later: ``offer_stock`` says when. Not repeated by itself: when the
        answer is lost, ask for that first, since meanwhile the offer may have got another stock.
        """
        call = Call(
            method="PATCH",
            path=f"/sale/product-offers/{_segment(offer_id)}",
            headers={"Content-Type": MEDIA_TYPE},
            content=msgspec.json.encode({"stock": {"available": 0}}),
        )
        return self._transport.send(call, lambda answer: answer.status != _ACCEPTED)

    def list_billing_entries(
        self,
        *,
        limit: int = 100,
        offset: int = 0,
        occurred_from: datetime | None = None,
        occurred_to: datetime | None = None,
        order_id: str | None = None,
        marketplace_id: str | None = None,
    ) -> tuple[BillingEntry, ...]:
        """Return a page of fees, newest first; Allegro shows those of one marketplace at a time.

        Without *marketplace_id* that is the one where the account was registered. *limit* is 1-100.
        """
        return self._read(
            "/billing/billing-entries",
            read_billing_entries,
            params=[
                ("limit", str(limit)),
                ("offset", str(offset)),
                *_given(
                    [
                        ("occurredAt.gte", occurred_from),
                        ("occurredAt.lte", occurred_to),
                        ("order.id", order_id),
                        ("marketplaceId", marketplace_id),
                    ]
                ),
            ],
        )

    def list_payment_operations(
        self,
        *,
        limit: int = 50,
        offset: int = 0,
        occurred_from: datetime | None = None,
        occurred_to: datetime | None = None,
        payment_id: str | None = None,
        wallet_type: str | None = None,
        group: str | None = None,
    ) -> PaymentOperations:
        """Return a page of wallet moves, newest first.

        *wallet_type* is ``AVAILABLE`` or ``WAITING``; *group* is ``INCOME``, ``OUTCOME``, ``REFUND`` or
        ``BLOCKADES``.
        """
        return self._read(
            "/payments/payment-operations",
            read_payment_operations,
            params=[
                ("limit", str(limit)),
                ("offset", str(offset)),
                *_given(
                    [
                        ("occurredAt.gte", occurred_from),
                        ("occurredAt.lte", occurred_to),
                        ("payment.id", payment_id),
                        ("wallet.type", wallet_type),
                        ("group", group),
                    ]
                ),
            ],
        )

    def list_refunds(
        self,
        *,
        limit: int = 100,
        offset: int = 0,
        occurred_from: datetime | None = None,
        occurred_to: datetime | None = None,
        payment_id: str | None = None,
        status: Sequence[str] = (),
    ) -> Refunds:
        """Return a page of refunds; both ends of a window are included. *limit* is 1-100."""
        return self._read(
            "/payments/refunds",
            read_refunds,
            params=[
                ("limit", str(limit)),
                ("offset", str(offset)),
                *[("status", value) for value in status],
                *_given(
                    [
                        ("occurredAt.gte", occurred_from),
                        ("occurredAt.lte", occurred_to),
                        ("payment.id", payment_id),
                    ]
                ),
            ],
        )

    def _read(
        self,
        path: str,
        read: Callable[[bytes], T],
        *,
        params: Sequence[tuple[str, str]] = (),
        headers: dict[str, str] | None = None,
    ) -> T:
        call = Call(method="GET", path=path, params=params, headers=headers or {}, repeatable=True)
        return self._transport.send(call, lambda answer: understood(answer, read))

    def _on_form(self, call: Call, read: Callable[[Answer], T], *, form_id: str) -> T:
        try:
            return self._transport.send(call, read)
        except AllegroRejected as refusal:
            if refusal.status not in _GONE:
                raise
            if refusal.allegro_code in _NO_SUCH:
                raise FormGone(**{**refusal.params, "form_id": form_id}) from refusal
            if not refusal.allegro_code:
                raise AllegroUnavailable(status=refusal.status, trace_id=refusal.trace_id) from refusal
            raise


def _given(params: Iterable[tuple[str, str | datetime | None]]) -> list[tuple[str, str]]:
    """Leave out what is None and write instants as Allegro wants them."""
    return [
        (name, iso(value) if isinstance(value, datetime) else value)
        for name, value in params
        if value is not None
    ]


def _segment(text: str) -> str:
    return quote(text, safe="")


def _whole_form(answer: Answer) -> RawForm:
    """Keep the bytes of one form, once they are known to be whole."""
    return understood(answer, lambda body: read_form(body, trace_id=answer.trace_id))

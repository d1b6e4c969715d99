"""An order as the rest of the product sees it: no word of Allegro's JSON is needed to read it.

Amounts are decimals with two places in ``currency``, gross. Instants are aware UTC.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

CASH_ON_DELIVERY: Final = "CASH_ON_DELIVERY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address with the name that belongs to it; every part may be empty."""

    first_name: str = ""
    last_name: str = ""
    company_name: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""

    @property
    def person(self) -> str:
        """First and last name, in that order."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerData:
    """The account that bought."""

    buyer_id: str
    login: str
    email: str = ""
    phone: str = ""
    guest: bool = False
    language: str = ""
    address: Address = Address()


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceData:
    """What the buyer said about the invoice. ``address`` is None until Allegro releases the order."""

    required: bool
    address: Address | None = None
    is_company: bool = False
    nip: str = ""
    vat_eu: str = ""
    vat_eu_verified: bool = False
    other_ids: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryData:
    """Where and how the goods go. ``cost`` is what the buyer paid for it."""

    method_id: str = ""
    method_name: str = ""
    cost: Decimal = Decimal("0.00")
    smart: bool = False
    address: Address | None = None
    address_changed_at: datetime | None = None
    phone: str = ""
    pickup_point_id: str = ""
    pickup_point_name: str = ""
    pickup_point_address: Address | None = None
    dispatch_to: datetime | None = None
    cancelled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurchargeData:
    """A later top-up of the payment."""

    payment_id: str
    paid: Decimal | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentData:
    """How the buyer pays. ``paid`` is None where no money is known to have come.

    ``cod_booked`` is cash on delivery that Allegro has settled; ``received`` adds everything up.
    """

    payment_id: str = ""
    type: str = ""
    provider: str = ""
    finished_at: datetime | None = None
    paid: Decimal | None = None
    features: tuple[str, ...] = ()
    surcharges: tuple[SurchargeData, ...] = ()
    cod_booked: Decimal | None = None
    cod_booked_at: datetime | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids by which payment operations name this order: of the payment and of its surcharges."""
        found = (self.payment_id, *(part.payment_id for part in self.surcharges))
        return tuple(dict.fromkeys(one[:60] for one in found if one))

    @property
    def online(self) -> Decimal:
        """Money that came through Allegro's payments: without cash on delivery."""
        return self.received - (self.cod_booked or Decimal("0.00"))

    @property
    def received(self) -> Decimal:
        """All money known to have come: payment, surcharges, settled cash on delivery.

        What stands as paid on an order with cash on delivery is the amount to collect, not money.
        """
        paid = Decimal("0.00") if self.type == CASH_ON_DELIVERY else self.paid or Decimal("0.00")
        extra = sum((part.paid for part in self.surcharges if part.paid is not None), Decimal("0.00"))
        return paid + extra + (self.cod_booked or Decimal("0.00"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceData:
    """An additional service bought with a line."""

    definition_id: str
    name: str
    price: Decimal
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineData:
    """One purchase act. ``price`` is the unit price the buyer pays, discounts already in it.

    ``vat_rate`` is None where Allegro sent no rate; ``vat_exemption`` its exemption code or empty.
    ``deposit`` is the packaging deposit per unit. ``product_vat`` is the VAT code of the product in our
    catalog that the offer sells, or empty: it is the only part that Allegro does not say.
    """

    line_id: str
    offer_id: str
    offer_name: str
    sku: str
    quantity: int
    price: Decimal
    original_price: Decimal
    deposit: Decimal
    vat_rate: Decimal | None
    vat_exemption: str
    vat_subject: str
    discounts: tuple[str, ...]
    services: tuple[ServiceData, ...]
    bought_at: datetime | None
    product_vat: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderData:
    """A whole order of one currency. ``total_to_pay`` is Allegro's own total, never recomputed."""

    allegro_id: str
    status: str
    fulfillment_status: str
    fulfillment_provider: str
    marketplace: str
    currency: str
    buyer: BuyerData
    invoice: InvoiceData
    delivery: DeliveryData
    payment: PaymentData
    lines: tuple[LineData, ...]
    total_to_pay: Decimal
    message: str
    note: str
    bought_at: datetime | None
    updated_at: datetime | None
    revision: str

    @property
    def lines_total(self) -> Decimal:
        """Goods: price × quantity of every line."""
        return sum((line.price * line.quantity for line in self.lines), Decimal("0.00"))

    @property
    def services_total(self) -> Decimal:
        """Additional services of every line."""
        return sum(
            (service.price * service.quantity for line in self.lines for service in line.services),
            Decimal("0.00"),
        )

    @property
    def deposit_total(self) -> Decimal:
        """Packaging deposits: unit deposit × quantity."""
        return sum((line.deposit * line.quantity for line in self.lines if line.deposit), Decimal("0.00"))

    @property
    def difference(self) -> Decimal:
        """Allegro's total less lines, services, delivery and deposits; 0.00 where they agree."""
        parts = self.lines_total + self.services_total + self.delivery.cost + self.deposit_total
        return self.total_to_pay - parts

"""An Allegro order ("checkout form") as frozen, typed values.

Required is only what no order can do without: ids, status, quantity, price and the total. All else
may be absent or null. Words Allegro may add to (statuses, payment types, tax codes) stay plain text.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final

from msgspec import Meta, Struct, field

Identifier = Annotated[str, Meta(min_length=1)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
LARGEST_AMOUNT: Final = Decimal("999999999.99")


class Amount(Struct, frozen=True, kw_only=True):
    """Money as Allegro states it: exact, two decimals, never negative."""

    amount: Decimal
    currency: Currency

    def __post_init__(self) -> None:
        if not self.amount.is_finite() or not 0 <= self.amount <= LARGEST_AMOUNT:
            raise ValueError("out of range")


class BuyerAddress(Struct, frozen=True, kw_only=True, rename="camel"):
    """The account's address; its postal code key differs from all others."""

    street: str | None = None
    city: str | None = None
    post_code: str | None = None
    country_code: str | None = None


class Preferences(Struct, frozen=True, kw_only=True, rename="camel"):
    """The buyer's language (BCP 47)."""

    language: str | None = None


class Buyer(Struct, frozen=True, kw_only=True, rename="camel"):
    """The account that bought. The mail address is masked and differs per order: never a key."""

    id: str | None = None
    login: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company_name: str | None = None
    guest: bool = False
    personal_identity: str | None = None
    phone_number: str | None = None
    preferences: Preferences = Preferences()
    address: BuyerAddress | None = None


class Payment(Struct, frozen=True, kw_only=True, rename="camel"):
    """A payment or a surcharge. For cash on delivery ``finished_at`` is no proof of money."""

    id: str | None = None
    type: str | None = None
    provider: str | None = None
    finished_at: datetime | None = None
    paid_amount: Amount | None = None
    reconciliation: Amount | None = None
    features: tuple[str, ...] = ()


class CodBookedPayment(Struct, frozen=True, kw_only=True, rename="camel"):
    """Cash on delivery that reached the seller through Allegro."""

    payment_id: str | None = None
    shipment_id: str | None = None
    paid_amount: Amount | None = None
    paid_at: datetime | None = None


class ShipmentSummary(Struct, frozen=True, kw_only=True, rename="camel"):
    """How many lines have a waybill: ``NONE``, ``SOME`` or ``ALL``."""

    line_items_sent: str | None = None


class FulfillmentProvider(Struct, frozen=True, kw_only=True):
    """``SELLER`` or ``ALLEGRO``."""

    id: str | None = None


class Fulfillment(Struct, frozen=True, kw_only=True, rename="camel"):
    """The seller's side: status, and who ships (``SELLER`` or ``ALLEGRO``)."""

    status: str | None = None
    shipment_summary: ShipmentSummary = ShipmentSummary()
    provider: FulfillmentProvider = FulfillmentProvider()


class DeliveryAddress(Struct, frozen=True, kw_only=True, rename="camel"):
    """The recipient; for pickup points still the buyer's own address."""

    first_name: str | None = None
    last_name: str | None = None
    street: str | None = None
    city: str | None = None
    zip_code: str | None = None
    country_code: str | None = None
    company_name: str | None = None
    phone_number: str | None = None
    modified_at: datetime | None = None


class DeliveryMethod(Struct, frozen=True, kw_only=True):
    """The method the buyer chose; names are localized, ids are not."""

    id: str | None = None
    name: str | None = None


class PickupPointAddress(Struct, frozen=True, kw_only=True, rename="camel"):
    """Where the pickup point stands."""

    street: str | None = None
    zip_code: str | None = None
    city: str | None = None
    country_code: str | None = None


class PickupPoint(Struct, frozen=True, kw_only=True):
    """A locker or shop the parcel goes to."""

    id: str | None = None
    name: str | None = None
    description: str | None = None
    address: PickupPointAddress | None = None


class TimeRange(Struct, frozen=True, kw_only=True):
    """From and to, either may be open."""

    from_: datetime | None = field(default=None, name="from")
    to: datetime | None = None


class DeliveryTime(Struct, frozen=True, kw_only=True):
    """When the parcel is to arrive, and when it must leave (``dispatch``)."""

    from_: datetime | None = field(default=None, name="from")
    to: datetime | None = None
    guaranteed: TimeRange | None = None
    dispatch: TimeRange | None = None


class DeliveryCancellation(Struct, frozen=True, kw_only=True):
    """The delivery was called off."""

    date: datetime | None = None


class Delivery(Struct, frozen=True, kw_only=True, rename="camel"):
    """Where the goods go and what the buyer paid for it. Allegro states no VAT rate for delivery."""

    address: DeliveryAddress | None = None
    method: DeliveryMethod = DeliveryMethod()
    pickup_point: PickupPoint | None = None
    cost: Amount | None = None
    time: DeliveryTime | None = None
    smart: bool = False
    cancellation: DeliveryCancellation | None = None
    calculated_number_of_packages: int | None = None


class CompanyId(Struct, frozen=True, kw_only=True):
    """A registration number of the buyer's company; foreign values may hold two, joined by ``;``."""

    type: str | None = None
    value: str | None = None


class InvoiceCompany(Struct, frozen=True, kw_only=True, rename="camel"):
    """The company to invoice; its name may come without any number."""

    name: str | None = None
    ids: tuple[CompanyId, ...] = ()
    vat_payer_status: str | None = None
    tax_id: str | None = None


class NaturalPerson(Struct, frozen=True, kw_only=True, rename="camel"):
    """The private person to invoice."""

    first_name: str | None = None
    last_name: str | None = None


class InvoiceAddress(Struct, frozen=True, kw_only=True, rename="camel"):
    """The buyer on the invoice: a company, else a person."""

    street: str | None = None
    city: str | None = None
    zip_code: str | None = None
    country_code: str | None = None
    company: InvoiceCompany | None = None
    natural_person: NaturalPerson | None = None


class Invoice(Struct, frozen=True, kw_only=True, rename="camel"):
    """Whether an invoice is wanted and for whom; the address comes only once the order is released."""

    required: bool = False
    address: InvoiceAddress | None = None
    due_date: str | None = None
    features: tuple[str, ...] = ()


class ExternalId(Struct, frozen=True, kw_only=True):
    """The seller's own sign for an offer (SKU)."""

    id: str | None = None


class SetProduct(Struct, frozen=True, kw_only=True):
    """A component of a product set."""

    id: str | None = None
    quantity: int | None = None


class ProductSet(Struct, frozen=True, kw_only=True):
    """Components of an offer, without prices of their own."""

    products: tuple[SetProduct, ...] = ()


class Offer(Struct, frozen=True, kw_only=True, rename="camel"):
    """The offer as it was when bought; ``external.id`` is the seller's SKU."""

    id: str | None = None
    name: str | None = None
    external: ExternalId = ExternalId()
    product_set: ProductSet | None = None
    hs_number: str | None = None


class Deposit(Struct, frozen=True, kw_only=True):
    """Packaging deposit for one unit, charged beside the price, outside the VAT base."""

    price: Amount | None = None


class Reconciliation(Struct, frozen=True, kw_only=True):
    """Allegro's own part of the price (Allegro Prices): ``BILLING`` or ``WALLET``."""

    value: Amount | None = None
    type: str | None = None
    quantity: int | None = None


class Tax(Struct, frozen=True, kw_only=True):
    """The offer's VAT setting for the country of destination, as text: ``rate`` "23.00"."""

    rate: str | None = None
    subject: str | None = None
    exemption: str | None = None


class AdditionalService(Struct, frozen=True, kw_only=True, rename="camel"):
    """A service bought with a line; no VAT rate is given."""

    definition_id: str | None = None
    name: str | None = None
    price: Amount | None = None
    quantity: int | None = None


class Voucher(Struct, frozen=True, kw_only=True, rename="camel"):
    """A means of payment, not a discount."""

    code: str | None = None
    type: str | None = None
    status: str | None = None
    external_transaction_id: str | None = None
    value: Amount | None = None


class Discount(Struct, frozen=True, kw_only=True):
    """Why the price is lower; it is already taken off ``price``."""

    type: str | None = None


class SerialNumber(Struct, frozen=True, kw_only=True):
    """One serial number of a unit sold."""

    value: str | None = None
    returned: bool = False


class SerialNumbers(Struct, frozen=True, kw_only=True):
    """Serial numbers, for orders exported to Ukraine only."""

    expected: bool = False
    entries: tuple[SerialNumber, ...] = ()


class LineItem(Struct, frozen=True, kw_only=True, rename="camel"):
    """One act of purchase. ``price`` is gross per unit after discounts."""

    id: Identifier
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)]
    price: Amount
    offer: Offer = Offer()
    original_price: Amount | None = None
    deposit: Deposit | None = None
    reconciliation: Reconciliation | None = None
    selected_additional_services: tuple[AdditionalService, ...] = ()
    vouchers: tuple[Voucher, ...] = ()
    tax: Tax | None = None
    bought_at: datetime | None = None
    discounts: tuple[Discount, ...] = ()
    serial_numbers: SerialNumbers | None = None


class Note(Struct, frozen=True, kw_only=True):
    """The seller's own note at Allegro."""

    text: str | None = None


class FormMarketplace(Struct, frozen=True, kw_only=True):
    """Where it was bought, such as ``allegro-pl``."""

    id: str | None = None


class Summary(Struct, frozen=True, kw_only=True, rename="camel"):
    """The amount due with delivery, services and deposits."""

    total_to_pay: Amount


class CheckoutForm(Struct, frozen=True, kw_only=True, rename="camel"):
    """An order as Allegro tells it. ``revision`` is opaque; ``buyer`` here is the account holder."""

    id: Identifier
    status: Identifier
    summary: Summary
    line_items: tuple[LineItem, ...] = ()
    buyer: Buyer = Buyer()
    payment: Payment | None = None
    fulfillment: Fulfillment = Fulfillment()
    delivery: Delivery | None = None
    invoice: Invoice = Invoice()
    surcharges: tuple[Payment, ...] = ()
    cod_booked_payments: tuple[CodBookedPayment, ...] = ()
    marketplace: FormMarketplace = FormMarketplace()
    note: Note | None = None
    message_to_seller: str | None = None
    updated_at: datetime | None = None
    revision: str | None = None

"""From Allegro's checkout form to ``OrderData``: the only place that knows both."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from stragan.core.money import ZERO
from stragan.core.nip import normalize_nip
from stragan.gateways.allegro import (
    AdditionalService,
    Amount,
    Buyer,
    CheckoutForm,
    CompanyId,
    Delivery,
    DeliveryAddress,
    Invoice,
    InvoiceAddress,
    InvoiceCompany,
    LineItem,
    Payment,
    PickupPoint,
    UnreadablePayload,
)
from stragan.orders.data import (
    Address,
    BuyerData,
    DeliveryData,
    InvoiceData,
    LineData,
    OrderData,
    PaymentData,
    ServiceData,
    SurchargeData,
)

COD: Final = "CASH_ON_DELIVERY"
LONGEST_ID: Final = 60
_MOST_MONEY: Final = Decimal("1e15")  # far above any order, far below what a column holds
POLAND: Final = "PL"


def order_of(form: CheckoutForm) -> OrderData:
    """Say what *form* says in our own words; nothing is computed but sums of money received.

    :raises UnreadablePayload: amounts of more than one currency, or lines that share an id.
    """
    total = form.summary.total_to_pay
    _one_currency(form, total.currency)
    ids = [line.id for line in form.line_items]
    if len(set(ids)) != len(ids):
        raise UnreadablePayload(path="$.lineItems", problem="bad_value", reason="two lines share one id")
    if any(len(known) > LONGEST_ID for known in (form.id, *ids)):
        raise UnreadablePayload(path="$.id", problem="bad_value", reason="an id is too long")
    order = OrderData(
        allegro_id=form.id,
        status=form.status,
        fulfillment_status=_text(form.fulfillment.status),
        fulfillment_provider=_text(form.fulfillment.provider.id),
        marketplace=_text(form.marketplace.id),
        currency=total.currency,
        buyer=_buyer(form.buyer),
        invoice=_invoice(form.invoice),
        delivery=_delivery(form.delivery),
        payment=_payment(form),
        lines=tuple(_line(line) for line in form.line_items),
        total_to_pay=total.amount,
        message=_text(form.message_to_seller),
        note=_text(form.note.text) if form.note else "",
        bought_at=min((line.bought_at for line in form.line_items if line.bought_at), default=None),
        updated_at=form.updated_at,
        revision=_text(form.revision),
    )
    if abs(order.difference) > _MOST_MONEY or abs(order.services_total) > _MOST_MONEY:
        raise UnreadablePayload(
            path="$.lineItems", problem="bad_amount", reason="amounts add up to the absurd"
        )
    return order


def _one_currency(form: CheckoutForm, currency: str) -> None:
    """An order has one currency (specification, section 4); two of them cannot be added up."""
    for place, line in enumerate(form.line_items):
        charged = [line.price, line.deposit.price if line.deposit else None]
        charged += [service.price for service in line.selected_additional_services]
        _same(charged, currency, path=f"$.lineItems[{place}]")
    _same([form.delivery.cost if form.delivery else None], currency, path="$.delivery.cost")
    paid = [part.paid_amount for part in form.surcharges]
    paid += [part.paid_amount for part in form.cod_booked_payments]
    _same([form.payment.paid_amount if form.payment else None, *paid], currency, path="$.payment")


def _same(amounts: Iterable[Amount | None], currency: str, *, path: str) -> None:
    for amount in amounts:
        if amount is not None and amount.currency != currency:
            raise UnreadablePayload(
                path=path,
                problem="mixed_currency",
                reason=f"an amount in {amount.currency} in an order in {currency}",
            )


def _buyer(buyer: Buyer) -> BuyerData:
    home = buyer.address
    return BuyerData(
        buyer_id=_text(buyer.id),
        login=_text(buyer.login),
        email=_text(buyer.email),
        phone=_text(buyer.phone_number),
        guest=buyer.guest,
        language=_text(buyer.preferences.language),
        address=Address(
            first_name=_text(buyer.first_name),
            last_name=_text(buyer.last_name),
            company_name=_text(buyer.company_name),
            street=_text(home.street) if home else "",
            postal_code=_text(home.post_code) if home else "",
            city=_text(home.city) if home else "",
            country=_text(home.country_code) if home else "",
        ),
    )


def _invoice(invoice: Invoice) -> InvoiceData:
    """Who the invoice is for is said by ``invoice.address.company``, never by the account's company."""
    given = invoice.address
    if given is None:
        return InvoiceData(required=invoice.required)
    person = given.natural_person
    company = given.company
    ids = company.ids if company else ()
    return InvoiceData(
        required=invoice.required,
        address=Address(
            first_name=_text(person.first_name) if person else "",
            last_name=_text(person.last_name) if person else "",
            company_name=_text(company.name) if company else "",
            street=_text(given.street),
            postal_code=_text(given.zip_code),
            city=_text(given.city),
            country=_text(given.country_code),
        ),
        is_company=company is not None and bool(company.name or ids or company.tax_id),
        nip=_nip(given, company),
        vat_eu=_first_number(_value_of(ids, "VAT_EU")),
        vat_eu_verified="VAT_EU_VERIFIED" in invoice.features,
        other_ids=tuple(
            (_text(known.type), _text(known.value)) for known in ids if known.type not in {"PL_NIP", "VAT_EU"}
        ),
    )


def _nip(given: InvoiceAddress, company: InvoiceCompany | None) -> str:
    """The typed id, else the deprecated ``taxId`` of a Polish company; its check digit is not looked at."""
    if company is None:
        return ""
    number = _value_of(company.ids, "PL_NIP")
    if not number and _text(given.country_code).upper() in {POLAND, ""}:
        number = _text(company.tax_id)
    return normalize_nip(_first_number(number))


def _value_of(ids: tuple[CompanyId, ...], kind: str) -> str:
    return next((_text(known.value) for known in ids if known.type == kind and known.value), "")


def _first_number(text: str) -> str:
    """Some values hold two numbers joined with a semicolon."""
    return next((part.strip() for part in text.split(";") if part.strip()), "")


def _delivery(delivery: Delivery | None) -> DeliveryData:
    if delivery is None:
        return DeliveryData()
    point = delivery.pickup_point
    dispatch = delivery.time.dispatch if delivery.time else None
    return DeliveryData(
        method_id=_text(delivery.method.id),
        method_name=_text(delivery.method.name),
        cost=_amount(delivery.cost),
        smart=delivery.smart,
        address=_delivery_address(delivery.address) if delivery.address else None,
        address_changed_at=delivery.address.modified_at if delivery.address else None,
        phone=_text(delivery.address.phone_number) if delivery.address else "",
        pickup_point_id=_text(point.id) if point else "",
        pickup_point_name=_text(point.name) if point else "",
        pickup_point_address=_pickup_address(point) if point else None,
        dispatch_to=dispatch.to if dispatch else None,
        cancelled_at=delivery.cancellation.date if delivery.cancellation else None,
    )


def _delivery_address(given: DeliveryAddress) -> Address:
    return Address(
        first_name=_text(given.first_name),
        last_name=_text(given.last_name),
        company_name=_text(given.company_name),
        street=_text(given.street),
        postal_code=_text(given.zip_code),
        city=_text(given.city),
        country=_text(given.country_code),
    )


def _pickup_address(point: PickupPoint) -> Address | None:
    if point.address is None:
        return None
    return Address(
        street=_text(point.address.street),
        postal_code=_text(point.address.zip_code),
        city=_text(point.address.city),
        country=_text(point.address.country_code),
    )


def _payment(form: CheckoutForm) -> PaymentData:
    """For cash on delivery ``finishedAt`` is when the order was confirmed: no money came then."""
    payment = form.payment or Payment()
    booked = [part for part in form.cod_booked_payments if part.paid_amount is not None]
    return PaymentData(
        payment_id=_text(payment.id),
        type=_text(payment.type),
        provider=_text(payment.provider),
        finished_at=None if payment.type == COD else payment.finished_at,
        paid=payment.paid_amount.amount if payment.paid_amount else None,
        features=payment.features,
        surcharges=tuple(
            SurchargeData(
                payment_id=_text(part.id),
                paid=part.paid_amount.amount if part.paid_amount else None,
                finished_at=part.finished_at,
            )
            for part in form.surcharges
        ),
        cod_booked=sum((_amount(part.paid_amount) for part in booked), ZERO) if booked else None,
        cod_booked_at=_latest(part.paid_at for part in booked),
    )


def _line(line: LineItem) -> LineData:
    rate, exemption = _vat(line)
    return LineData(
        line_id=line.id,
        offer_id=_text(line.offer.id),
        offer_name=_text(line.offer.name),
        sku=_text(line.offer.external.id),
        quantity=line.quantity,
        price=line.price.amount,
        original_price=line.original_price.amount if line.original_price else line.price.amount,
        deposit=_amount(line.deposit.price) if line.deposit else ZERO,
        vat_rate=rate,
        vat_exemption=exemption,
        vat_subject=_text(line.tax.subject) if line.tax else "",
        discounts=tuple(discount.type for discount in line.discounts if discount.type),
        services=tuple(_service(service) for service in line.selected_additional_services),
        bought_at=line.bought_at,
    )


def _vat(line: LineItem) -> tuple[Decimal | None, str]:
    """Allegro's rate as a number; an exemption is never a rate of zero."""
    if line.tax is None:
        return None, ""
    exemption = _text(line.tax.exemption)
    text = _text(line.tax.rate)
    if not text:
        return None, exemption
    try:
        rate = Decimal(text)
    except InvalidOperation:
        return None, exemption or text
    return (rate, exemption) if rate.is_finite() else (None, exemption or text)


def _service(service: AdditionalService) -> ServiceData:
    return ServiceData(
        definition_id=_text(service.definition_id),
        name=_text(service.name),
        price=_amount(service.price),
        quantity=1 if service.quantity is None else service.quantity,
    )


def _amount(given: Amount | None) -> Decimal:
    return given.amount if given is not None else ZERO


def _latest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((instant for instant in instants if instant is not None), default=None)


def _text(value: str | None) -> str:
    return value.strip() if value else ""

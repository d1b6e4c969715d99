"""From an order to the content of a document, and what keeps it from being issued. No queries."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from stragan.core.dates import warsaw_date
from stragan.core.money import ZERO
from stragan.core.snapshot import BuyerSource, Deposit, DocumentKind, LineKind, Payment, SupplyKind
from stragan.core.totals import DiscountTooLarge
from stragan.core.vat import EXEMPT
from stragan.documents import buyers, rates
from stragan.documents.content import DraftContent, DraftLine, Refusal, SellerProfile
from stragan.documents.states import PAPER_KINDS
from stragan.documents.supply_dates import law_refusals, supply_refusals
from stragan.orders.data import CASH_ON_DELIVERY, OrderData
from stragan.orders.states import Problem

# Allegro's payment types → methods of ``core.snapshot.Payment``.
METHODS: Final = {
    "ONLINE": "online",
    "CASH_ON_DELIVERY": "cod",
    "WIRE_TRANSFER": "transfer",
    "SPLIT_PAYMENT": "split",
    "EXTENDED_TERM": "deferred",
}
# As columns and FA(3) have them.
BUYER_LENGTHS: Final = {
    "name": 512,
    "street": 300,
    "postal_code": 20,
    "city": 200,
    "country": 2,
    "vat_eu": 20,
}
LINE_NAME_LENGTH: Final = 512
NOTES_LENGTH: Final = 2000
VALID_FOR: Final = {DocumentKind.PRO_FORMA: timedelta(days=7), DocumentKind.OFFER: timedelta(days=14)}
HOME_CODES: Final = ("23", "8", "5", "0", EXEMPT)


def draft_from_order(
    order: OrderData,
    *,
    profile: SellerProfile,
    buyer_source: BuyerSource,
    kind: DocumentKind,
    issue_date: date,
) -> DraftContent:
    """Prefill a document from an order (S35-S39): goods, services, delivery per rate, deposits apart.

    Prices are Allegro's gross prices; nothing of them is computed anew. A line whose VAT is not certain
    has no code and says why. *buyer_source* is the shop's rule for buyers who asked for no invoice.
    """
    supply_date = None if kind in PAPER_KINDS else _supply_date(order, issue_date=issue_date)
    law_date = supply_date or issue_date
    goods = rates.without_contradictions(
        [rates.goods_line(line, profile=profile, on=law_date) for line in order.lines]
    )
    services = [
        service
        for line, leader in zip(order.lines, goods, strict=True)
        if line.services
        for service in rates.service_lines(line, goods=leader)
    ]
    delivery = rates.delivery_lines(
        name=rates.delivery_name(order.delivery.method_name),
        cost=order.delivery.cost,
        goods=goods,
        profile=profile,
    )
    return DraftContent(
        kind=kind,
        issue_date=issue_date,
        supply_date=supply_date,
        supply_kind=SupplyKind.PAYMENT if supply_date else None,
        currency=order.currency,
        buyer=buyers.buyer_for(order, preferred=buyer_source, kind=kind),
        lines=(*goods, *services, *delivery),
        deposits=_deposits(order),
        payment=_payment(order, kind=kind),
        notes="",
        order_id=order.allegro_id,
        to_pay=order.total_to_pay,
        valid_until=issue_date + VALID_FOR[kind] if kind in VALID_FOR else None,
    )


def order_refusals(order: OrderData) -> list[Refusal]:
    """Say what no edit of a draft can mend: currency, country, a total that Allegro itself contradicts."""
    refusals = rates.place_refusals(order)
    if order.difference:
        refusals.append(
            Refusal(code=Problem.TOTAL_MISMATCH.value, params={"difference": f"{order.difference:.2f}"})
        )
    return refusals


def content_refusals(content: DraftContent, *, profile: SellerProfile) -> list[Refusal]:
    """Say what is wrong with the content itself: what it lacks, and days that cannot be."""
    return _lacking(content, profile=profile) + (supply_refusals(content) or law_refusals(content))


def _lacking(content: DraftContent, *, profile: SellerProfile) -> list[Refusal]:
    """Name what is missing: lines, VAT codes, the legal basis of an exemption, the buyer."""
    refusals = []
    if all(line.kind is LineKind.DELIVERY for line in content.lines):
        refusals.append(Refusal(code=Problem.GOODS_MISSING.value, params={}, field="lines"))
    for place, line in enumerate(content.lines):
        if not line.name.strip() and not line.offer_id:
            refusals.append(Refusal(code="line_name_missing", params={}, field=f"lines.{place}.name"))
        field = f"lines.{place}.vat_code"
        if line.vat_code is None and (line.trouble or line.kind is LineKind.GOODS):
            refusals.append(replace(line.trouble or _no_rate(line), field=field))
        elif line.vat_code is not None and line.vat_code not in allowed_codes(profile):
            params = {"offer": line.name, "vat_code": line.vat_code}
            refusals.append(Refusal(code="vat_code_not_allowed", params=params, field=field))
        elif line.vat_code == EXEMPT and not profile.exemption_basis:
            code = Problem.VAT_EXEMPTION_BASIS_MISSING.value
            refusals.append(Refusal(code=code, params={"offer": line.name}, field=field))
    refusals += [
        Refusal(code=Problem.GOODS_NAME_MISSING.value, params={}, field=f"lines.{place}.name")
        for place, line in enumerate(content.lines)
        if not line.name.strip()
    ]
    refusals += _length_refusals(content)
    if not refusals:
        # Services and delivery that follow goods are named only when no goods are to blame.
        refusals = [
            replace(_no_rate(line), field=f"lines.{place}.vat_code")
            for place, line in enumerate(content.lines)
            if line.vat_code is None
        ]
    is_fiscal = content.kind is DocumentKind.RECEIPT and profile.fiscal_receipts
    refusals += buyers.buyer_refusals(content.buyer, kind=content.kind, is_fiscal=is_fiscal)
    return refusals + _receipt_refusals(content, is_fiscal=is_fiscal)


def _receipt_refusals(content: DraftContent, *, is_fiscal: bool) -> list[Refusal]:
    """Say what is not known of the fiscal receipt, or what it does not allow on its invoice.

    The invoice to a receipt of a cash register bears the buyer's NIP only where the receipt has it (VAT Act
    art. 106b(5)); sales that no cash register has seen are not bound by that.
    """
    receipt = content.fiscal_receipt
    if is_fiscal and receipt.missing:
        field = f"fiscal_receipt.{receipt.missing[0]}"
        return [Refusal(code="fiscal_receipt_missing", params={}, field=field)]
    has_nip = bool(content.buyer.nip or content.buyer.vat_eu)
    if content.to_receipt and receipt.number and has_nip and not content.receipt_had_nip:
        params = {"receipt": receipt.number}
        return [Refusal(code="receipt_without_nip", params=params, field="receipt_had_nip")]
    return []


def _length_refusals(content: DraftContent) -> list[Refusal]:
    """Say which texts are longer than a document or an e-invoice can hold."""
    buyer = content.buyer
    long = [
        (f"buyer.{name}", text, limit)
        for name, limit in BUYER_LENGTHS.items()
        if len(text := getattr(buyer, name)) > limit
    ]
    long += [
        (f"lines.{place}.name", line.name, LINE_NAME_LENGTH)
        for place, line in enumerate(content.lines)
        if len(line.name) > LINE_NAME_LENGTH
    ]
    if len(content.notes) > NOTES_LENGTH:
        long.append(("notes", content.notes, NOTES_LENGTH))
    return [
        Refusal(code="text_too_long", params={"limit": str(limit), "start": text[:40]}, field=field)
        for field, text, limit in long
    ]


def allowed_codes(profile: SellerProfile) -> tuple[str, ...]:
    """VAT codes a line may carry: of a sale at home, or only ``zw`` for a seller who is exempt."""
    return HOME_CODES if profile.vat_payer else (EXEMPT,)


def blocking_problems(
    order: OrderData,
    *,
    profile: SellerProfile,
    buyer_source: BuyerSource,
    issue_date: date,
) -> tuple[Refusal, ...]:
    """Say why an order cannot get a fiscal document as it is; empty where nothing is wrong with it.

    Codes are those of ``orders.states.Problem``, each once. Whether Allegro has released the order is
    another question, asked when a document is issued.
    """
    content = draft_from_order(
        order, profile=profile, buyer_source=buyer_source, kind=DocumentKind.INVOICE, issue_date=issue_date
    )
    return unique_codes(order_refusals(order) + _lacking(content, profile=profile))


def unique_codes(refusals: list[Refusal]) -> tuple[Refusal, ...]:
    """Keep the first refusal of each code."""
    first: dict[str, Refusal] = {}
    for refusal in refusals:
        first.setdefault(refusal.code, refusal)
    return tuple(first.values())


def total_refusals(content: DraftContent) -> list[Refusal]:
    """Compare an edited document with what Allegro says the buyer pays."""
    try:
        difference = content.difference
    except DiscountTooLarge as refusal:
        return [Refusal(code=refusal.code, params={name: str(fact) for name, fact in refusal.params.items()})]
    if not difference:
        return []
    return [Refusal(code=Problem.TOTAL_MISMATCH.value, params={"difference": f"{difference:.2f}"})]


def worth_refusals(content: DraftContent) -> list[Refusal]:
    """Say that nothing is paid: an invoice documents a sale, and a gift is none (VAT Act art. 106b(1))."""
    return [] if content.gross > ZERO else [Refusal(code="order_worth_nothing", params={})]


def _no_rate(line: DraftLine) -> Refusal:
    return Refusal(code=Problem.VAT_MISSING.value, params={"offer": line.name})


def _deposits(order: OrderData) -> tuple[Deposit, ...]:
    return tuple(
        Deposit(
            name=line.offer_name,
            quantity=Decimal(line.quantity),
            unit_amount=line.deposit,
            amount=line.deposit * line.quantity,
        )
        for line in order.lines
        if line.deposit
    )


def _payment(order: OrderData, *, kind: DocumentKind) -> Payment:
    """Tell what is known of the payment: never more than the amount due, and nothing on an offer."""
    payment = order.payment
    received = ZERO if kind is DocumentKind.OFFER else min(payment.received, order.total_to_pay)
    return Payment(
        method=METHODS.get(payment.type, "other"),
        provider=payment.provider,
        paid=received,
        paid_date=_paid_date(order) if received else None,
        due_date=None,
    )


def _paid_date(order: OrderData) -> date | None:
    """Give the day the latest known money came."""
    payment = order.payment
    instants = [part.finished_at for part in payment.surcharges if part.paid and part.finished_at]
    if payment.paid and payment.finished_at:
        instants.append(payment.finished_at)
    if payment.cod_booked and payment.cod_booked_at:
        instants.append(payment.cod_booked_at)
    return warsaw_date(max(instants)) if instants else None


def _supply_date(order: OrderData, *, issue_date: date) -> date | None:
    """Give the day the first money came where it came before delivery (VAT Act art. 19a(8)).

    For cash on delivery ``finished_at`` is only the confirmation of the order, so the day is unknown. A
    payment after the issue date was not known on that day and is left out.
    """
    payment = order.payment
    if payment.type == CASH_ON_DELIVERY:
        return None
    parts = [(payment.paid, payment.finished_at)]
    parts += [(part.paid, part.finished_at) for part in payment.surcharges]
    instants = [at for paid, at in parts if paid and at]
    day = warsaw_date(min(instants)) if instants else None
    return day if day and day <= issue_date else None

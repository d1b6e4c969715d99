"""From the content of a document to its frozen snapshot: lines in order, tax once per VAT code."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from stragan.core.snapshot import (
    NOBODY,
    Buyer,
    DocumentKind,
    DocumentSnapshot,
    FiscalReceipt,
    KsefState,
    RateTotal,
    Seller,
    SnapshotLine,
)
from stragan.core.totals import document_totals, totals_per_rate
from stragan.core.vat import EXEMPT
from stragan.documents.content import DraftContent, DraftLine, SellerProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Sums of a document, computed once, in its currency. ``to_pay`` = ``gross`` + ``deposit``."""

    rates: tuple[RateTotal, ...]
    net: Decimal
    vat: Decimal
    gross: Decimal
    deposit: Decimal
    to_pay: Decimal


def sums_of(content: DraftContent) -> Sums:
    """Compute the sums of a content whose lines all have VAT codes.

    Tax is taken once per code from its gross, half up to 0.01 (VAT Act art. 106e(7) and (11)).

    :raises stragan.core.vat.UnknownVatCode: a code is none.
    :raises stragan.core.vat.VatCodeNotInForce: a code had no percent on the day of supply.
    """
    rates = totals_per_rate(((_code(line), line.gross) for line in content.lines), on=content.law_date)
    totals = document_totals(rates)
    deposit = content.deposit
    return Sums(
        rates=rates,
        net=totals.net,
        vat=totals.vat,
        gross=totals.gross,
        deposit=deposit,
        to_pay=totals.gross + deposit,
    )


def freeze(
    content: DraftContent,
    *,
    sums: Sums,
    seller: Seller,
    profile: SellerProfile,
    number: str,
    shop: str,
    issued_at: datetime,
) -> DocumentSnapshot:
    """Give the snapshot of a document that has its number now.

    The legal basis of an exemption is there where the seller is not a VAT payer or a line is exempt.
    """
    is_exempt = not profile.vat_payer or any(rate.code == EXEMPT for rate in sums.rates)
    return DocumentSnapshot(
        kind=content.kind,
        number=number,
        issue_date=content.issue_date,
        supply_date=content.supply_date,
        supply_kind=content.supply_kind,
        currency=content.currency,
        seller=seller,
        buyer=_buyer(content),
        lines=tuple(_line(place, line) for place, line in enumerate(content.lines, start=1)),
        rates=sums.rates,
        net=sums.net,
        vat=sums.vat,
        gross=sums.gross,
        deposits=content.deposits,
        deposit=sums.deposit,
        to_pay=sums.to_pay,
        payment=content.payment,
        exemption_basis=profile.exemption_basis if is_exempt else "",
        notes=content.notes,
        order_id=content.order_id,
        shop=shop,
        ksef=_ksef(content),
        issued_at=issued_at,
        fiscal_receipt=_fiscal_receipt(content, profile=profile),
        converted_from=content.converted_from,
        to_receipt=content.to_receipt,
        receipt_had_nip=content.receipt_had_nip,
        valid_until=content.valid_until,
    )


def _buyer(content: DraftContent) -> Buyer:
    buyer = content.buyer
    if content.kind is DocumentKind.OTHER_INCOME:
        return NOBODY
    return Buyer(
        name=buyer.name,
        street=buyer.street,
        postal_code=buyer.postal_code,
        city=buyer.city,
        country=buyer.country,
        nip=buyer.nip,
        vat_eu=buyer.vat_eu,
        source=buyer.source,
    )


def _fiscal_receipt(content: DraftContent, *, profile: SellerProfile) -> FiscalReceipt | None:
    """Give the receipt of the cash register: of a reference to it, or of the invoice that repeats it."""
    receipt = content.fiscal_receipt
    is_reference = content.kind is DocumentKind.RECEIPT and profile.fiscal_receipts
    if not (is_reference or content.to_receipt) or receipt.day is None:
        return None
    return FiscalReceipt(number=receipt.number, register_id=receipt.register_id, date=receipt.day)


def _ksef(content: DraftContent) -> KsefState:
    """Invoices of a business, Polish or foreign, belong in KSeF; only a consumer's may stay outside."""
    if content.kind is not DocumentKind.INVOICE:
        return KsefState.NONE
    buyer = content.buyer
    is_business = buyer.company or buyer.nip or buyer.vat_eu
    return KsefState.NOT_SENT if is_business else KsefState.OUTSIDE


def _line(position: int, line: DraftLine) -> SnapshotLine:
    return SnapshotLine(
        position=position,
        kind=line.kind,
        name=line.name,
        quantity=line.quantity,
        unit=line.unit,
        unit_gross=line.unit_gross,
        discount=line.discount,
        gross=line.gross,
        vat_code=_code(line),
        vat_source=line.vat_source,
        sku=line.sku,
        ean=line.ean,
        offer_id=line.offer_id,
        line_id=line.line_id,
        gtu=line.gtu,
        ryczalt_rate=line.ryczalt_rate,
    )


def _code(line: DraftLine) -> str:
    assert line.vat_code is not None, "a line without a VAT code is refused before"
    return line.vat_code

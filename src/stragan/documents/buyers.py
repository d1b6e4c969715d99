"""Who stands on the document as the buyer: invoice data when asked for, else by the shop's rule (S17)."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from stragan.core.nip import InvalidVatEu, checked_vat_eu, is_valid_nip, normalize_nip
from stragan.core.snapshot import BuyerSource, DocumentKind
from stragan.documents.content import DraftBuyer, Refusal
from stragan.documents.states import PAPER_KINDS
from stragan.orders.data import Address, InvoiceData, OrderData
from stragan.orders.states import Problem

HOME: Final = "PL"
# Foreign ids that are VAT numbers with their country prefix.
_VAT_NUMBERS: Final = frozenset({"CZ_DIC", "SK_IC_DPH"})
# Nobody stands on other income: it is evidence of the seller alone.
NOBODY: Final = DraftBuyer(country="", source=BuyerSource.HAND, asked=BuyerSource.HAND)
_DIGITS: Final = 5
_POSTAL_CODE: Final = re.compile(r"[0-9]{2}-[0-9]{3}")
_SEVERAL: Final = re.compile(r"[;,\s]+")


def buyer_of(order: OrderData, *, preferred: BuyerSource) -> DraftBuyer:
    """Give the buyer of an order: never a NIP for somebody who did not ask for a company invoice.

    *preferred* is the shop's source when no invoice was asked for, ``delivery`` or ``account``. Where it
    lacks a name or an address and the other one does not, the other is taken. A first name alone is
    taken only where there is no better one.
    """
    return _from_invoice(order.invoice) if order.invoice.required else _by_rule(order, preferred=preferred)


def buyer_for(order: OrderData, *, preferred: BuyerSource, kind: DocumentKind) -> DraftBuyer:
    """Give the buyer for a *kind* of document; only an invoice demands what an invoice needs.

    Data for the invoice that Allegro has not handed over are no hindrance for other kinds: the shop's rule
    answers instead. A commercial paper is addressed at least to the buyer's account. A NIP whose check digit
    is wrong stays off papers that need none.
    """
    if kind is DocumentKind.OTHER_INCOME:
        return NOBODY
    buyer = buyer_of(order, preferred=preferred)
    if kind is DocumentKind.INVOICE:
        return buyer
    if order.invoice.required and buyer.missing:
        ruled = _by_rule(order, preferred=preferred)
        buyer = buyer if ruled.missing and buyer.name else ruled
    if kind in PAPER_KINDS and not buyer.name:
        buyer = replace(buyer, name=order.buyer.login, source=BuyerSource.ACCOUNT)
    return without_demands(buyer)


def without_demands(buyer: DraftBuyer) -> DraftBuyer:
    """Take away what only an invoice demands: that a company has a tax id, and one that is wrong."""
    nip = buyer.nip if is_valid_nip(buyer.nip) else ""
    return replace(buyer, company=False, nip=nip)


def _by_rule(order: OrderData, *, preferred: BuyerSource) -> DraftBuyer:
    sources = {BuyerSource.DELIVERY: order.delivery.address, BuyerSource.ACCOUNT: order.buyer.address}
    other = BuyerSource.ACCOUNT if preferred is BuyerSource.DELIVERY else BuyerSource.DELIVERY
    first = _person(sources[preferred], source=preferred, asked=preferred)
    if not first.missing and _is_full_name(first.name):
        return first
    second = _person(sources[other], source=other, asked=preferred)
    if second.missing or not (first.missing or _is_full_name(second.name)):
        return first
    return second


def _is_full_name(name: str) -> bool:
    return " " in name


def buyer_from(order: OrderData, *, source: BuyerSource, asked: BuyerSource) -> DraftBuyer:
    """Give the buyer from one source of the order, chosen by a person, complete or not."""
    if source is BuyerSource.INVOICE:
        return _from_invoice(order.invoice)
    address = order.delivery.address if source is BuyerSource.DELIVERY else order.buyer.address
    return _person(address, source=source, asked=asked)


def buyer_refusals(
    buyer: DraftBuyer, *, kind: DocumentKind = DocumentKind.INVOICE, is_fiscal: bool = False
) -> list[Refusal]:
    """Say what the buyer lacks for a document: name, address, the company's tax id.

    An invoice must bear name and address (VAT Act art. 106e(1)), a confirmation of sale too, since sales
    without a cash register are told by whom they were made to (regulation on cash registers, item 41). A
    commercial paper only needs somebody it is addressed to; other income, and (*is_fiscal*) the reference
    to a receipt of a cash register, need nobody.
    """
    if kind is DocumentKind.OTHER_INCOME:
        return []
    missing = buyer.missing if kind not in PAPER_KINDS else ("name",) * (not buyer.name.strip())
    return _missing_refusals(buyer, missing[0]) if missing and not is_fiscal else _tax_id_refusals(buyer)


def _missing_refusals(buyer: DraftBuyer, name: str) -> list[Refusal]:
    field = f"buyer.{name}"
    if buyer.source is BuyerSource.INVOICE and not any((buyer.name, buyer.street, buyer.city)):
        return [_refusal(Problem.INVOICE_ADDRESS_MISSING, field)]
    return [_refusal(Problem.BUYER_DATA_MISSING, field)]


def _tax_id_refusals(buyer: DraftBuyer) -> list[Refusal]:
    if buyer.nip and not is_valid_nip(buyer.nip):
        return [_refusal(Problem.NIP_INVALID, "buyer.nip", nip=buyer.nip)]
    if buyer.vat_eu and not _vat_eu((buyer.vat_eu,)):
        return [Refusal(code="vat_eu_invalid", params={"vat_eu": buyer.vat_eu}, field="buyer.vat_eu")]
    if buyer.company and not buyer.nip and not buyer.vat_eu:
        return [_refusal(Problem.COMPANY_NIP_MISSING, "buyer.nip")]
    return []


def _from_invoice(invoice: InvoiceData) -> DraftBuyer:
    address = invoice.address
    if address is None:
        return DraftBuyer(company=invoice.is_company)
    if not invoice.is_company:
        return _person(address, source=BuyerSource.INVOICE, asked=BuyerSource.INVOICE)
    country = _country(address)
    vat_eu = _vat_eu(_vat_candidates(invoice))
    nip = normalize_nip(invoice.nip)
    if vat_eu.startswith(HOME):
        nip, vat_eu = nip or vat_eu.removeprefix(HOME), ""
    if nip and country != HOME and not is_valid_nip(nip):
        nip = ""  # a foreign number that came in the place of a NIP
    return DraftBuyer(
        name=_squeezed(address.company_name or address.person),
        street=_squeezed(address.street),
        postal_code=postal_code(address.postal_code, country=country),
        city=_squeezed(address.city),
        country=country,
        nip=nip,
        vat_eu="" if nip else vat_eu,
        company=True,
    )


def _vat_candidates(invoice: InvoiceData) -> Iterable[str]:
    yield invoice.vat_eu
    for kind, value in invoice.other_ids:
        if kind in _VAT_NUMBERS:
            yield value


def _vat_eu(values: Iterable[str]) -> str:
    """Give the first EU VAT number among *values*; a foreign field may hold two, joined by a sign."""
    for value in values:
        for part in (value, *_SEVERAL.split(value)):
            if not part:
                continue
            try:
                return checked_vat_eu(part)
            except InvalidVatEu:
                continue
    return ""


def _person(address: Address | None, *, source: BuyerSource, asked: BuyerSource) -> DraftBuyer:
    if address is None:
        return DraftBuyer(source=source, asked=asked)
    country = _country(address)
    return DraftBuyer(
        name=_squeezed(address.person or address.company_name),
        street=_squeezed(address.street),
        postal_code=postal_code(address.postal_code, country=country),
        city=_squeezed(address.city),
        country=country,
        source=source,
        asked=asked,
    )


def postal_code(text: str, *, country: str) -> str:
    """Write five Polish digits as ``00-999``; anything else stays as it was given."""
    if _POSTAL_CODE.fullmatch(text):
        return text
    digits = re.sub(r"[\s-]", "", text)
    if country == HOME and len(digits) == _DIGITS and digits.isascii() and digits.isdigit():
        return f"{digits[:2]}-{digits[2:]}"
    return text.strip()


def _country(address: Address) -> str:
    return address.country.strip().upper() or HOME


def _squeezed(text: str) -> str:
    """One line without signs that nobody sees; a database or a printer may choke on them."""
    line = " ".join(text.split())
    return line if line.isprintable() else "".join(sign for sign in line if sign.isprintable())


def _refusal(code: Problem, field: str, **params: str) -> Refusal:
    return Refusal(code=code.value, params=params, field=field)

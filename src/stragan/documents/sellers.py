"""The company as the seller on its documents."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from stragan.companies.models import Company, Receipts
from stragan.companies.queries import VatStretch, stretch_on, vat_standing
from stragan.core.snapshot import Seller
from stragan.documents.content import SellerProfile
from stragan.documents.logos import logo_hash

_OF_THE_SELLER: Final = re.compile(r"\bart\.?\s*113\b", re.IGNORECASE)


def profile_of(company: Company, *, on: date, history: Iterable[VatStretch] | None = None) -> SellerProfile:
    """Give what of the company decides the content of a document issued *on* that day.

    Its VAT *history* is read unless it is given.

    Art. 113 exempts the seller, never a line of a VAT payer: a payer who has it as the basis kept it from
    the time before registration, and it would be untrue on an invoice. It counts as missing.
    """
    standing = vat_standing(company, on=on) if history is None else stretch_on(history, on)
    basis = standing.exemption_basis.strip()
    if standing.vat_payer and _OF_THE_SELLER.search(basis):
        basis = ""
    return SellerProfile(
        vat_payer=standing.vat_payer,
        exemption_basis=basis,
        fiscal_receipts=company.receipts == Receipts.FISCAL,
    )


def seller_of(company: Company, *, profile: SellerProfile) -> Seller:
    """Give the company as it is printed on a document issued now, with the VAT status of its day."""
    return Seller(
        name=company.name,
        street=company.street,
        postal_code=company.postal_code,
        city=company.city,
        country=company.country,
        nip=company.nip,
        bdo=company.bdo,
        bank_account=company.bank_account,
        bank_name=company.bank_name,
        footer=company.footer,
        vat_payer=profile.vat_payer,
        logo_sha256=logo_hash(company),
    )

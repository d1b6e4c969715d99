"""The company as the seller on its documents."""

import re
from typing import Final

from stragan.companies.models import Company
from stragan.core.snapshot import Seller
from stragan.documents.content import SellerProfile

_OF_THE_SELLER: Final = re.compile(r"\bart\.?\s*113\b", re.IGNORECASE)


def profile_of(company: Company) -> SellerProfile:
    """Give what of the company decides the content of a document.

    Art. 113 exempts the seller, never a line of a VAT payer: a payer who has it as the basis kept it from
    the time before registration, and it would be untrue on an invoice. It counts as missing.
    """
    basis = company.vat_exemption_basis.strip()
    if company.vat_payer and _OF_THE_SELLER.search(basis):
        basis = ""
    return SellerProfile(vat_payer=company.vat_payer, exemption_basis=basis)


def seller_of(company: Company) -> Seller:
    """Give the company as it is printed on a document issued now."""
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
        vat_payer=company.vat_payer,
    )

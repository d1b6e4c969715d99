"""The company as the seller on its documents."""

from stragan.companies.models import Company
from stragan.core.snapshot import Seller
from stragan.documents.content import SellerProfile


def profile_of(company: Company) -> SellerProfile:
    """Give what of the company decides the content of a document."""
    return SellerProfile(vat_payer=company.vat_payer, exemption_basis=company.vat_exemption_basis.strip())


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

"""The catalog says a VAT code where the offer says none, and never against it."""

from datetime import date
from decimal import Decimal

from builders.orders import a_line
from stragan.core.snapshot import VatSource
from stragan.documents.content import SellerProfile
from stragan.documents.rates import goods_line

TODAY = date(2026, 11, 23)
PAYER = SellerProfile(vat_payer=True)


def test_an_offer_without_a_rate_takes_the_code_of_its_product() -> None:
    line = goods_line(a_line(vat_rate=None, product_vat="8"), profile=PAYER, on=TODAY)
    assert (line.vat_code, line.vat_source, line.trouble) == ("8", VatSource.PRODUCT, None)
    assert (line.why.code, line.why.facts["code"]) == ("why_product", "8")


def test_where_both_agree_the_offer_is_the_source() -> None:
    line = goods_line(a_line(vat_rate=Decimal("23.00"), product_vat="23"), profile=PAYER, on=TODAY)
    assert (line.vat_code, line.vat_source) == ("23", VatSource.OFFER)


def test_where_they_differ_nothing_is_certain() -> None:
    line = goods_line(a_line(vat_rate=Decimal("23.00"), product_vat="8"), profile=PAYER, on=TODAY)
    assert line.vat_code is None
    assert line.trouble is not None
    assert (line.trouble.code, line.trouble.params["what"]) == (
        "vat_contradictory",
        "23 (Allegro) ≠ 8 (Stragan)",
    )


def test_the_catalog_mends_neither_foreign_rates_nor_the_margin_scheme() -> None:
    foreign = goods_line(a_line(vat_rate=Decimal("21.00"), product_vat="23"), profile=PAYER, on=TODAY)
    margin = goods_line(
        a_line(vat_rate=None, vat_exemption="MARGIN_SCHEME", product_vat="23"), profile=PAYER, on=TODAY
    )
    troubles = [line.trouble.code if line.trouble else None for line in (foreign, margin)]
    assert troubles == ["vat_foreign", "vat_margin_unsupported"]


def test_an_exempt_seller_has_one_code_whatever_the_catalog_says() -> None:
    exempt = SellerProfile(vat_payer=False, exemption_basis="art. 113 ust. 1")
    line = goods_line(a_line(vat_rate=None, product_vat="8"), profile=exempt, on=TODAY)
    assert (line.vat_code, line.vat_source) == ("zw", VatSource.SELLER_EXEMPT)

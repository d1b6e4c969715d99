"""VAT codes: which are known, what percent they mean on a day, in what order they stand."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stragan.core.money import from_minor
from stragan.core.vat import (
    UnknownVatCode,
    VatCodeNotInForce,
    parse_vat_code,
    percent_of,
    rate_order,
    vat_from_gross,
)

TODAY = date(2026, 11, 16)
IN_ORDER = ["23", "8", "5", "0", "0 WDT", "0 EX", "zw", "np", "OSS:DE:19", "OSS:DE:7", "OSS:FR:5.5"]


@pytest.mark.parametrize(
    ("code", "percent"),
    [
        ("23", "23"),
        ("8", "8"),
        ("5", "5"),
        ("0", "0"),
        ("0 WDT", "0"),
        ("0 EX", "0"),
        ("zw", "0"),
        ("np", "0"),
        ("OSS:CZ:21", "21"),
        ("OSS:FI:25.5", "25.5"),
    ],
)
def test_every_code_has_its_percent_today(code: str, percent: str) -> None:
    assert percent_of(code, on=TODAY) == Decimal(percent)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24",
        "23%",
        " 23",
        "ZW",
        "0 KR",
        "oo",
        "OSS",
        "OSS:PL:23",
        "OSS:US:10",
        "OSS:CZ:021",
        "OSS:CZ:21.0",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UnknownVatCode) as refusal:
        parse_vat_code(text)
    assert refusal.value.params == {"vat_code": text}


def test_rates_changed_with_the_year_2011() -> None:
    assert percent_of("22", on=date(2010, 12, 31)) == 22
    assert percent_of("23", on=date(2011, 1, 1)) == 23
    for code, day in (("22", date(2011, 1, 1)), ("23", date(2010, 12, 31)), ("7", TODAY)):
        with pytest.raises(VatCodeNotInForce):
            percent_of(code, on=day)


def test_an_oss_code_names_its_country() -> None:
    assert parse_vat_code("OSS:CZ:21").oss_country == "CZ"
    assert parse_vat_code("OSS:CZ:21").is_oss
    assert not parse_vat_code("23").is_oss


@given(st.permutations(IN_ORDER))
def test_codes_stand_in_the_order_of_documents(codes: list[str]) -> None:
    assert sorted(codes, key=rate_order) == IN_ORDER


@pytest.mark.parametrize(
    ("gross", "percent", "vat"),
    [
        ("123.00", "23", "23.00"),
        ("100.00", "23", "18.70"),
        ("0.01", "23", "0.00"),
        ("0.03", "23", "0.01"),
        ("9.99", "20", "1.67"),  # 1.665: the half goes up
        ("-9.99", "20", "-1.67"),
        ("50.00", "0", "0.00"),
        ("10.00", "25.5", "2.03"),
    ],
)
def test_tax_is_taken_out_of_the_gross(gross: str, percent: str, vat: str) -> None:
    assert vat_from_gross(Decimal(gross), percent=Decimal(percent)) == Decimal(vat)


@given(st.integers(min_value=0, max_value=10**14), st.sampled_from([Decimal(p) for p in (23, 8, 5, 20, 0)]))
def test_tax_is_within_half_a_grosz_and_symmetric(minor: int, percent: Decimal) -> None:
    gross = from_minor(minor)
    vat = vat_from_gross(gross, percent=percent)
    assert abs(vat * (100 + percent) - gross * percent) * 200 <= 100 + percent
    assert vat_from_gross(-gross, percent=percent) == -vat

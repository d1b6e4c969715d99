"""Sums of documents: nothing is lost to rounding, whatever the order of the lines."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stragan.core.money import ZERO, from_minor
from stragan.core.snapshot import RateTotal
from stragan.core.totals import (
    DiscountTooLarge,
    document_totals,
    line_gross,
    percent_discount,
    split_delivery,
    spread_discount,
    totals_per_rate,
    vat_summed_per_line,
)
from stragan.core.vat import UnknownVatCode

TODAY = date(2026, 11, 16)
CODES = st.sampled_from(["23", "8", "5", "0", "zw", "np", "OSS:CZ:21", "OSS:AT:20"])
AMOUNTS = st.integers(min_value=0, max_value=10**9).map(from_minor)
LINES = st.lists(st.tuples(CODES, AMOUNTS), min_size=1, max_size=20)


def test_a_line_is_rounded_before_its_discount() -> None:
    gross = line_gross(quantity=Decimal("0.375"), unit_gross=Decimal("89.90"), discount=Decimal("3.71"))
    assert gross == Decimal("30.00")


def test_a_percent_discount_is_rounded_by_itself() -> None:
    discount = percent_discount(quantity=Decimal(3), unit_gross=Decimal("0.15"), percent=Decimal(10))
    assert discount == Decimal("0.05")
    assert line_gross(quantity=Decimal(3), unit_gross=Decimal("0.15"), discount=discount) == Decimal("0.40")


def test_a_line_cannot_cost_less_than_nothing() -> None:
    with pytest.raises(DiscountTooLarge):
        line_gross(quantity=Decimal(1), unit_gross=Decimal("5.00"), discount=Decimal("5.01"))


def test_a_voucher_cannot_exceed_the_order() -> None:
    with pytest.raises(DiscountTooLarge):
        spread_discount(Decimal("10.01"), lines_gross=[Decimal("4.00"), Decimal("6.00")])


def test_a_voucher_gives_the_odd_grosz_to_the_earlier_of_equal_lines() -> None:
    parts = spread_discount(Decimal("0.05"), lines_gross=[Decimal("3.00"), Decimal("3.00")])
    assert parts == [Decimal("0.03"), Decimal("0.02")]


def test_delivery_ties_go_to_the_earlier_code_whatever_the_order_of_the_goods() -> None:
    goods = {"zw": Decimal("7.00"), "8": Decimal("7.00")}
    assert split_delivery(Decimal("1.01"), goods_gross=goods) == {"8": Decimal("0.51"), "zw": Decimal("0.50")}


def test_delivery_follows_goods_and_leaves_gifts_alone() -> None:
    goods = {"23": Decimal("0.00"), "5": Decimal("12.00")}
    assert split_delivery(Decimal("9.00"), goods_gross=goods) == {"23": Decimal("0.00"), "5": Decimal("9.00")}


def test_delivery_of_goods_of_no_value_takes_the_standard_rate() -> None:
    goods = {"5": Decimal("0.00")}
    assert split_delivery(Decimal("9.00"), goods_gross=goods) == {"23": Decimal("9.00")}
    assert split_delivery(Decimal("9.00"), goods_gross=goods, seller_exempt=True) == {"zw": Decimal("9.00")}


def test_free_delivery_brings_no_code_of_its_own() -> None:
    assert split_delivery(Decimal("0.00"), goods_gross={"5": Decimal("0.00")}) == {"5": Decimal("0.00")}
    assert split_delivery(Decimal("0.00"), goods_gross={}) == {}


def test_tax_is_taken_once_per_rate() -> None:
    lines = [("23", Decimal("1.99"))] * 4
    (rate,) = totals_per_rate(lines, on=TODAY)
    assert rate == RateTotal(code="23", net=Decimal("6.47"), vat=Decimal("1.49"), gross=Decimal("7.96"))
    assert vat_summed_per_line(lines, on=TODAY) == Decimal("1.48")


def test_a_rate_with_only_a_gift_stays_with_zeros() -> None:
    rates = totals_per_rate([("23", Decimal("10.00")), ("5", Decimal("0.00"))], on=TODAY)
    assert [(rate.code, str(rate.net), str(rate.vat)) for rate in rates] == [
        ("23", "8.13", "1.87"),
        ("5", "0.00", "0.00"),
    ]


def test_a_line_without_a_known_code_is_refused() -> None:
    with pytest.raises(UnknownVatCode):
        totals_per_rate([("19", Decimal("1.00"))], on=TODAY)


@given(LINES)
def test_net_and_tax_add_up_to_the_lines(lines: list[tuple[str, Decimal]]) -> None:
    rates = totals_per_rate(lines, on=TODAY)
    totals = document_totals(rates)
    assert all(rate.net + rate.vat == rate.gross for rate in rates)
    assert totals.net + totals.vat == totals.gross == sum(gross for _, gross in lines)
    assert {rate.code for rate in rates} == {code for code, _ in lines}


@given(LINES.flatmap(lambda lines: st.tuples(st.just(lines), st.permutations(lines))))
def test_the_order_of_lines_does_not_matter(
    orders: tuple[list[tuple[str, Decimal]], list[tuple[str, Decimal]]],
) -> None:
    lines, shuffled = orders
    assert totals_per_rate(shuffled, on=TODAY) == totals_per_rate(lines, on=TODAY)


@given(LINES)
def test_a_mirrored_document_has_mirrored_totals(lines: list[tuple[str, Decimal]]) -> None:
    mirrored = totals_per_rate([(code, -gross) for code, gross in lines], on=TODAY)
    for rate, mirror in zip(totals_per_rate(lines, on=TODAY), mirrored, strict=True):
        assert (mirror.net, mirror.vat, mirror.gross) == (-rate.net, -rate.vat, -rate.gross)


@given(AMOUNTS, st.dictionaries(CODES, AMOUNTS, min_size=1))
def test_split_delivery_adds_up(cost: Decimal, goods: dict[str, Decimal]) -> None:
    parts = split_delivery(cost, goods_gross=goods)
    assert sum(parts.values()) == cost
    assert parts == split_delivery(cost, goods_gross=dict(reversed(goods.items())))


@given(st.lists(AMOUNTS, min_size=1, max_size=20), st.integers(min_value=0, max_value=100))
def test_a_spread_voucher_never_makes_a_line_negative(lines: list[Decimal], percent: int) -> None:
    discount = percent_discount(quantity=Decimal(1), unit_gross=sum(lines, ZERO), percent=Decimal(percent))
    parts = spread_discount(discount, lines_gross=lines)
    assert sum(parts) == discount
    assert all(0 <= part <= line for part, line in zip(parts, lines, strict=True))

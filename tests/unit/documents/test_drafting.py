"""From an order to a draft: lines, VAT codes, delivery, deposits, dates, payment, totals."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.orders import FIRM, a_line, a_service, an_order
from stragan.core.snapshot import BuyerSource, DocumentKind, LineKind, SupplyKind, VatSource
from stragan.documents.content import DraftContent, SellerProfile, from_json, to_json
from stragan.documents.drafting import blocking_problems, draft_from_order
from stragan.documents.freezing import sums_of
from stragan.orders.data import OrderData

PAYER = SellerProfile(vat_payer=True)
PAYER_WITH_BASIS = SellerProfile(vat_payer=True, exemption_basis="art. 43 ust. 1 pkt 33 ustawy o VAT")
EXEMPT = SellerProfile(vat_payer=False, exemption_basis="art. 113 ust. 1 ustawy o VAT")
TODAY = date(2026, 11, 23)


def drafted(order: OrderData, profile: SellerProfile = PAYER, **changes: Any) -> DraftContent:
    values: dict[str, Any] = {
        "buyer_source": BuyerSource.DELIVERY,
        "kind": DocumentKind.INVOICE,
        "issue_date": TODAY,
    }
    return draft_from_order(order, profile=profile, **(values | changes))


def codes(order: OrderData, profile: SellerProfile = PAYER) -> list[str]:
    found = blocking_problems(order, profile=profile, buyer_source=BuyerSource.DELIVERY, issue_date=TODAY)
    return [refusal.code for refusal in found]


def test_goods_and_delivery_become_lines() -> None:
    content = drafted(an_order())
    assert [
        (line.kind, line.name, line.quantity, line.unit, line.unit_gross, line.vat_code)
        for line in content.lines
    ] == [
        (LineKind.GOODS, "Kubek emaliowany", Decimal(1), "szt.", Decimal("40.00"), "23"),
        (LineKind.DELIVERY, "Dostawa: Paczkomat", Decimal(1), "usł.", Decimal("14.99"), "23"),
    ]
    assert content.difference == 0
    sums = sums_of(content)
    assert (str(sums.net), str(sums.vat), str(sums.gross)) == ("44.71", "10.28", "54.99")


def test_delivery_is_divided_over_the_rates_of_the_goods() -> None:
    lines = (
        a_line(price=Decimal("30.00")),
        a_line(line_id="line-2", offer_id="1002", price=Decimal("10.00"), vat_rate=Decimal("8.00")),
        a_line(line_id="line-3", offer_id="1003", price=Decimal("0.00"), vat_rate=Decimal("5.00")),
    )
    content = drafted(an_order(total="54.99", lines=lines))
    delivery = [line for line in content.lines if line.kind is LineKind.DELIVERY]
    assert [(line.vat_code, str(line.gross)) for line in delivery] == [("23", "11.24"), ("8", "3.75")]
    assert {line.vat_source for line in delivery} == {VatSource.GOODS}


def test_delivery_of_goods_of_no_value_takes_the_standard_rate() -> None:
    lines = (a_line(price=Decimal("0.00"), vat_rate=Decimal("5.00")),)
    content = drafted(an_order(total="14.99", lines=lines))
    assert (content.lines[1].vat_code, content.lines[1].vat_source) == ("23", VatSource.STANDARD)


def test_free_delivery_gives_no_line() -> None:
    order = an_order(total="40.00")
    content = drafted(replace(order, delivery=replace(order.delivery, cost=Decimal("0.00"))))
    assert [line.kind for line in content.lines] == [LineKind.GOODS]


def test_an_unknown_delivery_method_does_not_lose_its_cost() -> None:
    order = an_order()
    content = drafted(replace(order, delivery=replace(order.delivery, method_name="")))
    assert (content.lines[1].name, content.lines[1].gross) == ("Dostawa", Decimal("14.99"))


def test_services_are_lines_with_the_rate_of_their_goods() -> None:
    line = a_line(vat_rate=Decimal("8.00"), services=(a_service(quantity=2),))
    content = drafted(an_order(total="64.99", lines=(line,)))
    service = content.lines[1]
    assert (service.kind, service.name, service.quantity, service.vat_code, service.vat_source) == (
        LineKind.SERVICE,
        "Pakowanie",
        Decimal(2),
        "8",
        VatSource.GOODS,
    )
    assert content.difference == 0


def test_deposits_stand_apart_from_the_gross() -> None:
    line = a_line(quantity=6, price=Decimal("4.00"), deposit=Decimal("0.50"))
    content = drafted(an_order(total="41.99", lines=(line,)))
    sums = sums_of(content)
    assert (str(sums.gross), str(sums.deposit), str(sums.to_pay)) == ("38.99", "3.00", "41.99")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"vat_rate": Decimal("23.00")}, "23"),
        ({"vat_rate": Decimal("8.00")}, "8"),
        ({"vat_rate": Decimal(5)}, "5"),
        ({"vat_rate": Decimal("0.00")}, "0"),
    ],
)
def test_the_rate_of_the_offer_is_the_code(changes: dict[str, Any], code: str) -> None:
    assert drafted(an_order(lines=(a_line(**changes),))).lines[0].vat_code == code


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"vat_rate": None}, "vat_missing"),
        ({"vat_rate": Decimal("21.00")}, "vat_foreign"),
        ({"vat_rate": Decimal("22.00")}, "vat_foreign"),
        ({"vat_rate": Decimal("23.00"), "vat_exemption": "MONEY_EQUIVALENT"}, "vat_contradictory"),
        ({"vat_rate": None, "vat_exemption": "MONEY_EQUIVALENT"}, "vat_exemption_basis_missing"),
        ({"vat_rate": None, "vat_exemption": "MARGIN_SCHEME"}, "vat_margin_unsupported"),
    ],
)
def test_an_uncertain_rate_is_refused_and_never_guessed(changes: dict[str, Any], problem: str) -> None:
    assert codes(an_order(lines=(a_line(**changes),))) == [problem]


def test_an_exemption_with_its_legal_basis_is_zw() -> None:
    order = an_order(lines=(a_line(vat_rate=None, vat_exemption="MONEY_EQUIVALENT"),))
    assert codes(order, PAYER_WITH_BASIS) == []
    assert [line.vat_code for line in drafted(order, PAYER_WITH_BASIS).lines] == ["zw", "zw"]


def test_one_offer_with_two_rates_contradicts_itself() -> None:
    lines = (a_line(), a_line(line_id="line-2", vat_rate=Decimal("8.00"), price=Decimal("0.00")))
    assert codes(an_order(lines=lines)) == ["vat_contradictory"]


def test_an_exempt_seller_puts_zw_on_everything() -> None:
    content = drafted(an_order(lines=(a_line(vat_rate=None),)), EXEMPT)
    assert [(line.vat_code, line.vat_source) for line in content.lines] == [
        ("zw", VatSource.SELLER_EXEMPT),
        ("zw", VatSource.SELLER_EXEMPT),
    ]
    assert codes(an_order(lines=(a_line(vat_rate=None),)), EXEMPT) == []


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"currency": "CZK"}, ["currency_unsupported"]),
        ({"marketplace": "allegro-cz"}, ["vat_foreign"]),
        ({"marketplace": "allegro-business-cz", "currency": "EUR"}, ["currency_unsupported", "vat_foreign"]),
        ({"marketplace": "allegro-business-pl"}, []),
        ({"marketplace": ""}, []),
        ({"total_to_pay": Decimal("55.00")}, ["total_mismatch"]),
    ],
)
def test_an_order_that_is_no_sale_at_home_is_refused(changes: dict[str, Any], problems: list[str]) -> None:
    assert codes(an_order(**changes)) == problems


def test_goods_that_go_abroad_are_refused() -> None:
    order = an_order()
    assert order.delivery.address is not None
    abroad = replace(order.delivery.address, country="CZ")
    assert codes(replace(order, delivery=replace(order.delivery, address=abroad))) == ["vat_foreign"]


def test_the_country_of_the_pickup_point_counts_before_the_buyers() -> None:
    order = an_order()
    assert order.delivery.address is not None
    prague = replace(order.delivery.address, country="CZ")
    assert codes(replace(order, delivery=replace(order.delivery, pickup_point_address=prague))) == [
        "vat_foreign"
    ]


def test_a_difference_is_named() -> None:
    [refusal] = blocking_problems(
        an_order(total_to_pay=Decimal("55.49")),
        profile=PAYER,
        buyer_source=BuyerSource.DELIVERY,
        issue_date=TODAY,
    )
    assert refusal.params == {"difference": "0.50"}


def test_the_supply_date_of_an_online_order_is_the_warsaw_day_of_payment() -> None:
    order = an_order()
    late = replace(order.payment, finished_at=datetime(2026, 11, 19, 23, 30, tzinfo=UTC))
    content = drafted(replace(order, payment=late))
    assert (content.supply_date, content.supply_kind) == (date(2026, 11, 20), SupplyKind.PAYMENT)
    assert content.payment.paid_date == date(2026, 11, 20)


def test_cash_on_delivery_has_no_supply_date_and_is_not_paid() -> None:
    order = an_order()
    content = drafted(replace(order, payment=replace(order.payment, type="CASH_ON_DELIVERY", paid=None)))
    assert (content.supply_date, content.supply_kind) == (None, None)
    assert (content.payment.method, content.payment.paid, content.payment.paid_date) == (
        "cod",
        Decimal("0.00"),
        None,
    )


def test_a_payment_after_the_issue_date_is_no_supply_date() -> None:
    assert drafted(an_order(), issue_date=date(2026, 11, 19)).supply_date is None


def test_an_overpaid_order_is_paid_in_full_and_no_more() -> None:
    order = an_order()
    content = drafted(replace(order, payment=replace(order.payment, paid=Decimal("60.00"))))
    assert content.payment.paid == Decimal("54.99")


@pytest.mark.parametrize(
    ("allegro", "method"),
    [("ONLINE", "online"), ("SPLIT_PAYMENT", "split"), ("EXTENDED_TERM", "deferred"), ("SOMETHING", "other")],
)
def test_payment_types_have_methods(allegro: str, method: str) -> None:
    order = an_order()
    assert drafted(replace(order, payment=replace(order.payment, type=allegro))).payment.method == method


def test_a_draft_survives_json() -> None:
    line = a_line(vat_rate=None, services=(a_service(),), deposit=Decimal("0.50"))
    content = drafted(an_order(lines=(line,)))
    assert from_json(to_json(content)) == content


def test_a_line_name_that_no_invoice_can_hold_is_refused() -> None:
    assert codes(an_order(lines=(a_line(offer_name="x" * 513),))) == ["text_too_long"]


@given(
    prices=st.lists(
        st.tuples(
            st.integers(min_value=0, max_value=100_000),
            st.integers(min_value=1, max_value=99),
            st.sampled_from(["23.00", "8.00", "5.00", "0.00"]),
        ),
        min_size=1,
        max_size=8,
    ),
    delivery=st.integers(min_value=0, max_value=10_000),
)
def test_a_draft_adds_up_to_what_the_buyer_pays(prices: list[tuple[int, int, str]], delivery: int) -> None:
    lines = tuple(
        a_line(
            line_id=f"line-{place}",
            offer_id=f"{place}",
            price=Decimal(price) / 100,
            quantity=quantity,
            vat_rate=Decimal(rate),
        )
        for place, (price, quantity, rate) in enumerate(prices)
    )
    cost = Decimal(delivery) / 100
    total = sum((line.price * line.quantity for line in lines), cost)
    order = an_order(total=str(total), lines=lines)
    content = drafted(replace(order, delivery=replace(order.delivery, cost=cost)))
    sums = sums_of(content)
    assert content.difference == 0
    assert sums.to_pay == total
    assert sums.net + sums.vat == sums.gross


def test_the_name_of_the_company_is_used_only_when_the_invoice_asks() -> None:
    order = an_order()
    content = drafted(replace(order, invoice=replace(order.invoice, required=False, address=FIRM)))
    assert content.buyer.name == "Anna Próbna"

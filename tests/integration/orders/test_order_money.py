"""What an order brought and cost: commission, profit, final or still open, whatever comes first."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from builders.companies import NOW, a_company, a_shop
from builders.issuing import an_invoice, corrected, voided
from builders.moneys import PAID, a_fee, a_move, a_payout, money_of, read
from builders.orders import a_numbered_form, stored
from builders.stock import a_form_of, a_product, in_stock, match
from stragan.flows.order_money import account_of, work_due
from stragan.orders import money_rows
from stragan.orders.models import Order, OrderMoney
from stragan.orders.states import MoneyGap
from stragan.shops.models import BillingRead, PaymentsRead

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=61)


@pytest.fixture
def small(db: Any) -> Any:  # noqa: ARG001 -- opens the database
    """A seller who is no VAT payer."""
    return a_company(vat_payer=False, vat_exemption_basis="art. 113 ust. 1")


@pytest.fixture
def shop(small: Any) -> Any:
    return a_shop(small, first_import_done_at=NOW)


def an_order(shop: Any, number: int = 1, **changes: Any) -> Any:
    [order] = stored(shop, [a_numbered_form(number, **changes)], now=NOW)
    return order


def test_commission_is_what_was_charged_less_what_was_given_back_and_the_rest_is_profit(shop: Any) -> None:
    order = an_order(shop)
    read(
        shop,
        fees=[a_fee("1", "-4.79", order), a_fee("2", "-8.99", order, type_id="DXP"),
              a_fee("3", "2.00", order, type_id="REF"), a_fee("4", "-50.00", type_id="NSP")],
        moves=[a_move("CONTRIBUTION", "54.99", order)],
    )  # fmt: skip
    row = money_of(order)
    assert (row.charged, row.returned) == (Decimal("13.78"), Decimal("2.00"))
    assert row.profit == Decimal("54.99") - Decimal("11.78")
    assert row.basis == "gross"
    assert row.cost is None


def test_fees_that_came_before_their_order_count_once_it_is_here(shop: Any) -> None:
    form = a_numbered_form(1)
    read(shop, fees=[a_fee("1", "-4.79", form["id"])])
    assert not OrderMoney.objects.for_company(shop.company_id).exists()
    order = an_order(shop)
    assert money_of(order).charged == Decimal("4.79")


def test_entries_of_overlapping_windows_count_once(shop: Any) -> None:
    order = an_order(shop)
    for _ in range(2):
        read(shop, fees=[a_fee("1", "-4.79", order)] * 2, moves=[a_move("CONTRIBUTION", "54.99", order)])
    row = money_of(order)
    assert (row.charged, row.received) == (Decimal("4.79"), Decimal("54.99"))


def test_fees_of_a_merged_order_belong_to_the_one_that_took_its_purchases(shop: Any) -> None:
    old = an_order(shop, 1)
    read(shop, fees=[a_fee("1", "-4.79", old)], moves=[a_move("CONTRIBUTION", "54.99", old)])
    assert money_of(old).charged == Decimal("4.79")
    first, second = a_numbered_form(1), a_numbered_form(2)
    merged = {**a_numbered_form(3), "lineItems": first["lineItems"] + second["lineItems"]}
    [new] = stored(shop, [merged], now=NOW)
    row = money_of(new)
    assert row.charged == Decimal("4.79")
    assert not OrderMoney.objects.for_company(shop.company_id).filter(order=old).exists()
    read(shop, fees=[a_fee("2", "-1.00", old)])
    assert money_of(new).charged == Decimal("5.79"), "a fee may still name the form that is gone"


def test_a_refund_and_the_commission_given_back_leave_nothing(shop: Any) -> None:
    order = an_order(shop)
    read(
        shop,
        fees=[a_fee("1", "-4.79", order), a_fee("2", "4.79", order, type_id="REF")],
        moves=[
            a_move("CONTRIBUTION", "54.99", order),
            a_move("REFUND_CHARGE", "-54.99", order, occurred_at=PAID + timedelta(days=2)),
        ],
    )
    row = money_of(order)
    assert (row.refunded, row.profit) == (Decimal("54.99"), Decimal("0.00"))
    assert row.gap == "", "what went back needs no payout"


def test_an_operation_listed_in_both_wallets_counts_once(shop: Any) -> None:
    order = an_order(shop)
    refund = a_move("REFUND_CHARGE", "-10.00", order)
    waiting = a_move(
        "REFUND_CHARGE", "-10.00", order, wallet="WAITING", occurred_at=PAID - timedelta(hours=1)
    )
    read(shop, moves=[refund, waiting])
    assert money_of(order).refunded == Decimal("10.00")


def test_a_payer_compares_net_amounts_once_there_is_a_document(company: Any) -> None:
    shop = a_shop(company, first_import_done_at=NOW)
    order = an_order(shop)
    read(
        shop,
        fees=[a_fee("1", "-4.79", order), a_fee("2", "1.23", order, type_id="PS1"),
              a_fee("3", "-2.00", order, type_id="DXP", tax_percent=0)],
        moves=[a_move("CONTRIBUTION", "54.99", order)],
    )  # fmt: skip
    row = money_of(order)
    assert (row.profit, row.gap) == (None, MoneyGap.DOCUMENT)
    an_invoice(order)
    row = money_of(order)
    # 54.99 holds 10.28 of VAT, 4.79 holds 0.90, 1.23 holds 0.23, and the last fee none.
    assert row.profit == Decimal("44.71") - Decimal("3.89") + Decimal("1.00") - Decimal("2.00")
    assert row.basis == "net"
    assert (row.charged, row.subsidy) == (Decimal("6.79"), Decimal("1.23"))


@pytest.mark.parametrize("documented", [1, 2])
def test_documents_of_purchases_that_were_merged_say_the_vat_once_they_say_all(
    company: Any, documented: int
) -> None:
    shop = a_shop(company, first_import_done_at=NOW)
    forms = [a_numbered_form(number) for number in (1, 2)]
    orders = stored(shop, forms, now=NOW)
    read(shop, moves=[a_move("CONTRIBUTION", "54.99", order) for order in orders])
    for order in orders[:documented]:
        an_invoice(order)
    both = {"amount": "109.98", "currency": "PLN"}
    merged = a_numbered_form(3, lineItems=forms[0]["lineItems"] + forms[1]["lineItems"])
    merged["summary"]["totalToPay"] = merged["payment"]["paidAmount"] = both
    merged["delivery"]["cost"] = {"amount": "29.98", "currency": "PLN"}
    [new] = stored(shop, [merged], now=NOW)
    sums = account_of(company, new).sums
    if documented == 1:  # half of it has no document
        assert (sums.profit, sums.gap) == (None, MoneyGap.DOCUMENT)
    else:
        assert sums.profit == 2 * Decimal("44.71")


def test_a_fee_whose_vat_is_not_said_leaves_a_payers_profit_unknown(company: Any) -> None:
    shop = a_shop(company, first_import_done_at=NOW)
    order = an_order(shop)
    an_invoice(order)
    read(shop, fees=[a_fee("1", "-4.79", order, tax_percent=None)])
    row = money_of(order)
    assert (row.profit, row.gap) == (None, MoneyGap.FEE_TAX)
    assert row.charged == Decimal("4.79")


def test_goods_cost_what_the_issue_note_took_and_nothing_is_invented(small: Any) -> None:
    small.warehouse = True
    small.save()
    shop = a_shop(small, first_import_done_at=NOW)
    product, unvalued = a_product(small), a_product(small, sku="X", name="Bez kosztu")
    in_stock(small, product, 5, unit_cost=Decimal("12.00"))
    in_stock(small, unvalued, 5)
    orders = stored(shop, [a_form_of(1, quantity=2), a_form_of(2, quantity=1)], now=NOW)
    match(orders[:1], product)
    match(orders[1:], unvalued)
    read(shop, moves=[a_move("CONTRIBUTION", f"{order.received}", order) for order in orders])
    assert money_of(orders[0]).gap == MoneyGap.GOODS
    invoice = an_invoice(orders[0])
    an_invoice(orders[1])
    row = money_of(orders[0])
    assert row.cost == Decimal("24.00")
    assert row.profit == orders[0].received - Decimal("24.00")
    assert row.gap == MoneyGap.PAYOUT
    other = money_of(orders[1])
    assert (other.cost, other.profit) == (None, orders[1].received)
    voided(invoice)
    row = money_of(orders[0])
    assert row.cost == Decimal("0.00"), "the goods are back"


def test_goods_that_come_back_with_a_correction_cost_nothing(small: Any) -> None:
    small.warehouse = True
    small.save()
    shop = a_shop(small, first_import_done_at=NOW)
    product = a_product(small)
    in_stock(small, product, 5, unit_cost=Decimal("12.00"))
    [order] = stored(shop, [a_form_of(1, quantity=2)], now=NOW)
    match([order], product)
    read(shop, moves=[a_move("CONTRIBUTION", f"{order.received}", order)])
    invoice = an_invoice(order)
    assert money_of(order).cost == Decimal("24.00")
    corrected(invoice, {1: "1"})
    assert money_of(order).cost == Decimal("12.00")


def test_it_is_open_until_the_payout_and_sixty_quiet_days_and_final_after(shop: Any) -> None:
    order = an_order(shop)
    read(shop, moves=[a_move("CONTRIBUTION", "54.99", order)])
    row = money_of(order)
    assert (row.gap, row.settles_at) == (MoneyGap.PAYOUT, None)
    read(shop, moves=[a_payout("-54.99", PAID + timedelta(days=3))])
    row = money_of(order)
    assert row.gap == MoneyGap.COMMISSION, "some sales have none, so only time tells"
    read(shop, fees=[a_fee("1", "-4.79", order, occurred_at=PAID + timedelta(days=1))])
    row = money_of(order)
    assert row.gap == ""
    assert row.settles_at == PAID + timedelta(days=61)
    sums = money_rows.sums_of(shop.company, [order.pk])[order.pk]
    assert not sums.is_final(NOW)
    assert sums.is_final(LATER)
    read(shop, moves=[a_move("PAYOUT_CANCEL", "54.99", payout_id="payout-1123",
                             occurred_at=PAID + timedelta(days=4))])  # fmt: skip
    assert money_of(order).gap == MoneyGap.PAYOUT, "a payout that was cancelled did not happen"


def test_what_was_not_read_is_not_made_up(shop: Any) -> None:
    order = an_order(shop)
    read(shop, moves=[a_move("CONTRIBUTION", "54.99", order)])
    BillingRead.objects.update(since=NOW)
    account = account_of(shop.company, order)
    assert (account.sums.gap, account.sums.profit, account.sums.commission) == (
        MoneyGap.FEES_UNREAD, None, None,
    )  # fmt: skip
    BillingRead.objects.update(since=PAID - timedelta(days=9))
    PaymentsRead.objects.all().delete()
    account = account_of(shop.company, order)
    assert (account.sums.gap, account.sums.profit) == (MoneyGap.PAYMENTS_UNREAD, None)


def test_a_refund_of_a_payment_for_two_orders_is_neithers_alone(shop: Any) -> None:
    payment = a_numbered_form(1)["payment"]
    orders = [an_order(shop, number, payment=payment) for number in (1, 2)]
    read(shop, moves=[a_move("REFUND_CHARGE", "-10.00", orders[0])])
    assert {money_of(order).gap for order in orders} == {MoneyGap.PAYMENT_SHARED}


def test_a_wish_that_comes_while_it_is_worked_out_is_not_lost(shop: Any) -> None:
    order = an_order(shop)
    read(shop, moves=[a_move("CONTRIBUTION", "54.99", order)])
    assert work_due(company_id=shop.company_id) == 1
    assert work_due(company_id=shop.company_id) == 0
    money_rows.ask(shop.company_id, [order.pk])
    assert money_rows.due_companies() == [shop.company_id]
    assert work_due(company_id=shop.company_id) == 1


def test_hundreds_of_orders_take_as_many_statements_as_one(
    shop: Any, django_assert_max_num_queries: Any
) -> None:
    orders = stored(shop, [a_numbered_form(number) for number in range(1, 41)], now=NOW)
    read(shop, fees=[a_fee(f"{order.pk}", "-1.00", order) for order in orders])
    with django_assert_max_num_queries(32):
        assert work_due(company_id=shop.company_id) == 40
    charged = OrderMoney.objects.for_company(shop.company_id).values_list("charged", flat=True)
    assert list(charged) == [Decimal("1.00")] * 40
    assert Order.objects.for_company(shop.company_id).count() == 40

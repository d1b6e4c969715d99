"""A payout is explained to the grosz: what it holds, order by order, and what does not add up is named."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from builders.companies import NOW, a_shop
from builders.moneys import PAID, a_move, a_payout, read
from builders.orders import a_numbered_form, stored
from stragan.orders import payout_account
from stragan.orders.payout_account import Entry, Part, PayoutAccount
from stragan.shops.models import PaymentOperation

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
FIRST, SECOND = PAID + timedelta(days=1), PAID + timedelta(days=2)


@pytest.fixture
def shop(company: Any) -> Any:
    return a_shop(company, first_import_done_at=NOW)


@pytest.fixture
def orders(shop: Any) -> list[Any]:
    return stored(shop, [a_numbered_form(number) for number in (1, 2, 3)], now=NOW)


def explained(shop: Any, payout_id: str) -> tuple[PayoutAccount, tuple[Entry, ...]]:
    """The account and its operations: as the database adds up and as they themselves do, page by page too."""
    row = PaymentOperation.objects.for_company(shop.company_id).get(kind="PAYOUT", payout_id=payout_id)
    account, entries = payout_account.explained(row)
    assert payout_account.account_of(row) == account
    pages = [payout_account.page_of(account, start=start, size=2) for start in range(0, len(entries), 2)]
    assert [entry for page in pages for entry in page] == list(entries)
    assert (account.count, account.moved) == (len(entries), sum(entry.amount for entry in entries))
    return account, entries


def account(shop: Any, payout_id: str) -> PayoutAccount:
    return explained(shop, payout_id)[0]


def two_payouts(orders: list[Any], *, left: str = "0.00") -> list[Any]:
    """54.99 paid out at first; then a payment, a refund, a fee and a correction make 32.00."""
    one, two, three = orders
    return [
        a_move("CONTRIBUTION", "54.99", one, balance=Decimal("54.99")),
        a_payout("-54.99", FIRST, payout_id="first", balance=Decimal(left)),
        a_move("CONTRIBUTION", "54.99", two, occurred_at=FIRST + HOUR, balance=Decimal("54.99")),
        a_move("REFUND_CHARGE", "-10.00", three, occurred_at=FIRST + 2 * HOUR, balance=Decimal("44.99")),
        a_move("DEDUCTION_CHARGE", "-12.50", occurred_at=FIRST + 3 * HOUR, balance=Decimal("32.49")),
        a_move("CORRECTION", "-0.49", occurred_at=FIRST + 4 * HOUR, balance=Decimal("32.00")),
        a_payout("-32.00", SECOND, payout_id="second", balance=Decimal("0.00")),
    ]


def test_it_holds_all_that_moved_since_the_payout_before(shop: Any, orders: list[Any]) -> None:
    read(shop, moves=two_payouts(orders))
    found, entries = explained(shop, "second")
    assert (found.amount, found.since, found.opening, found.closing, found.rest) == (
        Decimal("32.00"), FIRST, Decimal("0.00"), Decimal("0.00"), Decimal("0.00"),
    )  # fmt: skip
    assert found.parts == (
        (Part.PAID, Decimal("54.99"), 1),
        (Part.REFUNDED, Decimal("-10.00"), 1),
        (Part.FEES, Decimal("-12.50"), 1),
        (Part.CORRECTED, Decimal("-0.49"), 1),
    )
    named = [entry.order.number if entry.order else None for entry in entries]
    assert named == [orders[1].number, orders[2].number, None, None]
    assert found.strangers == 0


def test_the_first_known_payout_begins_with_the_balance_before_the_first_operation(
    shop: Any, orders: list[Any]
) -> None:
    moves = two_payouts(orders)
    moves[0] = a_move("CONTRIBUTION", "54.99", orders[0], balance=Decimal("154.99"))
    moves[1] = a_payout("-154.99", FIRST, payout_id="first")
    read(shop, moves=moves)
    found = account(shop, "first")
    assert (found.since, found.opening, found.rest) == (None, Decimal("100.00"), Decimal("0.00"))


def test_what_is_missing_is_named_and_nothing_put_in_its_place(shop: Any, orders: list[Any]) -> None:
    moves = two_payouts(orders)
    del moves[2]
    read(shop, moves=moves)
    found = account(shop, "second")
    assert found.rest == Decimal("54.99")
    assert found.moved == Decimal("-22.99")
    read(shop, moves=two_payouts(orders)[2:3])
    assert account(shop, "second").rest == Decimal("0.00"), "listed late, and all is well"


def test_what_a_payout_leaves_is_in_the_next_one(shop: Any, orders: list[Any]) -> None:
    moves = two_payouts(orders, left="5.00")
    moves[-1] = a_payout("-30.00", SECOND, payout_id="second", balance=Decimal("7.00"))
    read(shop, moves=moves)
    found = account(shop, "second")
    assert (found.opening, found.closing, found.rest) == (Decimal("5.00"), Decimal("7.00"), Decimal("0.00"))


def test_other_operators_currencies_and_the_waiting_wallet_are_other_wallets(
    shop: Any, orders: list[Any]
) -> None:
    others = [
        a_move("CONTRIBUTION", "7.00", orders[1], operator="PAYU", occurred_at=FIRST + HOUR),
        a_move("CONTRIBUTION", "7.00", orders[1], currency="CZK", occurred_at=FIRST + HOUR),
        a_move("CONTRIBUTION", "7.00", orders[1], wallet="WAITING", occurred_at=FIRST + HOUR),
        a_payout("-1.00", FIRST + 5 * HOUR, payout_id="other", operator="PAYU"),
    ]
    read(shop, moves=[*two_payouts(orders), *others])
    assert account(shop, "second").rest == Decimal("0.00")


def test_without_balances_the_rest_is_unknown_not_zero(shop: Any, orders: list[Any]) -> None:
    read(
        shop,
        moves=[
            a_move("CONTRIBUTION", "54.99", orders[0]),
            a_payout("-54.99", FIRST, payout_id="first", balance=None),
        ],
    )
    found = account(shop, "first")
    assert (found.opening, found.closing, found.rest) == (None, None, None)


def test_a_payment_of_an_order_that_is_not_here_is_named(shop: Any) -> None:
    stranger = a_move("CONTRIBUTION", "54.99", payment_id="nobody", balance=Decimal("54.99"))
    read(shop, moves=[stranger, a_payout("-54.99", FIRST, payout_id="first")])
    found, [entry] = explained(shop, "first")
    assert (entry.payment_id, entry.order, found.strangers) == ("nobody", None, 1)
    assert found.rest == Decimal("0.00")


def test_an_order_of_another_account_with_that_payment_is_not_here(shop: Any, orders: list[Any]) -> None:
    other = a_shop(shop.company, name="Other", seller_id="900", allegro_login="other")
    move = a_move("CONTRIBUTION", "54.99", orders[0], balance=Decimal("54.99"))
    read(other, moves=[move, a_payout("-54.99", FIRST, payout_id="first")])
    assert account(other, "first").strangers == 1


def test_a_cancelled_payout_says_so_and_its_money_is_in_the_next(shop: Any, orders: list[Any]) -> None:
    moves = two_payouts(orders)
    back = a_move("PAYOUT_CANCEL", "54.99", payout_id="first", occurred_at=FIRST + HOUR / 2,
                  balance=Decimal("54.99"))  # fmt: skip
    moves[-1] = a_payout("-86.99", SECOND, payout_id="second")
    read(shop, moves=[*moves, back])
    assert account(shop, "first").is_cancelled
    found = account(shop, "second")
    assert not found.is_cancelled
    assert found.rest == Decimal("0.00")
    assert (Part.OTHER, Decimal("54.99"), 1) in found.parts


def test_a_merged_order_is_named_by_the_one_that_took_its_purchases(shop: Any) -> None:
    [old] = stored(shop, [a_numbered_form(1)], now=NOW)
    read(shop, moves=[a_move("CONTRIBUTION", "54.99", old), a_payout("-54.99", FIRST, payout_id="first")])
    merged = {
        **a_numbered_form(3),
        "lineItems": a_numbered_form(1)["lineItems"] + a_numbered_form(2)["lineItems"],
    }
    [new] = stored(shop, [merged], now=NOW)
    _account, [entry] = explained(shop, "first")
    assert entry.order is not None
    assert entry.order.number == new.number

"""Works out what orders brought and cost, from payments, fees, documents and stock together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from stragan.companies.models import Company
from stragan.companies.queries import is_payer_on, vat_history
from stragan.core.dates import warsaw_date
from stragan.core.money import ZERO
from stragan.documents.order_marks import totals_of_orders
from stragan.orders import money, money_rows
from stragan.orders.models import Order, OrderLine, OrderPayment
from stragan.orders.money import Facts, Period, Sums
from stragan.orders.payments import orders_by_form, orders_by_payment
from stragan.orders.states import OrderStatus
from stragan.shops import billing, payments, payouts
from stragan.shops.billing import Fee
from stragan.shops.models import BillingRead, PaymentsRead, Shop
from stragan.shops.payments import Move
from stragan.warehouse.goods_cost import GoodsCost, costs_of_orders

_CHUNKS_AT_ONCE: Final = 200  # of one job
_LONGEST_CHAIN: Final = 20  # of orders merged again and again


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAccount:
    """The money of one order with all it rests on; moves of both wallets are there once, oldest first."""

    sums: Sums
    fees: tuple[Fee, ...]
    moves: tuple[Move, ...]


def keep_fees(shop: Shop, fees: Iterable[Fee], *, now: datetime) -> set[str]:
    """Store entries, in the caller's transaction, and ask for the orders new ones name; gives new ids."""
    new = billing.store(shop, fees, now=now)
    money_rows.ask(shop.company_id, orders_by_form(shop, set(new.values()) - {""}).values())
    return set(new)


def keep_moves(shop: Shop, moves: Sequence[Move], *, now: datetime) -> None:
    """Store operations and ask for the orders that new ones pay for."""
    with transaction.atomic():
        fresh = payments.store(shop, moves, now=now)
        ask_for_moves(shop, [move for move in moves if move.key in fresh])


def ask_for_moves(shop: Shop, new: Iterable[Move]) -> None:
    """Ask for the orders of operations just stored, in their transaction; of a payout those before it."""
    named: set[str] = set()
    for move in new:
        if move.payment_id:
            named.add(move.payment_id)
        if move.kind in payouts.KINDS:
            named |= payouts.payments_in(shop, move)
    money_rows.ask(shop.company_id, orders_by_payment(shop, named).values())


def work_due(*, company_id: int) -> int:
    """Work out what is due of a company, chunk by chunk; gives how many orders. Safe to repeat."""
    company = Company.objects.filter(pk=company_id).first()
    if company is None:
        return 0
    count = 0
    for _ in range(_CHUNKS_AT_ONCE):
        with transaction.atomic(durable=True):
            ids = money_rows.take_due(company_id)
            successors = _work(company, ids)
        if successors:  # apart: who merges orders holds their rows in another order
            with transaction.atomic(durable=True):
                money_rows.ask(company_id, successors)
        count += len(ids)
        if not ids:
            break
    return count


def account_of(company: Company, order: Order) -> OrderAccount:
    """The money of one order as it is at this moment."""
    [facts] = _facts(company, [order]).values()
    return OrderAccount(
        sums=money.work_out(facts),
        fees=tuple(facts.fees),
        moves=tuple(money.once_of_two_wallets(facts.moves)),
    )


def _work(company: Company, ids: Sequence[int]) -> list[int]:
    """Work out these orders; gives those that took over the purchases of merged ones among them."""
    orders = list(Order.objects.for_company(company).filter(pk__in=ids).order_by("id"))
    merged = [order for order in orders if order.superseded_by_id is not None]
    money_rows.forget(order.pk for order in merged)
    found = _facts(company, [order for order in orders if order.superseded_by_id is None])
    money_rows.write(company.pk, {pk: money.work_out(facts) for pk, facts in found.items()})
    return [order.superseded_by_id for order in merged if order.superseded_by_id is not None]


def _facts(company: Company, orders: Sequence[Order]) -> dict[int, Facts]:
    """Gather the facts of orders of one company, in the same number of statements for one as for hundreds."""
    chain = _merged_into({order.pk: order.allegro_id for order in orders})
    by_shop: dict[int, list[Order]] = {}
    for order in orders:
        by_shop.setdefault(order.shop_id, []).append(order)
    everyone = [pk for members in chain.values() for pk in members]
    documents = totals_of_orders(everyone)
    costs = costs_of_orders(company, everyone) if company.warehouse else {}
    lines = _lines_with_products(company, chain) if company.warehouse else {}
    history = vat_history(company)
    found: dict[int, Facts] = {}
    shops = Shop.objects.for_company(company).select_related("billing_read", "payments_read")
    for shop in shops.filter(pk__in=by_shop).order_by("id"):
        source = _Source.of(shop, by_shop[shop.pk], chain)
        for order in by_shop[shop.pk]:
            document = _document_of(order, {pk: documents[pk] for pk in chain[order.pk] if pk in documents})
            cost, is_open = _goods(company, chain[order.pk], costs=costs, lines=lines.get(order.pk, ()))
            day = document[2] if document else warsaw_date(order.bought_at or order.created_at)
            found[order.pk] = Facts(
                currency=order.currency,
                received=order.received or ZERO,
                deposit=order.deposit or ZERO,
                bought_at=order.bought_at,
                paid_at=order.paid_at,
                is_cancelled=order.status == OrderStatus.CANCELLED,
                vat_payer=is_payer_on(history, day),
                fees=source.fees.get(order.pk, ()),
                moves=source.moves.get(order.pk, ()),
                fees_read=source.fees_read,
                payments_read=source.payments_read,
                shares_payment=order.pk in source.sharing,
                document=document[:2] if document else None,
                cost=cost,
                goods_open=is_open,
                payouts=source.payouts,
            )
    return found


def _document_of(
    order: Order, found: Mapping[int, tuple[Decimal, Decimal, date]]
) -> tuple[Decimal, Decimal, date] | None:
    """Net, gross and day of the order's document, or of those of its purchases before they were merged.

    None while these say less than the whole order: what VAT the rest will have, nobody knows.
    """
    own, whole = found.get(order.pk), (order.total or ZERO) - (order.deposit or ZERO)
    if own and (len(found) == 1 or own[1] == whole):
        return own
    gross = sum((one[1] for one in found.values()), ZERO)
    if not found or gross != whole:
        return None
    return sum((one[0] for one in found.values()), ZERO), gross, max(day for _, _, day in found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """What a shop says of some of its orders, by order id."""

    fees: Mapping[int, Sequence[Fee]]
    moves: Mapping[int, Sequence[Move]]
    sharing: frozenset[int]  # orders with a payment that another order has too
    fees_read: Period
    payments_read: Period
    payouts: Mapping[tuple[str, str], datetime]

    @classmethod
    def of(cls, shop: Shop, orders: Sequence[Order], chain: Mapping[int, Mapping[int, str]]) -> "_Source":
        """Read fees by form ids, operations by payment ids, each of an order and of those merged into it."""
        owner = {form_id: order.pk for order in orders for form_id in chain[order.pk].values()}
        fees: dict[int, list[Fee]] = {}
        for fee in billing.fees_of(shop, owner):
            fees.setdefault(owner[fee.form_id], []).append(fee)
        members = {pk: order.pk for order in orders for pk in chain[order.pk]}
        paid = _payments_of(members)
        moves: dict[int, list[Move]] = {}
        for move in payments.moves_of(shop, paid):
            for pk in paid[move.payment_id]:
                moves.setdefault(pk, []).append(move)
        return cls(
            fees=fees,
            moves=moves,
            sharing=_sharing(shop, paid),
            fees_read=_read_of(getattr(shop, "billing_read", None)),
            payments_read=_read_of(getattr(shop, "payments_read", None)),
            payouts=payouts.latest(shop),
        )


def _read_of(row: BillingRead | PaymentsRead | None) -> Period:
    return Period(since=row.since, until=row.until) if row else Period()


def _payments_of(members: Mapping[int, int]) -> dict[str, set[int]]:
    """Payment id → the orders that hold it; *members* maps each order, also merged ones, to its holder."""
    rows = OrderPayment.objects.filter(order_id__in=list(members)).order_by("id")
    found: dict[str, set[int]] = {}
    for payment_id, order_id in rows.values_list("payment_id", "order_id"):
        found.setdefault(payment_id, set()).add(members[order_id])
    return found


def _sharing(shop: Shop, paid: Mapping[str, set[int]]) -> frozenset[int]:
    """Orders that live beside another one with the same payment: a refund of it belongs to either."""
    rows = OrderPayment.objects.filter(
        payment_id__in=list(paid),
        order__company=shop.company_id,
        order__seller_id=shop.seller_id,
        order__superseded_by__isnull=True,
    )
    holders: dict[str, set[int]] = {}
    for payment_id, order_id in rows.order_by("id").values_list("payment_id", "order_id"):
        holders.setdefault(payment_id, set()).add(order_id)
    return frozenset(pk for payment_id, found in holders.items() if len(found) > 1 for pk in paid[payment_id])


def _merged_into(orders: Mapping[int, str]) -> dict[int, dict[int, str]]:
    """For each order (id → form id): itself and all that were merged into it, by id."""
    found = {pk: {pk: form_id} for pk, form_id in orders.items()}
    holder = {pk: pk for pk in orders}
    newest = list(orders)
    for _ in range(_LONGEST_CHAIN):
        rows = Order.objects.across_companies().filter(superseded_by_id__in=newest).order_by("id")
        newest = []
        for pk, form_id, into in rows.values_list("id", "allegro_id", "superseded_by_id"):
            assert into is not None, "the filter names what it was merged into"
            if pk not in holder:
                holder[pk] = holder[into]
                found[holder[pk]][pk] = form_id
                newest.append(pk)
        if not newest:
            break
    return found


def _lines_with_products(
    company: Company, chain: Mapping[int, Mapping[int, str]]
) -> dict[int, list[tuple[str, bool]]]:
    """Line ids of orders, and whether each has a product."""
    rows = OrderLine.objects.for_company(company).filter(order_id__in=list(chain)).order_by("id")
    found: dict[int, list[tuple[str, bool]]] = {}
    for order_id, line_id, product_id in rows.values_list("order_id", "line_id", "product_id"):
        found.setdefault(order_id, []).append((line_id, product_id is not None))
    return found


def _goods(
    company: Company,
    members: Iterable[int],
    *,
    costs: Mapping[int, GoodsCost],
    lines: Sequence[tuple[str, bool]],
) -> tuple[Decimal | None, bool]:
    """Cost of all goods of an order, None where a part is unknown; and whether some are still to leave."""
    if not company.warehouse:
        return None, False
    notes = [costs[pk] for pk in members if pk in costs]
    moved = {line_id for note in notes for line_id in note.lines}
    is_open = any(has_product and line_id not in moved for line_id, has_product in lines)
    values = [note.value for note in notes]
    is_whole = bool(notes) and all(line_id in moved for line_id, _ in lines)
    if not is_whole or None in values:
        return None, is_open
    return sum((value for value in values if value is not None), ZERO), is_open

"""How many pieces of a product may still be offered: what is here, less what is promised or not paid yet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from django.db.models import Exists, OuterRef

from stragan.companies.models import Company
from stragan.orders.models import OrderLine
from stragan.orders.states import Queue
from stragan.products.models import BundleComponent, Product
from stragan.warehouse.models import StockMove
from stragan.warehouse.queries import stands
from stragan.warehouse.states import NoteKind

ZERO: Final = Decimal(0)
# Somebody counted what there is: only then is the stock of a product a fact.
_COUNTED_BY: Final = (NoteKind.PZ, NoteKind.PW, NoteKind.INW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sellable:
    """What may be offered of a product, and why. Of a bundle the figures are those of its scarcest part.

    ``unpaid`` was bought on Allegro and waits for payment: Allegro has taken it from the offer already.
    """

    quantity: int
    on_hand: Decimal
    reserved: Decimal
    unpaid: Decimal


def sellable(company: Company, product_ids: Iterable[int]) -> dict[int, Sellable]:
    """Say how many whole pieces may be offered of each product whose stock is counted; others are left out.

    Never below zero. A bundle counts when all its components do. A handful of statements for any number.
    """
    products = Product.objects.for_company(company).filter(pk__in=set(product_ids), archived_at__isnull=True)
    wanted = dict(products.values_list("id", "is_bundle"))
    parts = _parts(company, [pk for pk, is_bundle in wanted.items() if is_bundle])
    single = {pk for pk, is_bundle in wanted.items() if not is_bundle}
    single |= {pk for some in parts.values() for pk, _each in some}
    counted = _counted(company, single)
    unpaid = _unpaid(company, counted)
    levels = {stand.product_id: stand for stand in stands(company, counted)}

    def left(pk: int) -> Sellable:
        stand = levels[pk]
        free = stand.available - unpaid.get(pk, ZERO)
        return Sellable(
            quantity=max(0, int(free.to_integral_value(ROUND_FLOOR))),
            on_hand=stand.on_hand,
            reserved=stand.reserved,
            unpaid=unpaid.get(pk, ZERO),
        )

    found = {pk: left(pk) for pk, is_bundle in wanted.items() if not is_bundle and pk in levels}
    for pk, some in parts.items():
        if some and all(part in levels for part, _each in some):
            found[pk] = _scarcest([(left(part), each) for part, each in some])
    return found


def _scarcest(parts: Sequence[tuple[Sellable, Decimal]]) -> Sellable:
    def whole(part: Sellable, each: Decimal) -> int:
        free = part.on_hand - part.reserved - part.unpaid
        return max(0, int((free / each).to_integral_value(ROUND_FLOOR)))

    scarce, each = min(parts, key=lambda pair: whole(*pair))
    return Sellable(
        quantity=whole(scarce, each), on_hand=scarce.on_hand, reserved=scarce.reserved, unpaid=scarce.unpaid
    )


def _parts(company: Company, bundle_ids: Sequence[int]) -> dict[int, list[tuple[int, Decimal]]]:
    found: dict[int, list[tuple[int, Decimal]]] = {pk: [] for pk in bundle_ids}
    if bundle_ids:
        rows = BundleComponent.objects.for_company(company).filter(bundle_id__in=bundle_ids).order_by("id")
        for bundle_id, product_id, quantity in rows.values_list("bundle_id", "product_id", "quantity"):
            found[bundle_id].append((product_id, quantity))
    return found


def _counted(company: Company, product_ids: Iterable[int]) -> set[int]:
    moves = StockMove.objects.for_company(company).filter(
        product_id=OuterRef("pk"), note__kind__in=_COUNTED_BY
    )
    rows = Product.objects.for_company(company).filter(Exists(moves), pk__in=set(product_ids))
    return set(rows.values_list("id", flat=True))


def _unpaid(company: Company, product_ids: Iterable[int]) -> Mapping[int, Decimal]:
    """Pieces bought on Allegro that wait for payment, bundles taken apart."""
    ids = set(product_ids)
    containing: dict[int, list[tuple[int, Decimal]]] = {}
    rows = BundleComponent.objects.for_company(company).filter(product_id__in=ids)
    for bundle_id, part_id, held in rows.values_list("bundle_id", "product_id", "quantity"):
        containing.setdefault(bundle_id, []).append((part_id, held))
    lines = OrderLine.objects.for_company(company).filter(
        product_id__in=ids | set(containing), order__queue=Queue.WAITING_PAYMENT
    )
    sums: dict[int, Decimal] = {}
    for product_id, quantity in lines.order_by().values_list("product_id", "quantity"):
        for part, each in containing.get(product_id or 0) or [(product_id or 0, Decimal(1))]:
            sums[part] = sums.get(part, ZERO) + each * Decimal(quantity)
    return sums

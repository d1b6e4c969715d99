"""What is asked about stock: levels, what is out, notes and moves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from stragan.companies.models import Company
from stragan.kit.fields import plain_quantity
from stragan.products.models import BundleComponent, Product
from stragan.warehouse import levels
from stragan.warehouse.models import Reservation, StockLevel, StockMove, StockNote

_ZERO: Final = Decimal(0)
_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """What there is of a product. Of a bundle: how many could be put together."""

    product_id: int
    sku: str
    name: str
    on_hand: Decimal
    reserved: Decimal

    @property
    def available(self) -> Decimal:
        """What can still be sold; below zero where more is promised than there is."""
        return plain_quantity(self.on_hand - self.reserved)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOut:
    """What is out for one line of documents, and the cost of one unit."""

    product_id: int
    quantity: Decimal
    unit_cost: Decimal | None


def on_hand(
    company: Company, product_ids: Iterable[int], *, locked_with_orders: Iterable[int] | None = None
) -> dict[int, Decimal]:
    """Give what is on hand of each product, zero where it never moved.

    With *locked_with_orders* the levels stay locked until the transaction ends, together with those of what
    these orders reserve, so that issuing for them afterwards waits for nobody.
    """
    ids = set(product_ids)
    found = dict.fromkeys(ids, _ZERO)
    if not ids:
        return found
    if locked_with_orders is None:
        rows = StockLevel.objects.for_company(company).filter(product_id__in=ids)
        return found | dict(rows.values_list("product_id", "on_hand"))
    reserved = Reservation.objects.for_company(company).filter(
        order_id__in=[pk for pk in locked_with_orders if pk is not None], ended_at__isnull=True
    )
    held = levels.locked(
        company_id=company.pk, product_ids=ids | set(reserved.values_list("product_id", flat=True))
    )
    return {pk: held[pk].on_hand for pk in ids}


def available(company: Company, product_ids: Iterable[int]) -> dict[int, Decimal]:
    """Give what can still be sold of each product: on hand less reserved, perhaps below zero.

    Of a bundle that is how many could be put together from its components, whole ones.
    """
    return {stand.product_id: stand.available for stand in stands(company, product_ids)}


def stands(company: Company, product_ids: Iterable[int]) -> list[Stand]:
    """Give what there is of products, in the order of their ids; ids of other companies are left out."""
    ids = sorted(set(product_ids))
    found: list[Stand] = []
    for start in range(0, len(ids), _AT_ONCE):
        rows = Product.objects.for_company(company).filter(pk__in=ids[start : start + _AT_ONCE])
        found += stands_of(company, rows.order_by("id"))
    return found


def all_stands(company: Company) -> Iterator[Stand]:
    """Give what there is of every product that is not archived, by name; in bounded memory."""
    rows = Product.objects.for_company(company).filter(archived_at__isnull=True).order_by("name_key", "id")
    after: tuple[str, int] | None = None
    while True:
        page = rows
        if after is not None:
            name, pk = after
            page = rows.filter(name_key__gte=name).exclude(name_key=name, pk__lte=pk)
        found = list(page.only("id", "sku", "name", "name_key", "is_bundle")[:_AT_ONCE])
        if not found:
            return
        yield from stands_of(company, found)
        after = (found[-1].name_key, found[-1].pk)


def stands_of(company: Company, products: Iterable[Product]) -> list[Stand]:
    """Give what there is of these products of the company, in their order."""
    wanted = list(products)
    bundles = [product.pk for product in wanted if product.is_bundle]
    parts: dict[int, list[tuple[int, Decimal]]] = {pk: [] for pk in bundles}
    if bundles:
        components = BundleComponent.objects.for_company(company).filter(bundle_id__in=bundles)
        for bundle_id, product_id, quantity in components.values_list("bundle_id", "product_id", "quantity"):
            parts[bundle_id].append((product_id, quantity))
    ids = {product.pk for product in wanted} | {pk for found in parts.values() for pk, _ in found}
    rows = StockLevel.objects.for_company(company).filter(product_id__in=ids)
    known = {pk: (have, held) for pk, have, held in rows.values_list("product_id", "on_hand", "reserved")}
    answers = []
    for product in wanted:
        have, held = known.get(product.pk, (_ZERO, _ZERO))
        if product.is_bundle:
            have, free = (
                min(
                    (
                        ((a - (b if is_free else _ZERO)) / each).to_integral_value(ROUND_FLOOR)
                        for pk, each in parts[product.pk]
                        for a, b in [known.get(pk, (_ZERO, _ZERO))]
                    ),
                    default=_ZERO,
                )
                for is_free in (False, True)
            )
            have, held = plain_quantity(have), plain_quantity(have - free)
        answers.append(
            Stand(product_id=product.pk, sku=product.sku, name=product.name, on_hand=have, reserved=held)
        )
    return answers


def lines_out(company: Company, document_ids: Iterable[int]) -> dict[str, list[LineOut]]:
    """Give what documents have out now, by line: what they took less what came back."""
    sums: dict[tuple[str, int], tuple[Decimal, Decimal | None]] = {}
    rows = StockMove.objects.for_company(company).filter(note__document_id__in=list(document_ids))
    for line_id, product_id, quantity, cost in rows.order_by("id").values_list(
        "line_id", "product_id", "quantity", "unit_cost"
    ):
        so_far, first_cost = sums.get((line_id, product_id), (_ZERO, cost))
        sums[(line_id, product_id)] = (so_far - quantity, first_cost)
    found: dict[str, list[LineOut]] = {}
    for (line_id, product_id), (quantity, cost) in sums.items():
        if quantity > 0:
            found.setdefault(line_id, []).append(
                LineOut(product_id=product_id, quantity=quantity, unit_cost=cost)
            )
    return found


def standing_notes(company: Company, document_ids: Iterable[int]) -> list[StockNote]:
    """Give the notes of documents that neither are reversed nor reverse another, oldest first."""
    rows = StockNote.objects.for_company(company).filter(
        document_id__in=list(document_ids), reverses__isnull=True, reversed_by__isnull=True
    )
    return list(rows.order_by("id"))


def moves_of_documents(company: Company, document_ids: Iterable[int]) -> QuerySet[StockMove]:
    """Give what documents moved, in order, with notes and products; what was reversed is left out."""
    rows = StockMove.objects.for_company(company).filter(
        note__document_id__in=list(document_ids), note__reversed_by=None
    )
    return rows.select_related("note", "product").order_by("id")


def notes_of_order(company: Company, order_id: int) -> list[StockNote]:
    """Give the notes that moved goods of an order, oldest first."""
    return list(StockNote.objects.for_company(company).filter(order_id=order_id).order_by("id"))


def note_of(company: Company, public_id: UUID) -> StockNote | None:
    """Find the note with this public id, if it is the company's."""
    rows = StockNote.objects.for_company(company).select_related("order", "by", "reverses", "reversed_by")
    return rows.filter(public_id=public_id).first()


def total_value(company: Company) -> Decimal:
    """Give the value of everything on hand at average cost in PLN: the sum of each product's, in grosze.

    Products without a known cost count for nothing.
    """
    rows = StockLevel.objects.for_company(company).filter(on_hand__gt=_ZERO, average__isnull=False)
    # Both are ten-thousandths: their product is in 10⁻⁸ PLN, a millionth of which is a grosz.
    with connection.cursor() as cursor:
        sql, params = rows.values("on_hand", "average").query.sql_with_params()
        cursor.execute(
            f"SELECT SUM((on_hand * average + 500000) / 1000000) FROM ({sql}) AS kept",  # noqa: S608 -- our own query
            params,
        )
        [found] = cursor.fetchone()
    return Decimal(int(found or 0)).scaleb(-2)

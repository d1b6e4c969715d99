"""Which products the lines of orders and documents take: matched lines, bundles taken apart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple, Protocol

from stragan.companies.models import Company
from stragan.core.snapshot import LineKind
from stragan.kit.fields import plain_quantity
from stragan.orders.models import OrderLine
from stragan.products.models import BundleComponent, Product
from stragan.warehouse.actions import Demand

STEP: Final = Decimal("0.0001")


class SoldLine(Protocol):
    """What a line of a draft and of an issued document have in common."""

    @property
    def kind(self) -> LineKind: ...  # noqa: D102 -- as in the snapshot
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def quantity(self) -> Decimal: ...  # noqa: D102
    @property
    def sku(self) -> str: ...  # noqa: D102
    @property
    def ean(self) -> str: ...  # noqa: D102
    @property
    def line_id(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """The lines of one document. ``order_id`` is None for one written by hand.

    ``products`` are what ``products_of`` said of these lines in the same transaction, where it was asked.
    """

    order_id: int | None
    lines: Sequence[SoldLine]
    products: "Sequence[Article | None] | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """How people know a product."""

    sku: str
    name: str


class Article(NamedTuple):
    """What of a product its lines need."""

    pk: int
    sku: str
    name: str
    is_bundle: bool
    gtu: str
    ryczalt_rate: str


@dataclass(slots=True)
class Taken:
    """What sales take, in their order, and the names of the products."""

    demands: list[list[Demand]] = field(default_factory=list)
    products: dict[int, Named] = field(default_factory=dict)


def rounded(quantity: Decimal) -> Decimal:
    """Give a quantity as the ledger can keep it: half up to 1/10,000."""
    return plain_quantity(quantity.quantize(STEP, rounding=ROUND_HALF_UP))


def line_key(line: SoldLine, *, position: int) -> str:
    """What tells a line of a document from the others: the order's line id, else its place (from 1)."""
    return line.line_id or f"#{position}"


def taken_by(sales: Sequence[Sale], *, company: Company) -> Taken:
    """Say which products sales take and how many; lines without a product take nothing.

    At most five statements for any number of sales.
    """
    chosen: list[list[tuple[str, Article, Decimal]]] = []
    unknown = [sale for sale in sales if sale.products is None]
    found_now = iter(products_of(unknown, company=company))
    for sale in sales:
        products = next(found_now) if sale.products is None else sale.products
        pairs = enumerate(zip(sale.lines, products, strict=True), start=1)
        chosen.append(
            [
                (line_key(line, position=position), product, line.quantity)
                for position, (line, product) in pairs
                if product is not None and line.quantity > 0
            ]
        )
    taken = Taken()
    parts = components_of(
        company, {product.pk for found in chosen for _, product, _ in found if product.is_bundle}
    )
    for found in chosen:
        taken.demands.append(exploded(((key, p.pk, p.is_bundle, q) for key, p, q in found), parts=parts))
        for _, product, _ in found:
            if not product.is_bundle:
                taken.products[product.pk] = Named(sku=product.sku, name=product.name)
    for components in parts.values():
        for component, _ in components:
            taken.products[component.pk] = Named(sku=component.sku, name=component.name)
    return taken


def products_of(
    sales: Sequence[Sale], *, company: Company, is_past: bool = False
) -> list[list[Article | None]]:
    """Say for each line of each sale which product it is; services and delivery are none.

    A line of an order has the product its offer was matched to; one added by hand is known by SKU, EAN or
    exact name where exactly one product has it. Of documents of the past (*is_past*) the catalog may be
    younger, or the order may have changed: there a line that was not matched is known like one by hand, and
    by the SKU of an archived product too. At most four statements.
    """
    ordered = _of_orders(company, {one.order_id for one in sales if one.order_id})

    def is_named(sale: Sale, line: SoldLine) -> bool:
        return _is_by_hand(line) or (
            is_past and line.kind is LineKind.GOODS and (sale.order_id, line.line_id) not in ordered
        )

    named = [line for sale in sales for line in sale.lines if is_named(sale, line)]
    catalog = _Catalog.of(company, named, is_past=is_past)
    return [
        [
            None
            if line.kind is not LineKind.GOODS
            else catalog.product_of(line)
            if is_named(sale, line)
            else ordered.get((sale.order_id, line.line_id))
            for line in sale.lines
        ]
        for sale in sales
    ]


def components_of(company: Company, bundle_ids: Iterable[int]) -> dict[int, list[tuple[Product, Decimal]]]:
    """Give what one of each bundle holds; asks nothing where there is no bundle."""
    ids = list(bundle_ids)
    if not ids:
        return {}
    found: dict[int, list[tuple[Product, Decimal]]] = {pk: [] for pk in ids}
    rows = BundleComponent.objects.for_company(company).filter(bundle_id__in=ids)
    for row in rows.select_related("product").order_by("bundle_id", "product_id"):
        found[row.bundle_id].append((row.product, row.quantity))
    return found


def exploded(
    lines: Iterable[tuple[str, int, bool, Decimal]],
    *,
    parts: Mapping[int, Sequence[tuple[Product, Decimal]]],
) -> list[Demand]:
    """Take bundles apart: (line, product, is it a bundle, quantity); one demand per line and product."""
    sums: dict[tuple[str, int], Decimal] = {}
    for key, product_id, is_bundle, quantity in lines:
        if not is_bundle:
            sums[(key, product_id)] = sums.get((key, product_id), Decimal(0)) + quantity
            continue
        for component, each in parts.get(product_id, ()):
            place = (key, component.pk)
            amount = rounded(quantity * each)
            sums[place] = sums.get(place, Decimal(0)) + amount
    return [
        Demand(line_id=key, product_id=pk, quantity=plain_quantity(quantity))
        for (key, pk), quantity in sums.items()
        if quantity > 0
    ]


def _is_by_hand(line: SoldLine) -> bool:
    return line.kind is LineKind.GOODS and not line.line_id


def _of_orders(company: Company, order_ids: set[int]) -> dict[tuple[int | None, str], Article]:
    if not order_ids:
        return {}
    rows = OrderLine.objects.for_company(company).filter(order_id__in=order_ids, product__isnull=False)
    found = rows.values_list(
        "order_id", "line_id", "product_id", *(f"product__{name}" for name in Article._fields[1:])
    )
    return {(order_id, line_id): Article(*article) for order_id, line_id, *article in found}


@dataclass(slots=True, kw_only=True)
class _Catalog:
    """Products that lines by hand may mean, by what the lines say of them."""

    by_sku: dict[str, list[Article]] = field(default_factory=dict)
    by_ean: dict[str, list[Article]] = field(default_factory=dict)
    by_name: dict[str, list[Article]] = field(default_factory=dict)

    @classmethod
    def of(cls, company: Company, lines: Sequence[SoldLine], *, is_past: bool) -> "_Catalog":
        catalog = cls()
        rows = Product.objects.for_company(company).order_by("id")
        live = rows.filter(archived_at__isnull=True)
        asked = {
            "sku": ({line.sku for line in lines if line.sku}, catalog.by_sku),
            "ean": ({line.ean for line in lines if line.ean}, catalog.by_ean),
            "name": ({line.name for line in lines if not (line.sku or line.ean)}, catalog.by_name),
        }
        for column, (values, found) in asked.items():
            if values:
                of_column = rows if is_past and column == "sku" else live
                of_values = of_column.filter(**{f"{column}__in": values})
                for value, *article in of_values.values_list(column, *Article._fields):
                    found.setdefault(value, []).append(Article(*article))
        return catalog

    def product_of(self, line: SoldLine) -> Article | None:
        """The one product the line means; None where there is none or there are several."""
        for found in (
            self.by_sku.get(line.sku) if line.sku else None,
            self.by_ean.get(line.ean) if line.ean else None,
            self.by_name.get(line.name),
        ):
            if found:
                return found[0] if len(found) == 1 else None
        return None

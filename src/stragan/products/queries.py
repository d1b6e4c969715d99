"""What pages and flows ask about the catalog. Every list is ordered down to the id."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from stragan.companies.models import Company
from stragan.kit.search import SHORTEST_TRIGRAM, containing
from stragan.products.matching import Catalog, Offer, exact_name, name_key
from stragan.products.models import BundleComponent, OfferLink, Product, ProductName, SoldOffer
from stragan.products.reading import Component, FieldError, ProductData
from stragan.products.sheet import SheetRow, join_list

Offers = QuerySet[SoldOffer]
_AT_ONCE: Final = 5_000
_TODAYS_CODES: Final = frozenset({"23", "8", "5", "0"})


def catalog_for(company_id: int, offers: Collection[Offer], *, by_links: bool = True) -> Catalog:
    """Read what of the catalog may fit *offers*: at most five statements for some hundreds of them.

    What a rule has decided is not asked of the next one. Archived products fit nothing, not even through
    a link. Without *by_links* remembered links are left out: what the other rules say by themselves.
    """
    live = Product.objects.for_company(company_id).filter(archived_at__isnull=True)
    links = OfferLink.objects.for_company(company_id).filter(product__archived_at__isnull=True)
    linked: dict[tuple[str, str], int] = {}
    if by_links:
        rows = links.filter(
            seller_id__in={offer.seller_id for offer in offers},
            offer_id__in={offer.offer_id for offer in offers},
        ).order_by("id")
        linked = {
            (seller, offer): pk
            for seller, offer, pk in rows.values_list("seller_id", "offer_id", "product_id")
        }
    left = [offer for offer in offers if offer.key not in linked]
    by_sku = _by(live, "sku", {offer.sku for offer in left})
    left = [offer for offer in left if offer.sku not in by_sku]
    by_ean = _by(live, "ean", {offer.any_ean for offer in left})
    left = [offer for offer in left if offer.any_ean not in by_ean]
    names = {exact_name(offer.name) for offer in left} - {""}
    return Catalog(links=linked, by_sku=by_sku, by_ean=by_ean, by_name=_by_name(company_id, live, names))


def _by(live: QuerySet[Product], column: str, values: set[str]) -> dict[str, list[int]]:
    asked = values - {""}
    if not asked:
        return {}
    return _grouped(live.filter(**{f"{column}__in": asked}).order_by("id").values_list(column, "id"))


def _by_name(company_id: int, live: QuerySet[Product], names: set[str]) -> dict[str, list[int]]:
    if not names:
        return {}
    candidates = live.filter(name_key__in={name_key(name) for name in names}).order_by("id")
    others = ProductName.objects.for_company(company_id).filter(
        name__in=names, product__archived_at__isnull=True
    )
    return _grouped(
        [
            *((exact_name(name), pk) for name, pk in candidates.values_list("name", "id")),
            *others.order_by("id").values_list("name", "product_id"),
        ]
    )


def has_products(company_id: int) -> bool:
    """Whether the catalog holds anything at all."""
    return Product.objects.for_company(company_id).exists()


def search_products(company: Company, text: str, *, limit: int) -> list[Product]:
    """Give products for a picker: with *text* in name, SKU or EAN, newest first; without it the newest."""
    rows = Product.objects.for_company(company).filter(archived_at__isnull=True)
    words = text.strip()
    found = containing(rows, words) if len(words) >= SHORTEST_TRIGRAM else rows.order_by("-id")
    return list(found[:limit])


def live_ids(company_id: int, product_ids: Iterable[int]) -> set[int]:
    """Those of the ids whose products are not archived."""
    ids = set(product_ids)
    if not ids:
        return set()
    rows = Product.objects.for_company(company_id).filter(pk__in=ids, archived_at__isnull=True)
    return set(rows.order_by("id").values_list("id", flat=True))


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for key, pk in pairs:
        found[key].append(pk)
    return dict(found)


def has_vat_codes(company_id: int) -> bool:
    """Whether any product says a VAT code."""
    return Product.objects.for_company(company_id).filter(vat_code__gt="").exists()


def foreseen(company_id: int, offers: Sequence[Offer]) -> dict[tuple[str, str], int]:
    """The products that purchases of *offers* would get now, by seller and offer; changes nothing."""
    known = SoldOffer.objects.for_company(company_id).filter(
        seller_id__in={offer.seller_id for offer in offers}, offer_id__in={offer.offer_id for offer in offers}
    )
    found: dict[tuple[str, str], int] = {}
    held = set()
    rows = known.order_by("id").values_list(
        "seller_id", "offer_id", "product_id", "product__archived_at", "is_held"
    )
    for seller_id, offer_id, product_id, archived_at, is_held in rows:
        if product_id is not None and archived_at is None:
            found[(seller_id, offer_id)] = product_id
        elif is_held:
            held.add((seller_id, offer_id))
    left = [offer for offer in offers if offer.key not in found and offer.key not in held]
    if left:
        catalog = catalog_for(company_id, left)
        matches = {offer.key: catalog.match(offer).product_id for offer in left}
        found |= {key: pk for key, pk in matches.items() if pk is not None}
    return found


def vat_codes(company_id: int, product_ids: Iterable[int]) -> dict[int, str]:
    """VAT codes of those of the products that have one."""
    ids = set(product_ids)
    if not ids:
        return {}
    rows = Product.objects.for_company(company_id).filter(pk__in=ids).exclude(vat_code="").order_by("id")
    return dict(rows.values_list("id", "vat_code"))


def chunks(ids: Sequence[int]) -> list[Sequence[int]]:
    """Cut *ids* into parts that one statement can hold."""
    return [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]


def data_of(company: Company, products: Sequence[Product]) -> dict[int, ProductData]:
    """The whole of some products, other names and components included; two statements for any number."""
    ids = [product.pk for product in products]
    names: dict[int, list[str]] = defaultdict(list)
    components: dict[int, list[Component]] = defaultdict(list)
    for chunk in chunks(ids):
        for pk, name in (
            ProductName.objects.for_company(company)
            .filter(product_id__in=chunk)
            .order_by("id")
            .values_list("product_id", "name")
        ):
            names[pk].append(name)
        rows = BundleComponent.objects.for_company(company).filter(bundle_id__in=chunk).order_by("id")
        for pk, part, quantity in rows.values_list("bundle_id", "product_id", "quantity"):
            components[pk].append(Component(product_id=part, quantity=quantity or Decimal(0)))
    return {
        product.pk: ProductData(
            name=product.name,
            sku=product.sku,
            ean=product.ean,
            unit=product.unit,
            price=product.price,
            vat_code=product.vat_code,
            gtu=product.gtu,
            ryczalt_rate=product.ryczalt_rate,
            names=tuple(names[product.pk]),
            components=tuple(components[product.pk]),
        )
        for product in products
    }


def unmatched(company: Company) -> Offers:
    """Offers that were bought and have no product."""
    return SoldOffer.objects.for_company(company).filter(product__isnull=True)


def products_of(company: Company, product_ids: Iterable[int]) -> list[Product]:
    """Products by id, archived ones too, in the order of their ids."""
    ids = sorted(set(product_ids))
    return [
        product
        for chunk in chunks(ids)
        for product in Product.objects.for_company(company).filter(pk__in=chunk).order_by("id")
    ]


def products_by(
    company: Company, *, skus: Collection[str], eans: Collection[str], names: Collection[str]
) -> list[Product]:
    """Products that have one of the SKUs, EANs or exact names, archived ones too, by id."""
    found: dict[int, Product] = {}
    rows = Product.objects.for_company(company)
    wanted = {exact_name(name) for name in names}
    for column, values in (("sku", skus), ("ean", eans), ("name_key", {name_key(name) for name in wanted})):
        asked = sorted(set(values) - {""})
        for chunk in (asked[start : start + _AT_ONCE] for start in range(0, len(asked), _AT_ONCE)):
            for product in rows.filter(**{f"{column}__in": chunk}).order_by("id"):
                if column != "name_key" or product.name in wanted:
                    found[product.pk] = product
    return [found[pk] for pk in sorted(found)]


def ids_by_name_key(company: Company, keys: Collection[str]) -> dict[str, list[int]]:
    """Products that are not archived by folded name, their other names left out."""
    asked = sorted(set(keys) - {""})
    live = Product.objects.for_company(company).filter(archived_at__isnull=True)
    return _grouped(live.filter(name_key__in=asked).order_by("id").values_list("name_key", "id"))


def product_of(company: Company, public_id: UUID) -> Product | None:
    """The product with this id in addresses, if it is the company's."""
    return Product.objects.for_company(company).filter(public_id=public_id).first()


def resolve(company: Company, texts: Sequence[str], errors: list[FieldError]) -> tuple[Component, ...]:
    """Find the components that ``SKU×2`` or ``name×2`` mean; a text that means nothing is an error."""
    row = SheetRow(number=0, cells={"components": join_list(texts)})
    references = row.references(errors)
    keys = {reference.key for reference in references}
    known = products_by(company, skus=keys, eans=(), names=keys)
    found = []
    for reference in references:
        fitting = [one for one in known if one.sku == reference.key] or [
            one for one in known if one.name == reference.key and one.archived_at is None
        ]
        if len(fitting) == 1:
            found.append(Component(product_id=fitting[0].pk, quantity=reference.quantity))
        else:
            code = "product_reference_ambiguous" if fitting else "product_reference_missing"
            errors.append(FieldError(field="components", code=code, params={"key": reference.key[:80]}))
    return tuple(found)


def data_from_offer(offer: SoldOffer) -> ProductData:
    """The product that an offer describes by its latest purchase: name, SKU or EAN, price, VAT code.

    The VAT rate becomes a code only where it is one of today's Polish ones; what is not certain stays open.
    """
    known = Offer(seller_id=offer.seller_id, offer_id=offer.offer_id, name=offer.name, sku=offer.sku)
    rate = offer.vat_rate.removesuffix(".00")
    return ProductData(
        name=exact_name(offer.name),
        sku=offer.sku,
        ean=known.any_ean,
        price=offer.price,
        vat_code=rate if rate in _TODAYS_CODES else "",
    )


def bundles_with(company: Company, product: Product, *, limit: int = 20) -> list[Product]:
    """Bundles that hold a product."""
    rows = BundleComponent.objects.for_company(company).filter(product=product).select_related("bundle")
    return [row.bundle for row in rows.order_by("bundle__name_key", "id")[:limit]]

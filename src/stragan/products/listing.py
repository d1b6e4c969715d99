"""The catalog as a list: what the filter lets through, in its order. Every sort is backed by an index."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db.models import Q, QuerySet

from stragan.companies.models import Company
from stragan.core.folding import fold
from stragan.kit.counting import LIMIT, SEARCH_LIMIT, Counted, count_rows
from stragan.kit.search import SHORTEST_TRIGRAM, containing
from stragan.products import queries
from stragan.products.matching import Offer, Rule, name_key
from stragan.products.models import OfferLink, Product, SoldOffer

LAST_SIGN: Final = "\U0010ffff"


class Sort(StrEnum):
    """Orders of the list."""

    NAME = "name"
    NAME_DOWN = "-name"
    SKU = "sku"
    SKU_DOWN = "-sku"
    NEWEST = "-created"
    OLDEST = "created"


_COLUMNS: Final = {"name": ("name_key", "id"), "sku": ("sku", "name_key", "id"), "created": ("id",)}


class Kind(StrEnum):
    """What the list is narrowed to."""

    BUNDLE = "bundle"
    NO_SKU = "no_sku"
    NO_EAN = "no_ean"
    NO_VAT = "no_vat"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFilter:
    """What the filter bar says."""

    text: str = ""
    kind: str = ""
    vat_code: str = ""
    archived: bool = False
    sort: Sort = Sort.NAME

    @property
    def count(self) -> int:
        """How many conditions narrow the list."""
        return sum(map(bool, (self.text, self.kind, self.vat_code, self.archived)))


def matching(company: Company, wanted: ProductFilter) -> QuerySet[Product]:
    """Products that fit, in the filter's order; a search gives the newest first."""
    rows = Product.objects.for_company(company).filter(archived_at__isnull=not wanted.archived)
    match wanted.kind:
        case Kind.BUNDLE:
            rows = rows.filter(is_bundle=True)
        case Kind.NO_SKU:
            rows = rows.filter(sku="")
        case Kind.NO_EAN:
            rows = rows.filter(ean="")
        case Kind.NO_VAT:
            rows = rows.filter(vat_code="")
    if wanted.vat_code:
        rows = rows.filter(vat_code=wanted.vat_code)
    text = wanted.text.strip()
    if any(len(word) >= SHORTEST_TRIGRAM for word in fold(text).split()):
        return containing(rows, text)
    if text:
        return starting(rows, text)
    columns = _COLUMNS[wanted.sort.lstrip("-")]
    ordered = [f"-{name}" for name in columns] if wanted.sort.startswith("-") else columns
    return rows.order_by(*ordered)


def count(rows: QuerySet[Product], wanted: ProductFilter) -> Counted:
    """How many rows there are, exact up to the limit of lists, of a search up to ``SEARCH_LIMIT``."""
    return count_rows(rows, limit=SEARCH_LIMIT if wanted.text else LIMIT)


def starting(rows: QuerySet[Product], text: str) -> QuerySet[Product]:
    """Products whose SKU, else whose EAN, starts with a short *text*: one stretch of one index each."""
    for column, start in (("sku", text), ("sku", text.upper()), ("ean", text)):
        stretch = {f"{column}__gte": start, f"{column}__lt": f"{start}{LAST_SIGN}"}
        found = rows.filter(**stretch).order_by(column, "name_key", "id")
        if found.exists():
            return found
    return rows.none()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFilter:
    """What the page of unmatched offers shows."""

    text: str = ""
    seller_id: str = ""
    most_sold: bool = False


def unmatched(company: Company, wanted: OfferFilter) -> QuerySet[SoldOffer]:
    """Offers without a product: the latest sold first, or the most often bought."""
    rows = queries.unmatched(company)
    if wanted.seller_id:
        rows = rows.filter(seller_id=wanted.seller_id)
    if wanted.text.strip().isdecimal():
        rows = rows.filter(Q(offer_id__startswith=wanted.text.strip()) | Q(sku=wanted.text.strip()))
    elif wanted.text.strip():
        for word in name_key(wanted.text).split():
            rows = rows.filter(Q(name_key__contains=word) | Q(sku__icontains=word))
    return rows.order_by("-purchases" if wanted.most_sold else "-sold_at", "-id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A product that may be meant, and why: a rule, or ``alike`` for a name that differs in small things."""

    product: Product
    why: str
    is_certain: bool


def suggestions(company: Company, offers: list[SoldOffer]) -> dict[int, list[Suggestion]]:
    """What may be meant by offers, by their ids; at most eight statements for a page of them.

    Certain is what the rules would match by themselves, had nobody taken the product away, and a single
    product whose name differs in case, accents or spaces only.
    """
    asked = {
        row.pk: Offer(seller_id=row.seller_id, offer_id=row.offer_id, name=row.name, sku=row.sku)
        for row in offers
    }
    catalog = queries.catalog_for(company.pk, list(asked.values()), by_links=False)
    found = {pk: catalog.match(offer) for pk, offer in asked.items()}
    alike: dict[int, list[int]] = {}
    left = [row for row in offers if not found[row.pk].product_ids]
    by_key = queries.ids_by_name_key(company, {row.name_key for row in left})
    for row in left:
        alike[row.pk] = by_key.get(row.name_key, [])
    ids = {pk for match in found.values() for pk in match.product_ids} | {
        pk for several in alike.values() for pk in several
    }
    known = {product.pk: product for product in queries.products_of(company, ids)}
    answers = {}
    for row in offers:
        match, others = found[row.pk], alike.get(row.pk, [])
        rule = match.rule or Rule.NAME
        answers[row.pk] = [
            Suggestion(product=known[pk], why=rule.value, is_certain=match.product_id is not None)
            for pk in match.product_ids
        ] + [Suggestion(product=known[pk], why="alike", is_certain=len(others) == 1) for pk in others]
    return answers


def search(company: Company, text: str, *, limit: int = 20) -> list[Product]:
    """Products to choose from: by any words of the text, or the start of SKU and EAN."""
    return list(matching(company, ProductFilter(text=text))[:limit]) if text.strip() else []


def alike(company: Company, name: str, *, limit: int = 20) -> list[Product]:
    """Products whose names share long words with *name*: those with most of them first."""
    words = sorted({word for word in fold(name).split() if len(word) > SHORTEST_TRIGRAM}, key=len)[-4:]
    live = Product.objects.for_company(company).filter(archived_at__isnull=True)
    found: dict[int, Product] = {}
    hits: dict[int, int] = {}
    for word in words:
        for product in containing(live, word)[:limit]:
            found[product.pk] = product
            hits[product.pk] = hits.get(product.pk, 0) + 1
    best = sorted(found.values(), key=lambda product: (-hits[product.pk], -product.pk))
    return best[:limit]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedOffer:
    """An offer that sells a product."""

    seller_id: str
    offer_id: str
    name: str
    purchases: int
    sold_at: datetime | None
    by_hand: bool
    at: datetime


def linked_offers(company: Company, product: Product, *, limit: int = 100) -> list[LinkedOffer]:
    """The offers linked to a product, the latest link first."""
    links = list(OfferLink.objects.for_company(company).filter(product=product).order_by("-id")[:limit])
    rows = SoldOffer.objects.for_company(company).filter(
        seller_id__in={link.seller_id for link in links}, offer_id__in={link.offer_id for link in links}
    )
    sold = {(row.seller_id, row.offer_id): row for row in rows.order_by("id")}
    found = []
    for link in links:
        row = sold.get((link.seller_id, link.offer_id))
        found.append(
            LinkedOffer(
                seller_id=link.seller_id,
                offer_id=link.offer_id,
                name=row.name if row else "",
                purchases=row.purchases if row else 0,
                sold_at=row.sold_at if row else None,
                by_hand=link.by_hand,
                at=link.at,
            )
        )
    return found


def count_offers(company: Company) -> Counted:
    """How many offers wait for a product, exact up to the limit of lists."""
    return count_rows(unmatched(company, OfferFilter()))  # in the order of an index of theirs alone

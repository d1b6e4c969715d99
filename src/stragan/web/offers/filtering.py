"""The conditions of the offers list: read from the address, written back, turned into a query."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Self

from django.db.models import QuerySet
from django.http import QueryDict

from stragan.companies.models import Company
from stragan.kit.counting import SEARCH_LIMIT, Counted, count_rows
from stragan.kit.search import SHORTEST_TRIGRAM, containing
from stragan.shops.models import Offer

LONGEST_TEXT: Final = 100
TABS: Final = ("active", "unmatched", "ended")
_SORTS: Final = {"sold": "sold", "name": "name_key", "price": "price", "available": "available"}
DEFAULT_SORT: Final = "-sold"
_MOST: Final = 2_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFilter:
    """What the list shows; empty parts narrow nothing. ``below``: pieces left on Allegro, fewer than that."""

    tab: str = "active"
    text: str = ""
    shop_id: int | None = None
    below: int | None = None
    sold: str = ""  # "yes", "no"
    product: str = ""  # "yes", "no"
    sort: str = DEFAULT_SORT

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """Read the address; what makes no sense is left out."""
        below = _number(query.get("below", ""))
        sort = query.get("sort", "")
        known = sort.removeprefix("-") in _SORTS
        choice = {name: query.get(name, "") for name in ("tab", "sold", "product")}
        return cls(
            tab=choice["tab"] if choice["tab"] in TABS else "active",
            text=query.get("q", "").strip()[:LONGEST_TEXT],
            shop_id=_number(query.get("shop", "")),
            below=below,
            sold=choice["sold"] if choice["sold"] in {"yes", "no"} else "",
            product=choice["product"] if choice["product"] in {"yes", "no"} else "",
            # Those that run out first are what somebody looks for who asks for small stocks.
            sort=sort if known else "available" if below is not None else DEFAULT_SORT,
        )

    @property
    def count(self) -> int:
        """How many conditions are set besides the tab."""
        return sum(map(bool, (self.text, self.shop_id, self.below is not None, self.sold, self.product)))


def matching(company: Company, wanted: OfferFilter, *, hidden_shops: Collection[int]) -> QuerySet[Offer]:
    """Offers of *company* that fit, in the filter's order; those of removed shops are left out."""
    rows: QuerySet[Offer] = Offer.objects.for_company(company)
    if hidden_shops:
        rows = rows.exclude(shop_id__in=hidden_shops)
    # "IN", for Django writes a truth value bare and SQLite finds no index by that.
    rows = rows.filter(is_active__in=(wanted.tab != "ended",))
    if wanted.tab == "unmatched" or wanted.product == "no":
        rows = rows.filter(product_id__isnull=True)
    if wanted.product == "yes":
        rows = rows.filter(product_id__isnull=False)
    if wanted.shop_id is not None:
        rows = rows.filter(shop_id=wanted.shop_id)
    if wanted.below is not None:
        rows = rows.filter(available__lt=wanted.below)
    if wanted.sold:
        rows = rows.filter(sold__gt=0) if wanted.sold == "yes" else rows.filter(sold=0)
    if len(wanted.text) >= SHORTEST_TRIGRAM:
        return containing(rows, wanted.text)
    if wanted.text:
        rows = rows.filter(offer_id__startswith=wanted.text)
    direction = "-" if wanted.sort.startswith("-") else ""
    return rows.order_by(f"{direction}{_SORTS[wanted.sort.lstrip('-')]}", f"{direction}id")


def count_of(rows: QuerySet[Offer], *, is_search: bool) -> Counted:
    """How many match, exact up to the limit of lists, of a search up to ``SEARCH_LIMIT``."""
    # The order of a search makes SQLite start from the search index.
    return count_rows(rows, limit=SEARCH_LIMIT) if is_search else count_rows(rows.order_by())


def _number(text: str) -> int | None:
    return min(int(text), _MOST) if text.isascii() and text.isdigit() else None

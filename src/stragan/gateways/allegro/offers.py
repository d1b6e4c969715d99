"""The seller's offers as the list shows them."""

from datetime import datetime

from msgspec import Struct

from stragan.gateways.allegro.forms import Amount, ExternalId, Identifier
from stragan.gateways.allegro.parsing import convert, read_json


class SellingMode(Struct, frozen=True, kw_only=True):
    """``BUY_NOW``, ``AUCTION`` or ``ADVERTISEMENT``, and the price."""

    format: str | None = None
    price: Amount | None = None


class Stock(Struct, frozen=True, kw_only=True):
    """Pieces left to sell, and sold."""

    available: int | None = None
    sold: int | None = None


class BaseMarketplace(Struct, frozen=True, kw_only=True):
    """Where the offer lives first, such as ``allegro-pl``."""

    id: str | None = None


class OfferMarketplaces(Struct, frozen=True, kw_only=True):
    """Where the offer is shown."""

    base: BaseMarketplace = BaseMarketplace()


class Publication(Struct, frozen=True, kw_only=True, rename="camel"):
    """``ACTIVE``, ``INACTIVE``, ``ACTIVATING`` or ``ENDED``, and since when."""

    status: str | None = None
    started_at: datetime | None = None
    ending_at: datetime | None = None
    ended_at: datetime | None = None
    marketplaces: OfferMarketplaces = OfferMarketplaces()


class Category(Struct, frozen=True, kw_only=True):
    """Allegro's category of goods."""

    id: str | None = None


class ListedOffer(Struct, frozen=True, kw_only=True, rename="camel"):
    """One offer; several may carry the same SKU (``external.id``)."""

    id: Identifier
    name: str | None = None
    selling_mode: SellingMode = SellingMode()
    stock: Stock = Stock()
    publication: Publication = Publication()
    external: ExternalId = ExternalId()
    category: Category = Category()
    is_fulfillment: bool = False  # the goods lie in Allegro's own warehouse


class OfferPage(Struct, frozen=True, kw_only=True, rename="camel"):
    """A page of offers; ``total_count`` counts the whole filter."""

    offers: tuple[ListedOffer, ...]
    count: int
    total_count: int


def read_offers(body: bytes) -> OfferPage:
    """Read a page of offers."""
    return convert(read_json(body), OfferPage)

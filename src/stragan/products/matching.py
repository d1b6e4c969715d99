"""Which product an offer sells: remembered link, SKU, EAN, exact name, in that order. Pure.

The first rule that finds anything decides. Where it finds more than one product nothing is chosen:
a person is asked, and the answer is remembered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from stragan.core.ean import is_ean, normalize_ean
from stragan.core.folding import fold

LONGEST_NAME: Final = 300


class Rule(StrEnum):
    """What a match rests on."""

    LINK = "link"
    SKU = "sku"
    EAN = "ean"
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An offer as a purchase names it. ``sku`` is Allegro's external id; many sellers put the EAN there."""

    seller_id: str
    offer_id: str
    name: str
    sku: str = ""
    ean: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What makes an offer the same for ever."""
        return (self.seller_id, self.offer_id)

    @property
    def any_ean(self) -> str:
        """The bar code of the offer, else its SKU where that is one, else nothing."""
        if self.ean:
            return self.ean
        text = normalize_ean(self.sku)
        return text if is_ean(text) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The products that the deciding rule found; none where no rule found any."""

    rule: Rule | None = None
    product_ids: tuple[int, ...] = ()

    @property
    def product_id(self) -> int | None:
        """The product, where there is exactly one."""
        return self.product_ids[0] if len(self.product_ids) == 1 else None

    @property
    def is_ambiguous(self) -> bool:
        """Whether a person has to choose."""
        return len(self.product_ids) > 1


NOTHING: Final = Match()


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """What of the catalog may fit some offers: ids of products that are not archived, by each rule's key."""

    links: Mapping[tuple[str, str], int] = field(default_factory=dict)
    by_sku: Mapping[str, Sequence[int]] = field(default_factory=dict)
    by_ean: Mapping[str, Sequence[int]] = field(default_factory=dict)
    by_name: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def match(self, offer: Offer) -> Match:
        """Decide for one offer."""
        linked = self.links.get(offer.key)
        if linked is not None:
            return Match(rule=Rule.LINK, product_ids=(linked,))
        for rule, found in (
            (Rule.SKU, self.by_sku.get(offer.sku) if offer.sku else None),
            (Rule.EAN, self.by_ean.get(offer.any_ean) if offer.any_ean else None),
            (Rule.NAME, self.by_name.get(exact_name(offer.name)) if offer.name else None),
        ):
            if found:
                return Match(rule=rule, product_ids=tuple(sorted(set(found))))
        return NOTHING


def exact_name(text: str) -> str:
    """Give a name as it is compared (S44): every sign counts, only the width of spaces does not."""
    return " ".join(text.split())[:LONGEST_NAME]


def name_key(text: str) -> str:
    """Give the folded name that sorts products and finds candidates for the exact comparison."""
    return fold(exact_name(text))[:LONGEST_NAME]

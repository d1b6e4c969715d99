"""The conditions of the catalog's lists: read from the address, written back."""

from typing import Any, Final

from django.http import QueryDict

from stragan.products.listing import Kind, OfferFilter, ProductFilter, Sort
from stragan.web.products import words

LONGEST_TEXT: Final = 100


def read(query: QueryDict) -> ProductFilter:
    """Read the address of the list; what makes no sense is left out."""
    kind, vat, sort = query.get("kind", ""), query.get("vat", ""), query.get("sort", "")
    return ProductFilter(
        text=query.get("q", "").strip()[:LONGEST_TEXT],
        kind=kind if kind in set(Kind) else "",
        vat_code=vat if vat in words.VAT_CODES else "",
        archived=query.get("archived") == "1",
        sort=Sort(sort) if sort in set(Sort) else Sort.NAME,
    )


def address(wanted: ProductFilter, **changes: object) -> str:
    """The query part of an address with some parts changed; an empty one is left out."""
    values: dict[str, object] = {
        "q": wanted.text,
        "kind": wanted.kind,
        "vat": wanted.vat_code,
        "archived": "1" if wanted.archived else "",
        "sort": wanted.sort.value if wanted.sort is not Sort.NAME else "",
    }
    return _query(values | changes)


def menus(wanted: ProductFilter) -> dict[str, Any]:
    """Choices of the filter bar, each with the address it leads to."""
    return {
        "kinds": [
            {"label": label, "url": address(wanted, kind=kind), "is_current": kind == wanted.kind}
            for kind, label in words.KINDS.items()
        ],
        "kind": words.KINDS.get(wanted.kind, ""),
        "clear_kind": address(wanted, kind=""),
        "rates": [
            {
                "label": words.vat_name(code),
                "url": address(wanted, vat=code),
                "is_current": code == wanted.vat_code,
            }
            for code in words.VAT_CODES
        ],
        "rate": words.vat_name(wanted.vat_code) if wanted.vat_code else "",
        "clear_rate": address(wanted, vat=""),
        "archived_url": address(wanted, archived="" if wanted.archived else "1"),
        "clear_text": address(wanted, q=""),
        "filter_count": wanted.count,
        "query": address(wanted),
    }


def read_offers(query: QueryDict) -> OfferFilter:
    """Read the address of the page of unmatched offers."""
    return OfferFilter(
        text=query.get("q", "").strip()[:LONGEST_TEXT],
        seller_id=query.get("seller", "")[:40],
        most_sold=query.get("sort") == "most",
    )


def offers_address(wanted: OfferFilter, **changes: object) -> str:
    """The query part of that page's address with some parts changed."""
    values: dict[str, object] = {
        "q": wanted.text,
        "seller": wanted.seller_id,
        "sort": "most" if wanted.most_sold else "",
    }
    return _query(values | changes)


def _query(values: dict[str, object]) -> str:
    query = QueryDict(mutable=True)
    for name, value in values.items():
        if value:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"

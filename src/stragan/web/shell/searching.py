"""One box that finds everything: pages, orders, documents, contractors, products; the newest few of each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from stragan.companies.models import Company
from stragan.contractors.models import Contractor
from stragan.core.folding import fold
from stragan.documents.models import Document
from stragan.kit.search import SHORTEST_TRIGRAM, containing
from stragan.orders.queries import OrderFilter, page_of_orders
from stragan.products.models import Product
from stragan.web.shell import show
from stragan.web.shell.context import Entry, address

_FEW: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One line: what it is, what is known of it, where it opens."""

    title: str
    note: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Hits of one kind; ``more_url`` leads to the list with the same words."""

    title: str
    hits: tuple[Hit, ...]
    more_url: str = ""


def find(company: Company, text: str, *, menu: Iterable[Entry]) -> list[Group]:
    """Look everywhere in the company; without words the pages are given. At most five statements."""
    text = text.strip()
    groups = [_pages(text, menu)]
    if text:
        groups += [look(company, text) for look in _LOOKS]
    return [group for group in groups if group.hits]


def _pages(text: str, menu: Iterable[Entry]) -> Group:
    wanted = fold(text)
    entries = {entry.url: entry for parent in menu for entry in (*parent.children, parent)}
    hits = tuple(
        Hit(title=entry.label, note="", url=entry.url, icon=entry.icon or "chevron-right")
        for entry in entries.values()
        if wanted in fold(entry.label)
    )
    return Group(title=_("Pages"), hits=hits)


def _orders(company: Company, text: str) -> Group:
    wanted = OrderFilter(text=text)
    hits = tuple(
        Hit(
            title=_("Order %(number)s") % {"number": order.number},
            note=" · ".join(
                part
                for part in (
                    order.buyer_name or order.buyer_login,
                    order.offer_name,
                    show.money(order.total, order.currency),
                )
                if part
            ),
            url=reverse("orders:detail", args=[order.id]),
            icon="shopping-cart",
        )
        for order in page_of_orders(company, wanted, offset=0, limit=_FEW)
    )
    return Group(title=_("Orders"), hits=hits, more_url=_more("orders:list", text))


def _documents(company: Company, text: str) -> Group:
    rows = containing(Document.objects.for_company(company), text).defer("snapshot")[:_FEW]
    hits = tuple(
        Hit(
            title=row.number,
            note=f"{row.buyer_name} · {show.day(row.issue_date)} · {show.money(row.to_pay, row.currency)}",
            url=reverse("documents:detail", args=[row.public_id]),
            icon="file-invoice",
        )
        for row in rows
    )
    return Group(title=_("Documents"), hits=hits, more_url=_more("documents:list", text))


def _contractors(company: Company, text: str) -> Group:
    rows = containing(Contractor.objects.for_company(company), text)[:_FEW]
    hits = tuple(
        Hit(
            title=row.name,
            note=" · ".join(part for part in (show.nip(row.nip), row.allegro_login, row.city) if part),
            url=_page("contractors:detail", row.pk) or _more("contractors:list", row.name),
            icon="users",
        )
        for row in rows
        if getattr(row, "merged_into_id", None) is None  # the one it became is found by itself
    )
    return Group(title=_("Contractors"), hits=hits, more_url=_more("contractors:list", text))


def _products(company: Company, text: str) -> Group:
    rows = Product.objects.for_company(company).filter(archived_at__isnull=True)
    hits = tuple(
        Hit(
            title=row.name,
            note=" · ".join(part for part in (row.sku, row.ean) if part),
            url=_page("products:detail", row.public_id) or f"{reverse('orders:list')}?product={row.pk}",
            icon="box",
        )
        for row in containing(rows, text)[:_FEW]
    )
    return Group(title=_("Products"), hits=hits, more_url=_more("products:list", text))


_LOOKS: Final[tuple[Callable[[Company, str], Group], ...]] = (_orders, _documents, _contractors, _products)


def is_short(text: str) -> bool:
    """Whether only numbers and NIPs of orders are looked at, for the words are too short for the rest."""
    return 0 < len(fold(text.strip())) < SHORTEST_TRIGRAM


def _page(name: str, key: object) -> str:
    """Address of a thing, or nothing where its page has another kind of key or is not there."""
    try:
        return reverse(name, args=[key])
    except NoReverseMatch:
        return ""


def _more(name: str, text: str) -> str:
    url = address(name)
    return f"{url}?{urlencode({'q': text})}" if url else ""

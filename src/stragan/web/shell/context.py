"""What the frame around a page shows: menu, company, people, freshness of the shops."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stragan.companies.models import Books, Company, User
from stragan.companies.queries import is_set_up, vat_standing
from stragan.kit import clock
from stragan.web.shell import frame
from stragan.web.shell.middleware import CompanyRequest

# Pages below another one, which has the entry in the menu.
_PAGES: Final = {
    "card": "stock",
    "note": "notes",
    "note_new": "notes",
    "daily": "vat",
    "day": "vat",
    "waiting": "vat",
    "month": "months",
    "report": "months",
    "past": "months",
}
# Entry that lights up on all pages of an area; areas with several entries are named by page.
_AREAS: Final[dict[str, tuple[str, ...]]] = {
    "orders": ("orders:list",),
    "offers": ("offers:list",),
    "changes": ("changes:list",),
    "payouts": ("payouts:list",),
    "checks": ("orders:list",),
    "outbox": ("orders:list",),
    "documents": ("documents:list",),
    "products": ("products:list",),
    "contractors": ("contractors:list",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the menu; ``count`` is what waits there, 0 shows nothing."""

    label: str
    url: str
    icon: str = ""
    key: str = ""  # the letter after ``g`` that jumps here
    is_current: bool = False
    count: int = 0
    children: tuple["Entry", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """Everything the base template asks for."""

    company: Company | None
    companies: tuple[Company, ...]
    initials: str
    menu: tuple[Entry, ...]
    settings: Entry | None
    counts: frame.Counts
    shops: tuple[frame.ShopFreshness, ...]
    here: str
    search_url: str
    search_text: str
    is_set_up: bool  # False only while the installation has no company at all


def address(name: str) -> str:
    """Address of a page, or nothing where this installation does not have it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def initials(user: User) -> str:
    """Two letters for the round mark: of the name, else of the e-mail address."""
    words = [user.first_name, user.last_name] if user.first_name and user.last_name else []
    words = words or user.email.split("@")[0].replace(".", " ").replace("_", " ").split()
    letters = "".join(word[0] for word in words if word)[:2]
    return letters.upper()


def _is_payer(company: Company) -> bool:
    """Whether the company pays VAT today: the registers of an earlier time are reached from the book."""
    return vat_standing(company, on=clock.business_today()).vat_payer


def _menu(*, company: Company, area: str, counts: frame.Counts) -> tuple[Entry, ...]:
    """Entries of the packages the company has switched on; what is off is absent."""
    income = [_entry("documents:list", _("Documents"), area=area, key="d")]
    if company.allegro_module:
        income[:0] = [
            _entry("orders:list", "Allegro", area=area, key="z", count=counts.to_issue),
            _entry("offers:list", _("Offers"), area=area, key="o"),
            _entry("changes:list", pgettext("menu", "Changes"), area=area, count=counts.changed),
            _entry("payouts:list", _("Payouts"), area=area, key="w"),
        ]
    products = _entry("products:list", _("Products"), area=area, key="p")
    stock = []
    if company.warehouse:
        stock = [
            products,
            _entry("warehouse:stock", _("Stock"), area=area, key="m"),
            _entry("warehouse:notes", pgettext("menu", "Stock notes"), area=area),
        ]
    else:
        income.append(products)
    books = []
    if company.books != Books.NONE:
        is_payer = _is_payer(company)
        lit = area if is_payer else area.replace("books:vat", "books:revenue")
        books = [
            _entry("books:vat", _("VAT register"), area=area, key="v") if is_payer else None,
            _entry("books:revenue", _("Revenue"), area=lit, key="r"),
            _entry("books:months", _("Months"), area=area),
        ]
    found = [
        _entry("start", pgettext("menu", "START"), area=area, icon="home", key="s"),
        _group(pgettext("menu", "INCOME"), "receipt", income),
        _group(pgettext("menu", "WAREHOUSE"), "building-warehouse", stock),
        _entry("contractors:list", pgettext("menu", "CONTRACTORS"), area=area, icon="users", key="k"),
        _group(pgettext("menu", "BOOKS"), "book-2", books),
    ]
    return tuple(entry for entry in found if entry is not None)


def _settings(area: str) -> Entry | None:
    return _entry("settings:company", pgettext("menu", "SETTINGS"), area=area, icon="settings")


def _entry(
    name: str, label: str, *, area: str, icon: str = "", key: str = "", count: int = 0
) -> Entry | None:
    """Make the line that leads to a page, or nothing where this installation does not have it."""
    url = address(name)
    if not url:
        return None
    return Entry(label=label, url=url, icon=icon, key=key, is_current=name in _current(area), count=count)


def _current(area: str) -> tuple[str, ...]:
    """Names of entries that light up on the pages of an area, or on one page of it (``area:page``)."""
    return (area, *_AREAS.get(area, ()))


def _group(label: str, icon: str, entries: list[Entry | None]) -> Entry | None:
    """Make a heading with the lines under it; a heading of nothing is absent."""
    children = tuple(entry for entry in entries if entry is not None)
    return Entry(label=label, url=children[0].url, icon=icon, children=children) if children else None


def _here(entries: tuple[Entry, ...]) -> str:
    """Name of the entry the page belongs to, for the narrow top bar of a phone."""
    for entry in entries:
        if entry.is_current:
            return entry.label.capitalize() if entry.label.isupper() else entry.label
        if found := _here(entry.children):
            return found
    return ""


def area_of(request: HttpRequest) -> str:
    """Name the area of the page, or ``area:page`` where the area has several entries in the menu."""
    match = request.resolver_match
    if match is None:
        return ""
    if match.namespace in {"warehouse", "books"}:
        return f"{match.namespace}:{_PAGES.get(match.url_name or '', match.url_name)}"
    return match.namespace or match.url_name or ""


def pages(request: CompanyRequest) -> tuple[Entry, ...]:
    """Every entry of the menu, the settings too, without the counts of what waits there."""
    area = area_of(request)
    settings = _settings(area)
    menu = _menu(company=request.company, area=area, counts=frame.Counts())
    return (*menu, settings) if settings else menu


def build(request: HttpRequest) -> Shell:
    """Collect the frame of one request; called only when a template asks."""
    user = request.user
    company: Company | None = getattr(request, "company", None)
    counts, shops = frame.Counts(), tuple[frame.ShopFreshness, ...]()
    menu: tuple[Entry, ...] = ()
    settings = None
    if company is not None:
        area = area_of(request)
        counts = frame.counts_once(request, company)
        shops = frame.shops(company)
        menu = _menu(company=company, area=area, counts=counts)
        settings = _settings(area)
    return Shell(
        company=company,
        companies=getattr(request, "companies", ()),
        initials=initials(user) if isinstance(user, User) else "",
        menu=menu,
        settings=settings,
        counts=counts,
        shops=shops,
        here=_here((*menu, *((settings,) if settings else ()))),
        search_url=address("orders:list" if company is None or company.allegro_module else "documents:list"),
        search_text=request.GET.get("q", ""),
        is_set_up=company is not None or is_set_up(),
    )


def shell(request: HttpRequest) -> dict[str, object]:
    """Context processor: ``shell`` in every template, worked out on first use."""
    return {"shell": SimpleLazyObject(lambda: build(request))}

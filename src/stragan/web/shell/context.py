"""What the frame around a page shows: menu, company, people, freshness of the shops."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stragan.companies.models import Company, User
from stragan.companies.queries import companies_of, is_set_up
from stragan.web.shell import frame

_ORDERS: Final = "orders"
_DOCUMENTS: Final = "documents"


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


def _menu(*, company: Company, area: str, counts: frame.Counts) -> tuple[Entry, ...]:
    """Entries of the packages the company has switched on; what is off is absent."""
    income = []
    if company.allegro_module and (url := address("orders:list")):
        income.append(
            Entry(label="Allegro", url=url, key="z", is_current=area == _ORDERS, count=counts.to_issue)
        )
    if url := address("documents:list"):
        income.append(Entry(label=_("Documents"), url=url, key="d", is_current=area == _DOCUMENTS))
    entries = []
    if url := address("start"):
        entries.append(
            Entry(
                label=pgettext("menu", "START"),
                url=url,
                icon="home",
                key="s",
                is_current=area == "start",
            )
        )
    if income:
        entries.append(
            Entry(
                label=pgettext("menu", "INCOME"),
                url=income[0].url,
                icon="receipt",
                children=tuple(income),
            )
        )
    return tuple(entries)


def _here(entries: tuple[Entry, ...]) -> str:
    """Name of the entry the page belongs to, for the narrow top bar of a phone."""
    for entry in entries:
        if entry.is_current:
            return entry.label
        if found := _here(entry.children):
            return found
    return ""


def area_of(request: HttpRequest) -> str:
    """Which entry of the menu the page belongs to: its URL namespace, or its name without one."""
    match = request.resolver_match
    if match is None:
        return ""
    return match.namespace or match.url_name or ""


def build(request: HttpRequest) -> Shell:
    """Collect the frame of one request; called only when a template asks."""
    user = request.user
    company: Company | None = getattr(request, "company", None)
    counts, shops = frame.Counts(), tuple[frame.ShopFreshness, ...]()
    menu: tuple[Entry, ...] = ()
    settings = None
    area = area_of(request)
    if company is not None:
        counts = frame.counts(company)
        shops = frame.shops(company)
        menu = _menu(company=company, area=area, counts=counts)
        if url := address("settings:company"):
            settings = Entry(
                label=pgettext("menu", "SETTINGS"),
                url=url,
                icon="settings",
                is_current=area == "settings",
            )
    return Shell(
        company=company,
        companies=tuple(companies_of(user=user)) if isinstance(user, User) and company else (),
        initials=initials(user) if isinstance(user, User) else "",
        menu=menu,
        settings=settings,
        counts=counts,
        shops=shops,
        here=_here((*menu, *((settings,) if settings else ()))),
        search_url=address("orders:list"),
        search_text=request.GET.get("q", ""),
        is_set_up=company is not None or is_set_up(),
    )


def shell(request: HttpRequest) -> dict[str, object]:
    """Context processor: ``shell`` in every template, worked out on first use."""
    return {"shell": SimpleLazyObject(lambda: build(request))}

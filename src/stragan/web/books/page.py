"""What all pages of the books share: the month they show, tabs between them, files to take away."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from stragan.books.models import VatRow
from stragan.books.queries import book_of, count_awaiting_receipt
from stragan.books.states import Register, first_day, is_period, last_day, next_period, period_of
from stragan.companies.models import Company
from stragan.companies.queries import vat_standing
from stragan.companies.states import Ability, may
from stragan.kit import clock
from stragan.web.books import words
from stragan.web.shell.middleware import CompanyRequest

MONTHS_OFFERED: Final = 14
P = ParamSpec("P")
View = Callable[Concatenate[CompanyRequest, P], HttpResponseBase]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The month a page shows, with the ways to others."""

    period: str
    today: str  # the present month

    @property
    def name(self) -> str:
        """The month in words."""
        return words.month_name(self.period)

    @property
    def previous(self) -> str:
        """The month before."""
        return previous_period(self.period)

    @property
    def next(self) -> str:
        """The month after, empty behind the month after the present one."""
        return next_period(self.period) if self.period <= self.today else ""

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The latest months with their names, newest first."""
        periods = [self.today]
        while len(periods) < MONTHS_OFFERED:
            periods.append(previous_period(periods[-1]))
        return [(period, words.month_name(period)) for period in periods]


def previous_period(period: str) -> str:
    """Give the month before *period*."""
    day = first_day(period)
    return f"{day.year}-{day.month - 1:02}" if day.month > 1 else f"{day.year - 1}-12"


def month_of(request: CompanyRequest) -> Month:
    """Read the month of the address; the present one where it says nothing that makes sense."""
    today = period_of(clock.business_today())
    asked = request.GET.get("period", "")
    return Month(period=asked if is_period(asked) else today, today=today)


def books_page(view: View[P]) -> View[P]:
    """Show instead what to do where the company keeps no books."""

    @wraps(view)
    def guarded(request: CompanyRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if book_of(request.company) is None:
            return render(request, "books/off.html")
        return view(request, *args, **kwargs)

    return guarded


def book_kept(request: CompanyRequest) -> Register:
    """Give the book of revenue; ``books_page`` has seen that there is one."""
    book = book_of(request.company)
    assert book is not None, "a page of the books is shown without books"
    return book


def registers_of(request: CompanyRequest, *, period: str) -> tuple[Register, ...]:
    """Give the registers the company keeps in a month: the VAT register only as a payer."""
    book = book_kept(request)
    return (Register.VAT, book) if is_payer(request, period=period) else (book,)


def is_payer(request: CompanyRequest, *, period: str) -> bool:
    """Whether the company is a VAT payer at the end of the month."""
    return vat_standing(request.company, on=last_day(period)).vat_payer


def has_vat_rows(company: Company, *, period: str) -> bool:
    """Whether anything stands in the VAT register of the month, or waits to stand in it."""
    return (
        VatRow.objects.for_company(company).filter(period=period).exists()
        or count_awaiting_receipt(company) > 0
    )


def can(request: CompanyRequest, ability: Ability) -> bool:
    """Whether the person may do *ability*."""
    return may(request.membership.role, ability)


def tabs(request: CompanyRequest, *, current: str, period: str) -> list[dict[str, Any]]:
    """Give the ways between the registers, all in the same month.

    That of VAT leads a seller who was no payer nowhere, unless corrections of earlier months stand there.
    """
    book = book_kept(request)
    found = [("revenue", str(words.REGISTERS[book])), ("daily", _("Daily record of sales"))]
    if current == "vat" or is_payer(request, period=period) or has_vat_rows(request.company, period=period):
        found.insert(0, ("vat", _("VAT register")))
    return [
        {"label": label, "url": f"{reverse(f'books:{name}')}?period={period}", "is_current": name == current}
        for name, label in found
    ]

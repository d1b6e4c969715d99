"""Tells each request whose company it is about; pages read nothing else to find out."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from stragan.companies import queries
from stragan.companies.models import Company, Membership, User

SESSION_KEY: Final = "company"


class CompanyRequest(HttpRequest):
    """A request of a member: what views of a company are typed with."""

    company: Company
    companies: tuple[Company, ...]
    membership: Membership
    user: User


class CompanyMiddleware:
    """Sets ``request.company`` and ``request.membership``; both None for strangers.

    A person of several companies chooses one; the choice lives in the session and counts only
    while the membership lasts. ``request.companies`` are all of them, by name.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look the membership up once, before the view."""
        memberships: list[Membership] = []
        if request.user.is_authenticated:
            assert isinstance(request.user, User), "people are companies.User"
            memberships = queries.memberships_of(user=request.user)
        membership = queries.chosen_of(memberships, request.session.get(SESSION_KEY) if memberships else None)
        companies = sorted((one.company for one in memberships), key=lambda one: (one.name, one.pk))
        request.membership = membership  # type: ignore[attr-defined]  # typed by CompanyRequest
        request.company = membership.company if membership else None  # type: ignore[attr-defined]  # same
        request.companies = tuple(companies)  # type: ignore[attr-defined]  # same
        response = self.get_response(request)
        if "Content-Language" not in response:
            response["Content-Language"] = translation.get_language() or "pl"
        return response

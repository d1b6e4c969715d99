"""Who may open a page: members of a company, with the ability the page asks for."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from stragan.companies.states import Ability, may
from stragan.web.shell.middleware import CompanyRequest

P = ParamSpec("P")
View = Callable[Concatenate[CompanyRequest, P], HttpResponse]


def member_page(
    ability: Ability = Ability.SEE,
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Let members with *ability* in; others get 403, people without a company their start page."""

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            membership = getattr(request, "membership", None)
            if membership is None:
                return redirect("people:no_company")
            if not may(membership.role, ability):
                raise PermissionDenied
            return view(cast("CompanyRequest", request), *args, **kwargs)

        return guarded

    return decorate

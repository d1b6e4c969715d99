"""What all pages of the settings share: the side menu, and who may change what they show."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stragan.companies.states import Ability, may
from stragan.web.shell.middleware import CompanyRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of the side menu."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Lines of the side menu under one heading."""

    label: str
    items: tuple[Item, ...]


def can(request: CompanyRequest, ability: Ability) -> bool:
    """Whether the person may do *ability* in the company at hand."""
    return may(request.membership.role, ability)


def demand(request: CompanyRequest, ability: Ability) -> None:
    """Refuse with 403 where the person's role does not allow *ability*."""
    if not can(request, ability):
        raise PermissionDenied


def side_menu(request: CompanyRequest, current: str) -> tuple[Group, ...]:
    """The side menu; pages the person may not open are absent."""
    company = [
        ("company", _("Company data")),
        ("taxes", _("Taxes and books")),
        ("series", _("Number series")),
    ]
    if request.company.warehouse:
        company.append(("warehouse", _("Warehouse")))
    company.append(("archive", pgettext("settings", "Archive")))
    if can(request, Ability.MANAGE_MEMBERS):
        company.append(("members", _("Users and roles")))
    groups = (
        (_("Company"), company),
        (_("Integrations"), [("shops", "Allegro")]),
        (_("You"), [("account", _("Your account"))]),
    )
    return tuple(
        Group(
            label=label,
            items=tuple(
                Item(label=text, url=reverse(f"settings:{name}"), is_current=name == current)
                for name, text in entries
            ),
        )
        for label, entries in groups
    )


def show(
    request: CompanyRequest,
    template: str,
    context: Mapping[str, object],
    *,
    current: str,
    status: int = 200,
) -> HttpResponse:
    """Render a page of the settings with its side menu."""
    return render(request, template, {**context, "side_menu": side_menu(request, current)}, status=status)

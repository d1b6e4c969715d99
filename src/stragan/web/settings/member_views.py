"""People of the company: who works here, as what, and who was invited; and one's own account."""

from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stragan.companies import actions, queries
from stragan.companies.models import Membership, Role
from stragan.companies.states import Ability
from stragan.core.errors import StraganError
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.web.settings.member_forms import InviteForm, RoleForm
from stragan.web.settings.page import show
from stragan.web.settings.words import ROLE_HINTS, ROLES
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

_LINK: Final = "invitation_link"
FIELD_OF: Final = {"email_invalid": "email", "already_member": "email"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.MANAGE_MEMBERS)
def members(request: CompanyRequest) -> HttpResponse:
    """Show people and invitations; make a link that is shown once."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token = actions.invite_member(
                company=request.company, **form.cleaned_data, by=request.user, now=clock.real_now()
            )
        except StraganError as refusal:
            form.add_error(FIELD_OF.get(refusal.code), text_of_error(refusal))
        else:
            request.session[_LINK] = {
                "email": form.cleaned_data["email"],
                "url": f"{settings.PUBLIC_URL}{reverse('people:join', args=[token])}",
            }
            return redirect("settings:members")
    members = list(queries.members_of(request.company))
    owners = sum(row.role == Role.OWNER for row in members)
    people = [
        {
            "member": row,
            "name": queries.name_of(row.user),
            "is_me": row.user_id == request.user.pk,
            "is_last_owner": row.role == Role.OWNER and owners == 1,
        }
        for row in members
    ]
    invitations = [
        {"row": row, "role": ROLES[row.role]}
        for row in queries.open_invitations(request.company, now=clock.real_now())
    ]
    context = {
        "form": form,
        "people": people,
        "invitations": invitations,
        "roles": [(role, name, ROLE_HINTS[role]) for role, name in ROLES.items()],
        "link": None if form.is_bound else request.session.pop(_LINK, None),
    }
    return show(
        request, "settings/members.html", context, current="members", status=422 if form.is_bound else 200
    )


@require_POST
@member_page(Ability.MANAGE_MEMBERS)
def change_role(request: CompanyRequest, member_id: int) -> HttpResponse:
    """Give a member another role."""
    member = _member_or_404(request, member_id)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            actions.change_member_role(
                company=request.company,
                membership_id=member.pk,
                role=form.cleaned_data["role"],
                by=request.user,
                now=clock.business_now(),
            )
        except StraganError as refusal:
            messages.error(request, text_of_error(refusal))
        else:
            messages.success(
                request,
                _("%(who)s: %(role)s from now on.")
                % {"who": member.user.email, "role": ROLES[form.cleaned_data["role"]]},
            )
    # Who has just given up being an owner may not open this page any more.
    is_me = member.user_id == request.user.pk
    return redirect("settings:company" if is_me else "settings:members")


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.MANAGE_MEMBERS)
def remove(request: CompanyRequest, member_id: int) -> HttpResponse:
    """Say what removing a member does, and do it."""
    member = _member_or_404(request, member_id)
    if request.method != "POST":
        return show(request, "settings/member_remove.html", {"member": member}, current="members")
    try:
        actions.remove_member(
            company=request.company, membership_id=member.pk, by=request.user, now=clock.business_now()
        )
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
        return redirect("settings:members")
    messages.success(request, _("%(who)s does not work here any more.") % {"who": member.user.email})
    return redirect("start" if member.user_id == request.user.pk else "settings:members")


@require_POST
@member_page(Ability.MANAGE_MEMBERS)
def withdraw(request: CompanyRequest, invitation_id: int) -> HttpResponse:
    """Make an invitation stop working."""
    if not actions.withdraw_invitation(
        company=request.company, invitation_id=invitation_id, by=request.user, now=clock.business_now()
    ):
        raise Http404
    messages.success(request, _("The invitation was withdrawn; its link does not work any more."))
    return redirect("settings:members")


@require_safe
@member_page()
def account(request: CompanyRequest) -> HttpResponse:
    """Show what belongs to the person: e-mail, password, second step, language, role."""
    context = {
        "role": ROLES[request.membership.role],
        "role_hint": ROLE_HINTS[request.membership.role],
        "companies": queries.companies_of(user=request.user),
    }
    return show(request, "settings/account.html", context, current="account")


def _member_or_404(request: CompanyRequest, member_id: int) -> Membership:
    rows = Membership.objects.for_company(request.company).select_related("user")
    member = rows.filter(pk=member_id).first()
    if member is None:
        raise Http404
    return member

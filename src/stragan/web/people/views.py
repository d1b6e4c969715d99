"""The first page ever seen, and the ways into a company."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from stragan.companies import actions, queries
from stragan.companies.models import Membership, User
from stragan.core.errors import Refused
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.web.people.forms import JoinForm, SetupForm
from stragan.web.shell.middleware import SESSION_KEY

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FIELD_OF = {
    "company_exists": "nip",
    "email_invalid": "email",
    "email_taken": "email",
    "password_weak": "password",
}


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """Make the company and its owner; opened with the one-time link printed at start."""
    now = clock.real_now()
    if not actions.setup_token_is_valid(token=token, now=now):
        return render(request, "people/link_spent.html", status=404)
    form = SetupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            membership = actions.use_setup_token(
                token=token,
                data=form.company_data(),
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password"],
                now=now,
            )
        except Refused as refusal:
            form.add_error(FIELD_OF.get(refusal.code), text_of_error(refusal))
        else:
            return _let_in(request, membership)
    return render(request, "people/setup.html", {"form": form}, status=422 if form.is_bound else 200)


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation to a company."""
    now = clock.real_now()
    try:
        invitation = actions.invitation_of(token=token, now=now)
    except actions.InvitationInvalid:
        return render(request, "people/link_spent.html", status=404)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            membership = actions.accept_invitation(
                token=token, password=form.cleaned_data["password"], now=now
            )
        except Refused as refusal:
            form.add_error("password", text_of_error(refusal))
        else:
            return _let_in(request, membership)
    return render(
        request,
        "people/join.html",
        {"form": form, "invitation": invitation},
        status=422 if form.is_bound else 200,
    )


def no_company(request: HttpRequest) -> HttpResponse:
    """Tell somebody who works in no company how to get into one."""
    if getattr(request, "company", None) is not None:
        return redirect("start")
    return render(request, "people/no_company.html")


@require_POST
def choose_company(request: HttpRequest) -> HttpResponse:
    """Work with another company from now on; only with one's own."""
    assert isinstance(request.user, User), "pages are for people who logged in"
    chosen = request.POST.get("company", "")
    if any(str(company.pk) == chosen for company in queries.companies_of(user=request.user)):
        request.session.cycle_key()
        request.session[SESSION_KEY] = int(chosen)
    return redirect("start")


def _let_in(request: HttpRequest, membership: Membership) -> HttpResponse:
    login(request, membership.user, backend=BACKEND)
    request.session[SESSION_KEY] = membership.company_id
    return redirect("start")

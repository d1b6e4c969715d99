"""START: the page of the morning."""

from datetime import date
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from stragan.companies.models import User
from stragan.companies.queries import has_address
from stragan.companies.states import Ability, may
from stragan.kit import clock
from stragan.kit.counting import Counted
from stragan.kit.messages import text_of
from stragan.orders.queries import COUNT_LIMIT, Tab
from stragan.orders.sales import NOTHING, waiting_for_documents
from stragan.shops.queries import shops_of
from stragan.web.shell import frame, show
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest
from stragan.web.start import checking, dashboard, runs, troubles
from stragan.web.start.chart import chart_of

_WEEKDAYS: Final = (
    lambda: _("Monday"),
    lambda: _("Tuesday"),
    lambda: _("Wednesday"),
    lambda: _("Thursday"),
    lambda: _("Friday"),
    lambda: _("Saturday"),
    lambda: _("Sunday"),
)


@require_safe
@member_page()
def start(request: CompanyRequest) -> HttpResponse:
    """Show the set-up until it is done, and the shop's day."""
    company = request.company
    now = clock.business_now()
    today = clock.business_today()
    is_module_on = company.allegro_module
    shops = list(shops_of(company)) if is_module_on else []
    steps = dashboard.steps(company, shops)
    context: dict[str, object] = {
        "greeting": greeting(request),
        "today": _heading(today),
        "steps": steps,
        "is_module_on": is_module_on,
        "is_set_up": all(step.is_done for step in steps) or not is_module_on,
        "next_step": next((step for step in steps if not step.is_done), None),
        "done_count": sum(step.is_done for step in steps),
        "has_shop": bool(shops),
        "may_manage": may(request.membership.role, Ability.MANAGE_SHOPS),
        "warning": "" if has_address(company) else text_of("company_address_missing"),
    }
    if shops:
        problems = troubles.problem_counts(company)
        waiting = waiting_for_documents(company)
        known = {Tab.TO_ISSUE: Counted(waiting.orders, limit=COUNT_LIMIT)}
        changed = frame.counts_once(request, company, known=known).changed
        days, sold_today = dashboard.month(company, now=now)
        context |= {
            "figures": dashboard.figures(company, days, now=now),
            "waiting": waiting,
            "days": dashboard.day_rows(days),
            "days_total": sum((sales.amount for sales in days.values()), start=NOTHING),
            "chart": chart_of([(day, sales.amount) for day, sales in days.items()], today=today),
            "shop_lines": dashboard.shop_lines(shops, sold_today, real=clock.real_now()),
            "runs": runs.latest(company, shops),
            "check": checking.latest(company),
            "changed": changed,
            "problems": problems,
            "problems_in_words": troubles.in_words(problems, changed=changed),
        }
    return render(request, "start/start.html", context)


def greeting(request: HttpRequest) -> str:
    """Good morning, with the name where one is known."""
    user = request.user
    name = user.first_name if isinstance(user, User) else ""
    return _("Hello, %(name)s") % {"name": name} if name else pgettext("greeting", "Hello")


def _heading(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]()}, {show.day(day)}"

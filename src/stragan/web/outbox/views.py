"""The queue of what is sent to orders on Allegro: one page per kind, with retry and giving up."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from stragan.companies.states import Ability, may
from stragan.kit import clock
from stragan.outbox import actions, queries
from stragan.outbox.models import Sending
from stragan.outbox.parcels import names
from stragan.outbox.states import Kind, SendingState
from stragan.shops.queries import shops_of
from stragan.web.outbox import words
from stragan.web.shell import show
from stragan.web.shell.access import member_page
from stragan.web.shell.listing import Pages, page_number, page_size, page_within
from stragan.web.shell.middleware import CompanyRequest

AT_ONCE: Final = 1_000
_TABS: Final = {
    "waiting": SendingState.WAITING,
    "sending": SendingState.SENDING,
    "done": SendingState.DONE,
    "failed": SendingState.FAILED,
    "given_up": SendingState.GIVEN_UP,
}


@require_GET
@member_page()
def queue(request: CompanyRequest, kind: str) -> HttpResponse:
    """Show what waits, is in flight, is done, failed or was given up, and which shops send at all."""
    wanted = _kind(kind)
    counts = queries.counts_of(request.company, wanted)
    tab = request.GET.get("tab", "")
    if tab not in _TABS:
        tab = "failed" if counts.get(SendingState.FAILED) else "waiting"
    context: dict[str, Any] = {
        "kind": kind,
        "title": words.TITLES[wanted],
        "kinds": [
            {"name": name, "url": reverse("outbox:queue", args=[each.value]), "is_current": each == wanted}
            for each, name in words.NAMES.items()
            if isinstance(each, Kind)
        ],
        "shops": _shops(request, wanted),
        "tab": tab,
        "tabs": _tabs(tab, counts),
        "may_act": may(request.membership.role, Ability.CHANGE_ORDERS),
        "has_rows": bool(counts.get(_TABS[tab])),
        **_rows(request, wanted, tab),
    }
    return render(request, "outbox/queue.html", context)


@require_POST
@member_page(Ability.CHANGE_ORDERS)
def retry(request: CompanyRequest, kind: str) -> HttpResponse:
    """Let one thing that failed or was given up wait again, or all that failed."""
    ids = _chosen(request, _kind(kind), [SendingState.FAILED])
    count = actions.retry(request.company, ids, now=clock.real_now())
    text = ngettext("%(count)s waits again.", "%(count)s wait again.", count)
    messages.success(request, text % {"count": show.number(count)})
    return redirect(f"{reverse('outbox:queue', args=[kind])}?tab=waiting")


@require_POST
@member_page(Ability.CHANGE_ORDERS)
def give_up(request: CompanyRequest, kind: str) -> HttpResponse:
    """Stop trying to send one thing, or all that failed; what has reached Allegro stays there."""
    ids = _chosen(request, _kind(kind), [SendingState.FAILED])
    count = actions.give_up(request.company, ids, code="sending_given_up", now=clock.real_now())
    text = ngettext("%(count)s was given up.", "%(count)s were given up.", count)
    messages.success(request, text % {"count": show.number(count)})
    return redirect(f"{reverse('outbox:queue', args=[kind])}?tab=given_up")


def _kind(name: str) -> Kind:
    if name not in words.TITLES:
        raise Http404
    return Kind(name)


def _chosen(request: CompanyRequest, kind: Kind, states: list[SendingState]) -> list[int]:
    """The one thing whose button was pressed, or without one all in *states*, at most a thousand."""
    rows = Sending.objects.for_company(request.company).filter(kind=kind)
    one = request.POST.get("sending", "")
    if one:
        return list(rows.filter(pk=int(one) if one.isdecimal() else 0).values_list("id", flat=True))
    return list(rows.filter(state__in=states).order_by("-id").values_list("id", flat=True)[:AT_ONCE])


def _shops(request: CompanyRequest, kind: Kind) -> list[dict[str, Any]]:
    writers = queries.writers_of(request.company, kind)
    return [
        {"shop": shop, "writer": writers.get((shop.pk, kind.value))} for shop in shops_of(request.company)
    ]


def _tabs(tab: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    names = {
        "waiting": pgettext("things to be sent", "Waiting"),
        "sending": pgettext("things to be sent", "On their way"),
        "done": pgettext("things to be sent", "On Allegro"),
        "failed": pgettext("things to be sent", "Failed"),
        "given_up": pgettext("things to be sent", "Given up"),
    }
    return [
        {
            "label": label,
            "url": f"?tab={name}",
            "is_current": name == tab,
            "is_warning": name == "failed" and bool(counts.get(SendingState.FAILED)),
            "count": counts.get(_TABS[name], 0),
        }
        for name, label in names.items()
    ]


def _rows(request: CompanyRequest, kind: Kind, tab: str) -> dict[str, Any]:
    found = queries.sendings_of(request.company, kind, [_TABS[tab]])
    number, size = page_number(request), page_size(request)
    total = found.count()
    number = page_within(number, size=size, total=total)
    shown = list(found[(number - 1) * size : number * size])
    carriers = names() if kind is Kind.PARCEL else {}
    rows = [
        {
            "sending": sending,
            "thing": words.thing(sending, carriers),
            "sign": words.STATES[sending.state],
            "why": words.why(sending),
            "may_retry": sending.state in {SendingState.FAILED, SendingState.GIVEN_UP},
            "may_give_up": sending.state not in {SendingState.DONE, SendingState.GIVEN_UP},
        }
        for sending in shown
    ]
    return {
        "rows": rows,
        "pages": Pages.of(request, number=number, size=size, shown=len(shown), total=total),
        "no_rows": _("Nothing here."),
    }

"""What the page of a check shows: its form, its result, every difference with its deed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from stragan.companies.states import Ability, may
from stragan.flows.reconcile_deeds import can_be_fetched
from stragan.flows.reconcile_orders import default_period
from stragan.formats.sheets import Column, Kind
from stragan.kit import clock
from stragan.kit.messages import text_of
from stragan.orders import check_runs
from stragan.orders.check_words import cause_of, difference_of
from stragan.orders.models import ReconcileFinding, ReconcileRun
from stragan.orders.states import CheckCause, CheckDifference, CheckState
from stragan.shops.queries import shops_by_id, shops_of
from stragan.web.orders.links import order_url
from stragan.web.orders.words import allegro_status
from stragan.web.shell import show
from stragan.web.shell.listing import Pages, page_number, page_size, page_within
from stragan.web.shell.middleware import CompanyRequest

HISTORY: Final = 8
NAMES: Final[dict[str, str | Promise]] = {
    CheckDifference.MISSING: gettext_lazy("Not in Stragan"),
    CheckDifference.EXTRA: gettext_lazy("Not on Allegro"),
    CheckDifference.STATUS: gettext_lazy("Another status"),
    CheckDifference.TOTAL: gettext_lazy("Another amount"),
    CheckDifference.PARTS: gettext_lazy("The parts do not add up"),
    CheckDifference.PAID: gettext_lazy("Another payment"),
    CheckDifference.OVERPAID: gettext_lazy("Overpaid"),
    CheckDifference.UNDERPAID: gettext_lazy("Underpaid"),
    CheckDifference.UNREADABLE: gettext_lazy("Cannot be read"),
    CheckDifference.NOT_ASKED: gettext_lazy("Shop not checked"),
    CheckDifference.LIST_SILENT: gettext_lazy("Not in Allegro’s list"),
    CheckDifference.JOURNAL_SILENT: gettext_lazy("Not in the journal"),
    CheckDifference.PAYMENT_MISSING: gettext_lazy("No payment operation"),
    CheckDifference.PAYMENT_DIFFERS: gettext_lazy("Operations differ"),
    CheckDifference.PAYMENT_UNKNOWN: gettext_lazy("Payment without an order"),
    CheckDifference.REFUND_MISSING: gettext_lazy("Refund without an operation"),
    CheckDifference.REFUND_UNLISTED: gettext_lazy("Operation without a refund"),
    CheckDifference.REFUND_DIFFERS: gettext_lazy("Refunds differ"),
    CheckDifference.REFUND_UNKNOWN: gettext_lazy("Refund without an order"),
    CheckDifference.REFUND_TOO_HIGH: gettext_lazy("Refunded more than paid"),
    CheckDifference.SOURCE_NOT_ASKED: gettext_lazy("A source did not answer"),
}
SOURCES: Final[dict[str, str | Promise]] = {
    "list": gettext_lazy("List of orders"),
    "journal": gettext_lazy("Journal of events"),
    "payments": gettext_lazy("Payment operations"),
    "refunds": gettext_lazy("List of refunds"),
}
_ON_THEIR_WAY: Final = frozenset({CheckCause.ARRIVING, CheckCause.REFUNDED_LATELY})

_REFUNDS_OF_TWO_SOURCES: Final = frozenset(
    {CheckDifference.REFUND_MISSING, CheckDifference.REFUND_UNLISTED, CheckDifference.REFUND_DIFFERS}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One difference in words; ``deed`` names what can be done about it."""

    id: int
    number: str
    url: str
    allegro_url: str
    shop: str
    shop_id: int
    name: str
    what: str
    why: str
    ours: str
    ours_is: str  # what the figure is, where it is not simply ours or Allegro's
    allegro: str
    allegro_is: str
    bought_at: Any
    explained: bool
    arrives: bool  # a gap that is about to close by itself
    can_fetch: bool
    deed_url: str
    deed: str


def context(request: CompanyRequest, run: ReconcileRun | None) -> dict[str, Any]:
    """Everything the template asks for; *run* is None before the first check."""
    now = clock.real_now()
    shops = list(shops_of(request.company))
    since, until = default_period(shops, today=clock.business_today())
    role = request.membership.role
    found: dict[str, Any] = {
        "run": run,
        "shops": shops,
        "since": run.since if run else since,
        "until": run.until if run else until,
        "chosen_shop": run.shop_id if run else None,
        "today": clock.business_today(),
        "may_check": may(role, Ability.FETCH_ORDERS),
        "history": list(check_runs.runs_of(request.company)[:HISTORY]),
    }
    if run is None:
        return found
    is_dead = check_runs.is_dead(run, now=now)
    found |= {
        "is_dead": is_dead,
        "is_going": run.state != CheckState.DONE and not is_dead,
        "is_waiting": run.state == CheckState.WAITING,
        "totals": [(Decimal(total), currency) for currency, total in run.totals.items()],
        "short": _short(run),
    }
    return found | (_result(request, run) if run.state == CheckState.DONE else {})


def _result(request: CompanyRequest, run: ReconcileRun) -> dict[str, Any]:
    findings = check_runs.findings_of(run)
    counts = dict(
        findings.order_by().values("explained").annotate(count=Count("id")).values_list("explained", "count")
    )
    gaps, explained = counts.get(False, 0), counts.get(True, 0)
    shows_explained = request.GET.get("tab") == "explained" or (not gaps and bool(explained))
    number, size = page_number(request), page_size(request)
    total = explained if shows_explained else gaps
    number = page_within(number, size=size, total=total)
    shown = list(findings.filter(explained=shows_explained)[(number - 1) * size : number * size])
    may_issue = may(request.membership.role, Ability.ISSUE_DOCUMENTS)
    rows = [_row(finding, may_issue=may_issue) for finding in shown]
    return {
        "gaps": gaps,
        "explained": explained,
        "shows_explained": shows_explained,
        "rows": rows,
        "can_fetch_some": any(row.can_fetch for row in rows),
        "sources": source_rows(run),
        "pages": Pages.of(request, number=number, size=size, shown=len(rows), total=total),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """Whether one source of Allegro was compared, with what it said or why it could not be."""

    shop: str
    name: str
    is_compared: bool
    text: str


def source_rows(run: ReconcileRun) -> list[SourceRow]:
    """How it went with each source, shop by shop; nothing for checks from before there were sources."""
    told: dict[str, dict[str, dict[str, Any]]] = run.sources
    names = shops_by_id(run.company_id, map(int, told)) if len(told) > 1 else {}
    return [
        SourceRow(
            shop=names.get(int(pk), ""),
            name=str(SOURCES[name]),
            is_compared=source["state"] == "compared",
            text=_said(source, compares_refunds="refunds" in sources),
        )
        for pk, sources in told.items()
        for name, source in sources.items()
    ]


def _said(source: dict[str, Any], *, compares_refunds: bool) -> str:
    """Counts and sums of a source in words, or why it was not compared."""
    if source["state"] != "compared":
        return text_of(str(source.get("code")))
    parts = []
    if "events" in source:
        count = source["events"]
        parts.append(ngettext("%(n)s event", "%(n)s events", count) % {"n": show.number(count)})
    if "operations" in source:
        count = source["operations"]
        parts.append(ngettext("%(n)s operation", "%(n)s operations", count) % {"n": show.number(count)})
    if "refunds" in source:
        count = source["refunds"]
        parts.append(ngettext("%(n)s refund", "%(n)s refunds", count) % {"n": show.number(count)})
    if "orders" in source:
        count = source["orders"]
        parts.append(ngettext("%(n)s order", "%(n)s orders", count) % {"n": show.number(count)})
    if "not_asked" in source:
        parts.append(_("not asked about: %(n)s") % {"n": show.number(source["not_asked"])})
    for name, word in (("paid", _("paid")), ("refunded", _("refunded"))):
        sums = source.get(name, {})
        parts += [f"{word} {show.money(Decimal(total), currency)}" for currency, total in sums.items()]
    if "operations" in source and not compares_refunds:
        parts.append(_("refunds: added up, not compared"))
    return ", ".join(parts)


def _row(finding: ReconcileFinding, *, may_issue: bool) -> Row:
    order = finding.order
    deed, deed_url = _deed(finding, may_issue=may_issue)
    is_real = bool(finding.allegro_id) and not finding.allegro_id.startswith("?")
    figures = _figures(finding.difference)
    arrives = finding.cause in _ON_THEIR_WAY
    return Row(
        id=finding.pk,
        number=str(order.number) if order else "",
        url=reverse("orders:detail", args=[order.pk]) if order else "",
        allegro_url=order_url(finding.allegro_id) if is_real else "",
        shop=finding.shop.name,
        shop_id=finding.shop_id,
        name=_name(finding),
        what=difference_of(finding),
        why=cause_of(finding),
        ours=_shown(finding, finding.ours),
        ours_is=figures[0],
        allegro=_shown(finding, finding.allegro),
        allegro_is=figures[1],
        bought_at=finding.bought_at,
        explained=finding.explained,
        arrives=arrives,
        can_fetch=can_be_fetched(finding),
        deed=deed,
        deed_url=deed_url,
    )


def _name(finding: ReconcileFinding) -> str:
    if finding.cause in _ON_THEIR_WAY:
        return _("On its way")
    if finding.cause in {CheckCause.TOO_MANY_GONE, CheckCause.TOO_MANY_REFUNDS}:
        return _("Too many to ask about")
    return str(NAMES[finding.difference])


def _deed(finding: ReconcileFinding, *, may_issue: bool) -> tuple[str, str]:
    """What to do about it, besides fetching once more: a word and an address."""
    order = finding.order
    if finding.difference in {CheckDifference.NOT_ASKED, CheckDifference.SOURCE_NOT_ASKED}:
        return _deed_for_shop(finding)
    if order is None:
        return "", ""
    if finding.cause == CheckCause.ALLEGRO_SAYS_SO and may_issue and not order.has_original:
        return _("Correct in the draft"), reverse("documents:draft", args=[order.pk, "invoice"])
    if finding.cause == CheckCause.DELETED:
        return pgettext("a deleted order", "Restore"), reverse("orders:detail", args=[order.pk])
    return pgettext("an order", "Open"), reverse("orders:detail", args=[order.pk])


def _deed_for_shop(finding: ReconcileFinding) -> tuple[str, str]:
    if finding.cause == CheckCause.REMOVED:
        return _("Add the shop"), reverse("settings:shop_add")
    word = _("Connect again") if finding.cause == CheckCause.RECONNECT else _("Show the shop")
    return word, reverse("settings:shop", args=[finding.shop_id])


def _figures(difference: str) -> tuple[str, str]:
    """What the two figures are where both sides say the same and it does not fit together."""
    if difference == CheckDifference.PARTS:
        return _("the parts"), _("to pay")
    if difference in {CheckDifference.OVERPAID, CheckDifference.UNDERPAID}:
        return _("to pay"), _("paid")
    if difference in {CheckDifference.PAYMENT_MISSING, CheckDifference.PAYMENT_DIFFERS}:
        return _("paid"), _("operations")
    if difference in _REFUNDS_OF_TWO_SOURCES:
        return _("list of refunds"), _("operations")
    if difference == CheckDifference.REFUND_TOO_HIGH:
        return _("paid"), _("refunded")
    return "", ""


def _shown(finding: ReconcileFinding, text: str) -> str:
    """An amount or a status as people write it."""
    if not text:
        return ""
    if finding.difference == CheckDifference.STATUS:
        return allegro_status(text)
    return show.money(Decimal(text), finding.currency or "PLN")


def _short(run: ReconcileRun) -> str:
    """The period in words."""
    return f"{show.day(run.since)} – {show.day(run.until)}"


def export_columns() -> Sequence[Column]:
    """Columns of the sheet."""
    return (
        Column(title=_("Shop")),
        Column(title=_("Order")),
        Column(title=_("Number on Allegro"), width=38),
        Column(title=_("Bought"), kind=Kind.MOMENT),
        Column(title=_("Difference"), width=24),
        Column(title=_("In Stragan")),
        Column(title=_("On Allegro")),
        Column(title=_("Currency")),
        Column(title=_("What"), width=60),
        Column(title=_("Why"), width=60),
        Column(title=_("Explained")),
    )


def export_rows(run: ReconcileRun) -> Iterator[tuple[object, ...]]:
    """Every difference, gaps first."""
    for finding in check_runs.findings_of(run).iterator(chunk_size=500):
        is_status = finding.difference == CheckDifference.STATUS
        yield (
            finding.shop.name,
            finding.order.number if finding.order else None,
            finding.allegro_id,
            show.local(finding.bought_at).replace(tzinfo=None) if finding.bought_at else None,
            str(NAMES[finding.difference]),
            finding.ours if is_status or not finding.ours else Decimal(finding.ours),
            finding.allegro if is_status or not finding.allegro else Decimal(finding.allegro),
            finding.currency,
            difference_of(finding),
            cause_of(finding),
            _("yes") if finding.explained else _("no"),
        )

"""What is on its way to Allegro, as pages and the scheduler ask for it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q

from stragan.companies.models import Company
from stragan.kit.tenancy import CompanyQuerySet
from stragan.outbox.models import Sending, Writer
from stragan.outbox.states import UNFINISHED, Kind, SendingState
from stragan.shops.models import ShopState


def writers_of(company: Company | int, kind: Kind | None = None) -> dict[tuple[int, str], Writer]:
    """Writers that somebody has switched at least once, by shop and kind."""
    rows = Writer.objects.for_company(company).select_related("changed_by").order_by("id")
    if kind is not None:
        rows = rows.filter(kind=kind)
    return {(row.shop_id, row.kind): row for row in rows}


def kinds_on(shop_id: int) -> list[Kind]:
    """What may be sent to a shop now."""
    rows = Writer.objects.across_companies().filter(shop_id=shop_id, is_on=True).order_by("kind")
    return [Kind(kind) for kind in rows.values_list("kind", flat=True)]


def sendings_of(company: Company, kind: Kind, states: Iterable[SendingState]) -> CompanyQuerySet[Sending]:
    """Things of one kind, newest first."""
    rows = Sending.objects.for_company(company).filter(kind=kind, state__in=list(states))
    return rows.select_related("order", "shop", "document", "parcel").order_by("-id")


def counts_of(company: Company, kind: Kind) -> dict[str, int]:
    """How many things of one kind are in each state."""
    rows = Sending.objects.for_company(company).filter(kind=kind).order_by().values("state")
    return dict(rows.annotate(count=Count("id")).values_list("state", "count"))


def failed_of(company: Company) -> dict[str, int]:
    """How many things of each kind failed and wait for a person."""
    kinds = failed(company).values("kind")
    return dict(kinds.annotate(count=Count("id")).values_list("kind", "count"))


def failed(company: Company) -> CompanyQuerySet[Sending]:
    """Things that failed and wait for a person, in any order."""
    rows = Sending.objects.for_company(company)
    # All kinds are named, for they stand before the state in the index.
    return rows.filter(kind__in=list(Kind), state=SendingState.FAILED).order_by()


def sendings_of_order(company: Company, order_id: int) -> list[Sending]:
    """All things of one order, newest first."""
    rows = Sending.objects.for_company(company).filter(order_id=order_id)
    return list(rows.select_related("document", "parcel").order_by("-id"))


def may_be_on_allegro(company: Company, document_id: int) -> bool:
    """Whether a document was sent to an order, or may have been."""
    rows = Sending.objects.for_company(company).filter(document_id=document_id, kind=Kind.INVOICE)
    return rows.filter(Q(state__in=[SendingState.SENDING, SendingState.DONE]) | ~Q(remote_id="")).exists()


def due_shops(now: datetime) -> list[tuple[int, int]]:
    """Connected shops with something to send or to ask about: (shop id, company id)."""
    due = Sending.objects.across_companies().filter(state__in=UNFINISHED, due_at__lte=now)
    due = due.filter(shop__state=ShopState.CONNECTED, company__allegro_module=True)
    pairs = set(due.values_list("shop_id", "company_id", "kind").distinct())
    if not pairs:
        return []
    rows = Writer.objects.across_companies().filter(shop_id__in={shop for shop, _, _ in pairs}, is_on=True)
    on = set(rows.values_list("shop_id", "kind"))
    return sorted({(shop, company) for shop, company, kind in pairs if (shop, kind) in on})

"""Statements of completeness as rows: signed, kept for ever, the newest of a shop and day counts."""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Max, Q, Sum

from stragan.companies.models import Company
from stragan.core.dates import start_of_warsaw_day, warsaw_date
from stragan.core.money import ZERO
from stragan.kit import signing
from stragan.kit.tenancy import CompanyQuerySet
from stragan.orders.models import Order, ReconcileRun, Statement
from stragan.orders.states import AllegroStatus, PaymentState
from stragan.shops.models import Shop, ShopState

FORMAT: Final = "stragan-completeness/1"
_REFUNDS: Final = {True: "compared", False: "added_up_not_compared"}
LOOKS_BACK: Final = 14  # days whose data may still move
_NIGHT: Final = timedelta(hours=3)  # after midnight in Warsaw, for what comes late
_TRY_AGAIN: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check of a statement's file says."""

    is_whole: bool  # content and hash agree
    is_signed: bool  # the signature was made over this content
    is_ours: bool  # with a key of this installation
    statement: Mapping[str, Any]

    @property
    def is_good(self) -> bool:
        """Whether the file is what this installation once wrote."""
        return self.is_whole and self.is_signed and self.is_ours


def refunds_said(sources: Iterable[Mapping[str, Mapping[str, object]]]) -> str:
    """How refunds were checked, of one shop or of several: all compared, or of some only added up."""
    told = list(sources)
    return _REFUNDS[
        bool(told) and all(source.get("refunds", {}).get("state") == "compared" for source in told)
    ]


def keep(*, run: ReconcileRun, shop: Shop, day: date, content: Mapping[str, Any], now: datetime) -> Statement:
    """Sign and store a statement about a day; earlier ones of the same day stay."""
    data = signing.canonical(content)
    signature = signing.sign(data, now=now)
    return Statement.objects.for_company(shop.company_id).create(
        company_id=shop.company_id,
        shop=shop,
        day=day,
        run=run,
        complete=content["complete"],
        orders=run.orders,
        totals=run.totals,
        gaps=run.gaps,
        content=zlib.compress(data),
        sha256=signing.sha256_of(data),
        signature=signature.value,
        public_key=signature.public_key,
        made_at=now,
    )


def content_of(statement: Statement) -> bytes:
    """The canonical JSON that was signed."""
    return zlib.decompress(bytes(statement.content))


def file_of(statement: Statement) -> bytes:
    """The statement with its hash and signature, as it is handed out."""
    signature = {"algorithm": "Ed25519", "public_key": statement.public_key, "value": statement.signature}
    tail = signing.canonical({"sha256": statement.sha256, "signature": signature})
    # The content stands in the file byte for byte as it was signed.
    return b'{"statement":' + content_of(statement) + b"," + tail[1:] + b"\n"


def verify(data: bytes) -> Verdict:
    """Check the file of a statement.

    :raises ValueError: it is no such file.
    """
    try:
        node = json.loads(data)
        content, told = node["statement"], node["signature"]
        signature = signing.Signature(value=str(told["value"]), public_key=str(told["public_key"]))
        is_known = content["format"] == FORMAT and told["algorithm"] == "Ed25519"
        sha256 = str(node["sha256"])
    except (KeyError, TypeError, RecursionError) as wrong:
        raise ValueError(str(wrong)) from wrong
    if not is_known:
        raise ValueError(FORMAT)
    text = signing.canonical(content)
    return Verdict(
        is_whole=signing.sha256_of(text) == sha256,
        is_signed=signing.is_signed(text, signature),
        is_ours=signing.is_ours(signature.public_key),
        statement=content,
    )


def statements_of(company: Company) -> CompanyQuerySet[Statement]:
    """Statements of a company, newest first."""
    return Statement.objects.for_company(company).select_related("shop", "run").order_by("-id")


def latest_by_day(company: Company, *, first: date, last: date) -> dict[tuple[date, int], Statement]:
    """The newest statement of each day and shop between these days, without its content."""
    newest = (
        Statement.objects.for_company(company)
        .filter(day__gte=first, day__lte=last)
        .order_by()
        .values("day", "shop_id")
        .annotate(newest=Max("id"))
        .values("newest")
    )
    rows = statements_of(company).filter(pk__in=newest).defer("content")
    return {(row.day, row.shop_id): row for row in rows}


def days_with_gaps(company: Company, *, now: datetime) -> int:
    """How many statements of the last two weeks, the newest of each day, leave something unexplained."""
    last = warsaw_date(now)
    rows = latest_by_day(company, first=last - timedelta(days=LOOKS_BACK), last=last)
    return sum(row.gaps > 0 for row in rows.values())


def due(*, now: datetime) -> list[tuple[int, int, date]]:
    """Days that need a statement: (shop id, company id, day), yesterday's first.

    Those that have none, whose orders changed since, and incomplete ones after some hours. Real time.
    """
    shops = Shop.objects.across_companies().filter(state=ShopState.CONNECTED, company__allegro_module=True)
    last = warsaw_date(now - _NIGHT) - timedelta(days=1)
    found = []
    for shop in shops.filter(first_import_done_at__isnull=False).select_related("company").order_by("id"):
        first = max(last - timedelta(days=LOOKS_BACK - 1), shop.since_date)
        known = latest_by_day(shop.company, first=first, last=last)
        day = last
        while day >= first:
            if _is_due(shop, day, known.get((day, shop.pk)), is_last=day == last, now=now):
                found.append((shop.pk, shop.company_id, day))
            day -= timedelta(days=1)
    return found


def _is_due(shop: Shop, day: date, row: Statement | None, *, is_last: bool, now: datetime) -> bool:
    if row is None:
        return is_last or _orders(shop, day).exists()
    if row.made_at < start_of_warsaw_day(day + timedelta(days=1)):
        return True  # made while the day went on
    if not row.complete and now - row.made_at > _TRY_AGAIN:
        return True
    return _orders(shop, day).filter(changed_at__gt=row.made_at).exists()


def _orders(shop: Shop, day: date) -> CompanyQuerySet[Order]:
    start, end = start_of_warsaw_day(day), start_of_warsaw_day(day + timedelta(days=1))
    rows = Order.objects.for_company(shop.company_id).filter(seller_id=shop.seller_id)
    # No order is downloaded before it is bought: with that the index by download is read, not all orders.
    downloaded = start - timedelta(days=1)
    return rows.filter(created_at__gte=downloaded, bought_at__gte=start, bought_at__lt=end)


def our_figures(shop: Shop, day: date) -> dict[str, object]:
    """What our tables say of a day's purchases: how many orders of which kind, and their totals."""
    rows = _orders(shop, day).order_by()
    lives = Q(superseded_by__isnull=True, gone_at__isnull=True, deleted_at__isnull=True)
    cancelled = Q(allegro_status=AllegroStatus.CANCELLED)
    counts = rows.aggregate(
        orders=Count("id", filter=lives),
        cancelled=Count("id", filter=lives & cancelled),
        cash_on_delivery=Count("id", filter=lives & Q(payment_state=PaymentState.COD)),
        unpaid=Count("id", filter=lives & Q(payment_state=PaymentState.WAITING)),
        merged=Count("id", filter=Q(superseded_by__isnull=False)),
        deleted=Count("id", filter=Q(deleted_at__isnull=False)),
    )
    sums = rows.filter(lives).values("currency").annotate(total=Sum("total"), paid=Sum("received"))
    totals = {row["currency"]: row for row in sums.order_by("currency")}
    return {
        **counts,
        "totals": {currency: f"{_amount(row['total']):.2f}" for currency, row in totals.items()},
        "received": {currency: f"{_amount(row['paid']):.2f}" for currency, row in totals.items()},
    }


def _amount(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else ZERO

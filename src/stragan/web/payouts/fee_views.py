"""What Allegro charged a shop in a month, by kind: for orders, and for the shop as a whole."""

from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from stragan.core.dates import start_of_warsaw_day
from stragan.kit import clock
from stragan.kit.messages import text_of
from stragan.shops import billing
from stragan.shops.models import BillingRead, Shop
from stragan.shops.money_names import fee_word
from stragan.shops.queries import shops_of
from stragan.web.payouts.views import chosen_shop
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest


@require_GET
@member_page()
def fees(request: CompanyRequest) -> HttpResponse:
    """The month of the address, else this one."""
    shops = list(shops_of(request.company))
    shop = chosen_shop(request, shops)
    today = clock.business_today()
    first = min(_month(request.GET.get("month", "")) or today.replace(day=1), today.replace(day=1))
    following = (first + timedelta(days=32)).replace(day=1)
    names = billing.names()
    sums = (
        billing.sums_by_kind(shop, since=start_of_warsaw_day(first), until=start_of_warsaw_day(following))
        if shop
        else []
    )
    context = {
        "shops": shops,
        "shop": shop,
        "rows": [
            {"sum": one, "word": fee_word(one.type_id, names), "total": one.of_orders + one.of_shop}
            for one in sums
        ],
        "first": first,
        "last": following - timedelta(days=1),
        "earlier": (first - timedelta(days=1)).replace(day=1),
        "later": following if following <= today else None,
        **(_reading(shop) if shop else {}),
    }
    return render(request, "payouts/fees.html", context)


def _reading(shop: Shop) -> dict[str, object]:
    """Since when fees are read, and why they are not."""
    row = BillingRead.objects.filter(shop=shop).first()
    trouble = ""
    if row is not None and row.error_code:
        trouble = text_of(row.error_code, {"shop": shop.name, "reason": "", **row.error_params})
    return {"since": row.since if row else None, "trouble": trouble}


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None

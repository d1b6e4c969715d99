"""Payouts of a shop, one of them explained, and its table to take away."""

from typing import Any, Final

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from stragan.kit.counting import count_rows
from stragan.kit.messages import text_of
from stragan.orders import payout_account
from stragan.shops.models import PaymentsRead, Shop
from stragan.shops.queries import shops_of
from stragan.web.payouts import sheet, words
from stragan.web.payouts.rows import rows_of
from stragan.web.shell.access import member_page
from stragan.web.shell.exporting import table_response
from stragan.web.shell.listing import Pages, page_number, page_size, page_within
from stragan.web.shell.middleware import CompanyRequest

SIZE: Final = 50


@require_GET
@member_page()
def listing(request: CompanyRequest) -> HttpResponse:
    """The payouts of one shop, newest first."""
    shops = list(shops_of(request.company))
    shop = chosen_shop(request, shops)
    context: dict[str, Any] = {"shops": shops, "shop": shop, "rows": [], "trouble": ""}
    if shop is not None:
        found = payout_account.payouts_of(request.company, shop)
        total = count_rows(found)
        number, size = page_number(request), page_size(request, default=SIZE)
        page = list(found[(number - 1) * size : number * size])
        cancelled = payout_account.cancelled_among(shop, page)
        context |= {
            "rows": [{"payout": row, "amount": -(row.amount or 0), "is_cancelled": row.payout_id in cancelled}
                     for row in page],
            "pages": Pages.of(request, number=number, size=size, shown=len(page), total=total),
            "total": total,
            "trouble": _trouble(shop),
        }  # fmt: skip
    return render(request, "payouts/list.html", context)


@require_GET
@member_page()
def one(request: CompanyRequest, payout_id: int) -> HttpResponse:
    """What one payout holds."""
    payout = payout_account.payout_of(request.company, payout_id)
    if payout is None:
        raise Http404
    account = payout_account.account_of(payout)
    size = page_size(request)
    number = page_within(page_number(request), size=size, total=account.count)
    entries = payout_account.page_of(account, start=(number - 1) * size, size=size)
    context = {
        "account": account,
        "payout": payout,
        "shop": payout.shop,
        "rows": rows_of(entries, currency=payout.currency),
        "pages": Pages.of(request, number=number, size=size, shown=len(entries), total=account.count),
        "count": account.count,
        "parts": [
            {"word": words.PARTS[part], "amount": amount, "count": count}
            for part, amount, count in account.parts
        ],
        "rest": account.rest,
        "strangers": account.strangers,
    }
    return render(request, "payouts/one.html", context)


@require_GET
@member_page()
def export(request: CompanyRequest, payout_id: int) -> HttpResponseBase:
    """The same as a table."""
    payout = payout_account.payout_of(request.company, payout_id)
    if payout is None:
        raise Http404
    table = sheet.table(*payout_account.explained(payout))
    return table_response(table.rows, columns=table.columns, title=table.title, file_format="xlsx")


def chosen_shop(request: CompanyRequest, shops: list[Shop]) -> Shop | None:
    """The shop of the address, else the first; another company's is none."""
    wanted = request.GET.get("shop", "")
    if not wanted:
        return shops[0] if shops else None
    shop = next((one for one in shops if str(one.pk) == wanted), None)
    if shop is None:
        raise Http404
    return shop


def _trouble(shop: Shop) -> str:
    """Why operations of the shop are not read; empty when they are."""
    row = PaymentsRead.objects.filter(shop=shop).first()
    if row is None or not row.error_code:
        return ""
    return text_of(row.error_code, {"shop": shop.name, "reason": "", **row.error_params})
